//! Notifies waiting pages when their sessions change: immediately by this instance, within half a second by others.

mod pages;

pub use pages::StatusBroadcast;

use super::Status;
use crate::{
    core::{CoreError, Ctx},
    store::{self, Tx},
};

/// How far back changes of other instances are queried: more than the clock difference within one installation.
const OVERLAP_MS: i64 = 10_000;

/// Announces a status to the pages that wait for the session, once the transaction that stored it is committed.
pub(super) fn announce(ctx: &Ctx, db: &mut Tx, id: i64, status: Status) {
    let waiting = ctx.clone();
    db.after_commit(move || waiting.status_broadcast.announce(id, status));
}

/// Queries the changes of other instances once: one statement for all waiting pages, none if no page waits.
///
/// # Errors
/// The database cannot be reached.
pub async fn listen(ctx: &Ctx) -> Result<(), CoreError> {
    if ctx.status_broadcast.is_empty() {
        return Ok(());
    }
    let changed = store::signin::list_changed(&mut ctx.store.read().await?, ctx.now() - OVERLAP_MS).await?;
    for (id, status) in changed {
        ctx.status_broadcast.announce(id, Status::of(&status));
    }
    Ok(())
}
