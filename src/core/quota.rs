//! Quotas: how often a level may use a feature per day, per month and in total. Days and months are those of
//! Asia/Shanghai.
//!
//! One transaction takes from every window or from none, by one conditional update each. So no limit is ever exceeded,
//! regardless of concurrent callers and instances.

use super::{CoreError, Ctx, Problem, account::level};
use crate::{
    config::{Levels, Windows},
    store::{self, Link, StoreError, Tx},
};
use time::{OffsetDateTime, UtcOffset, macros::offset};

/// The time zone of the periods: without summer time since 1991.
const SHANGHAI: UtcOffset = offset!(+8);
/// The largest amount of one call.
pub const AMOUNT_MAX: i64 = 1_000_000;
/// Usage of a day or a month can be queried this long after its window closed.
const KEEP_MS: i64 = 35 * 24 * 3_600_000;

/// A period that a limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    Day,
    Month,
    Total,
}

impl Window {
    const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Total];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Total => "total",
        }
    }

    fn limit(self, windows: &Windows) -> Option<i64> {
        match self {
            Self::Day => windows.day,
            Self::Month => windows.month,
            Self::Total => windows.total,
        }
    }
}

/// The usage of one window of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub window: Window,
    pub used: i64,
    /// `None`: unlimited.
    pub limit: Option<i64>,
}

impl Used {
    #[must_use]
    pub fn remaining(&self) -> Option<i64> {
        self.limit.map(|limit| (limit - self.used).max(0))
    }
}

/// A user's usage of a feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    pub feature: String,
    /// False if the level does not include the feature.
    pub is_included: bool,
    /// Day, month, total.
    pub windows: [Used; 3],
}

impl Usage {
    /// The window with the least remaining; the total if nothing is limited.
    #[must_use]
    pub fn tightest(&self) -> Used {
        let limited = self.windows.iter().filter(|w| w.limit.is_some());
        *limited.min_by_key(|w| w.remaining()).unwrap_or(&self.windows[2])
    }

    /// True if `amount` more is within every limit.
    #[must_use]
    pub fn allows(&self, amount: i64) -> bool {
        self.is_included && self.windows.iter().all(|w| w.remaining().is_none_or(|left| left >= amount))
    }
}

/// Adds to a user's usage of a feature, if every window has room.
///
/// # Errors
/// [`CoreError::OverQuota`], and nothing was added; field errors of `feature` and `amount`; [`CoreError::NotFound`] if the user
/// does not exist.
pub async fn add(ctx: &Ctx, user_id: i64, feature: &str, amount: i64) -> Result<Usage, CoreError> {
    if !(1..=AMOUNT_MAX).contains(&amount) {
        return Err(CoreError::field_error("amount", Problem::Malformed));
    }
    let levels = &ctx.settings.levels;
    known(levels, feature)?;
    let _turn = ctx.lock_row(user_id).await;
    let usage = store::transact!(ctx.store, |tx| {
        let level = level_of(ctx, tx, user_id).await?;
        let windows = levels.find(&level, feature).ok_or(CoreError::OverQuota)?;
        add_within(tx, user_id, feature, amount, windows, ctx.now()).await
    });
    usage.map_err(CoreError::busy_if_collided)
}

/// A user's usage of a feature.
///
/// # Errors
/// A field error of `feature`; [`CoreError::NotFound`] if the user does not exist.
pub async fn look(ctx: &Ctx, user_id: i64, feature: &str) -> Result<Usage, CoreError> {
    known(&ctx.settings.levels, feature)?;
    let all = usage(ctx, user_id).await?;
    let none = || Usage { feature: feature.to_owned(), is_included: false, windows: unused(None) };
    Ok(all.into_iter().find(|usage| usage.feature == feature).unwrap_or_else(none))
}

/// [`look`], or `None` for a name that is not a feature of any level.
///
/// # Errors
/// [`CoreError::NotFound`] if the user does not exist.
pub async fn find(ctx: &Ctx, user_id: i64, feature: &str) -> Result<Option<Usage>, CoreError> {
    match known(&ctx.settings.levels, feature) {
        Ok(()) => look(ctx, user_id, feature).await.map(Some),
        Err(_) => Ok(None),
    }
}

/// A user's usage of every feature, in order of their names.
///
/// # Errors
/// [`CoreError::NotFound`] if the user does not exist.
pub async fn usage(ctx: &Ctx, user_id: i64) -> Result<Vec<Usage>, CoreError> {
    let levels = &ctx.settings.levels;
    let mut db = ctx.store.read().await?;
    let level = level_of(ctx, &mut db, user_id).await?;
    let periods = Window::ALL.map(|window| period(window, ctx.now()));
    let [day, month, total] = &periods;
    let rows = store::usage::list_used(&mut db, user_id, [day, month, total]).await?;
    let of = |feature: &str| {
        let windows = levels.find(&level, feature);
        let mut used = unused(windows);
        for (entry, period) in used.iter_mut().zip(&periods) {
            entry.used = rows.iter().find(|(f, p, _)| f == feature && p == period).map_or(0, |(_, _, used)| *used);
        }
        Usage { feature: feature.to_owned(), is_included: windows.is_some(), windows: used }
    };
    Ok(levels.features().into_iter().map(of).collect())
}

/// Stores a user's usage under the hash of their WeChat identity when they delete the account or unbind: limits apply to the
/// identity, so that a new account does not reset them.
pub(crate) async fn leave_behind(ctx: &Ctx, db: &mut Tx, user_id: i64, person_hash: &str) -> Result<(), StoreError> {
    for window in store::usage::list_all(db, user_id).await? {
        if window.3 > ctx.now() {
            store::usage::insert_left(db, person_hash, window).await?;
        }
    }
    Ok(())
}

/// Adds the stored usage of a WeChat identity to its current account: each window is used at least as far as before.
pub(crate) async fn take_up(ctx: &Ctx, db: &mut Tx, user_id: i64, person_hash: &str) -> Result<(), StoreError> {
    for (feature, period, used, expires_at) in store::usage::list_left(db, person_hash, ctx.now()).await? {
        match store::usage::find_used(db, user_id, &feature, &period).await? {
            None => store::usage::insert_used(db, user_id, &feature, &period, used, expires_at).await?,
            Some(known) if known < used => {
                store::usage::update_used(db, user_id, &feature, &period, used - known, i64::MAX).await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn unused(windows: Option<&Windows>) -> [Used; 3] {
    // A feature that the level does not include has a limit of 0.
    Window::ALL.map(|window| Used { window, used: 0, limit: windows.map_or(Some(0), |w| window.limit(w)) })
}

/// Counts one use of a feature by work that began at `now`, inside the caller's transaction. A name that is not a feature of any
/// level is not counted.
///
/// # Errors
/// [`CoreError::OverQuota`]; [`CoreError::Collided`] if a concurrent transaction created the same window: retry the
/// transaction.
pub(super) async fn add_of_work(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    feature: &str,
    now: i64,
) -> Result<(), CoreError> {
    let levels = &ctx.settings.levels;
    if known(levels, feature).is_err() {
        return Ok(());
    }
    let level = level_of(ctx, db, user_id).await?;
    let Some(windows) = levels.find(&level, feature) else { return Err(CoreError::OverQuota) };
    add_within(db, user_id, feature, 1, windows, now).await.map(drop)
}

/// Undoes [`add_of_work`], in the windows that were open when the work began.
pub(super) async fn give_back_of_work(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    feature: &str,
    began_at: i64,
) -> Result<(), CoreError> {
    if known(&ctx.settings.levels, feature).is_ok() {
        for window in Window::ALL {
            store::usage::update_given_back(db, user_id, feature, &period(window, began_at), 1).await?;
        }
    }
    Ok(())
}

async fn add_within(
    db: &mut Tx,
    user_id: i64,
    feature: &str,
    amount: i64,
    windows: &Windows,
    now: i64,
) -> Result<Usage, CoreError> {
    let mut used = unused(Some(windows));
    for entry in &mut used {
        let (period, most) = (period(entry.window, now), entry.limit.unwrap_or(i64::MAX));
        if store::usage::update_used(db, user_id, feature, &period, amount, most).await? {
            entry.used = store::usage::find_used(db, user_id, feature, &period).await?.unwrap_or(amount);
            continue;
        }
        if amount > most || store::usage::find_used(db, user_id, feature, &period).await?.is_some() {
            return Err(CoreError::OverQuota);
        }
        store::usage::insert_used(db, user_id, feature, &period, amount, closes_at(entry.window, now)).await?;
        entry.used = amount;
    }
    Ok(Usage { feature: feature.to_owned(), is_included: true, windows: used })
}

/// The user's level now.
async fn level_of(ctx: &Ctx, db: &mut impl Link, user_id: i64) -> Result<String, CoreError> {
    let status = store::token::find_token_status(db, user_id).await?.ok_or(CoreError::NotFound)?;
    Ok(level::current(status.level, status.level_until, ctx.now()).0)
}

fn known(levels: &Levels, feature: &str) -> Result<(), CoreError> {
    if levels.features().contains(&feature) {
        Ok(())
    } else {
        Err(CoreError::field_error("feature", Problem::Malformed))
    }
}

/// The name of the period that contains `now`.
pub(super) fn period(window: Window, now: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(now.div_euclid(1000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .to_offset(SHANGHAI)
        .date();
    match window {
        Window::Day => format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()),
        Window::Month => format!("{:04}-{:02}", date.year(), u8::from(date.month())),
        Window::Total => "total".to_owned(),
    }
}

/// When the row may be deleted: usage of a day can be queried within its month, usage of a month within the next one.
pub(super) fn closes_at(window: Window, now: i64) -> i64 {
    match window {
        Window::Day => now + KEEP_MS,
        Window::Month => now + 2 * KEEP_MS,
        Window::Total => i64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_shanghai() {
        // 2025-09-11T15:59:59Z and a second later.
        let before = 1_757_606_399_000;
        assert_eq!(period(Window::Day, before), "2025-09-11");
        assert_eq!(period(Window::Day, before + 1000), "2025-09-12");
        // 2025-09-30T16:00:00Z is in October there.
        assert_eq!(period(Window::Month, 1_759_247_999_000), "2025-09");
        assert_eq!(period(Window::Month, 1_759_248_000_000), "2025-10");
    }

    #[test]
    fn the_tightest_window_is_the_one_with_the_least_left() {
        let windows = Windows { day: Some(10), month: Some(20), total: None };
        let mut usage = Usage { feature: "article".to_owned(), is_included: true, windows: unused(Some(&windows)) };
        assert_eq!(usage.tightest().window, Window::Day);
        usage.windows[0].used = 2;
        usage.windows[1].used = 15;
        assert_eq!((usage.tightest().window, usage.tightest().remaining()), (Window::Month, Some(5)));
        assert!(usage.allows(5) && !usage.allows(6));
        let free = Usage { windows: unused(Some(&Windows::default())), ..usage };
        assert_eq!((free.tightest().window, free.tightest().remaining()), (Window::Total, None));
        assert!(free.allows(AMOUNT_MAX));
    }
}
