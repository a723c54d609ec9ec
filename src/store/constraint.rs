//! Database errors, classified by what a caller can do about them.

/// A database error.
#[derive(Debug)]
pub enum StoreError {
    /// A row with this key exists.
    Duplicate,
    /// Two transactions collided; a retry may succeed.
    Collision,
    /// A value is a text that this database cannot store: no row contains it.
    Unstorable,
    /// The database did not answer, or no connection was free in time.
    Unavailable(sqlx::Error),
    /// A row could not be read, or the statement is wrong: a bug in this program.
    Broken(sqlx::Error),
}

impl StoreError {
    /// True if the whole transaction should be retried: the concurrent transaction's row is visible by then.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Duplicate | Self::Collision)
    }

    /// The same error for another caller: the cause as text.
    pub(super) fn copy(&self) -> Self {
        let text = |cause: &sqlx::Error| sqlx::Error::Protocol(cause.to_string());
        match self {
            Self::Duplicate => Self::Duplicate,
            Self::Collision => Self::Collision,
            Self::Unstorable => Self::Unstorable,
            Self::Unavailable(cause) => Self::Unavailable(text(cause)),
            Self::Broken(cause) => Self::Broken(text(cause)),
        }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Duplicate => f.write_str("a row with this key exists"),
            Self::Collision => f.write_str("two transactions collided"),
            Self::Unstorable => f.write_str("a text that the database cannot store"),
            Self::Unavailable(e) => write!(f, "the database cannot be reached: {e}"),
            Self::Broken(e) => write!(f, "the database refused a statement: {e}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(e: sqlx::Error) -> Self {
        match &e {
            sqlx::Error::Database(db) if db.is_unique_violation() => Self::Duplicate,
            // 40001 / 40P01: PostgreSQL's serialization failure and deadlock, 40001 also MySQL's deadlock;
            // 5 and 517: SQLite's BUSY and BUSY_SNAPSHOT.
            sqlx::Error::Database(db) if matches!(db.code().as_deref(), Some("40001" | "40P01" | "5" | "517")) => {
                Self::Collision
            }
            // 22021: PostgreSQL texts cannot contain null characters.
            sqlx::Error::Database(db) if db.code().as_deref() == Some("22021") => Self::Unstorable,
            sqlx::Error::Database(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_) => Self::Broken(e),
            _ => Self::Unavailable(e),
        }
    }
}
