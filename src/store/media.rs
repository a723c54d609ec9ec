//! Stored pictures, voices and videos. Their bytes are in `file_pieces`.

use super::{
    Link, StoreError, Tx,
    bulk::{CHUNK, repeated},
    rows,
};
use sqlx::Row as _;

rows! {
    /// A row of `media_files`.
    pub struct MediaRow {
        pub id: i64,
        pub owner_id: i64,
        pub access_key: String,
        pub format: String,
        pub name: String,
        pub digest: String,
        pub size_bytes: i64,
        pub created_at: i64,
        pub used_at: Option<i64>,
    }
}

/// Adds a file's row; [`StoreError::Duplicate`] if the owner has the same file.
pub async fn insert_media(db: &mut Tx, row: &MediaRow) -> Result<(), StoreError> {
    let row = row.clone();
    db.sql(
        "INSERT INTO media_files (id, owner_id, access_key, format, name, digest, size_bytes, created_at, touched_at, used_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.id)
    .bind(row.owner_id)
    .bind(row.access_key)
    .bind(row.format)
    .bind(row.name)
    .bind(row.digest)
    .bind(row.size_bytes)
    .bind(row.created_at)
    .bind(row.created_at)
    .bind(row.used_at)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// The file with this id.
pub async fn find_media(db: &mut impl Link, id: i64) -> Result<Option<MediaRow>, StoreError> {
    let row = db
        .sql("SELECT id, owner_id, access_key, format, name, digest, size_bytes, created_at, used_at FROM media_files WHERE id = ?")
        .bind(id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| MediaRow::read(&r)).transpose()?)
}

/// The file with this key, compared byte by byte.
pub async fn find_media_by_key(db: &mut impl Link, access_key: &str) -> Result<Option<MediaRow>, StoreError> {
    let row = db
        .sql("SELECT id, owner_id, access_key, format, name, digest, size_bytes, created_at, used_at FROM media_files WHERE access_key = ?")
        .bind(access_key.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| MediaRow::read(&r)).transpose()?)
}

/// An owner's file with these bytes.
pub async fn find_media_by_digest(
    db: &mut impl Link,
    owner_id: i64,
    digest: &str,
) -> Result<Option<MediaRow>, StoreError> {
    let row = db
        .sql(
            "SELECT id, owner_id, access_key, format, name, digest, size_bytes, created_at, used_at FROM media_files \
             WHERE owner_id = ? AND digest = ?",
        )
        .bind(owner_id)
        .bind(digest.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| MediaRow::read(&r)).transpose()?)
}

/// An owner's files, newest first.
pub async fn list_media(db: &mut impl Link, owner_id: i64, most: i64) -> Result<Vec<MediaRow>, StoreError> {
    let rows = db
        .sql(
            "SELECT id, owner_id, access_key, format, name, digest, size_bytes, created_at, used_at FROM media_files \
             WHERE owner_id = ? ORDER BY id DESC LIMIT ?",
        )
        .bind(owner_id)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(MediaRow::read).collect::<Result<_, _>>()?)
}

/// The existing files' keys among these.
pub async fn list_known(db: &mut impl Link, access_keys: &[String]) -> Result<Vec<String>, StoreError> {
    let mut known = Vec::new();
    for chunk in access_keys.chunks(CHUNK) {
        let head = "SELECT access_key FROM media_files WHERE access_key IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")"));
        let query = chunk.iter().fold(query, |query, key| query.bind(key.clone()));
        for row in query.fetch_all(db.conn()).await? {
            known.push(row.try_get(0)?);
        }
    }
    Ok(known)
}

/// Records that a file was uploaded again: it is not deleted before it can be used.
pub async fn update_touched(db: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let result =
        db.sql("UPDATE media_files SET touched_at = ? WHERE id = ?").bind(now).bind(id).execute(db.conn()).await?;
    Ok(result.rows_affected() == 1)
}

/// Records that rules use these files.
pub async fn update_used(db: &mut Tx, access_keys: &[String], now: i64) -> Result<(), StoreError> {
    for chunk in access_keys.chunks(CHUNK) {
        let head = "UPDATE media_files SET used_at = ? WHERE access_key IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")")).bind(now);
        chunk.iter().fold(query, |query, key| query.bind(key.clone())).execute(db.conn()).await?;
    }
    Ok(())
}

/// A file that no rule has used since `used_before`, and that was not uploaded since `touched_before`.
pub async fn find_unused(
    db: &mut impl Link,
    used_before: i64,
    touched_before: i64,
) -> Result<Option<MediaRow>, StoreError> {
    let row = db
        .sql(
            "SELECT id, owner_id, access_key, format, name, digest, size_bytes, created_at, used_at FROM media_files \
             WHERE touched_at < ? AND (used_at IS NULL OR used_at < ?) ORDER BY id LIMIT 1",
        )
        .bind(touched_before)
        .bind(used_before)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| MediaRow::read(&r)).transpose()?)
}

/// Deletes a file with everything that belongs to it; false if it does not exist.
pub async fn delete_media(db: &mut Tx, row: &MediaRow) -> Result<bool, StoreError> {
    let result = db.sql("DELETE FROM media_files WHERE id = ?").bind(row.id).execute(db.conn()).await?;
    if result.rows_affected() != 1 {
        return Ok(false);
    }
    db.sql("UPDATE media_owners SET used_bytes = used_bytes - ? WHERE owner_id = ?")
        .bind(row.size_bytes)
        .bind(row.owner_id)
        .execute(db.conn())
        .await?;
    db.sql("DELETE FROM media_uploads WHERE file_id = ?").bind(row.id).execute(db.conn()).await?;
    super::file::delete_files(db, &[row.id]).await?;
    Ok(true)
}

/// Reserves space for a file; false if too little is left, or the owner has no row yet.
pub async fn update_room_taken(db: &mut Tx, owner_id: i64, bytes: i64, most: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE media_owners SET used_bytes = used_bytes + ? WHERE owner_id = ? AND used_bytes <= ?")
        .bind(bytes)
        .bind(owner_id)
        .bind(most - bytes)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// The number of an owner's files.
pub async fn count_media(db: &mut impl Link, owner_id: i64) -> Result<i64, StoreError> {
    let row = db.sql("SELECT COUNT(*) FROM media_files WHERE owner_id = ?").bind(owner_id).fetch_one(db.conn()).await?;
    Ok(row.try_get(0)?)
}

/// An owner's used bytes; `None` without a row.
pub async fn find_room_taken(db: &mut impl Link, owner_id: i64) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT used_bytes FROM media_owners WHERE owner_id = ?")
        .bind(owner_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Creates an owner's row; [`StoreError::Duplicate`] if it exists.
pub async fn insert_owner(db: &mut Tx, owner_id: i64, used_bytes: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO media_owners (owner_id, used_bytes) VALUES (?, ?)")
        .bind(owner_id)
        .bind(used_bytes)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Bodies of contents that may use a file, of the first rules with ids above `after`, and the last of those ids; `None` if there
/// are no more.
pub async fn list_bodies(db: &mut impl Link, after: i64) -> Result<Option<(i64, Vec<String>)>, StoreError> {
    let ids = db
        .sql("SELECT DISTINCT rule_id FROM rule_contents WHERE rule_id > ? AND kind IN ('image', 'voice', 'video', 'music') ORDER BY rule_id LIMIT 1000")
        .bind(after)
        .fetch_all(db.conn())
        .await?;
    let Some(last) = ids.last().map(|r| r.try_get::<i64, _>(0)).transpose()? else { return Ok(None) };
    let rows = db
        .sql("SELECT body FROM rule_contents WHERE rule_id > ? AND rule_id <= ? AND kind IN ('image', 'voice', 'video', 'music')")
        .bind(after)
        .bind(last)
        .fetch_all(db.conn())
        .await?;
    Ok(Some((last, rows.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?)))
}

/// Bodies that contain this reference (letters, digits and colons) in rules of this owner or of the account.
pub async fn list_bodies_with(db: &mut impl Link, owner_id: i64, reference: &str) -> Result<Vec<String>, StoreError> {
    let rows = db
        .sql(
            "SELECT c.body FROM rule_contents c JOIN reply_rules r ON r.id = c.rule_id \
             WHERE c.kind IN ('image', 'voice', 'video', 'music') AND c.body LIKE ? AND r.owner_id IN (?, 0) LIMIT 10",
        )
        .bind(format!("%{reference}%"))
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?)
}

/// True if any file exists.
pub async fn has_media(db: &mut impl Link) -> Result<bool, StoreError> {
    Ok(db.sql("SELECT id FROM media_files LIMIT 1").fetch_optional(db.conn()).await?.is_some())
}
