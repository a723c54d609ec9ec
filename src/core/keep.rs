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

/// One statement of the store, in a transaction of its own.
macro_rules! swept {
    ($ctx:expr, $topic:ident::$what:ident($($argument:expr),*)) => {{
        let mut tx = $ctx.store.begin().await?;
        let done = store::$topic::$what(&mut tx, $($argument),*).await?;
        tx.commit().await?;
        done
    }};
}

/// Ends sign-in sessions whose time is over, so that their pages say so. Called every few seconds.
///
/// # Errors
/// The database cannot be reached.
pub async fn expire(ctx: &Ctx) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    store::signin::update_expired(&mut tx, ctx.now()).await?;
    Ok(tx.commit().await?)
}

/// Removes what nobody may need any more, in many short transactions: on the embedded database each keeps the other writers waiting.
/// Called every few minutes.
///
/// # Errors
/// The database cannot be reached.
pub async fn sweep(ctx: &Ctx) -> Result<(), CoreError> {
    let now = ctx.now();
    let settings = &ctx.settings.settings;
    swept!(ctx, code::delete_expired(now));
    swept!(ctx, token::delete_expired(now));
    swept!(ctx, usage::delete_expired(now));
    swept!(ctx, hold::delete_expired(now));
    swept!(ctx, web_session::delete_expired(now));
    swept!(ctx, limit::delete_expired(now));
    swept!(ctx, delivery::delete_old(now - DELIVERIES_MS));
    swept!(ctx, follow::delete_old(now - ENDED_SESSIONS_MS));
    swept!(ctx, signin::delete_old(now - ENDED_SESSIONS_MS));
    // Ids grow with time: see `core::id`.
    let oldest_change = (now - settings.reply.history_days * DAY_MS) << RANDOM_BITS;
    while swept!(ctx, rule_history::delete_old(oldest_change)) {}
    swept!(ctx, pending::delete_expired(now));
    swept!(ctx, rule_count::delete_old(count::day_of(now) - COUNTED_DAYS));
    let oldest_content = now - settings.message.keep_days * DAY_MS;
    swept!(ctx, message::update_contents_forgotten(oldest_content));
    swept!(ctx, message::delete_missed_dismissed(oldest_content << RANDOM_BITS));
    swept!(ctx, question::delete_expired(now));
    while swept!(ctx, import::delete_expired(now)) {}
    media::keep::tend(ctx).await
}
