//! What the platform calls the files that are kept here, for how long, and who is sending one.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// What the platform calls a file, while that holds.
pub async fn find_upload(
    db: &mut impl Link,
    file_id: i64,
    appid: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let row = db
        .sql("SELECT media_id FROM media_uploads WHERE file_id = ? AND appid = ? AND expires_at > ? AND media_id IS NOT NULL")
        .bind(file_id)
        .bind(appid.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Files in use since `used_since` that the platform knows no longer at `fresh_until`.
pub async fn list_due(
    db: &mut impl Link,
    appid: &str,
    used_since: i64,
    fresh_until: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows = db
        .sql(
            "SELECT f.id FROM media_files f LEFT JOIN media_uploads u ON u.file_id = f.id AND u.appid = ? \
             WHERE f.used_at >= ? AND (u.expires_at IS NULL OR u.expires_at <= ?) ORDER BY f.id LIMIT 50",
        )
        .bind(appid.to_owned())
        .bind(used_since)
        .bind(fresh_until)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?)
}

/// Takes the lease for sending a file that the platform knows no longer at `fresh_until`; false where another instance has it, or it
/// is not due, or was never sent: then see [`insert_upload`].
pub async fn update_lease_taken(
    db: &mut Tx,
    file_id: i64,
    appid: &str,
    now: i64,
    fresh_until: i64,
    lease_until: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE media_uploads SET lease_until = ? WHERE file_id = ? AND appid = ? AND lease_until <= ? AND expires_at <= ?",
        )
        .bind(lease_until)
        .bind(file_id)
        .bind(appid.to_owned())
        .bind(now)
        .bind(fresh_until)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Until when the platform knows a file, and until when somebody has the lease for sending it; None where it was never sent.
pub async fn find_state(db: &mut impl Link, file_id: i64, appid: &str) -> Result<Option<(i64, i64)>, StoreError> {
    let row = db
        .sql("SELECT expires_at, lease_until FROM media_uploads WHERE file_id = ? AND appid = ?")
        .bind(file_id)
        .bind(appid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| Ok::<_, sqlx::Error>((r.try_get(0)?, r.try_get(1)?))).transpose()?)
}

/// Takes the lease for a file that was never sent; [`StoreError::Duplicate`] where somebody was first.
pub async fn insert_upload(db: &mut Tx, file_id: i64, appid: &str, lease_until: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO media_uploads (file_id, appid, media_id, expires_at, lease_until) VALUES (?, ?, NULL, 0, ?)")
        .bind(file_id)
        .bind(appid.to_owned())
        .bind(lease_until)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Notes what the platform calls a file, and ends the lease.
pub async fn update_uploaded(
    db: &mut Tx,
    file_id: i64,
    appid: &str,
    media_id: &str,
    expires_at: i64,
) -> Result<(), StoreError> {
    db.sql("UPDATE media_uploads SET media_id = ?, expires_at = ?, lease_until = 0 WHERE file_id = ? AND appid = ?")
        .bind(media_id.to_owned())
        .bind(expires_at)
        .bind(file_id)
        .bind(appid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}
