//! Codes that the account gave to a follower.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Replaces whatever code this person had for the purpose; [`StoreError::Duplicate`] where the digits are another's just now.
pub async fn insert_code(db: &mut Tx, code_hash: &str, purpose: &'static str, appid: &str, openid: &str, now: i64, expires_at: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM dynamic_codes WHERE openid = ? AND purpose = ? AND appid = ?")
        .bind(openid.to_owned())
        .bind(purpose)
        .bind(appid.to_owned())
        .execute(db.conn())
        .await?;
    db.sql("DELETE FROM dynamic_codes WHERE code_hash = ? AND expires_at <= ?").bind(code_hash.to_owned()).bind(now).execute(db.conn()).await?;
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

/// True where the digits are somebody's just now.
pub async fn has_code(db: &mut impl Link, code_hash: &str, now: i64) -> Result<bool, StoreError> {
    let row = db.sql("SELECT code_hash FROM dynamic_codes WHERE code_hash = ? AND expires_at > ?").bind(code_hash.to_owned()).bind(now).fetch_optional(db.conn()).await?;
    Ok(row.is_some())
}

/// Spends a code: the openid of the person who was given it, to the one caller that spends it.
pub async fn delete_code(db: &mut Tx, code_hash: &str, purpose: &'static str, appid: &str, now: i64) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT openid FROM dynamic_codes WHERE code_hash = ? AND purpose = ? AND appid = ? AND expires_at > ?")
        .bind(code_hash.to_owned())
        .bind(purpose)
        .bind(appid.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let openid: String = row.try_get(0)?;
    let done = db.sql("DELETE FROM dynamic_codes WHERE code_hash = ? AND openid = ?").bind(code_hash.to_owned()).bind(openid.clone()).execute(db.conn()).await?;
    Ok((done.rows_affected() == 1).then_some(openid))
}

/// Forgets the codes whose time is over.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM dynamic_codes WHERE expires_at <= ?").bind(now).execute(db.conn()).await?.rows_affected())
}
