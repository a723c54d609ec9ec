//! What went wrong in the database, as far as a caller can act on it.

/// A failure of the database.
#[derive(Debug)]
pub enum StoreError {
    /// A row with this key is already there.
    Duplicate,
    /// Two transactions collided; the same work from the start may succeed.
    Collision,
    /// The database did not answer, or no connection was free in time.
    Unavailable(sqlx::Error),
    /// A row could not be read, or the statement is wrong: a fault of this program.
    Broken(sqlx::Error),
}

impl StoreError {
    /// True where the whole transaction is worth doing once more: the rival's row is visible by then.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Duplicate | Self::Collision)
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Duplicate => f.write_str("a row with this key exists"),
            Self::Collision => f.write_str("two transactions collided"),
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
            sqlx::Error::Database(db) if matches!(db.code().as_deref(), Some("40001" | "40P01" | "5" | "517")) => Self::Collision,
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
