//! The task of one connection: polls, handles what arrives, stores the cursor, and sends what waits.
//!
//! While nothing arrives it makes no query: the lease is the instance's, and a cursor that moved without messages is stored once an hour.

use super::{
    change, last_error, notice,
    outbox::{self, Progress},
    receive::{self, Received},
    state::{Blocked, Connection, Failing, Loaded, load},
};
use crate::{
    core::{CoreError, OfficialCtx},
    ilink::{Error, Updates},
    store::{self, ilink_connection::Held},
};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The pause after a failure, and after the third one in a row (the reference client's).
const PAUSE: Duration = Duration::from_secs(2);
const LONG_PAUSE: Duration = Duration::from_secs(30);
const FAILURES: u32 = 3;
/// A platform that answers at once without messages is asked at most this often.
const EMPTY_PAUSE: Duration = Duration::from_millis(500);
/// How long a cursor may differ from the stored one while nothing arrives.
const CURSOR_AGE: Duration = Duration::from_hours(1);
/// How long the notifications of the platform may take.
const NOTIFY: Duration = Duration::from_secs(2);

/// Why a task ended.
enum End {
    /// The program stops, or the connection changed.
    Stopped,
    /// The lease or the epoch is no longer the task's.
    Lost,
    /// The person must sign in again: the name of the reason.
    NeedsLogin(&'static str),
}

/// Runs a connection until it changes or the program stops. The supervisor starts it again if it fails.
pub(super) async fn run(ctx: OfficialCtx, held: Held, stop: CancellationToken) {
    let mut connection = match load(&ctx, held).await {
        Ok(Loaded::Ready(connection)) => connection,
        Ok(Loaded::Lost) => return,
        Ok(Loaded::Unusable) => return needs_login(&ctx, held, "unusable").await,
        Err(error) => {
            tracing::warn!(%error, user_id = held.user_id, "a connection of the personal channel could not be read");
            return tokio::time::sleep(PAUSE).await;
        }
    };
    let ended = match notified(&ctx, &connection, true).await {
        Some(Error::Stale) => End::NeedsLogin("stale"),
        _ => work(&ctx, &mut connection, &stop).await,
    };
    match ended {
        End::NeedsLogin(reason) => needs_login(&ctx, held, reason).await,
        End::Stopped => {
            if let Err(error) = store_cursor(&ctx, &mut connection).await {
                tracing::debug!(%error, "a cursor of the personal channel was not stored");
            }
            notified(&ctx, &connection, false).await;
        }
        End::Lost => {}
    }
}

/// Notifies the platform that polling begins or ends; the result does not matter, unless the token is stale.
async fn notified(ctx: &OfficialCtx, connection: &Connection, is_start: bool) -> Option<Error> {
    let platforms = ctx.platforms();
    let client = &platforms.ilink;
    let call = async {
        if is_start { client.notify_start(&connection.bot).await } else { client.notify_stop(&connection.bot).await }
    };
    tokio::time::timeout(NOTIFY, call).await.ok()?.err()
}

async fn work(ctx: &OfficialCtx, c: &mut Connection, stop: &CancellationToken) -> End {
    let (mut failures, mut hold) = (0, None);
    loop {
        if stop.is_cancelled() {
            return End::Stopped;
        }
        if !ctx.ilink.holds(c.held.fence) {
            return End::Lost;
        }
        // In boxes: what the task holds while it waits for messages stays small.
        match Box::pin(before_poll(ctx, c, stop)).await {
            Ok(None) => {}
            Ok(Some(end)) => return end,
            Err(error) => {
                tracing::warn!(%error, user_id = c.held.user_id, "answers of the personal channel could not be sent");
                pause(PAUSE, stop).await;
                continue;
            }
        }
        let asked_at = Instant::now();
        let platforms = ctx.platforms();
        let polled = tokio::select! {
            () = stop.cancelled() => return End::Stopped,
            () = unblocked(c) => { c.blocked = Blocked::No; continue }
            polled = platforms.ilink.updates(&c.bot, &c.cursor, hold) => polled,
        };
        let failure = match polled {
            Ok(updates) => {
                hold = updates.hold;
                let is_empty = updates.messages.is_empty() && !updates.is_timeout;
                match Box::pin(handle(&ctx.official(), c, updates)).await {
                    Ok(true) => {
                        failures = 0;
                        if is_empty && asked_at.elapsed() < EMPTY_PAUSE {
                            pause(EMPTY_PAUSE, stop).await;
                        }
                        continue;
                    }
                    Ok(false) => return End::Lost,
                    // The cursor is still the one before: the platform hands the messages over again.
                    Err(error) => {
                        tracing::warn!(%error, user_id = c.held.user_id, "messages of the personal channel could not be handled");
                        "database"
                    }
                }
            }
            Err(Error::Stale) => return End::NeedsLogin("stale"),
            Err(error) => error.name(),
        };
        metrics::counter!("weida_ilink_failures_total", "reason" => failure).increment(1);
        failures += 1;
        if failures == FAILURES {
            failures = 0;
            if !last_error::set(ctx, c, Failing::Poll, failure).await {
                return End::Lost;
            }
            pause(LONG_PAUSE, stop).await;
        } else {
            pause(PAUSE, stop).await;
        }
    }
}

/// Sends what waits, and the reminder if it is due. `Some` if the task ends.
async fn before_poll(
    ctx: &OfficialCtx,
    c: &mut Connection,
    stop: &CancellationToken,
) -> Result<Option<End>, CoreError> {
    if !outbox::remind(ctx, c).await? {
        return Ok(Some(End::Lost));
    }
    if !c.has_waiting || c.blocked != Blocked::No {
        return Ok(None);
    }
    Ok(match outbox::send_waiting(ctx, c, stop).await? {
        Progress::Done => None,
        Progress::Stopped => Some(End::Stopped),
        Progress::Lost => Some(End::Lost),
        Progress::Stale => Some(End::NeedsLogin("stale")),
    })
}

/// Waits until answers may be sent again; forever if none wait, or if the person must write first.
async fn unblocked(c: &Connection) {
    match c.blocked {
        Blocked::Until(at) if c.has_waiting => tokio::time::sleep_until(at).await,
        _ => std::future::pending().await,
    }
}

/// Handles messages in their order, then stores the cursor. False if the task holds the connection no longer.
async fn handle(ctx: &OfficialCtx, c: &mut Connection, updates: Updates) -> Result<bool, CoreError> {
    let has_messages = !updates.messages.is_empty();
    for message in &updates.messages {
        match receive::receive(ctx, c, message).await? {
            Received::Handled | Received::Ignored => {}
            Received::Lost => return Ok(false),
        }
    }
    if !last_error::clear(ctx, c, Failing::Poll).await {
        return Ok(false);
    }
    if let Some(cursor) = updates.cursor.filter(|cursor| *cursor != c.cursor) {
        c.cursor = cursor;
        c.cursor_moved_since.get_or_insert_with(Instant::now);
    }
    let is_old = c.cursor_moved_since.is_some_and(|since| since.elapsed() > CURSOR_AGE);
    if has_messages || is_old { store_cursor(ctx, c).await } else { Ok(true) }
}

/// Stores the cursor if it moved. False if the task holds the connection no longer.
async fn store_cursor(ctx: &OfficialCtx, c: &mut Connection) -> Result<bool, CoreError> {
    if c.cursor_moved_since.is_none() {
        return Ok(true);
    }
    let is_stored =
        store::transact!(ctx.store, |tx| store::ilink_connection::update_cursor(tx, c.held, &c.cursor).await)?;
    c.cursor_moved_since = None;
    Ok(is_stored)
}

/// Waits, but not longer than the task runs.
async fn pause(length: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(length) => {}
        () = stop.cancelled() => {}
    }
}

/// Records that the person must sign in again, and notifies them.
async fn needs_login(ctx: &OfficialCtx, held: Held, reason: &'static str) {
    let done = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        let is_ours = store::ilink_connection::update_stale(tx, held, reason, ctx.now()).await?;
        if is_ours {
            change::changed(ctx, tx).await?;
        }
        Ok(is_ours)
    });
    match done {
        Ok(true) => {
            tracing::info!(user_id = held.user_id, reason, "a connection of the personal channel needs a new sign-in");
            notice::send(ctx, held.user_id).await;
        }
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(%error, "the end of a connection of the personal channel was not stored");
            // The supervisor starts the task again.
            tokio::time::sleep(PAUSE).await;
        }
    }
}
