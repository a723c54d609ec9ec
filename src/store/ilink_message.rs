//! Messages of the personal-WeChat channel: those that were handled, and answers that wait to be sent.

use super::{Link, StoreError, Tx, joined, table_rows};
use sqlx::Row as _;

/// The word in `messages.appid` for a message of this channel: it belongs to no Official Account.
pub const CHANNEL: &str = "ilink";

table_rows! {
    /// A row of `ilink_outbox`.
    pub struct OutboxRow {
        pub user_id: i64,
        pub position: i64,
        pub client_id: String,
        pub item: String,
        pub attempts: i64,
        pub created_at: i64,
    }
}

const INSERT: &str = joined!("INSERT INTO ilink_outbox (", OutboxRow::COLUMNS, ") VALUES (", OutboxRow::VALUES, ")");
const FIRST: &str =
    joined!("SELECT ", OutboxRow::COLUMNS, " FROM ilink_outbox WHERE user_id = ? ORDER BY position LIMIT 1");

/// Records a message as handled; [`StoreError::Duplicate`] if it was before.
pub async fn insert_received(db: &mut Tx, user_id: i64, message_id: &str, now: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO ilink_received (user_id, message_id, received_at) VALUES (?, ?, ?)")
        .bind(user_id)
        .bind(message_id.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// True if a message was handled.
pub async fn has_received(db: &mut impl Link, user_id: i64, message_id: &str) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT user_id FROM ilink_received WHERE user_id = ? AND message_id = ?")
        .bind(user_id)
        .bind(message_id.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// Deletes records of messages that were handled before `before`.
pub async fn delete_received(db: &mut Tx, before: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM ilink_received WHERE received_at < ?").bind(before).execute(db.conn()).await?;
    Ok(())
}

/// Adds an answer.
pub async fn insert_item(db: &mut Tx, row: OutboxRow) -> Result<(), StoreError> {
    row.bind(db.sql(INSERT)).execute(db.conn()).await?;
    Ok(())
}

/// The answer to be sent next.
pub async fn find_first(db: &mut impl Link, user_id: i64) -> Result<Option<OutboxRow>, StoreError> {
    let row = db.sql(FIRST).bind(user_id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| OutboxRow::read(&r)).transpose()?)
}

/// The number of answers that wait, and the last one's position (0 without any).
pub async fn count_items(db: &mut impl Link, user_id: i64) -> Result<(i64, i64), StoreError> {
    let row = db
        .sql("SELECT COUNT(*), COALESCE(MAX(position), 0) FROM ilink_outbox WHERE user_id = ?")
        .bind(user_id)
        .fetch_one(db.conn())
        .await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Deletes an answer; true for the one caller that did.
pub async fn delete_item(db: &mut Tx, user_id: i64, client_id: &str) -> Result<bool, StoreError> {
    let done = db
        .sql("DELETE FROM ilink_outbox WHERE user_id = ? AND client_id = ?")
        .bind(user_id)
        .bind(client_id.to_owned())
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts an attempt that the platform took without delivering it.
pub async fn update_attempted(db: &mut Tx, user_id: i64, client_id: &str) -> Result<(), StoreError> {
    db.sql("UPDATE ilink_outbox SET attempts = attempts + 1 WHERE user_id = ? AND client_id = ?")
        .bind(user_id)
        .bind(client_id.to_owned())
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes all answers to a user.
pub async fn delete_items(db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM ilink_outbox WHERE user_id = ?").bind(user_id).execute(db.conn()).await?;
    Ok(())
}
