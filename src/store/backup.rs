//! The embedded database's file as a whole: copying it while it is in use, checking a copy, and detaching it from its WAL.

use super::{Engine, Link, Store, in_use, schema, secret_value::FINGERPRINT};
use sqlx::{
    Connection as _, Executor as _, Row as _, SqliteConnection, migrate::Migrate as _, sqlite::SqliteConnectOptions,
};
use std::{collections::HashMap, path::Path, time::Duration};

/// How long a statement waits for a writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The fact that stores the time and the length of the last backup.
const LAST: &str = "last-backup";
/// The most lines of `integrity_check` that are reported.
const FAULTS: usize = 3;

/// Why a database file cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub enum FileFault {
    /// There is no file.
    Missing,
    /// It is no database, or a damaged one.
    Damaged(String),
    /// A database of another program, or of a version of this one that was never released.
    Foreign,
    /// It was written by a later version.
    Newer { schema: i64, known: i64 },
    /// Another process has it open.
    InUse,
    /// The disk is full, the file may not be read, and the like.
    Io(String),
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such file"),
            Self::Damaged(how) => write!(f, "the database is damaged: {how}"),
            Self::Foreign => f.write_str("this is not a database of Weida"),
            Self::Newer { schema, known } => {
                write!(f, "the database has schema {schema}, and this version knows up to {known}: use a later version")
            }
            Self::InUse => f.write_str("another process uses the database"),
            Self::Io(why) => f.write_str(why),
        }
    }
}

impl From<sqlx::Error> for FileFault {
    fn from(e: sqlx::Error) -> Self {
        // The primary result code is in the low byte: https://www.sqlite.org/rescode.html
        let code = e.as_database_error().and_then(|e| e.code()?.parse::<i64>().ok()).map(|code| code & 0xff);
        match code {
            Some(5 | 6) => Self::InUse,
            Some(11 | 26) => Self::Damaged(e.to_string()),
            _ => Self::Io(e.to_string()),
        }
    }
}

/// What a database file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// The number of its last migration.
    pub schema: i64,
    /// The fingerprint of the secret key that encrypts its values; `None` if it has no key yet.
    pub key_fingerprint: Option<String>,
}

/// The number of the last migration that this version knows.
#[must_use]
pub fn known_schema() -> i64 {
    schema::migrator(Engine::Sqlite).iter().map(|m| m.version).max().unwrap_or_default()
}

/// Writes a consistent copy of a database into an empty file, while other processes read and write it. Deleted rows are not copied.
///
/// # Errors
/// [`FileFault`]
pub async fn copy(database: &Path, target: &Path) -> Result<(), FileFault> {
    if !database.is_file() {
        return Err(FileFault::Missing);
    }
    // Held until the copy is made: the file is not replaced meanwhile.
    let _in_use = in_use::share(database).map_err(|_| FileFault::InUse)?;
    let mut db = open(SqliteConnectOptions::new().filename(database)).await?;
    let copied = sqlx::query("VACUUM INTO ?").bind(text_of(target)?).execute(&mut db).await;
    db.close().await?;
    copied?;
    Ok(())
}

/// Checks every page and index of a database that no other process uses, and that its schema is one of this program's.
///
/// # Errors
/// [`FileFault`]
pub async fn inspect(database: &Path) -> Result<Contents, FileFault> {
    if !database.is_file() {
        return Err(FileFault::Missing);
    }
    let mut db = open(SqliteConnectOptions::new().filename(database).read_only(true)).await?;
    let contents = async {
        let faults = integrity(&mut db).await?;
        if !faults.is_empty() {
            return Err(FileFault::Damaged(faults));
        }
        contents(&mut db).await
    };
    let contents = contents.await;
    db.close().await?;
    contents
}

/// What a database says about itself, without checking its pages; other processes may use it.
///
/// # Errors
/// [`FileFault`]
pub async fn peek(database: &Path) -> Result<Contents, FileFault> {
    if !database.is_file() {
        return Err(FileFault::Missing);
    }
    let _in_use = in_use::share(database).map_err(|_| FileFault::InUse)?;
    let mut db = open(SqliteConnectOptions::new().filename(database)).await?;
    let contents = contents(&mut db).await;
    db.close().await?;
    contents
}

/// Moves a database's WAL into its file, so that the file is complete without others beside it.
///
/// # Errors
/// [`FileFault::InUse`] if another process has it open, also one of another program; [`FileFault::Damaged`] if it cannot be read.
pub async fn detach(database: &Path) -> Result<(), FileFault> {
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(Duration::ZERO);
    let mut db = SqliteConnection::connect_with(&options).await?;
    // Leaving the WAL mode needs a lock that no other connection shares.
    let mode = db.fetch_one("PRAGMA journal_mode = DELETE").await;
    db.close().await?;
    if mode?.try_get::<String, _>(0)? == "delete" { Ok(()) } else { Err(FileFault::InUse) }
}

/// Stores when the last backup was made (epoch milliseconds) and how long it is (bytes).
///
/// # Errors
/// [`FileFault`]
pub async fn update_last(database: &Path, at_ms: i64, bytes: u64) -> Result<(), FileFault> {
    let _in_use = in_use::share(database).map_err(|_| FileFault::InUse)?;
    let mut db = open(SqliteConnectOptions::new().filename(database)).await?;
    let written = async {
        let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("DELETE FROM facts WHERE name = ?").bind(LAST).execute(&mut *tx).await?;
        let insert = sqlx::query("INSERT INTO facts (name, value) VALUES (?, ?)").bind(LAST);
        insert.bind(format!("{at_ms} {bytes}")).execute(&mut *tx).await?;
        tx.commit().await
    };
    let written = written.await;
    db.close().await?;
    Ok(written?)
}

impl Store {
    /// When the last backup was made, in epoch milliseconds, and its length in bytes; `None` if `weida backup` made none.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn last_backup(&self) -> Result<Option<(i64, u64)>, super::StoreError> {
        find_last(&mut self.read().await?).await
    }
}

/// When the last backup was made, in epoch milliseconds, and its bytes.
pub async fn find_last(db: &mut impl Link) -> Result<Option<(i64, u64)>, super::StoreError> {
    let value = super::fact::find_fact(db, LAST).await?;
    let parts = value.as_deref().and_then(|value| value.split_once(' '));
    Ok(parts.and_then(|(at, bytes)| Some((at.parse().ok()?, bytes.parse().ok()?))))
}

async fn open(options: SqliteConnectOptions) -> Result<SqliteConnection, FileFault> {
    let options = options.busy_timeout(BUSY_TIMEOUT).create_if_missing(false);
    Ok(SqliteConnection::connect_with(&options).await?)
}

fn text_of(path: &Path) -> Result<String, FileFault> {
    path.to_str().map(str::to_owned).ok_or_else(|| FileFault::Io(format!("{} is not UTF-8", path.display())))
}

/// The first faults that `SQLite` finds; empty for a sound database.
async fn integrity(db: &mut SqliteConnection) -> Result<String, FileFault> {
    let rows = db.fetch_all("PRAGMA integrity_check(10)").await?;
    let lines: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    if lines == ["ok"] { Ok(String::new()) } else { Ok(lines.into_iter().take(FAULTS).collect::<Vec<_>>().join("; ")) }
}

async fn contents(db: &mut SqliteConnection) -> Result<Contents, FileFault> {
    let tables = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('_sqlx_migrations', 'facts')";
    if sqlx::query(tables).fetch_one(&mut *db).await?.try_get::<i64, _>(0)? != 2 {
        return Err(FileFault::Foreign);
    }
    let migrator = schema::migrator(Engine::Sqlite);
    let known: HashMap<i64, &[u8]> = migrator.iter().map(|m| (m.version, &*m.checksum)).collect();
    let latest = known.keys().copied().max().unwrap_or_default();
    let applied = db.list_applied_migrations("_sqlx_migrations").await.map_err(|e| FileFault::Io(e.to_string()))?;
    let schema = applied.iter().map(|m| m.version).max().ok_or(FileFault::Foreign)?;
    // A later version has all that this one knows, and more.
    let (own, later): (Vec<_>, Vec<_>) = applied.iter().partition(|m| m.version <= latest);
    if !own.iter().all(|m| known.get(&m.version).is_some_and(|checksum| *checksum == &*m.checksum)) {
        return Err(FileFault::Foreign);
    }
    if !later.is_empty() {
        return Err(FileFault::Newer { schema, known: latest });
    }
    let fingerprint = sqlx::query("SELECT value FROM facts WHERE name = ?").bind(FINGERPRINT);
    let fingerprint = fingerprint.fetch_optional(db).await?;
    Ok(Contents { schema, key_fingerprint: fingerprint.map(|row| row.try_get(0)).transpose()? })
}
