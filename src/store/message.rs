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
        pub trace: Option<String>,
        pub missed: Option<String>,
    }
}

rows! {
    /// Messages that nothing answered, and that say the same.
    pub struct MissedRow {
        pub missed: String,
        pub times: i64,
        pub last_at: i64,
        pub sample: Option<String>,
    }
}

/// Which messages are asked for. None: any.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    pub user_id: Option<i64>,
    pub openid: Option<String>,
    pub rule_id: Option<i64>,
    /// Only those that no rule with a keyword, no command and no sign-in answered.
    pub is_unanswered: bool,
    /// Only ids below this one.
    pub below: Option<i64>,
}

const COLUMNS: &str = "SELECT id, appid, openid, user_id, kind, content, answered_by, rule_id, reply_kind, took_us, received_at, trace, missed FROM messages ";

/// Adds a message.
pub async fn insert_message(db: &mut Tx, row: &MessageRow) -> Result<(), StoreError> {
    let row = row.clone();
    db.sql("INSERT INTO messages (id, appid, openid, user_id, kind, content, answered_by, rule_id, reply_kind, took_us, received_at, trace, missed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
        .bind(row.trace)
        .bind(row.missed)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Gives all messages of one user to another.
pub async fn update_owner_of_all(db: &mut Tx, from: i64, to: i64) -> Result<(), StoreError> {
    db.sql("UPDATE messages SET user_id = ? WHERE user_id = ?").bind(to).bind(from).execute(db.conn()).await?;
    Ok(())
}

/// A user's latest messages, newest first.
pub async fn list_messages(db: &mut impl Link, user_id: i64, most: i64) -> Result<Vec<MessageRow>, StoreError> {
    list_found(db, &MessageFilter { user_id: Some(user_id), ..MessageFilter::default() }, most).await
}

/// The latest messages that a filter finds, newest first.
pub async fn list_found(db: &mut impl Link, filter: &MessageFilter, most: i64) -> Result<Vec<MessageRow>, StoreError> {
    let mut pieces = vec![COLUMNS, "WHERE id < ?"];
    let conditions = [
        (filter.user_id.is_some(), " AND user_id = ?"),
        (filter.openid.is_some(), " AND openid = ?"),
        (filter.rule_id.is_some(), " AND rule_id = ?"),
        (filter.is_unanswered, " AND answered_by IN ('default', 'none')"),
    ];
    pieces.extend(conditions.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, text)| text));
    pieces.push(" ORDER BY id DESC LIMIT ?");
    let mut query = db.sql_of(&pieces).bind(filter.below.unwrap_or(i64::MAX));
    if let Some(user_id) = filter.user_id {
        query = query.bind(user_id);
    }
    if let Some(openid) = filter.openid.clone() {
        query = query.bind(openid);
    }
    if let Some(rule_id) = filter.rule_id {
        query = query.bind(rule_id);
    }
    let rows = query.bind(most).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(MessageRow::read).collect::<Result<_, _>>()?)
}

/// One message.
pub async fn find_message(db: &mut impl Link, id: i64) -> Result<Option<MessageRow>, StoreError> {
    let row = db.sql_of(&[COLUMNS, "WHERE id = ?"]).bind(id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| MessageRow::read(&r)).transpose()?)
}

/// What nothing answered, of everybody or of one user: the most frequent first.
pub async fn list_missed(db: &mut impl Link, user_id: Option<i64>, most: i64) -> Result<Vec<MissedRow>, StoreError> {
    let head = "SELECT missed, COUNT(*) AS times, MAX(received_at) AS last_at, MAX(content) AS sample FROM messages WHERE missed IS NOT NULL";
    let whose = if user_id.is_some() { " AND user_id = ?" } else { "" };
    let mut query = db.sql_of(&[head, whose, " GROUP BY missed ORDER BY times DESC, last_at DESC LIMIT ?"]);
    if let Some(user_id) = user_id {
        query = query.bind(user_id);
    }
    let rows = query.bind(most).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(MissedRow::read).collect::<Result<_, _>>()?)
}

/// Takes a group away from what nothing answered.
pub async fn update_missed_dismissed(db: &mut Tx, user_id: Option<i64>, missed: &str) -> Result<u64, StoreError> {
    let whose = if user_id.is_some() { " AND user_id = ?" } else { "" };
    let mut query = db.sql_of(&["UPDATE messages SET missed = NULL WHERE missed = ?", whose]).bind(missed.to_owned());
    if let Some(user_id) = user_id {
        query = query.bind(user_id);
    }
    Ok(query.execute(db.conn()).await?.rows_affected())
}

/// Forgets what was said before `before`, and why it was answered so; that something was said stays.
pub async fn update_contents_forgotten(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db
        .sql("UPDATE messages SET content = NULL, trace = NULL, missed = NULL WHERE received_at < ? AND (content IS NOT NULL OR trace IS NOT NULL OR missed IS NOT NULL)")
        .bind(before)
        .execute(db.conn())
        .await?
        .rows_affected())
}
