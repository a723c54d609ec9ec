//! The counter of the cloud-hosting API. No increment is ever lost.

use super::{CoreError, Ctx};
use crate::store;

const COUNT: &str = "count";
/// The lock's key: no user has this id.
const TURN: i64 = 0;

/// The counter's value.
///
/// # Errors
/// The database cannot be reached.
pub async fn value(ctx: &Ctx) -> Result<i64, CoreError> {
    Ok(store::counter::find_value(&mut ctx.store.read().await?, COUNT).await?)
}

/// Increments the counter and returns the new value.
///
/// # Errors
/// The database cannot be reached.
pub async fn increment(ctx: &Ctx) -> Result<i64, CoreError> {
    let _turn = ctx.lock_row(TURN).await;
    Ok(store::transact!(ctx.store, |tx| {
        store::counter::update_incremented(tx, COUNT).await?;
        store::counter::find_value(tx, COUNT).await
    })?)
}

/// Resets the counter to 0 and returns that.
///
/// # Errors
/// The database cannot be reached.
pub async fn clear(ctx: &Ctx) -> Result<i64, CoreError> {
    store::transact!(ctx.store, |tx| store::counter::update_cleared(tx, COUNT).await)?;
    Ok(0)
}
