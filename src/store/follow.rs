//! QR codes of client programs, and who scanned them.

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
        /// Of the user, when they scanned it.
        pub generation: Option<i64>,
    }
}

pub async fn insert_scene(db: &mut Tx, row: FollowRow) -> Result<(), StoreError> {
    db.sql("INSERT INTO follow_scenes (scene_hash, client_hash, appid, created_at, expires_at) VALUES (?, ?, ?, ?, ?)")
        .bind(row.scene_hash)
        .bind(row.client_hash)
        .bind(row.appid)
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

pub async fn find_scene(db: &mut impl Link, scene_hash: &str) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation FROM follow_scenes WHERE scene_hash = ?")
        .bind(scene_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// The scene of a client that somebody completed last and did not take back.
pub async fn find_completed(db: &mut impl Link, client_hash: &str) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation FROM follow_scenes WHERE client_hash = ? AND completed_at IS NOT NULL AND cancelled_at IS NULL ORDER BY completed_at DESC LIMIT 1")
        .bind(client_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// The scene that a client asked for last.
pub async fn find_latest(db: &mut impl Link, client_hash: &str) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation FROM follow_scenes WHERE client_hash = ? ORDER BY created_at DESC LIMIT 1")
        .bind(client_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// The scene that a person completed last, not before `since`, and did not take back.
pub async fn find_of_person(
    db: &mut impl Link,
    appid: &str,
    openid: &str,
    since: i64,
) -> Result<Option<FollowRow>, StoreError> {
    let row = db
        .sql("SELECT scene_hash, client_hash, appid, openid, created_at, expires_at, completed_at, cancelled_at, generation FROM follow_scenes WHERE openid = ? AND appid = ? AND completed_at >= ? AND cancelled_at IS NULL ORDER BY completed_at DESC LIMIT 1")
        .bind(openid.to_owned())
        .bind(appid.to_owned())
        .bind(since)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| FollowRow::read(&r)).transpose()?)
}

/// Completes a scene by a person whose user has this generation now; true for the one caller that did.
pub async fn update_completed(
    db: &mut Tx,
    scene_hash: &str,
    openid: &str,
    user_id: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE follow_scenes SET openid = ?, completed_at = ?, generation = (SELECT token_generation FROM users WHERE users.id = ?) \
             WHERE scene_hash = ? AND completed_at IS NULL AND expires_at > ?",
        )
        .bind(openid.to_owned())
        .bind(now)
        .bind(user_id)
        .bind(scene_hash.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a completion back; true for the one caller that did.
pub async fn update_cancelled(db: &mut Tx, scene_hash: &str, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE follow_scenes SET cancelled_at = ? WHERE scene_hash = ? AND completed_at IS NOT NULL AND cancelled_at IS NULL")
        .bind(now)
        .bind(scene_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What the identities of one user have completed is from now on another one's, each with their generation as of now. Done before
/// the identities themselves change hands.
pub async fn update_won(db: &mut Tx, (from, was): (i64, i64), is: i64) -> Result<(), StoreError> {
    db.sql("UPDATE follow_scenes SET generation = ? WHERE generation = ? AND openid IN (SELECT openid FROM identities WHERE user_id = ?)")
        .bind(is)
        .bind(was)
        .bind(from)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Forgets scenes that ran out without anybody.
pub async fn delete_old(db: &mut Tx, expired_before: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM follow_scenes WHERE expires_at < ? AND completed_at IS NULL")
        .bind(expired_before)
        .execute(db.conn())
        .await?;
    Ok(())
}
