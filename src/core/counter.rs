//! The counter that callers of the cloud-hosting API count with. No increment is ever lost.

use super::{CoreError, Ctx};
use crate::store;

const COUNT: &str = "count";
/// No user has this number.
const TURN: i64 = 0;

/// The counter.
///
/// # Errors
/// The database cannot be reached.
pub async fn value(ctx: &Ctx) -> Result<i64, CoreError> {
    Ok(store::counter::find_value(&mut ctx.store.read().await?, COUNT).await?)
}

/// Counts one on and returns the counter after it.
///
/// # Errors
/// The database cannot be reached.
pub async fn increment(ctx: &Ctx) -> Result<i64, CoreError> {
    let _turn = ctx.turns.wait(TURN).await;
    let mut tx = ctx.store.begin().await?;
    store::counter::update_incremented(&mut tx, COUNT).await?;
    let value = store::counter::find_value(&mut tx, COUNT).await?;
    tx.commit().await?;
    Ok(value)
}

/// Begins again at 0, and returns that.
///
/// # Errors
/// The database cannot be reached.
pub async fn clear(ctx: &Ctx) -> Result<i64, CoreError> {
    let mut tx = ctx.store.begin().await?;
    store::counter::update_cleared(&mut tx, COUNT).await?;
    tx.commit().await?;
    Ok(0)
}
