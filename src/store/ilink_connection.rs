//! Connections of users to the personal-WeChat channel. The store sees encrypted tokens only.

use super::{Link, StoreError, Tx, joined, rows, table_rows};
use sqlx::Row as _;

table_rows! {
    /// A row of `ilink_connections`.
    pub struct ConnectionRow {
        pub user_id: i64,
        /// `connected`, `paused`, `needs_login` or `disconnected`.
        pub state: String,
        pub epoch: i64,
        pub fence: Option<i64>,
        pub bot_token: Option<String>,
        pub bot_id: Option<String>,
        pub ilink_user_id: Option<String>,
        pub base_url: Option<String>,
        pub updates_cursor: String,
        pub context_token: Option<String>,
        pub inbound_at: Option<i64>,
        pub window_sent: i64,
        pub received: i64,
        pub sent: i64,
        pub undelivered: i64,
        pub last_error: Option<String>,
        pub last_error_at: Option<i64>,
        pub connected_at: i64,
        pub is_reminded: i64,
        pub reminded_at: Option<i64>,
        pub question: Option<String>,
        pub question_until: Option<i64>,
    }
}

impl ConnectionRow {
    /// A connection that has no token yet.
    #[must_use]
    pub fn new(user_id: i64, now: i64) -> Self {
        Self {
            user_id,
            state: "disconnected".to_owned(),
            epoch: 0,
            fence: None,
            bot_token: None,
            bot_id: None,
            ilink_user_id: None,
            base_url: None,
            updates_cursor: String::new(),
            context_token: None,
            inbound_at: None,
            window_sent: 0,
            received: 0,
            sent: 0,
            undelivered: 0,
            last_error: None,
            last_error_at: None,
            connected_at: now,
            is_reminded: 0,
            reminded_at: None,
            question: None,
            question_until: None,
        }
    }
}

rows! {
    /// A connection and its epoch.
    pub struct EpochRow {
        pub user_id: i64,
        pub epoch: i64,
    }
}

/// A connection as one task holds it: its writes take effect only while lease and epoch are still these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub user_id: i64,
    pub fence: i64,
    pub epoch: i64,
}

const OF_USER: &str = joined!("SELECT ", ConnectionRow::COLUMNS, " FROM ilink_connections WHERE user_id = ?");
const INSERT: &str =
    joined!("INSERT INTO ilink_connections (", ConnectionRow::COLUMNS, ") VALUES (", ConnectionRow::VALUES, ")");

/// A user's connection.
pub async fn find_connection(db: &mut impl Link, user_id: i64) -> Result<Option<ConnectionRow>, StoreError> {
    let row = db.sql(OF_USER).bind(user_id).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| ConnectionRow::read(&r)).transpose()?)
}

/// Adds a connection; [`StoreError::Duplicate`] if the user has one.
pub async fn insert_connection(db: &mut Tx, row: ConnectionRow) -> Result<(), StoreError> {
    row.bind(db.sql(INSERT)).execute(db.conn()).await?;
    Ok(())
}

/// New credentials of a connection.
#[derive(Debug)]
pub struct NewCredentials {
    /// Encrypted.
    pub bot_token: String,
    pub bot_id: String,
    pub ilink_user_id: String,
    pub base_url: String,
}

/// Connects a user's existing row with new credentials and an empty cursor. Counts stay, and so does what waits to be sent.
pub async fn update_connected(db: &mut Tx, user_id: i64, new: NewCredentials, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET state = 'connected', epoch = epoch + 1, fence = NULL, bot_token = ?, bot_id = ?, ilink_user_id = ?, base_url = ?, \
             updates_cursor = '', context_token = NULL, inbound_at = NULL, window_sent = 0, last_error = NULL, last_error_at = NULL, connected_at = ?, \
             reminded_at = NULL, question = NULL, question_until = NULL WHERE user_id = ?",
        )
        .bind(new.bot_token)
        .bind(new.bot_id)
        .bind(new.ilink_user_id)
        .bind(new.base_url)
        .bind(now)
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes the state of a connection that has a token, from one state to another; false if it is not in that state. Its task ends.
pub async fn update_state(db: &mut Tx, user_id: i64, from: &'static str, to: &'static str) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET state = ?, epoch = epoch + 1, fence = NULL \
             WHERE user_id = ? AND state = ? AND bot_token IS NOT NULL",
        )
        .bind(to)
        .bind(user_id)
        .bind(from)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a connection: forgets its token and everything that belongs to it. Counts stay. False if there is none.
pub async fn update_disconnected(db: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET state = 'disconnected', epoch = epoch + 1, fence = NULL, bot_token = NULL, bot_id = NULL, ilink_user_id = NULL, \
             base_url = NULL, updates_cursor = '', context_token = NULL, inbound_at = NULL, window_sent = 0, question = NULL, question_until = NULL \
             WHERE user_id = ? AND state <> 'disconnected'",
        )
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The users with a connection.
pub async fn list_connected(db: &mut impl Link) -> Result<Vec<i64>, StoreError> {
    let rows = db
        .sql("SELECT user_id FROM ilink_connections WHERE state <> 'disconnected' ORDER BY user_id")
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok(r.try_get(0)?)).collect()
}

/// Whether the person gets a message before the window ends.
pub async fn update_reminder(db: &mut Tx, user_id: i64, is_reminded: bool) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE ilink_connections SET is_reminded = ?, epoch = epoch + 1, fence = NULL WHERE user_id = ?")
        .bind(i64::from(is_reminded))
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes every connection that should run and that no instance runs.
pub async fn update_claimed(db: &mut Tx, fence: i64) -> Result<u64, StoreError> {
    let done = db
        .sql("UPDATE ilink_connections SET fence = ? WHERE fence IS NULL AND state = 'connected'")
        .bind(fence)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected())
}

/// Releases every connection of a lease.
pub async fn update_released(db: &mut Tx, fence: i64) -> Result<u64, StoreError> {
    let done =
        db.sql("UPDATE ilink_connections SET fence = NULL WHERE fence = ?").bind(fence).execute(db.conn()).await?;
    Ok(done.rows_affected())
}

/// True if a connection should run and no instance runs it.
pub async fn has_unclaimed(db: &mut impl Link) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT user_id FROM ilink_connections WHERE fence IS NULL AND state = 'connected' LIMIT 1")
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// The connections of a lease.
pub async fn list_claimed(db: &mut impl Link, fence: i64) -> Result<Vec<EpochRow>, StoreError> {
    let rows = db
        .sql("SELECT user_id, epoch FROM ilink_connections WHERE fence = ? AND state = 'connected'")
        .bind(fence)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(EpochRow::read).collect::<Result<_, _>>()?)
}

/// Counts a message of the person: the window begins again. False if the task holds the connection no longer.
pub async fn update_received(
    db: &mut Tx,
    held: Held,
    context_token: Option<String>,
    now: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET received = received + 1, context_token = COALESCE(?, context_token), inbound_at = ?, window_sent = 0, \
             reminded_at = NULL WHERE user_id = ? AND fence = ? AND epoch = ?",
        )
        .bind(context_token)
        .bind(now)
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Moves the cursor. False if the task holds the connection no longer.
pub async fn update_cursor(db: &mut Tx, held: Held, cursor: &str) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE ilink_connections SET updates_cursor = ? WHERE user_id = ? AND fence = ? AND epoch = ?")
        .bind(cursor.to_owned())
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts a message that was sent. False if the task holds the connection no longer.
pub async fn update_sent(db: &mut Tx, held: Held) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET sent = sent + 1, window_sent = window_sent + 1 \
             WHERE user_id = ? AND fence = ? AND epoch = ?",
        )
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts a message that is given up. False if the task holds the connection no longer.
pub async fn update_undelivered(db: &mut Tx, held: Held) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE ilink_connections SET undelivered = undelivered + 1 WHERE user_id = ? AND fence = ? AND epoch = ?")
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that the reminder of this window was put into the outbox. False if the task holds the connection no longer.
pub async fn update_reminded(db: &mut Tx, held: Held, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET reminded_at = ? \
             WHERE user_id = ? AND fence = ? AND epoch = ? AND reminded_at IS NULL",
        )
        .bind(now)
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records the latest error, or that there is none any more. False if the task holds the connection no longer.
pub async fn update_error(db: &mut Tx, held: Held, error: Option<&'static str>, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET last_error = ?, last_error_at = ? \
             WHERE user_id = ? AND fence = ? AND epoch = ?",
        )
        .bind(error)
        .bind(error.map(|_| now))
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Records that the token is no longer valid: the person must sign in again. True for the one caller that did.
pub async fn update_stale(db: &mut Tx, held: Held, error: &'static str, now: i64) -> Result<bool, StoreError> {
    let done = db
        .sql(
            "UPDATE ilink_connections SET state = 'needs_login', epoch = epoch + 1, fence = NULL, last_error = ?, last_error_at = ? \
             WHERE user_id = ? AND fence = ? AND epoch = ? AND state = 'connected'",
        )
        .bind(error)
        .bind(now)
        .bind(held.user_id)
        .bind(held.fence)
        .bind(held.epoch)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Stores an open question, replacing an earlier one; `None` ends it.
pub async fn update_question(
    db: &mut Tx,
    user_id: i64,
    question: Option<String>,
    until: Option<i64>,
) -> Result<(), StoreError> {
    db.sql("UPDATE ilink_connections SET question = ?, question_until = ? WHERE user_id = ?")
        .bind(question)
        .bind(until)
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The encrypted values of all connections: token and context token, by user.
pub async fn list_secrets(db: &mut impl Link) -> Result<Vec<(i64, [Option<String>; 2])>, StoreError> {
    let rows = db
        .sql("SELECT user_id, bot_token, context_token FROM ilink_connections ORDER BY user_id")
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, [r.try_get(1)?, r.try_get(2)?]))).collect()
}

/// Replaces the stored form of the same values.
pub async fn update_secrets(
    db: &mut Tx,
    user_id: i64,
    [bot_token, context_token]: [Option<String>; 2],
) -> Result<(), StoreError> {
    db.sql("UPDATE ilink_connections SET bot_token = ?, context_token = ? WHERE user_id = ?")
        .bind(bot_token)
        .bind(context_token)
        .bind(user_id)
        .execute(db.conn())
        .await?;
    Ok(())
}
