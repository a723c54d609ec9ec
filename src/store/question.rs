//! Open questions in the chat: at most one per follower.

use super::{Link, StoreError, Tx};
use sqlx::Row as _;

/// Stores a question, replacing an earlier one.
pub async fn insert_question(
    db: &mut Tx,
    (appid, openid): (&str, &str),
    kind: &'static str,
    subject: &str,
    expires_at: i64,
) -> Result<(), StoreError> {
    delete_question(db, appid, openid).await?;
    db.sql("INSERT INTO chat_questions (appid, openid, kind, subject, expires_at) VALUES (?, ?, ?, ?, ?)")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(kind)
        .bind(subject.to_owned())
        .bind(expires_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The kind and subject of a follower's open question.
pub async fn find_question(
    db: &mut impl Link,
    appid: &str,
    openid: &str,
    now: i64,
) -> Result<Option<(String, String)>, StoreError> {
    let row = db
        .sql("SELECT kind, subject FROM chat_questions WHERE appid = ? AND openid = ? AND expires_at > ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(now)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| Ok::<_, sqlx::Error>((r.try_get(0)?, r.try_get(1)?))).transpose()?)
}

/// Ends a follower's question; true for the one caller that did.
pub async fn delete_question(db: &mut Tx, appid: &str, openid: &str) -> Result<bool, StoreError> {
    let result = db
        .sql("DELETE FROM chat_questions WHERE appid = ? AND openid = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Ends a follower's question if it has this kind.
pub async fn delete_question_of(
    db: &mut Tx,
    (appid, openid): (&str, &str),
    kind: &'static str,
) -> Result<(), StoreError> {
    db.sql("DELETE FROM chat_questions WHERE appid = ? AND openid = ? AND kind = ?")
        .bind(appid.to_owned())
        .bind(openid.to_owned())
        .bind(kind)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes expired questions.
pub async fn delete_expired(db: &mut Tx, now: i64) -> Result<u64, StoreError> {
    Ok(db.sql("DELETE FROM chat_questions WHERE expires_at <= ?").bind(now).execute(db.conn()).await?.rows_affected())
}
