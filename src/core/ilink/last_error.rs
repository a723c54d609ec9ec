//! The latest error of a connection, as its page shows it.

use super::state::{Connection, Failing};
use crate::{core::OfficialCtx, store};

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
