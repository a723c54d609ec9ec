//! Pictures of users: the address that was asked, and the picture as base64.

use super::{Link, StoreError, Tx};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sqlx::Row as _;

/// The largest picture, in bytes: 12,000 characters in base64.
pub const PICTURE_MAX_BYTES: usize = 9_000;

/// The address that was asked for a user's picture, and when.
pub async fn find_source(db: &mut impl Link, user_id: i64) -> Result<Option<(String, bool, i64)>, StoreError> {
    let row = db
        .sql("SELECT source, CASE WHEN access_key IS NULL THEN 0 ELSE 1 END, asked_at FROM avatars WHERE user_id = ?")
        .bind(user_id)
        .fetch_optional(db.conn())
        .await?;
    row.map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? == 1, row.try_get(2)?))).transpose()
}

/// The key of a user's picture; `None` without one.
pub async fn find_key(db: &mut impl Link, user_id: i64) -> Result<Option<String>, StoreError> {
    let row =
        db.sql("SELECT access_key FROM avatars WHERE user_id = ?").bind(user_id).fetch_optional(db.conn()).await?;
    Ok(row.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten())
}

/// The picture with this key.
pub async fn find_picture(db: &mut impl Link, access_key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let query = db.sql("SELECT picture FROM avatars WHERE access_key = ?").bind(access_key.to_owned());
    let row = query.fetch_optional(db.conn()).await?;
    let text: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
    let decoded = text.map(|text| STANDARD.decode(text)).transpose();
    decoded.map_err(|error| StoreError::Broken(sqlx::Error::Decode(Box::new(error))))
}

/// Records that an address is being asked for a user's picture, in place of the picture of before.
pub async fn replace_source(db: &mut Tx, user_id: i64, source: &str, now: i64) -> Result<(), StoreError> {
    delete_avatar(db, user_id).await?;
    db.sql("INSERT INTO avatars (user_id, source, asked_at) VALUES (?, ?, ?)")
        .bind(user_id)
        .bind(source.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Stores the picture from this address; false if another address was asked since, or the user was deleted.
pub async fn update_picture(
    db: &mut Tx,
    user_id: i64,
    source: &str,
    access_key: &str,
    picture: &[u8],
) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE avatars SET access_key = ?, picture = ? WHERE user_id = ? AND source = ?")
        .bind(access_key.to_owned())
        .bind(STANDARD.encode(picture))
        .bind(user_id)
        .bind(source.to_owned())
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes a user's picture.
pub async fn delete_avatar(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM avatars WHERE user_id = ?").bind(user_id).execute(db.conn()).await?;
    Ok(())
}

/// Deletes a user's picture unless it came from this address.
pub async fn delete_other(db: &mut Tx, user_id: i64, source: Option<&str>) -> Result<(), StoreError> {
    db.sql("DELETE FROM avatars WHERE user_id = ? AND source <> ?")
        .bind(user_id)
        .bind(source.unwrap_or_default().to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}
