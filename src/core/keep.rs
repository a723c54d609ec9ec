//! What is done from time to time: sessions and codes end, old rows go.

use super::{CoreError, Ctx};
use crate::store;

/// A redelivery comes within a minute; replays are answered alike for a day.
const DELIVERIES_MS: i64 = 24 * 3_600_000;
/// How long an ended sign-in session can still be looked at.
const ENDED_SESSIONS_MS: i64 = 24 * 3_600_000;
const DAY_MS: i64 = 24 * 3_600_000;

/// Ends sign-in sessions whose time is over, so that their pages say so. Called every few seconds.
///
/// # Errors
/// The database cannot be reached.
pub async fn expire(ctx: &Ctx) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    store::signin::update_expired(&mut tx, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Removes what nobody may need any more. Called every few minutes.
///
/// # Errors
/// The database cannot be reached.
pub async fn sweep(ctx: &Ctx) -> Result<(), CoreError> {
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    store::code::delete_expired(&mut tx, now).await?;
    store::web_session::delete_expired(&mut tx, now).await?;
    store::limit::delete_expired(&mut tx, now).await?;
    store::delivery::delete_old(&mut tx, now - DELIVERIES_MS).await?;
    store::signin::delete_old(&mut tx, now - ENDED_SESSIONS_MS).await?;
    store::message::update_contents_forgotten(&mut tx, now - ctx.settings.settings.message.keep_days * DAY_MS).await?;
    Ok(tx.commit().await?)
}
