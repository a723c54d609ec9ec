//! Credit holds for work in progress, and answers under idempotency keys.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

rows! {
    /// A row of `credit_holds`.
    pub struct HoldRow {
        pub id: i64,
        pub user_id: i64,
        pub amount: i64,
        pub reason: String,
        pub key_hash: Option<String>,
        pub expires_at: i64,
    }
}

rows! {
    /// A row of `idempotency_keys`.
    pub struct KeyRow {
        pub fingerprint: String,
        pub answer: Option<String>,
    }
}

/// Adds a hold; the balance was changed in the same transaction.
pub async fn insert_hold(db: &mut Tx, row: HoldRow) -> Result<(), StoreError> {
    db.sql("INSERT INTO credit_holds (id, user_id, amount, reason, key_hash, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(row.id)
        .bind(row.user_id)
        .bind(row.amount)
        .bind(row.reason)
        .bind(row.key_hash)
        .bind(row.expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Ends a hold, spent or refunded; true for the one caller that did.
pub async fn delete_hold(db: &mut Tx, id: i64) -> Result<bool, StoreError> {
    Ok(db.sql("DELETE FROM credit_holds WHERE id = ?").bind(id).execute(db.conn()).await?.rows_affected() == 1)
}

/// [`delete_hold`], if the hold has expired: its instance may have renewed it meanwhile.
pub async fn delete_hold_if_over(db: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("DELETE FROM credit_holds WHERE id = ? AND expires_at <= ?")
        .bind(id)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Renews a hold.
pub async fn update_renewed(db: &mut Tx, id: i64, expires_at: i64) -> Result<(), StoreError> {
    db.sql("UPDATE credit_holds SET expires_at = ? WHERE id = ?").bind(expires_at).bind(id).execute(db.conn()).await?;
    Ok(())
}

/// True if the user has a hold.
pub async fn has_hold(db: &mut impl Link, user_id: i64) -> Result<bool, StoreError> {
    let row =
        db.sql("SELECT id FROM credit_holds WHERE user_id = ? LIMIT 1").bind(user_id).fetch_optional(db.conn()).await?;
    Ok(row.is_some())
}

/// Expired holds, a few at a time.
pub async fn list_over(db: &mut impl Link, now: i64) -> Result<Vec<HoldRow>, StoreError> {
    let rows = db
        .sql("SELECT id, user_id, amount, reason, key_hash, expires_at FROM credit_holds WHERE expires_at <= ? ORDER BY id LIMIT 500")
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(HoldRow::read).collect::<Result<_, _>>()?)
}

/// When the next hold expires, in epoch milliseconds; `None` if there is none.
pub async fn find_next_expiry(db: &mut impl Link) -> Result<Option<i64>, StoreError> {
    Ok(db.sql("SELECT MIN(expires_at) FROM credit_holds").fetch_one(db.conn()).await?.try_get(0)?)
}

/// The row of an idempotency key.
pub async fn find_key(
    db: &mut impl Link,
    user_id: i64,
    key_hash: &str,
    now: i64,
) -> Result<Option<KeyRow>, StoreError> {
    let row = db
        .sql("SELECT fingerprint, answer FROM idempotency_keys WHERE user_id = ? AND key_hash = ? AND expires_at > ?")
        .bind(user_id)
        .bind(key_hash.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| KeyRow::read(&r)).transpose()?)
}

/// Claims a key, replacing an expired one; [`StoreError::Duplicate`] if a concurrent transaction did.
pub async fn insert_key(
    db: &mut Tx,
    user_id: i64,
    key_hash: &str,
    fingerprint: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    db.sql("DELETE FROM idempotency_keys WHERE user_id = ? AND key_hash = ? AND expires_at <= ?")
        .bind(user_id)
        .bind(key_hash.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    db.sql("INSERT INTO idempotency_keys (user_id, key_hash, fingerprint, expires_at) VALUES (?, ?, ?, ?)")
        .bind(user_id)
        .bind(key_hash.to_owned())
        .bind(fingerprint.to_owned())
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Stores the answer of a key.
pub async fn update_answer(db: &mut Tx, user_id: i64, key_hash: &str, answer: &str) -> Result<(), StoreError> {
    db.sql("UPDATE idempotency_keys SET answer = ? WHERE user_id = ? AND key_hash = ?")
        .bind(answer.to_owned())
        .bind(user_id)
        .bind(key_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Counts another repetition of an answered request; false if there were `most` of them.
pub async fn update_repeated(db: &mut Tx, user_id: i64, key_hash: &str, most: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE idempotency_keys SET repeats = repeats + 1 WHERE user_id = ? AND key_hash = ? AND repeats < ?")
        .bind(user_id)
        .bind(key_hash.to_owned())
        .bind(most)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Frees a key without an answer: the request may be repeated.
pub async fn delete_unanswered(db: &mut Tx, user_id: i64, key_hash: &str) -> Result<(), StoreError> {
    db.sql("DELETE FROM idempotency_keys WHERE user_id = ? AND key_hash = ? AND answer IS NULL")
        .bind(user_id)
        .bind(key_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes expired keys.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM idempotency_keys WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    Ok(())
}
