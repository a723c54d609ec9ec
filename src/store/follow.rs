//! QR codes of client programs, and the followers who scanned them.

use super::{Link, StoreError, Tx, rows};

rows! {
    /// A row of `follow_scenes`.
    pub struct FollowRow {
        pub scene_hash: String,
        pub client_hash: String,
        pub appid: String,
        pub openid: Option<String>,
        pub created_at: i64,
        pub expires_at: i64,
        pub completed_at: Option<i64>,
        pub cancelled_at: Option<i64>,
        /// The user's generation at the scan.
        pub generation: Option<i64>,
        /// Keyed hash of the poll token; `None` for a QR from before there were poll tokens.
        pub poll_hash: Option<String>,
        /// The user who completed it.
        pub user_id: Option<i64>,
    }
}

pub async fn insert_scene(db: &mut Tx, row: FollowRow) -> Result<(), StoreError> {
    db.sql("INSERT INTO follow_scenes (scene_hash, client_hash, appid, created_at, expires_at, poll_hash) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(row.scene_hash)
        .bind(row.client_hash)
        .bind(row.appid)
        .bind(row.created_at)
        .bind(row.expires_at)
        .bind(row.poll_hash)
        .execute(db.conn())
        .await?;
    Ok(())
}

pub async fn find_scene(db: &mut impl Link, scene_hash: &str) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation, poll_hash, user_id FROM follow_scenes WHERE scene_hash = ?")
        .bind(scene_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// A client's first completed scene that was not undone.
pub async fn find_completed(db: &mut impl Link, client_hash: &str) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation, poll_hash, user_id FROM follow_scenes WHERE client_hash = ? AND completed_at IS NOT NULL AND cancelled_at IS NULL ORDER BY completed_at, created_at, scene_hash LIMIT 1")
        .bind(client_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// A client's scene with this poll token.
pub async fn find_polled(
    db: &mut impl Link,
    client_hash: &str,
    poll_hash: &str,
) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation, poll_hash, user_id FROM follow_scenes WHERE poll_hash = ? AND client_hash = ?")
        .bind(poll_hash.to_owned())
        .bind(client_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// A client's latest scene.
pub async fn find_latest(db: &mut impl Link, client_hash: &str) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation, poll_hash, user_id FROM follow_scenes WHERE client_hash = ? ORDER BY created_at DESC LIMIT 1")
        .bind(client_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// The scene that a follower completed last, not before `since`, and did not undo.
pub async fn find_of_person(
    db: &mut impl Link,
    appid: &str,
    openid: &str,
    since: i64,
) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation, poll_hash, user_id FROM follow_scenes WHERE openid = ? AND appid = ? AND completed_at >= ? AND cancelled_at IS NULL ORDER BY completed_at DESC LIMIT 1")
        .bind(openid.to_owned())
        .bind(appid.to_owned())
        .bind(since)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// Completes a scene for a user with this current generation; true for the one caller that did.
pub async fn update_completed(
    db: &mut Tx,
    scene_hash: &str,
    openid: &str,
    user_id: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE follow_scenes SET openid = ?, completed_at = ?, user_id = ?, generation = (SELECT token_generation FROM users WHERE users.id = ?) \
             WHERE scene_hash = ? AND completed_at IS NULL AND expires_at > ?",
        )
        .bind(openid.to_owned())
        .bind(now)
        .bind(user_id)
        .bind(user_id)
        .bind(scene_hash.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Undoes a completion; true for the one caller that did.
pub async fn update_cancelled(db: &mut Tx, scene_hash: &str, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE follow_scenes SET cancelled_at = ? WHERE scene_hash = ? AND completed_at IS NOT NULL AND cancelled_at IS NULL")
        .bind(now)
        .bind(scene_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes scenes that expired without completion.
pub async fn delete_old(db: &mut Tx, expired_before: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM follow_scenes WHERE expires_at < ? AND completed_at IS NULL")
        .bind(expired_before)
        .execute(db.conn())
        .await?;
    Ok(())
}
