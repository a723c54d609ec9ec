//! Used signatures of plaintext pushes, each with its body's digest.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Claims a signature for a body; [`StoreError::Duplicate`] if it was used. Waits until a concurrent claim commits.
pub async fn insert_signature(
    db: &mut Tx,
    signed_at: i64,
    signature_hash: &str,
    body_hash: &str,
) -> Result<(), StoreError> {
    db.sql("INSERT INTO used_signatures (signed_at, signature_hash, body_hash) VALUES (?, ?, ?)")
        .bind(signed_at)
        .bind(signature_hash.to_owned())
        .bind(body_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The digest of the body that a signature was used for.
pub async fn find_body(db: &mut impl Link, signed_at: i64, signature_hash: &str) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT body_hash FROM used_signatures WHERE signed_at = ? AND signature_hash = ?")
        .bind(signed_at)
        .bind(signature_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Deletes signatures whose time stamp is no longer accepted.
pub async fn delete_old(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM used_signatures WHERE signed_at < ?").bind(before).execute(db.conn()).await?.rows_affected())
}
