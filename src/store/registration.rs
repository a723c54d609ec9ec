//! Accounts registered by WeChat whose registration can still be undone.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Records that this WeChat identity registered the account.
pub async fn insert_registration(
    db: &mut Tx,
    user_id: i64,
    (appid, openid): (&str, &str),
    undo_until: i64,
) -> Result<(), StoreError> {
    db.sql("INSERT INTO registrations (user_id, appid, openid, undo_until) VALUES (?, ?, ?, ?)")
        .bind(user_id)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(undo_until)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Until when this WeChat identity may undo its registration of the account; `None` if it did not register this
/// account.
pub async fn find_undo_until(
    db: &mut impl Link,
    user_id: i64,
    (appid, openid): (&str, &str),
) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT undo_until FROM registrations WHERE user_id = ? AND appid = ? AND openid = ?")
        .bind(user_id)
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Removes the option to undo a registration; true for the one caller that did.
pub async fn delete_registration(db: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let result = db.sql("DELETE FROM registrations WHERE user_id = ?").bind(user_id).execute(db.conn()).await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes registrations that could be undone until `before`.
pub async fn delete_expired(db: &mut Tx, before: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM registrations WHERE undo_until < ?").bind(before).execute(db.conn()).await?;
    Ok(())
}
