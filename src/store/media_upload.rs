//! Uploads of stored files to the platform: media ids, their expiry, and upload leases.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// An upload of a file to an account, as itself or as a thumbnail.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    pub file_id: i64,
    pub appid: &'a str,
    pub is_thumb: bool,
}

/// The unexpired media id of a file.
pub async fn find_upload(db: &mut impl Link, of: Sending<'_>, now: i64) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT media_id FROM media_uploads WHERE file_id = ? AND appid = ? AND is_thumb = ? AND expires_at > ? AND media_id IS NOT NULL")
        .bind(of.file_id)
        .bind(of.appid.to_owned())
        .bind(i64::from(of.is_thumb))
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Files in use since `used_since` whose media id expires before `fresh_until`, and whether as thumbnails.
pub async fn list_due(
    db: &mut impl Link,
    appid: &str,
    used_since: i64,
    fresh_until: i64,
) -> Result<Vec<(i64, bool)>, StoreError> {
    let rows = db
        .sql(
            "SELECT f.id, u.is_thumb FROM media_files f LEFT JOIN media_uploads u ON u.file_id = f.id AND u.appid = ? \
             WHERE f.used_at >= ? AND (u.expires_at IS NULL OR u.expires_at <= ?) ORDER BY f.id LIMIT 50",
        )
        .bind(appid.to_owned())
        .bind(used_since)
        .bind(fresh_until)
        .fetch_all(db.conn())
        .await?;
    let read = |row: &sqlx::any::AnyRow| {
        let is_thumb: Option<i64> = row.try_get(1)?;
        Ok::<_, sqlx::Error>((row.try_get(0)?, is_thumb == Some(1)))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Takes the lease for uploading a file whose media id expires before `fresh_until`; false if another instance has it, the file
/// is not due, or was never uploaded: then see [`insert_upload`].
pub async fn update_lease_taken(
    db: &mut Tx,
    of: Sending<'_>,
    now: i64,
    fresh_until: i64,
    lease_until: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE media_uploads SET lease_until = ? WHERE file_id = ? AND appid = ? AND is_thumb = ? AND lease_until <= ? AND expires_at <= ?",
        )
        .bind(lease_until)
        .bind(of.file_id)
        .bind(of.appid.to_owned())
        .bind(i64::from(of.is_thumb))
        .bind(now)
        .bind(fresh_until)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// The expiry of a file's media id and of its upload lease; `None` if it was never uploaded.
pub async fn find_state(db: &mut impl Link, of: Sending<'_>) -> Result<Option<(i64, i64)>, StoreError> {
    let row = db
        .sql("SELECT expires_at, lease_until FROM media_uploads WHERE file_id = ? AND appid = ? AND is_thumb = ?")
        .bind(of.file_id)
        .bind(of.appid.to_owned())
        .bind(i64::from(of.is_thumb))
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| Ok::<_, sqlx::Error>((r.try_get(0)?, r.try_get(1)?))).transpose()?)
}

/// Takes the lease for a file that was never uploaded; [`StoreError::Duplicate`] if another caller did.
pub async fn insert_upload(db: &mut Tx, of: Sending<'_>, lease_until: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO media_uploads (file_id, appid, is_thumb, media_id, expires_at, lease_until) VALUES (?, ?, ?, NULL, 0, ?)")
        .bind(of.file_id)
        .bind(of.appid.to_owned())
        .bind(i64::from(of.is_thumb))
        .bind(lease_until)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Stores a file's media id, and ends the lease.
pub async fn update_uploaded(db: &mut Tx, of: Sending<'_>, media_id: &str, expires_at: i64) -> Result<(), StoreError> {
    db.sql("UPDATE media_uploads SET media_id = ?, expires_at = ?, lease_until = 0 WHERE file_id = ? AND appid = ? AND is_thumb = ?")
        .bind(media_id.to_owned())
        .bind(expires_at)
        .bind(of.file_id)
        .bind(of.appid.to_owned())
        .bind(i64::from(of.is_thumb))
        .execute(db.conn())
        .await?;
    Ok(())
}
