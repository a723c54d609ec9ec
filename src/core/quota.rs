//! How much of a feature a level may use: in a day, in a month, in total. Days and months are Asia/Shanghai's.
//!
//! Adding is checking: one transaction takes from every window or from none, by one conditional update each. So a limit is never
//! passed, however many callers and instances add at once.

use super::{CoreError, Ctx, Problem};
use crate::{
    config::{Levels, Windows},
    store::{self, StoreError, Tx},
};
use time::{OffsetDateTime, UtcOffset, macros::offset};

/// What periods are counted in: no summer time since 1991.
const SHANGHAI: UtcOffset = offset!(+8);
/// The most that is added at once.
pub const AMOUNT_MAX: i64 = 1_000_000;
/// Usage of a day or a month can still be looked at this long after its window closed.
const KEEP_MS: i64 = 35 * 24 * 3_600_000;
const TRIES: u32 = 4;

/// A stretch of time that a limit is for.
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

/// One window of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub window: Window,
    pub used: i64,
    /// None: as much as one likes.
    pub limit: Option<i64>,
}

impl Used {
    #[must_use]
    pub fn remaining(&self) -> Option<i64> {
        self.limit.map(|limit| (limit - self.used).max(0))
    }
}

/// A feature as a user may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    pub feature: String,
    /// False where the level does not have the feature at all.
    pub is_included: bool,
    /// Day, month, total.
    pub windows: [Used; 3],
}

impl Usage {
    /// The window in which the least is left; the total where nothing is limited.
    #[must_use]
    pub fn tightest(&self) -> Used {
        let limited = self.windows.iter().filter(|w| w.limit.is_some());
        *limited.min_by_key(|w| w.remaining()).unwrap_or(&self.windows[2])
    }

    /// Whether so much more would be within every limit.
    #[must_use]
    pub fn allows(&self, amount: i64) -> bool {
        self.is_included && self.windows.iter().all(|w| w.remaining().is_none_or(|left| left >= amount))
    }
}

/// Adds to what a user has used of a feature, if every window has room for it.
///
/// # Errors
/// [`CoreError::OverQuota`], and nothing was added; flaws of `feature` and `amount`; [`CoreError::NotFound`] where the user is
/// gone.
pub async fn add(ctx: &Ctx, user_id: i64, feature: &str, amount: i64) -> Result<Usage, CoreError> {
    if !(1..=AMOUNT_MAX).contains(&amount) {
        return Err(CoreError::flaw("amount", Problem::Malformed));
    }
    let levels = &ctx.settings.levels;
    known(levels, feature)?;
    let _turn = ctx.turns.wait(user_id).await;
    for _ in 0..TRIES {
        let mut tx = ctx.store.begin().await?;
        let standing = store::token::find_standing(&mut tx, user_id).await?.ok_or(CoreError::NotFound)?;
        let Some(windows) = levels.find(&standing.level, feature) else { return Err(CoreError::OverQuota) };
        match add_within(&mut tx, user_id, feature, amount, windows, ctx.now()).await {
            Ok(usage) => {
                tx.commit().await?;
                return Ok(usage);
            }
            // A rival opened the same window.
            Err(CoreError::Collided) => tx.rollback().await?,
            Err(e) => return Err(e),
        }
    }
    Err(CoreError::Busy)
}

/// What a user has used of a feature.
///
/// # Errors
/// A flaw of `feature`; [`CoreError::NotFound`] where the user is gone.
pub async fn look(ctx: &Ctx, user_id: i64, feature: &str) -> Result<Usage, CoreError> {
    known(&ctx.settings.levels, feature)?;
    let all = usage(ctx, user_id).await?;
    let none = || Usage { feature: feature.to_owned(), is_included: false, windows: unused(None) };
    Ok(all.into_iter().find(|usage| usage.feature == feature).unwrap_or_else(none))
}

/// What a user has used of every feature there is, in the order of their names.
///
/// # Errors
/// [`CoreError::NotFound`] where the user is gone.
pub async fn usage(ctx: &Ctx, user_id: i64) -> Result<Vec<Usage>, CoreError> {
    let levels = &ctx.settings.levels;
    let mut db = ctx.store.read().await?;
    let standing = store::token::find_standing(&mut db, user_id).await?.ok_or(CoreError::NotFound)?;
    let periods = Window::ALL.map(|window| period(window, ctx.now()));
    let [day, month, total] = &periods;
    let rows = store::usage::list_used(&mut db, user_id, [day, month, total]).await?;
    let of = |feature: &str| {
        let windows = levels.find(&standing.level, feature);
        let mut used = unused(windows);
        for (entry, period) in used.iter_mut().zip(&periods) {
            entry.used = rows.iter().find(|(f, p, _)| f == feature && p == period).map_or(0, |(_, _, used)| *used);
        }
        Usage { feature: feature.to_owned(), is_included: windows.is_some(), windows: used }
    };
    Ok(levels.features().into_iter().map(of).collect())
}

/// Remembers what a user has used for a person who leaves the account, by deleting it or by letting go of their WeChat: a limit is a
/// person's, and a new account is no new person.
pub(crate) async fn leave_behind(ctx: &Ctx, db: &mut Tx, user_id: i64, person_hash: &str) -> Result<(), StoreError> {
    for window in store::usage::list_all(db, user_id).await? {
        if window.3 > ctx.now() {
            store::usage::insert_left(db, person_hash, window).await?;
        }
    }
    Ok(())
}

/// Counts what a person left behind to the account that they have now: each window is at least as far used as it was then.
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
    // What the level does not have is a feature of which nothing is left.
    Window::ALL.map(|window| Used { window, used: 0, limit: windows.map_or(Some(0), |w| window.limit(w)) })
}

/// One use of a feature by work that began at `now`, inside the caller's transaction. What is no feature of any level is not counted.
///
/// # Errors
/// [`CoreError::OverQuota`]; [`CoreError::Collided`] where a rival opened the same window: do the transaction once more.
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
    let standing = store::token::find_standing(db, user_id).await?.ok_or(CoreError::NotFound)?;
    let Some(windows) = levels.find(&standing.level, feature) else { return Err(CoreError::OverQuota) };
    add_within(db, user_id, feature, 1, windows, now).await.map(drop)
}

/// Takes [`add_of_work`] back, from the windows that were open when the work began.
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

fn known(levels: &Levels, feature: &str) -> Result<(), CoreError> {
    if levels.features().contains(&feature) { Ok(()) } else { Err(CoreError::flaw("feature", Problem::Malformed)) }
}

/// The name of the period that `now` is in.
fn period(window: Window, now: i64) -> String {
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

/// When the row may be forgotten: what was used of a day is asked for in its month, of a month in the next one.
fn closes_at(window: Window, now: i64) -> i64 {
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
        // 2025-09-30T16:00:00Z is October there.
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
