//! The daily check-in: credits once per day of Beijing, more for days in a row, and no more than the cap of a month.
//!
//! What a day and a month gave is counted like the usage of a feature: it stays with the person when the account is deleted, so that a new
//! account cannot check in once more.

use super::{
    CoreError, Ctx, account, credit,
    quota::{self, Window},
};
use crate::{
    base::beijing::day_of,
    store::{self, Tx, check_in::CheckInRow},
};

/// The ledger's reason for credits of a check-in.
pub const REASON: &str = "check_in";
/// The name under which days and months are counted. No feature of the settings has a colon.
const COUNTED: &str = "check-in:";

/// The result of a check-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckedIn {
    /// The first one of the day.
    Now {
        /// Days in a row.
        streak: i64,
        /// What was given: less than the settings say once the month's cap is reached.
        credits: i64,
        /// The balance with them.
        balance: i64,
        /// True if the month's cap cut the credits.
        is_capped: bool,
    },
    /// The user checked in before today. The streak is 0 if it was with an account that is deleted.
    Before { streak: i64 },
}

/// Checks a user in, in the caller's transaction.
///
/// # Errors
/// [`CoreError::NotFound`] if the user no longer exists; [`CoreError::Collided`]: retry the transaction.
pub(crate) async fn check_in_within(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<CheckedIn, CoreError> {
    account::lock_owner(db, user_id).await?;
    let (now, settings) = (ctx.now(), ctx.settings.settings.check_in);
    let day = day_of(now);
    let is_first = take(db, user_id, Window::Day, now, 1, 1).await? == 1 && mark(db, user_id, day).await?;
    let streak = store::check_in::find_check_in(db, user_id).await?.map_or(0, |row| row.streak);
    if !is_first {
        return Ok(CheckedIn::Before { streak });
    }
    let bonus =
        if settings.streak_days > 0 && streak % settings.streak_days == 0 { settings.streak_credits } else { 0 };
    let wanted = settings.credits + bonus;
    let credits = take(db, user_id, Window::Month, now, wanted, settings.month_max_credits).await?;
    let balance = credit::grant(ctx, db, user_id, credits, REASON).await?;
    Ok(CheckedIn::Now { streak, credits, balance, is_capped: credits < wanted })
}

/// Adds up to `amount` to what the window has, as far as it stays within `most`. Returns what was added. The user's row is locked.
async fn take(db: &mut Tx, user_id: i64, window: Window, now: i64, amount: i64, most: i64) -> Result<i64, CoreError> {
    let period = quota::period(window, now);
    let known = store::usage::find_used(db, user_id, COUNTED, &period).await?;
    let amount = amount.min(most - known.unwrap_or(0)).max(0);
    match known {
        _ if amount == 0 => {}
        None => {
            let expires_at = quota::closes_at(window, now);
            store::usage::insert_used(db, user_id, COUNTED, &period, amount, expires_at).await?;
        }
        Some(_) => {
            if !store::usage::update_used(db, user_id, COUNTED, &period, amount, most).await? {
                return Err(CoreError::Collided);
            }
        }
    }
    Ok(amount)
}

/// Records the day; false if it was recorded before.
async fn mark(db: &mut Tx, user_id: i64, day: i64) -> Result<bool, CoreError> {
    if store::check_in::update_checked_in(db, user_id, day).await? {
        return Ok(true);
    }
    if store::check_in::find_check_in(db, user_id).await?.is_some() {
        return Ok(false);
    }
    store::check_in::insert_check_in(db, &CheckInRow { user_id, last_day: day, streak: 1, total: 1 }).await?;
    Ok(true)
}

/// Adds the check-ins of an account to the one that it is joined to, in the transaction of the join: the longer streak of the
/// later day goes on.
pub(crate) async fn hand_over(db: &mut Tx, from: i64, to: i64) -> Result<(), CoreError> {
    let Some(went) = store::check_in::find_check_in(db, from).await? else { return Ok(()) };
    let Some(stays) = store::check_in::find_check_in(db, to).await? else {
        return Ok(store::check_in::insert_check_in(db, &CheckInRow { user_id: to, ..went }).await?);
    };
    let (last_day, streak) = (went.last_day, went.streak).max((stays.last_day, stays.streak));
    let joined = CheckInRow { user_id: to, last_day, streak, total: went.total + stays.total };
    Ok(store::check_in::update_check_in(db, &joined).await?)
}
