//! Networks that a user signed in from.

use super::{Link, StoreError, Tx};

/// True if the user signed in from this network in this generation.
pub async fn has_known(db: &mut impl Link, user_id: i64, network: &str, generation: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT seen_at FROM known_networks WHERE user_id = ? AND network = ? AND generation = ?")
        .bind(user_id)
        .bind(network.to_owned())
        .bind(generation)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// Records a sign-in from a network. [`StoreError::Duplicate`] if a concurrent one was first.
pub async fn upsert_known(
    db: &mut Tx,
    user_id: i64,
    network: &str,
    generation: i64,
    now: i64,
) -> Result<(), StoreError> {
    let result = db
        .sql("UPDATE known_networks SET generation = ?, seen_at = ? WHERE user_id = ? AND network = ?")
        .bind(generation)
        .bind(now)
        .bind(user_id)
        .bind(network.to_owned())
        .execute(db.conn())
        .await?;
    if result.rows_affected() > 0 {
        return Ok(());
    }
    db.sql("INSERT INTO known_networks (user_id, network, generation, seen_at) VALUES (?, ?, ?, ?)")
        .bind(user_id)
        .bind(network.to_owned())
        .bind(generation)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes networks without a sign-in since then.
pub async fn delete_old(db: &mut Tx, before: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM known_networks WHERE seen_at < ?").bind(before).execute(db.conn()).await?;
    Ok(())
}
