//! Named counters of the API.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// A counter's value.
pub async fn find_value(db: &mut impl Link, name: &'static str) -> Result<i64, StoreError> {
    Ok(db.sql("SELECT value FROM counters WHERE name = ?").bind(name).fetch_one(db.conn()).await?.try_get(0)?)
}

/// Increments a counter. The row stays locked until the transaction ends: a later read returns this transaction's
/// value.
pub async fn update_incremented(db: &mut Tx, name: &'static str) -> Result<(), StoreError> {
    db.sql("UPDATE counters SET value = value + 1 WHERE name = ?").bind(name).execute(db.conn()).await?;
    Ok(())
}

/// Resets a counter to 0.
pub async fn update_cleared(db: &mut Tx, name: &'static str) -> Result<(), StoreError> {
    db.sql("UPDATE counters SET value = 0 WHERE name = ?").bind(name).execute(db.conn()).await?;
    Ok(())
}
