//! The log of messages that came in.

use super::{Link, StoreError, Tx, rows};

rows! {
    /// A row of `messages`.
    pub struct MessageRow {
        pub id: i64,
        pub appid: String,
        pub openid: String,
        pub user_id: Option<i64>,
        pub kind: String,
        pub content: Option<String>,
        pub answered_by: String,
        pub rule_id: Option<i64>,
        pub reply_kind: String,
        pub took_us: i64,
        pub received_at: i64,
    }
}

/// Adds a message.
pub async fn insert_message(db: &mut Tx, row: &MessageRow) -> Result<(), StoreError> {
    let row = row.clone();
    db.sql("INSERT INTO messages (id, appid, openid, user_id, kind, content, answered_by, rule_id, reply_kind, took_us, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(row.id)
        .bind(row.appid)
        .bind(row.openid)
        .bind(row.user_id)
        .bind(row.kind)
        .bind(row.content)
        .bind(row.answered_by)
        .bind(row.rule_id)
        .bind(row.reply_kind)
        .bind(row.took_us)
        .bind(row.received_at)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// A user's latest messages, newest first.
pub async fn list_messages(db: &mut impl Link, user_id: i64, most: i64) -> Result<Vec<MessageRow>, StoreError> {
    let rows = db
        .sql(
            "SELECT id, appid, openid, user_id, kind, content, answered_by, rule_id, reply_kind, took_us, received_at FROM messages \
             WHERE user_id = ? ORDER BY id DESC LIMIT ?",
        )
        .bind(user_id)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(MessageRow::read).collect::<Result<_, _>>()?)
}

/// Forgets what was said before `before`; that something was said stays.
pub async fn update_contents_forgotten(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db
        .sql("UPDATE messages SET content = NULL WHERE received_at < ? AND content IS NOT NULL")
        .bind(before)
        .execute(db.conn())
        .await?
        .rows_affected())
}
