//! The first use of the credentials by WeChat: its verification of the address, or a signed push.

use crate::{
    core::{CoreError, OfficialCtx},
    store,
};
use std::sync::atomic::Ordering;

/// Stores that WeChat uses the credentials in force. Once for each change of them; it costs nothing after that.
///
/// # Errors
/// The database cannot be reached.
pub async fn record(ctx: &OfficialCtx) -> Result<(), CoreError> {
    let Some((id, version)) = ctx.account.row else { return Ok(()) };
    if ctx.account.is_verified.load(Ordering::Relaxed) {
        return Ok(());
    }
    let now = ctx.now();
    store::transact!(ctx.store, |tx| store::official_account::update_verified(tx, id, version, now).await)?;
    ctx.account.is_verified.store(true, Ordering::Relaxed);
    Ok(())
}
