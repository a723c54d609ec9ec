//! Sends what waits, in its order and within the platform's window. What the window does not allow waits for the person's next message.

use super::{
    item::OutboxItem,
    last_error,
    receive::insert_items,
    state::{Blocked, Connection, Failing},
    text,
};
use crate::{
    core::{
        CoreError, OfficialCtx,
        rule::media::{Format, Kind},
    },
    ilink::{
        Error, SendOutcome,
        media::{MediaKind, UploadedFile},
        message::{OutgoingContent, OutgoingMessage, TEXT_MAX_CHARS},
    },
    store::{self, ilink_message::OutboxRow},
    text::Lang,
};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The pause between two messages: about three a second get throttled (docs/WECHAT.md, 7).
const PACE: Duration = Duration::from_millis(400);
/// How long sending pauses after the platform's limit, and after a failure of the network.
const LIMITED: Duration = Duration::from_mins(1);
const FAILED: Duration = Duration::from_secs(10);
/// How often the platform may take a message without delivering it, or refuse it, before it is given up: each after another message of
/// the person.
const MOST_ATTEMPTS: i64 = 3;

/// How far sending came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Everything is sent, or the rest is blocked.
    Done,
    Stopped,
    /// The task holds the connection no longer.
    Lost,
    /// The token is no longer valid.
    Stale,
}

/// Puts the reminder into the outbox if the person wants one and it is due. False if the task holds the connection no longer.
pub(super) async fn remind(ctx: &OfficialCtx, c: &mut Connection) -> Result<bool, CoreError> {
    let now = ctx.now();
    if !c.is_reminded || c.was_reminded || !c.window.is_ending(now) {
        return Ok(true);
    }
    let item = OutboxItem::Text { text: text::reminder(Lang::Zh) };
    let is_held = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        let is_due = store::ilink_connection::update_reminded(tx, c.held, now).await?;
        if is_due {
            insert_items(ctx, tx, c.held.user_id, std::slice::from_ref(&item)).await?;
        }
        Ok(is_due)
    })?;
    (c.was_reminded, c.has_waiting) = (true, true);
    Ok(is_held)
}

/// Sends what waits until nothing does, or the window or the platform allows no more.
pub(super) async fn send_waiting(
    ctx: &OfficialCtx,
    c: &mut Connection,
    stop: &CancellationToken,
) -> Result<Progress, CoreError> {
    loop {
        let first = store::ilink_message::find_first(&mut ctx.store.read().await?, c.held.user_id).await?;
        let Some(row) = first else {
            c.has_waiting = false;
            return Ok(Progress::Done);
        };
        let left = c.window.left(ctx.now());
        if left == 0 {
            c.blocked = Blocked::UntilMessage;
            return Ok(Progress::Done);
        }
        if stop.is_cancelled() {
            return Ok(Progress::Stopped);
        }
        if !ctx.ilink.holds(c.held.fence) {
            return Ok(Progress::Lost);
        }
        let sent = send(ctx, c, &row, left).await?;
        let is_held = match sent {
            Sent::Delivered => delivered(ctx, c, &row).await?,
            Sent::Gone => given_up(ctx, c, &row, "file_gone").await?,
            Sent::NotDelivered => refused(ctx, c, &row, "not_delivered").await?,
            Sent::Failed(Error::Stale) | Sent::NotUploaded(Error::Stale) => return Ok(Progress::Stale),
            Sent::Failed(error @ (Error::Limited | Error::Frequency))
            | Sent::NotUploaded(error @ (Error::Limited | Error::Frequency)) => {
                c.blocked = Blocked::Until(Instant::now() + LIMITED);
                last_error::set(ctx, c, Failing::Send, error.name()).await
            }
            Sent::Failed(error @ (Error::Transport(_) | Error::Unreadable)) => {
                // The platform may have it: the next attempt has the same client id.
                c.blocked = Blocked::Until(Instant::now() + FAILED);
                last_error::set(ctx, c, Failing::Send, error.name()).await
            }
            // What waits behind a file that cannot be uploaded must not wait for ever.
            Sent::Failed(error) | Sent::NotUploaded(error) => refused(ctx, c, &row, error.name()).await?,
        };
        if !is_held {
            return Ok(Progress::Lost);
        }
        if c.blocked != Blocked::No {
            return Ok(Progress::Done);
        }
        tokio::select! {
            () = tokio::time::sleep(PACE) => {}
            () = stop.cancelled() => {}
        }
    }
}

enum Sent {
    Delivered,
    NotDelivered,
    /// The file was deleted since.
    Gone,
    Failed(Error),
    /// The file did not reach the platform.
    NotUploaded(Error),
}

async fn send(ctx: &OfficialCtx, c: &Connection, row: &OutboxRow, left: i64) -> Result<Sent, CoreError> {
    let outcome = match OutboxItem::of_stored(&row.item) {
        Some(OutboxItem::Text { text }) => {
            let text = hinted(ctx, c, text, left).await?;
            call(ctx, c, row, OutgoingContent::Text(&text)).await
        }
        Some(OutboxItem::File { key }) => {
            let Some(file) = find_file(ctx, &key).await? else { return Ok(Sent::Gone) };
            return Ok(send_file(ctx, c, row, file).await);
        }
        None => return Ok(Sent::Gone),
    };
    Ok(outcome)
}

async fn call(ctx: &OfficialCtx, c: &Connection, row: &OutboxRow, content: OutgoingContent<'_>) -> Sent {
    let message = OutgoingMessage {
        to_user_id: &c.person,
        client_id: &row.client_id,
        context_token: c.context_token.as_ref(),
        content,
    };
    match ctx.platforms().ilink.send(&c.bot, &message).await {
        Ok(SendOutcome::Accepted(_)) => Sent::Delivered,
        Ok(SendOutcome::NotDelivered) => Sent::NotDelivered,
        Err(error) => Sent::Failed(error),
    }
}

/// The text, with a hint if it is the last one that the window allows and more wait.
async fn hinted(ctx: &OfficialCtx, c: &Connection, text: String, left: i64) -> Result<String, CoreError> {
    if left > 1 {
        return Ok(text);
    }
    let (waiting, _) = store::ilink_message::count_items(&mut ctx.store.read().await?, c.held.user_id).await?;
    let hint = text::more(Lang::Zh, waiting - 1);
    let has_room = text.chars().count() + hint.chars().count() < TEXT_MAX_CHARS;
    Ok(if waiting > 1 && has_room { format!("{text}\n{hint}") } else { text })
}

/// A stored file to be sent.
struct File {
    format: Format,
    name: String,
    bytes: Vec<u8>,
}

async fn find_file(ctx: &OfficialCtx, key: &str) -> Result<Option<File>, CoreError> {
    let mut db = ctx.store.read().await?;
    let Some(row) = store::media::find_media_by_key(&mut db, key).await? else { return Ok(None) };
    let bytes = store::file::find_file(&mut db, row.id).await?;
    let file = Format::of_name(&row.format).filter(|_| !bytes.is_empty());
    Ok(file.map(|format| File { format, name: row.name, bytes }))
}

async fn send_file(ctx: &OfficialCtx, c: &Connection, row: &OutboxRow, file: File) -> Sent {
    let File { format, name, bytes } = file;
    let kind = match format.kind() {
        Kind::Image => MediaKind::Image,
        Kind::Video => MediaKind::Video,
        // WeChat was not seen to show a bot's voice: as a file it can be played.
        Kind::Voice => MediaKind::File,
    };
    let uploaded: UploadedFile = match ctx.platforms().ilink.upload(&c.bot, &c.person, kind, bytes).await {
        Ok(uploaded) => uploaded,
        Err(error) => return Sent::NotUploaded(error),
    };
    let content = match format.kind() {
        Kind::Image => OutgoingContent::Image(&uploaded),
        Kind::Video => OutgoingContent::Video(&uploaded),
        Kind::Voice => OutgoingContent::File { name: &name, file: &uploaded },
    };
    call(ctx, c, row, content).await
}

/// Notes that a message was sent, also if the task holds the connection no longer. A crash before this sends it again with the same client
/// id.
async fn delivered(ctx: &OfficialCtx, c: &mut Connection, row: &OutboxRow) -> Result<bool, CoreError> {
    // Counted first: a database that takes no writes must not lead to messages without end.
    c.window.sent += 1;
    let noted = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        store::ilink_message::delete_item(tx, row.user_id, &row.client_id).await?;
        Ok(store::ilink_connection::update_sent(tx, c.held).await?)
    });
    if noted.is_err() {
        c.blocked = Blocked::Until(Instant::now() + FAILED);
    }
    let is_held = noted?;
    metrics::counter!("weida_ilink_sent_total").increment(1);
    Ok(is_held && last_error::clear(ctx, c, Failing::Send).await)
}

/// The platform refused a message or did not deliver it: it is tried again after the person's next message, and given up in the end.
async fn refused(
    ctx: &OfficialCtx,
    c: &mut Connection,
    row: &OutboxRow,
    error: &'static str,
) -> Result<bool, CoreError> {
    if row.attempts + 1 >= MOST_ATTEMPTS {
        return given_up(ctx, c, row, error).await;
    }
    store::transact!(ctx.store, |tx| store::ilink_message::update_attempted(tx, row.user_id, &row.client_id).await)?;
    c.blocked = Blocked::UntilMessage;
    Ok(last_error::set(ctx, c, Failing::Send, error).await)
}

/// Counts a message as undelivered and goes on with the next one.
async fn given_up(
    ctx: &OfficialCtx,
    c: &mut Connection,
    row: &OutboxRow,
    error: &'static str,
) -> Result<bool, CoreError> {
    tracing::warn!(user_id = row.user_id, error, "a message of the personal channel could not be delivered");
    let is_held = store::transact!(ctx.store, |tx| -> Result<bool, CoreError> {
        if !store::ilink_connection::update_undelivered(tx, c.held).await? {
            return Ok(false);
        }
        store::ilink_message::delete_item(tx, row.user_id, &row.client_id).await?;
        Ok(true)
    })?;
    Ok(is_held && last_error::set(ctx, c, Failing::Send, error).await)
}
