//! What a database is, without changing it: no file is created, and no migration is applied.

use super::{
    Engine, OpenError,
    backup::{self, FileFault, known_schema},
    file_of, server,
};
use sqlx::{Connection as _, Row as _, migrate::Migrate as _};

/// The state of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseState {
    /// There is nothing yet: the first start creates it.
    New,
    /// The program has been started on it.
    Used {
        /// The number of its last migration.
        schema: i64,
        /// The fingerprint of the key that encrypts its values; `None` if it has no key yet.
        key_fingerprint: Option<String>,
    },
}

impl DatabaseState {
    /// True if this version can work on it without a migration.
    #[must_use]
    pub fn is_current(&self) -> bool {
        matches!(self, Self::Used { schema, .. } if *schema == known_schema())
    }
}

/// Looks at the database at `url`.
///
/// # Errors
/// One line: it cannot be reached, is damaged, or was written by a later version.
pub async fn inspect(url: &str) -> Result<DatabaseState, OpenError> {
    if let Some(file) = file_of(url) {
        return match backup::peek(&file).await {
            Ok(contents) => {
                Ok(DatabaseState::Used { schema: contents.schema, key_fingerprint: contents.key_fingerprint })
            }
            Err(FileFault::Missing) => Ok(DatabaseState::New),
            Err(fault) => Err(OpenError(format!("{}: {fault}", file.display()))),
        };
    }
    let engine = Engine::of(url)?;
    sqlx::any::install_default_drivers();
    let failed = |e: sqlx::Error| server::failed(url, &e);
    let mut db = server::connect_once(engine, url).await?;
    let state = match db.list_applied_migrations("_sqlx_migrations").await {
        Ok(applied) => match applied.iter().map(|migration| migration.version).max() {
            Some(schema) => {
                let fingerprint = "SELECT value FROM facts WHERE name = 'secret-key-fingerprint'";
                let row = sqlx::query(fingerprint).fetch_optional(&mut db).await.map_err(failed)?;
                let key_fingerprint = row.map(|row| row.try_get(0)).transpose().map_err(failed)?;
                DatabaseState::Used { schema, key_fingerprint }
            }
            None => DatabaseState::New,
        },
        // The table is not there.
        Err(_) => DatabaseState::New,
    };
    db.close().await.ok();
    match state {
        DatabaseState::Used { schema, .. } if schema > known_schema() => {
            Err(OpenError(FileFault::Newer { schema, known: known_schema() }.to_string()))
        }
        state => Ok(state),
    }
}
