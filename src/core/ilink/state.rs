//! A connection as its task holds it in memory: a kilobyte or two.

use super::{
    secret::{Field, decrypt},
    window::Window,
};
use crate::{
    core::{CoreError, Ctx},
    ilink::Bot,
    store::{
        self,
        ilink_connection::{ConnectionRow, Held},
    },
};
use secrecy::SecretString;
use tokio::time::Instant;

/// A connection of a running task.
pub(super) struct Connection {
    pub held: Held,
    pub bot: Bot,
    /// The only person who is answered: `ilink_user_id`.
    pub person: String,
    pub cursor: String,
    /// When the cursor was stored last; `None` if the stored one is the present one.
    pub cursor_moved_since: Option<Instant>,
    pub context_token: Option<SecretString>,
    pub window: Window,
    pub is_reminded: bool,
    pub was_reminded: bool,
    /// True unless the outbox is known to be empty.
    pub has_waiting: bool,
    /// Sending pauses until then.
    pub blocked: Blocked,
    /// What the stored error is about; `None` without one.
    pub failing: Option<Failing>,
}

/// Whether answers may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocked {
    No,
    /// Until this time, or the person's next message.
    Until(Instant),
    /// Until the person's next message.
    UntilMessage,
}

/// What an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failing {
    /// Polling: the next poll that succeeds removes the error.
    Poll,
    /// Sending: the next message that is sent removes it.
    Send,
}

/// Errors of sending; all others are of polling.
const OF_SENDING: [&str; 7] =
    ["not_delivered", "bad_recipient", "file_gone", "file_size", "media_key", "limited", "frequency"];

impl Failing {
    /// By the name of a stored error.
    pub fn of(name: &str) -> Self {
        if OF_SENDING.contains(&name) { Self::Send } else { Self::Poll }
    }
}

/// A connection that was read, or why there is none to run.
pub(super) enum Loaded {
    Ready(Box<Connection>),
    /// Another task holds it, or it is to be run no longer.
    Lost,
    /// Its tokens cannot be read, or its host is not the platform's.
    Unusable,
}

/// Reads the connection of a task.
pub(super) async fn load(ctx: &Ctx, held: Held) -> Result<Loaded, CoreError> {
    let row = store::ilink_connection::find_connection(&mut ctx.store.read().await?, held.user_id).await?;
    let Some(row) = row.filter(|row| row.fence == Some(held.fence) && row.epoch == held.epoch) else {
        return Ok(Loaded::Lost);
    };
    Ok(read(ctx, held, row).map_or(Loaded::Unusable, |connection| Loaded::Ready(Box::new(connection))))
}

fn read(ctx: &Ctx, held: Held, row: ConnectionRow) -> Option<Connection> {
    let token = decrypt(ctx, held.user_id, Field::BotToken, row.bot_token.as_deref()?)?;
    let base = ctx.platforms().ilink.hosts().base(row.base_url.as_deref().unwrap_or_default()).ok()?;
    let context_token = row.context_token.as_deref();
    Some(Connection {
        held,
        bot: Bot::new(base, token),
        person: row.ilink_user_id?,
        cursor: row.updates_cursor,
        cursor_moved_since: None,
        // Without it the next message of the person brings a new one.
        context_token: context_token.and_then(|stored| decrypt(ctx, held.user_id, Field::ContextToken, stored)),
        window: Window { inbound_at: row.inbound_at, sent: row.window_sent },
        is_reminded: row.is_reminded == 1,
        was_reminded: row.reminded_at.is_some(),
        has_waiting: true,
        blocked: Blocked::No,
        failing: row.last_error.as_deref().map(Failing::of),
    })
}
