//! Sign-in sessions. Every change of state is one conditional update: the transaction that updates one row succeeds.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;

rows! {
    /// A row of `signin_sessions`.
    pub struct SigninRow {
        pub id: i64,
        pub purpose: String,
        pub status: String,
        pub fault: Option<String>,
        pub scene_hash: String,
        pub poll_hash: String,
        pub browser_hash: Option<String>,
        pub code_hash: Option<String>,
        pub client_id: Option<String>,
        pub ticket: Option<String>,
        pub qr_url: Option<String>,
        pub appid: String,
        pub openid: Option<String>,
        pub user_id: Option<i64>,
        pub pending_username: Option<String>,
        pub pending_password_hash: Option<String>,
        pub next_path: Option<String>,
        pub browser_label: String,
        pub address: String,
        pub guesses: i64,
        pub refreshes: i64,
        pub created_at: i64,
        pub expires_at: i64,
        pub scanned_at: Option<i64>,
        pub completed_at: Option<i64>,
        pub consumed_at: Option<i64>,
        pub changed_at: i64,
        pub generation: Option<i64>,
    }
}

macro_rules! select {
    ($where:literal) => {
        concat!(
            "SELECT id, purpose, status, fault, scene_hash, poll_hash, browser_hash, code_hash, client_id, ticket, qr_url, appid, openid, user_id, ",
            "pending_username, pending_password_hash, next_path, browser_label, address, guesses, refreshes, created_at, expires_at, scanned_at, ",
            "completed_at, consumed_at, changed_at, generation FROM signin_sessions WHERE ",
            $where
        )
    };
}

/// Adds a session; [`StoreError::Duplicate`] if its code is in use.
pub async fn insert_signin(db: &mut Tx, row: &SigninRow) -> Result<(), StoreError> {
    let row = row.clone();
    db.sql(
        "INSERT INTO signin_sessions (id, purpose, status, scene_hash, poll_hash, browser_hash, code_hash, client_id, appid, user_id, pending_username, \
         pending_password_hash, next_path, browser_label, address, guesses, refreshes, created_at, expires_at, changed_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.id)
    .bind(row.purpose)
    .bind(row.status)
    .bind(row.scene_hash)
    .bind(row.poll_hash)
    .bind(row.browser_hash)
    .bind(row.code_hash)
    .bind(row.client_id)
    .bind(row.appid)
    .bind(row.user_id)
    .bind(row.pending_username)
    .bind(row.pending_password_hash)
    .bind(row.next_path)
    .bind(row.browser_label)
    .bind(row.address)
    .bind(row.guesses)
    .bind(row.refreshes)
    .bind(row.created_at)
    .bind(row.expires_at)
    .bind(row.changed_at)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Stores the QR that the platform created for the session.
pub async fn update_ticket(db: &mut Tx, id: i64, ticket: &str, qr_url: &str) -> Result<(), StoreError> {
    db.sql("UPDATE signin_sessions SET ticket = ?, qr_url = ? WHERE id = ?")
        .bind(ticket.to_owned())
        .bind(qr_url.to_owned())
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The session of a browser's secret.
pub async fn find_by_browser(db: &mut impl Link, browser_hash: &str) -> Result<Option<SigninRow>, StoreError> {
    let row = db.sql(select!("browser_hash = ?")).bind(browser_hash.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| SigninRow::read(&r)).transpose()?)
}

/// The session of another program with this poll secret. Sessions of browsers are excluded: their poll secret is in the
/// page.
pub async fn find_remote(db: &mut impl Link, poll_hash: &str) -> Result<Option<SigninRow>, StoreError> {
    let row = db
        .sql(select!("poll_hash = ? AND browser_hash IS NULL AND client_id IS NULL"))
        .bind(poll_hash.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| SigninRow::read(&r)).transpose()?)
}

/// Records the delivery of the result to the program; false if it was delivered before, or it is too late.
pub async fn update_handed_out(db: &mut Tx, id: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE signin_sessions SET consumed_at = ? WHERE id = ? AND browser_hash IS NULL AND status = 'success' AND consumed_at IS NULL AND expires_at > ?")
        .bind(now)
        .bind(id)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// The session with this scene.
pub async fn find_by_scene(db: &mut impl Link, scene_hash: &str) -> Result<Option<SigninRow>, StoreError> {
    let row = db.sql(select!("scene_hash = ?")).bind(scene_hash.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| SigninRow::read(&r)).transpose()?)
}

/// The session with this code.
pub async fn find_by_code(db: &mut impl Link, code_hash: &str) -> Result<Option<SigninRow>, StoreError> {
    let row = db.sql(select!("code_hash = ?")).bind(code_hash.to_owned()).fetch_optional(db.conn()).await?;
    Ok(row.map(|r| SigninRow::read(&r)).transpose()?)
}

/// True if a page or program of this app waits for its code to be sent.
pub async fn is_any_waiting(db: &mut impl Link, appid: &str, now: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT id FROM signin_sessions WHERE expires_at > ? AND status = 'waiting' AND appid = ? AND code_hash IS NOT NULL LIMIT 1")
        .bind(now)
        .bind(appid.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}

/// The sessions of one WeChat user that wait for confirmation, newest first.
pub async fn list_scanned(
    db: &mut impl Link,
    appid: &str,
    openid: &str,
    now: i64,
) -> Result<Vec<SigninRow>, StoreError> {
    let rows = db
        .sql(select!(
            "openid = ? AND status = 'scanned' AND appid = ? AND expires_at > ? ORDER BY scanned_at DESC, id DESC"
        ))
        .bind(openid.to_owned())
        .bind(appid.to_owned())
        .bind(now)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(SigninRow::read).collect::<Result<_, _>>()?)
}

/// `waiting → scanned` by one WeChat user; false if another was first or it is too late.
pub async fn update_scanned(db: &mut Tx, id: i64, openid: &str, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE signin_sessions SET status = 'scanned', openid = ?, scanned_at = ?, changed_at = ?, code_hash = NULL WHERE id = ? AND status = 'waiting' AND expires_at > ?")
        .bind(openid.to_owned())
        .bind(now)
        .bind(now)
        .bind(id)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// `waiting | scanned → success` for this WeChat user; false if another was first or it is too late. The account is stored
/// in the same transaction, by [`update_winner`], or [`update_lost`].
pub async fn update_success(db: &mut Tx, id: i64, openid: &str, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE signin_sessions SET status = 'success', openid = ?, completed_at = ?, changed_at = ?, code_hash = NULL, \
             pending_password_hash = NULL WHERE id = ? AND (status = 'waiting' OR (status = 'scanned' AND openid = ?)) AND expires_at > ?",
        )
        .bind(openid.to_owned())
        .bind(now)
        .bind(now)
        .bind(id)
        .bind(openid.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Stores the user of a successful session, with their current generation. It can be collected for at least a minute.
pub async fn update_winner(db: &mut Tx, id: i64, user_id: i64, collect_until: i64) -> Result<(), StoreError> {
    db.sql(
        "UPDATE signin_sessions SET user_id = ?, generation = (SELECT token_generation FROM users WHERE users.id = ?), \
         expires_at = CASE WHEN expires_at < ? THEN ? ELSE expires_at END WHERE id = ?",
    )
    .bind(user_id)
    .bind(user_id)
    .bind(collect_until)
    .bind(collect_until)
    .bind(id)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Ends the uncollected sessions of this WeChat user.
pub async fn update_uncollected_ended(db: &mut Tx, appid: &str, openid: &str, now: i64) -> Result<(), StoreError> {
    db.sql(
        "UPDATE signin_sessions SET status = 'expired', changed_at = ?, code_hash = NULL, pending_password_hash = NULL \
         WHERE appid = ? AND openid = ? AND consumed_at IS NULL AND status IN ('scanned', 'success')",
    )
    .bind(now)
    .bind(appid.to_owned())
    .bind(openid.to_owned())
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Undoes a success of the same transaction.
pub async fn update_lost(db: &mut Tx, id: i64, fault: &'static str) -> Result<(), StoreError> {
    db.sql("UPDATE signin_sessions SET status = 'error', fault = ? WHERE id = ?")
        .bind(fault)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// `waiting | scanned → refused | error | expired`, for good.
pub async fn update_ended(
    db: &mut Tx,
    id: i64,
    status: &'static str,
    fault: Option<&'static str>,
    now: i64,
) -> Result<bool, StoreError> {
    let result = db
        .sql(
            "UPDATE signin_sessions SET status = ?, fault = ?, completed_at = ?, changed_at = ?, code_hash = NULL, pending_password_hash = NULL \
             WHERE id = ? AND status IN ('waiting', 'scanned')",
        )
        .bind(status)
        .bind(fault)
        .bind(now)
        .bind(now)
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Takes one of the session's guesses, before the code is checked; false if none is left or the session is over.
pub async fn update_guess(db: &mut Tx, id: i64, most: i64, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE signin_sessions SET guesses = guesses + 1 WHERE id = ? AND guesses < ? AND status IN ('waiting', 'scanned') AND expires_at > ?")
        .bind(id)
        .bind(most)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Gives back an unused guess.
pub async fn update_guess_given_back(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    db.sql("UPDATE signin_sessions SET guesses = guesses - 1 WHERE id = ? AND guesses > 0")
        .bind(id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Records the delivery of the result to the browser, once.
pub async fn update_consumed(db: &mut Tx, id: i64, browser_hash: &str, now: i64) -> Result<bool, StoreError> {
    let result = db
        .sql("UPDATE signin_sessions SET consumed_at = ? WHERE id = ? AND browser_hash = ? AND status = 'success' AND consumed_at IS NULL AND expires_at > ?")
        .bind(now)
        .bind(id)
        .bind(browser_hash.to_owned())
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected() == 1)
}

/// Deletes a session that a newer one of the same browser replaces. A collected one stays for the record.
pub async fn delete_uncollected(db: &mut Tx, id: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM signin_sessions WHERE id = ? AND consumed_at IS NULL").bind(id).execute(db.conn()).await?;
    Ok(())
}

/// Ends expired sessions, so that their pages show it and their codes are free again. The data of a registration stays until
/// the session is deleted: it may be renewed.
pub async fn update_expired(db: &mut Tx, now: i64) -> Result<u64, StoreError> {
    let result = db
        .sql(
            "UPDATE signin_sessions SET status = 'expired', code_hash = NULL, changed_at = ? \
             WHERE expires_at <= ? AND status IN ('waiting', 'scanned')",
        )
        .bind(now)
        .bind(now)
        .execute(db.conn())
        .await?;
    Ok(result.rows_affected())
}

/// When the next open session expires after `now`, in epoch milliseconds; `None` if none is open.
pub async fn find_next_expiry(db: &mut impl Link, now: i64) -> Result<Option<i64>, StoreError> {
    let query = db
        .sql("SELECT MIN(expires_at) FROM signin_sessions WHERE expires_at > ? AND status IN ('waiting', 'scanned')")
        .bind(now);
    Ok(query.fetch_one(db.conn()).await?.try_get(0)?)
}

/// Deletes sessions that ended before `before`.
pub async fn delete_old(db: &mut Tx, before: i64) -> Result<u64, StoreError> {
    Ok(db
        .sql("DELETE FROM signin_sessions WHERE expires_at < ?")
        .bind(before)
        .execute(db.conn())
        .await?
        .rows_affected())
}

/// The status of every session that changed at or after `since`.
pub async fn list_changed(db: &mut impl Link, since: i64) -> Result<Vec<(i64, String)>, StoreError> {
    let rows =
        db.sql("SELECT id, status FROM signin_sessions WHERE changed_at >= ?").bind(since).fetch_all(db.conn()).await?;
    rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect()
}

/// True if this user has signed in before from a similar browser and address.
pub async fn has_seen(
    db: &mut impl Link,
    user_id: i64,
    browser_label: &str,
    address: &str,
) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT id FROM signin_sessions WHERE user_id = ? AND browser_label = ? AND address = ? AND consumed_at IS NOT NULL LIMIT 1")
        .bind(user_id)
        .bind(browser_label.to_owned())
        .bind(address.to_owned())
        .fetch_optional(db.conn())
        .await?;
    Ok(row.is_some())
}
