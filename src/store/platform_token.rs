//! The platform's `access_token`, encrypted, and the lease of the instance that renews it.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// The stored token and its expiry.
pub async fn find_token(db: &mut impl Link, appid: &str) -> Result<Option<(String, i64)>, StoreError> {
    let row = db
        .sql("SELECT token, expires_at FROM platform_tokens WHERE appid = ? AND token IS NOT NULL")
        .bind(appid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).transpose()
}

/// Takes the lease if it is free or expired; true for one caller among all instances.
pub async fn update_lease(db: &mut Tx, appid: &str, owner: &str, now: i64, until: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE platform_tokens SET lease_owner = ?, lease_until = ? WHERE appid = ? AND lease_until <= ?")
        .bind(owner.to_owned())
        .bind(until)
        .bind(appid.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Creates the row with the lease; [`StoreError::Duplicate`] if it exists.
pub async fn insert_leased(db: &mut Tx, appid: &str, owner: &str, until: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO platform_tokens (appid, expires_at, lease_owner, lease_until) VALUES (?, 0, ?, ?)")
        .bind(appid.to_owned())
        .bind(owner.to_owned())
        .bind(until)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// True if a row for this app exists.
pub async fn has_row(db: &mut impl Link, appid: &str) -> Result<bool, StoreError> {
    Ok(db
        .sql("SELECT appid FROM platform_tokens WHERE appid = ?")
        .bind(appid.to_owned())
        .fetch_optional(db.conn())
        .await?
        .is_some())
}

/// Stores a new token and ends its owner's lease.
pub async fn update_token(
    db: &mut Tx,
    appid: &str,
    owner: &str,
    token: &str,
    expires_at: i64,
) -> Result<(), StoreError> {
    db.sql("UPDATE platform_tokens SET token = ?, expires_at = ?, lease_until = 0 WHERE appid = ? AND lease_owner = ?")
        .bind(token.to_owned())
        .bind(expires_at)
        .bind(appid.to_owned())
        .bind(owner.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Ends an owner's lease without a new token.
pub async fn update_released(db: &mut Tx, appid: &str, owner: &str) -> Result<(), StoreError> {
    db.sql("UPDATE platform_tokens SET lease_until = 0 WHERE appid = ? AND lease_owner = ?")
        .bind(appid.to_owned())
        .bind(owner.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Forgets the token of an app.
pub async fn delete_token(db: &mut Tx, appid: &str) -> Result<(), StoreError> {
    db.sql("DELETE FROM platform_tokens WHERE appid = ?").bind(appid.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// All stored tokens, by appid.
pub async fn list_tokens(db: &mut impl Link) -> Result<Vec<(String, String)>, StoreError> {
    let rows = db.sql("SELECT appid, token FROM platform_tokens WHERE token IS NOT NULL").fetch_all(db.conn()).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// Replaces the stored form of the same token.
pub async fn update_value(db: &mut Tx, appid: &str, token: &str) -> Result<(), StoreError> {
    db.sql("UPDATE platform_tokens SET token = ? WHERE appid = ?")
        .bind(token.to_owned())
        .bind(appid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}
