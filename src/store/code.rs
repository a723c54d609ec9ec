//! Codes given to followers in the chat. A code is deleted together with the stored answer that contains it.

use super::{Link, StoreError, Tx, delivery};
use sqlx::{Row as _, any::AnyRow};

/// Deletes the follower's code for the purpose, and an expired one with the same digits.
async fn delete_superseded(
    db: &mut Tx,
    code_hash: &str,
    purpose: &'static str,
    appid: &str,
    openid: &str,
    now: i64,
) -> Result<(), StoreError> {
    let replaced = db
        .sql("SELECT delivery_key FROM dynamic_codes WHERE openid = ? AND purpose = ? AND appid = ? AND delivery_key IS NOT NULL")
        .bind(openid.to_owned())
        .bind(purpose)
        .bind(appid.to_owned())
        .fetch_all(db.conn())
        .await?;
    // The code before its answer, as everywhere: concurrent transactions lock in the same order.
    db.sql("DELETE FROM dynamic_codes WHERE openid = ? AND purpose = ? AND appid = ?")
        .bind(openid.to_owned())
        .bind(purpose)
        .bind(appid.to_owned())
        .execute(db.conn())
        .await?;
    delete_replies(db, &replaced).await?;
    let expired = db
        .sql("SELECT delivery_key FROM dynamic_codes WHERE code_hash = ? AND expires_at <= ? AND delivery_key IS NOT NULL")
        .bind(code_hash.to_owned())
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    db.sql("DELETE FROM dynamic_codes WHERE code_hash = ? AND expires_at <= ?")
        .bind(code_hash.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    delete_replies(db, &expired).await
}

/// Replaces the follower's code for the purpose; [`StoreError::Duplicate`] if another follower has these digits now.
pub async fn insert_code(
    db: &mut Tx,
    code_hash: &str,
    purpose: &'static str,
    appid: &str,
    openid: &str,
    now: i64,
    expires_at: i64,
) -> Result<(), StoreError> {
    delete_superseded(db, code_hash, purpose, appid, openid, now).await?;
    db.sql("INSERT INTO dynamic_codes (code_hash, purpose, appid, openid, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(code_hash.to_owned())
        .bind(purpose)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(now)
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Records the delivery whose stored answer contains this code.
pub async fn update_delivery(db: &mut Tx, code_hash: &str, delivery_key: &str) -> Result<(), StoreError> {
    db.sql("UPDATE dynamic_codes SET delivery_key = ? WHERE code_hash = ?")
        .bind(delivery_key.to_owned())
        .bind(code_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes the stored answers named by these rows' first column.
async fn delete_replies(db: &mut Tx, rows: &[AnyRow]) -> Result<(), StoreError> {
    for row in rows {
        let key: String = row.try_get(0)?;
        delivery::delete_reply(db, &key).await?;
    }
    Ok(())
}

/// True if a follower has these digits now.
pub async fn has_code(db: &mut impl Link, code_hash: &str, now: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT code_hash FROM dynamic_codes WHERE code_hash = ? AND expires_at > ?")
        .bind(code_hash.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// Uses up a code: returns the openid it was given to, for exactly one caller.
pub async fn delete_code(
    db: &mut Tx,
    code_hash: &str,
    purpose: &'static str,
    appid: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT openid, delivery_key FROM dynamic_codes WHERE code_hash = ? AND purpose = ? AND appid = ? AND expires_at > ?")
        .bind(code_hash.to_owned())
        .bind(purpose)
        .bind(appid.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let openid: String = row.try_get(0)?;
    let result = db
        .sql("DELETE FROM dynamic_codes WHERE code_hash = ? AND openid = ?")
        .bind(code_hash.to_owned())
        .bind(openid.clone())
        .execute(db.conn())
        .await?;
    if result.rows_affected() != 1 {
        return Ok(None);
    }
    if let Some(key) = row.try_get::<Option<String>, _>(1)? {
        delivery::delete_reply(db, &key).await?;
    }
    Ok(Some(openid))
}

/// Deletes expired codes, and all answers that are no longer repeated.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<u64, StoreError> {
    let expired = db
        .sql("SELECT delivery_key FROM dynamic_codes WHERE expires_at <= ? AND delivery_key IS NOT NULL")
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    let result = db.sql("DELETE FROM dynamic_codes WHERE expires_at <= ?").bind(now).execute(db.conn()).await?;
    delete_replies(db, &expired).await?;
    delivery::delete_expired_replies(db, now).await?;
    Ok(result.rows_affected())
}
