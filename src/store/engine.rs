//! The kinds of database that the program works with.

use std::path::PathBuf;

/// The supported kinds of databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// MySQL, MariaDB, TiDB.
    MySql,
    /// PostgreSQL, CockroachDB, YugabyteDB.
    Postgres,
}

impl Engine {
    /// Parses the scheme of a database URL.
    ///
    /// # Errors
    /// The scheme is unknown.
    pub fn of(url: &str) -> Result<Self, OpenError> {
        match url.split(':').next() {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("mysql" | "mariadb") => Ok(Self::MySql),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(OpenError("the database URL must begin with sqlite:, mysql: or postgres:".to_owned())),
        }
    }
}

/// The file that a URL of the embedded database names; `None` for a database server.
#[must_use]
pub fn file_of(url: &str) -> Option<PathBuf> {
    if Engine::of(url).ok()? != Engine::Sqlite {
        return None;
    }
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
}

/// Why the database could not be opened: one line, with the remedy and without the password.
#[derive(Debug)]
pub struct OpenError(pub String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}
