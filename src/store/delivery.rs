//! The answers that were given to pushes.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// The answer given to this delivery before: `Some(None)` is `success`.
pub async fn find_delivery(db: &mut impl Link, dedupe_key: &str) -> Result<Option<Option<String>>, StoreError> {
    let row = db.sql("SELECT reply FROM deliveries WHERE dedupe_key = ?").bind(dedupe_key.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Claims a delivery; [`StoreError::Duplicate`] where it was claimed. A rival's claim is waited for until it commits.
pub async fn insert_delivery(db: &mut Tx, dedupe_key: &str, now: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO deliveries (dedupe_key, received_at) VALUES (?, ?)").bind(dedupe_key.to_owned()).bind(now).execute(db.conn()).await?;
    Ok(())
}

/// Keeps the answer, in the transaction of the work that led to it.
pub async fn update_reply(db: &mut Tx, dedupe_key: &str, reply: &str) -> Result<(), StoreError> {
    db.sql("UPDATE deliveries SET reply = ? WHERE dedupe_key = ?").bind(reply.to_owned()).bind(dedupe_key.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// Forgets deliveries received before `before`.
pub async fn delete_old(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM deliveries WHERE received_at < ?").bind(before).execute(db.conn()).await?.rows_affected())
}
