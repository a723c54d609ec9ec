//! The latest error of a connection, as its page shows it.

use super::state::Connection;
use crate::{core::OfficialCtx, store};

/// What failed.
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

/// Records an error. False if the task holds the connection no longer; a failure of the database does not end the task.
pub(super) async fn set(ctx: &OfficialCtx, c: &mut Connection, failing: Failing, error: &'static str) -> bool {
    c.failing = Some(failing);
    store_error(ctx, c, Some(error)).await
}

/// Removes the error if it was of this kind. Results as [`set`].
pub(super) async fn clear(ctx: &OfficialCtx, c: &mut Connection, failing: Failing) -> bool {
    if c.failing != Some(failing) {
        return true;
    }
    c.failing = None;
    store_error(ctx, c, None).await
}

async fn store_error(ctx: &OfficialCtx, c: &Connection, error: Option<&'static str>) -> bool {
    let stored =
        store::transact!(ctx.store, |tx| store::ilink_connection::update_error(tx, c.held, error, ctx.now()).await);
    stored.unwrap_or_else(|error| {
        tracing::debug!(%error, "an error of the personal channel was not stored");
        true
    })
}
