//! Sessions of signed-in browsers.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

rows! {
    /// A row of `web_sessions` without its data.
    pub struct WebSessionRow {
        pub id_hash: String,
        pub public_id: String,
        pub browser_label: String,
        pub address: String,
        /// Empty for a session from before methods were recorded.
        pub door: String,
        pub created_at: i64,
        pub seen_at: i64,
        pub expires_at: i64,
    }
}

/// A session to add.
#[derive(Debug, Clone)]
pub struct NewWebSession {
    pub id_hash: String,
    pub user_id: Option<i64>,
    pub data: String,
    pub public_id: String,
    pub browser_label: String,
    pub address: String,
    pub door: &'static str,
    pub created_at: i64,
    pub expires_at: i64,
}

/// Adds a session.
pub async fn insert_web_session(db: &mut Tx, new: NewWebSession) -> Result<(), StoreError> {
    db.sql("INSERT INTO web_sessions (id_hash, user_id, data, public_id, browser_label, address, door, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(new.id_hash)
        .bind(new.user_id)
        .bind(new.data)
        .bind(new.public_id)
        .bind(new.browser_label)
        .bind(new.address)
        .bind(new.door)
        .bind(new.created_at)
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Updates an existing session. One that was revoked meanwhile stays deleted.
pub async fn update_web_session(
    db: &mut Tx,
    id_hash: &str,
    user_id: Option<i64>,
    data: &str,
    expires_at: i64,
) -> Result<(), StoreError> {
    db.sql("UPDATE web_sessions SET user_id = ?, data = ?, expires_at = ? WHERE id_hash = ?")
        .bind(user_id)
        .bind(data.to_owned())
        .bind(expires_at)
        .bind(id_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The data and expiry of an unexpired session.
pub async fn find_web_session(
    db: &mut impl Link,
    id_hash: &str,
    now: i64,
) -> Result<Option<(String, i64)>, StoreError> {
    let row = db
        .sql("SELECT data, expires_at FROM web_sessions WHERE id_hash = ? AND expires_at > ?")
        .bind(id_hash.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    row.map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).transpose()
}

/// When the session was last used, as recorded.
pub async fn find_seen(db: &mut impl Link, id_hash: &str) -> Result<Option<i64>, StoreError> {
    let row = db
        .sql("SELECT seen_at FROM web_sessions WHERE id_hash = ?")
        .bind(id_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?)
}

/// Records a use of the session.
pub async fn update_seen(db: &mut Tx, id_hash: &str, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE web_sessions SET seen_at = ? WHERE id_hash = ?")
        .bind(now)
        .bind(id_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// A user's unexpired sessions, last used first.
pub async fn list_web_sessions(db: &mut impl Link, user_id: i64, now: i64) -> Result<Vec<WebSessionRow>, StoreError> {
    let rows = db
        .sql("SELECT id_hash, public_id, browser_label, address, door, created_at, seen_at, expires_at FROM web_sessions WHERE user_id = ? AND expires_at > ? ORDER BY seen_at DESC LIMIT 100")
        .bind(user_id)
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(WebSessionRow::read).collect::<Result<_, _>>()?)
}

/// Ends a user's pending requests to bind WeChat. The holder of such a request's cookie must not complete or renew it once a browser of
/// that user was signed out.
macro_rules! end_binds {
    ($condition:literal) => {
        concat!(
            "UPDATE signin_sessions SET user_id = NULL, code_hash = NULL, \
             status = CASE WHEN status IN ('waiting', 'scanned') THEN 'refused' ELSE status END \
             WHERE purpose = 'bind' AND status <> 'success' AND user_id ",
            $condition
        )
    };
}

/// Deletes one session by its secret's hash.
pub async fn delete_web_session(db: &mut Tx, id_hash: &str) -> Result<(), StoreError> {
    db.sql(end_binds!("IN (SELECT user_id FROM web_sessions WHERE id_hash = ?)"))
        .bind(id_hash.to_owned())
        .execute(db.conn())
        .await?;
    db.sql("DELETE FROM web_sessions WHERE id_hash = ?").bind(id_hash.to_owned()).execute(db.conn()).await?;
    Ok(())
}

/// Deletes one of a user's sessions by its public id; false if it is not theirs.
pub async fn delete_one_of(db: &mut Tx, user_id: i64, public_id: &str) -> Result<bool, StoreError> {
    let result = db
        .sql("DELETE FROM web_sessions WHERE user_id = ? AND public_id = ?")
        .bind(user_id)
        .bind(public_id.to_owned())
        .execute(db.conn())
        .await?;
    if result.rows_affected() != 1 {
        return Ok(false);
    }
    db.sql(end_binds!("= ?")).bind(user_id).execute(db.conn()).await?;
    Ok(true)
}

/// Deletes all of a user's sessions except one (an empty `except` deletes all).
pub async fn delete_all_of(db: &mut Tx, user_id: i64, except_id_hash: &str) -> Result<u64, StoreError> {
    db.sql(end_binds!("= ?")).bind(user_id).execute(db.conn()).await?;
    let result = db
        .sql("DELETE FROM web_sessions WHERE user_id = ? AND id_hash <> ?")
        .bind(user_id)
        .bind(except_id_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected())
}

/// Deletes a user's sessions that were not opened by a password: those by WeChat, and those from before methods were
/// recorded.
pub async fn delete_all_by_wechat(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    db.sql(end_binds!("= ?")).bind(user_id).execute(db.conn()).await?;
    db.sql("DELETE FROM web_sessions WHERE user_id = ? AND door NOT IN ('password', 'setup')")
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes a user's sessions that were opened by a password, except one (an empty `except` deletes all).
pub async fn delete_all_by_password(db: &mut Tx, user_id: i64, except_id_hash: &str) -> Result<(), StoreError> {
    db.sql(end_binds!("= ?")).bind(user_id).execute(db.conn()).await?;
    db.sql("DELETE FROM web_sessions WHERE user_id = ? AND door IN ('password', 'setup') AND id_hash <> ?")
        .bind(user_id)
        .bind(except_id_hash.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes expired sessions.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM web_sessions WHERE expires_at <= ?").bind(now).execute(db.conn()).await?.rows_affected())
}
