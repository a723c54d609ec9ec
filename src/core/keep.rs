//! What is done from time to time: sessions and codes end, old rows go.

use super::{
    CoreError, Ctx,
    id::RANDOM_BITS,
    reply::{count, media},
};
use crate::store;

/// A redelivery comes within a minute; replays are answered alike for a day.
const DELIVERIES_MS: i64 = 24 * 3_600_000;
/// How long an ended sign-in session can still be looked at.
const ENDED_SESSIONS_MS: i64 = 24 * 3_600_000;
/// Days for which hits are counted one by one.
const COUNTED_DAYS: i64 = 400;
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
    store::token::delete_expired(&mut tx, now).await?;
    store::usage::delete_expired(&mut tx, now).await?;
    store::hold::delete_expired(&mut tx, now).await?;
    store::web_session::delete_expired(&mut tx, now).await?;
    store::limit::delete_expired(&mut tx, now).await?;
    store::delivery::delete_old(&mut tx, now - DELIVERIES_MS).await?;
    store::follow::delete_old(&mut tx, now - ENDED_SESSIONS_MS).await?;
    store::signin::delete_old(&mut tx, now - ENDED_SESSIONS_MS).await?;
    // Ids grow with time: see `core::id`.
    let oldest_change = (now - ctx.settings.settings.reply.history_days * DAY_MS) << RANDOM_BITS;
    store::rule_history::delete_old(&mut tx, oldest_change).await?;
    store::pending::delete_expired(&mut tx, now).await?;
    store::rule_count::delete_old(&mut tx, count::day_of(now) - COUNTED_DAYS).await?;
    store::message::update_contents_forgotten(&mut tx, now - ctx.settings.settings.message.keep_days * DAY_MS).await?;
    store::question::delete_expired(&mut tx, now).await?;
    store::import::delete_expired(&mut tx, now).await?;
    tx.commit().await?;
    media::keep::tend(ctx).await
}
