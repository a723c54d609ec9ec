//! The log of received messages.

use super::{Link, Script, StoreError, Tx, bulk::insert_in, joined, rows, table_rows};
use sqlx::Row as _;

table_rows! {
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
    /// Unanswered messages with the same folded text.
    pub struct MissedRow {
        pub missed: String,
        pub times: i64,
        pub last_at: i64,
        pub sample: Option<String>,
    }
}

/// A filter of messages. `None`: any; without a user those of the Official Account alone.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    pub user_id: Option<i64>,
    pub openid: Option<String>,
    pub rule_id: Option<i64>,
    /// Only messages that no rule with a keyword, no command and no sign-in answered.
    pub is_unanswered: bool,
    /// Only ids below this one.
    pub below: Option<i64>,
}

const SELECT: &str = joined!("SELECT ", MessageRow::COLUMNS, " FROM messages ");
const NOT_PERSONAL: &str = " AND appid <> 'ilink'";
const INSERT: &str = joined!("INSERT INTO messages (", MessageRow::COLUMNS, ") VALUES ");

/// Adds messages.
pub fn insert_messages(script: &mut Script, rows: &[MessageRow]) {
    insert_in(script, (INSERT, MessageRow::ROW, ""), rows, |row, script| row.clone().bind_in(script));
}

/// Adds a message.
pub async fn insert_message(db: &mut Tx, row: &MessageRow) -> Result<(), StoreError> {
    let mut script = Script::new(db.engine());
    insert_messages(&mut script, std::slice::from_ref(row));
    script.run(db).await
}

/// A user's latest messages, newest first.
pub async fn list_messages(db: &mut impl Link, user_id: i64, most: i64) -> Result<Vec<MessageRow>, StoreError> {
    list_found(db, &MessageFilter { user_id: Some(user_id), ..MessageFilter::default() }, most).await
}

/// The latest messages that match a filter, newest first.
pub async fn list_found(db: &mut impl Link, filter: &MessageFilter, most: i64) -> Result<Vec<MessageRow>, StoreError> {
    let mut pieces = vec![SELECT, "WHERE id < ?"];
    let conditions = [
        (filter.user_id.is_some(), " AND user_id = ?"),
        // What people write in their personal channel is for themselves.
        (filter.user_id.is_none(), NOT_PERSONAL),
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

/// One message of this user; without one, of anyone, except those of personal channels.
pub async fn find_message(db: &mut impl Link, id: i64, user_id: Option<i64>) -> Result<Option<MessageRow>, StoreError> {
    let of_user = if user_id.is_some() { " AND user_id = ?" } else { NOT_PERSONAL };
    let mut query = db.sql_of(&[SELECT, "WHERE id = ?", of_user]).bind(id);
    if let Some(user_id) = user_id {
        query = query.bind(user_id);
    }
    let row = query.fetch_optional(db.conn()).await?;
    Ok(row.map(|r| MessageRow::read(&r)).transpose()?)
}

/// The number of messages in each hour since `since`, by the hour's first millisecond: of one user, or of the Official Account. Only the
/// newest `most` messages count.
pub async fn list_hours(
    db: &mut impl Link,
    user_id: Option<i64>,
    since: i64,
    most: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let of_user = if user_id.is_some() { " AND user_id = ?" } else { NOT_PERSONAL };
    let query = db.sql_of(&[
        "SELECT hour_at, COUNT(*) AS times FROM (SELECT received_at - received_at % 3600000 AS hour_at FROM messages WHERE received_at >= ?",
        of_user,
        " ORDER BY received_at DESC LIMIT ?) newest GROUP BY hour_at",
    ]);
    let mut query = query.bind(since);
    if let Some(user_id) = user_id {
        query = query.bind(user_id);
    }
    let rows = query.bind(most).fetch_all(db.conn()).await?;
    let read = |row: &sqlx::any::AnyRow| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?));
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The unanswered messages that a rule owner may see: of all followers (`None`) or of one user, except those that this owner
/// dismissed.
#[derive(Debug, Clone, Copy)]
pub struct Missed {
    pub owner_id: i64,
    pub user_id: Option<i64>,
}

/// The unanswered messages of an owner; follows the selected columns.
const MISSED: &str = " FROM messages m LEFT JOIN missed_dismissed d ON d.owner_id = ? AND d.missed = m.missed WHERE m.missed IS NOT NULL AND (d.through_id IS NULL OR m.id > d.through_id)";

const MISSED_NOT_PERSONAL: &str = " AND m.appid <> 'ilink'";

/// Groups of unanswered messages: the most frequent first, `most` groups after the first `skipped`.
pub async fn list_missed(
    db: &mut impl Link,
    of: Missed,
    (most, skipped): (i64, i64),
) -> Result<Vec<MissedRow>, StoreError> {
    let head = "SELECT m.missed, COUNT(*) AS times, MAX(m.received_at) AS last_at, MAX(m.content) AS sample";
    let of_user = if of.user_id.is_some() { " AND m.user_id = ?" } else { MISSED_NOT_PERSONAL };
    let tail = " GROUP BY m.missed ORDER BY times DESC, last_at DESC, m.missed LIMIT ? OFFSET ?";
    let mut query = db.sql_of(&[head, MISSED, of_user, tail]).bind(of.owner_id);
    if let Some(user_id) = of.user_id {
        query = query.bind(user_id);
    }
    let rows = query.bind(most).bind(skipped).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(MissedRow::read).collect::<Result<_, _>>()?)
}

/// The number of messages of a group that an owner sees, and the last one's id; `None` if there are none.
pub async fn find_missed(db: &mut impl Link, of: Missed, missed: &str) -> Result<Option<(i64, i64)>, StoreError> {
    let of_user = if of.user_id.is_some() { " AND m.user_id = ?" } else { MISSED_NOT_PERSONAL };
    let query = db.sql_of(&["SELECT COUNT(*), MAX(m.id)", MISSED, " AND m.missed = ?", of_user]);
    let mut query = query.bind(of.owner_id).bind(missed.to_owned());
    if let Some(user_id) = of.user_id {
        query = query.bind(user_id);
    }
    let row = query.fetch_one(db.conn()).await?;
    let last: Option<i64> = row.try_get(1)?;
    Ok(last.map(|last| Ok::<_, sqlx::Error>((row.try_get(0)?, last))).transpose()?)
}

/// Records that an owner dismissed a group up to this message; false if it has no row yet: then see
/// [`insert_missed_dismissed`].
pub async fn update_missed_dismissed(
    db: &mut Tx,
    owner_id: i64,
    missed: &str,
    through_id: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE missed_dismissed SET through_id = ? WHERE owner_id = ? AND missed = ?")
        .bind(through_id)
        .bind(owner_id)
        .bind(missed.to_owned())
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that an owner dismissed a group; [`StoreError::Duplicate`] if a concurrent transaction did.
pub async fn insert_missed_dismissed(
    db: &mut Tx,
    owner_id: i64,
    missed: &str,
    through_id: i64,
) -> Result<(), StoreError> {
    db.sql("INSERT INTO missed_dismissed (owner_id, missed, through_id) VALUES (?, ?, ?)")
        .bind(owner_id)
        .bind(missed.to_owned())
        .bind(through_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Deletes dismissals whose messages all have ids below `below`.
pub async fn delete_missed_dismissed(db: &mut Tx, below: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM missed_dismissed WHERE through_id < ?").bind(below).execute(db.conn()).await?;
    Ok(())
}

/// Deletes texts and traces of messages before `before`; the rows stay.
pub async fn update_contents_forgotten(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db
        .sql("UPDATE messages SET content = NULL, trace = NULL, missed = NULL WHERE received_at < ? AND (content IS NOT NULL OR trace IS NOT NULL OR missed IS NOT NULL)")
        .bind(before)
        .execute(db.conn())
        .await?
        .rows_affected())
}
