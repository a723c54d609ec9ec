//! Periodic cleanup: expires sessions and codes, deletes old rows.

use super::{
    CoreError, Ctx, OfficialCtx,
    account::{deletion, registration},
    rule::{media, stats},
};
use crate::base::id::RANDOM_BITS;
use crate::{store, wechat::callback::WINDOW_SECS};

/// A redelivery comes within a minute; replays are answered with the same answer for a day.
const DELIVERIES_MS: i64 = 24 * 3_600_000;
/// The platform's time stamp is accepted for 5 minutes; one more for instances whose clocks differ.
const SIGNATURES_MS: i64 = (WINDOW_SECS + 60) * 1000;
/// How long an ended sign-in session can still be viewed.
const ENDED_SESSIONS_MS: i64 = 24 * 3_600_000;
/// How long a network that a user signed in from stays known.
const KNOWN_NETWORKS_MS: i64 = 180 * DAY_MS;
/// How many days of daily hit counts are stored.
const COUNTED_DAYS: i64 = 400;
/// The iLink platform hands a message over again until its cursor was stored: within minutes of a failure.
const ILINK_RECEIVED_MS: i64 = 30 * DAY_MS;
const DAY_MS: i64 = 24 * 3_600_000;

/// Runs one statement of the store in its own transaction.
macro_rules! in_own_transaction {
    ($ctx:expr, $topic:ident::$what:ident($($argument:expr),*)) => {
        store::transact!($ctx.store, |tx| store::$topic::$what(tx, $($argument),*).await)?
    };
}

/// Expires overdue sign-in sessions, so that their pages show it. Called every few seconds.
///
/// # Errors
/// The database cannot be reached.
pub async fn expire(ctx: &Ctx) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| store::signin::update_expired(tx, ctx.now()).await)?;
    Ok(())
}

/// Deletes rows that are no longer needed, in many short transactions: on the embedded database each one blocks other writers.
/// Called every few minutes.
///
/// # Errors
/// The database cannot be reached.
pub async fn delete_expired(ctx: &OfficialCtx) -> Result<(), CoreError> {
    let now = ctx.now();
    let settings = &ctx.settings.settings;
    in_own_transaction!(ctx, code::delete_expired(now));
    in_own_transaction!(ctx, token::delete_expired(now));
    in_own_transaction!(ctx, usage::delete_expired(now));
    in_own_transaction!(ctx, hold::delete_expired(now));
    in_own_transaction!(ctx, web_session::delete_expired(now));
    in_own_transaction!(ctx, limit::delete_expired(now));
    in_own_transaction!(ctx, known_network::delete_old(now - KNOWN_NETWORKS_MS));
    in_own_transaction!(ctx, delivery::delete_old(now - DELIVERIES_MS));
    in_own_transaction!(ctx, used_signature::delete_old(now - SIGNATURES_MS));
    in_own_transaction!(ctx, follow::delete_old(now - ENDED_SESSIONS_MS));
    in_own_transaction!(ctx, signin::delete_old(now - ENDED_SESSIONS_MS));
    // Ids increase with time: see `base::id`.
    let oldest_change = (now - settings.reply.history_days * DAY_MS) << RANDOM_BITS;
    while in_own_transaction!(ctx, rule_history::delete_old(oldest_change)) {}
    in_own_transaction!(ctx, pending::delete_expired(now));
    in_own_transaction!(ctx, rule_count::delete_old(stats::day_of(now) - COUNTED_DAYS));
    let oldest_content = now - ctx.live().message.keep_days * DAY_MS;
    in_own_transaction!(ctx, message::update_contents_forgotten(oldest_content));
    in_own_transaction!(ctx, message::delete_missed_dismissed(oldest_content << RANDOM_BITS));
    in_own_transaction!(ctx, question::delete_expired(now));
    in_own_transaction!(ctx, ilink_message::delete_received(now - ILINK_RECEIVED_MS));
    in_own_transaction!(ctx, ilink_login::delete_expired(now - ENDED_SESSIONS_MS));
    in_own_transaction!(ctx, registration::delete_expired(now - registration::ANSWER_MS));
    while in_own_transaction!(ctx, import::delete_expired(now)) {}
    media::storage::delete_unused(ctx).await?;
    deletion::erase_due(ctx).await
}
