//! Statistics of answers. Days are those of Beijing, the time zone of the account's followers.

use super::ACCOUNT;
use crate::{
    core::{CoreError, Ctx},
    store::{
        self, Link, Script, StoreError, Tx,
        rule_count::{Answered, HitRow},
    },
};
use std::collections::{BTreeMap, HashMap};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The most messages of [`week`].
const MOST_TIMED: i64 = 50_000;
/// The offset of Beijing time from UTC.
const BEIJING_MS: i64 = 8 * 3_600_000;
/// Rows per owner and day, so that concurrent messages rarely wait for one another.
const LANES: u64 = 8;
/// The most days of a query.
pub const MOST_DAYS: i64 = 90;

/// Days from 1970-01-01 to this moment, in Beijing.
#[must_use]
pub fn day_of(ms: i64) -> i64 {
    (ms + BEIJING_MS).div_euclid(DAY_MS)
}

/// One day of an owner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// As [`day_of`].
    pub day: i64,
    /// Messages that a keyword rule of this owner answered.
    pub hits: i64,
    /// Messages that no keyword rule answered.
    pub misses: i64,
}

/// The statistics of an owner's last days.
#[derive(Debug, Clone, Default)]
pub struct Stats {
    /// Every day, the oldest first, today last.
    pub days: Vec<Day>,
    /// Daily hits of each rule with any, by the rule's id; as long as `days`.
    pub rules: HashMap<i64, Vec<i64>>,
}

impl Stats {
    /// The hits of a rule in all these days.
    #[must_use]
    pub fn hits_of(&self, rule_id: i64) -> i64 {
        self.rules.get(&rule_id).map_or(0, |days| days.iter().sum())
    }
}

/// The last `days` days of an owner, including today.
///
/// # Errors
/// The database cannot be reached.
pub async fn stats(ctx: &Ctx, owner_id: i64, days: i64) -> Result<Stats, CoreError> {
    let first = first_day(ctx, days);
    let mut db = ctx.store.read().await?;
    let hits = store::rule_count::list_hits_of(&mut db, owner_id, first).await?;
    let days = counted(ctx, &mut db, owner_id, first).await?;
    let rules = by_rule(hits, first, days.len());
    Ok(Stats { days, rules })
}

/// The days of [`stats`] alone: the cost does not grow with the number of rules.
///
/// # Errors
/// The database cannot be reached.
pub async fn days(ctx: &Ctx, owner_id: i64, days: i64) -> Result<Vec<Day>, CoreError> {
    Ok(counted(ctx, &mut ctx.store.read().await?, owner_id, first_day(ctx, days)).await?)
}

async fn counted(ctx: &Ctx, db: &mut impl Link, owner_id: i64, first: i64) -> Result<Vec<Day>, StoreError> {
    let mut counted: Vec<Day> = (first..=day_of(ctx.now())).map(|day| Day { day, ..Day::default() }).collect();
    for row in store::rule_count::list_days(db, owner_id, first).await? {
        if let Some(day) = at(first, row.day).and_then(|at| counted.get_mut(at)) {
            day.hits += row.hits;
            day.misses += row.misses;
        }
    }
    Ok(counted)
}

/// Daily hits of these rules by id, the oldest day first; rules without any are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn hits_of(ctx: &Ctx, rule_ids: &[i64], days: i64) -> Result<HashMap<i64, Vec<i64>>, CoreError> {
    let first = first_day(ctx, days);
    let hits = store::rule_count::list_hits(&mut ctx.store.read().await?, rule_ids, first).await?;
    Ok(by_rule(hits, first, usize::try_from(day_of(ctx.now()) - first + 1).unwrap_or_default()))
}

/// Messages of the last days by weekday (Monday first) and hour, in Beijing.
pub type Week = [[i64; 24]; 7];

/// When messages arrive: those of the account, or those of a user. Only the newest 50,000 of these days count, so that the cost has a
/// limit.
///
/// # Errors
/// The database cannot be reached.
pub async fn week(ctx: &Ctx, owner_id: i64, days: i64) -> Result<Week, CoreError> {
    let since = first_day(ctx, days) * DAY_MS - BEIJING_MS;
    let user_id = (owner_id != ACCOUNT).then_some(owner_id);
    let hours = store::message::list_hours(&mut ctx.store.read().await?, user_id, since, MOST_TIMED).await?;
    Ok(by_weekday(&hours))
}

fn by_weekday(hours: &[(i64, i64)]) -> Week {
    let mut week = Week::default();
    for (at, times) in hours {
        let beijing = at + BEIJING_MS;
        // 1970-01-01 was a Thursday.
        let weekday = usize::try_from((beijing.div_euclid(DAY_MS) + 3).rem_euclid(7)).unwrap_or_default();
        let hour = usize::try_from(beijing.rem_euclid(DAY_MS) / HOUR_MS).unwrap_or_default();
        if let Some(counted) = week.get_mut(weekday).and_then(|day| day.get_mut(hour)) {
            *counted += times;
        }
    }
    week
}

fn first_day(ctx: &Ctx, days: i64) -> i64 {
    day_of(ctx.now()) - days.clamp(1, MOST_DAYS) + 1
}

fn at(first: i64, day: i64) -> Option<usize> {
    usize::try_from(day - first).ok()
}

fn by_rule(hits: Vec<HitRow>, first: i64, days: usize) -> HashMap<i64, Vec<i64>> {
    let mut rules: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in hits {
        let counted = rules.entry(row.rule_id).or_insert_with(|| vec![0; days]);
        if let Some(day) = at(first, row.day).and_then(|at| counted.get_mut(at)) {
            *day += row.hits;
        }
    }
    rules
}

/// Counts an answer of a rule, in the transaction of the message.
pub(crate) async fn hit(ctx: &Ctx, db: &mut Tx, rule_id: i64) -> Result<(), StoreError> {
    store::rule_count::update_hits(db, rule_id, day_of(ctx.now()), ctx.now()).await
}

/// Counts a message for an owner: answered by one of the keyword rules, or not.
pub(crate) async fn message(ctx: &Ctx, db: &mut Tx, owner_id: i64, is_hit: bool) -> Result<(), StoreError> {
    let lane = i64::try_from(ctx.rng.below(LANES)).unwrap_or_default();
    store::rule_count::update_day(db, owner_id, day_of(ctx.now()), lane, is_hit).await
}

/// [`hit`] and [`message`] for a batch of messages: the numbers of answers by rule, and the messages by owner.
pub(crate) fn batch(ctx: &Ctx, script: &mut Script, hits: &BTreeMap<i64, i64>, owners: &BTreeMap<i64, Answered>) {
    let (now, lane) = (ctx.now(), i64::try_from(ctx.rng.below(LANES)).unwrap_or_default());
    store::rule_count::update_many_hits(script, hits, day_of(now), now);
    store::rule_count::update_many_days(script, owners, day_of(now), lane);
}

#[cfg(test)]
mod tests {
    use super::{by_weekday, day_of};

    #[test]
    fn an_hour_belongs_to_its_weekday_in_beijing() {
        // 2025-11-21 12:00 UTC+8 was a Friday; 2025-11-23 23:00 UTC+8 a Sunday, and an hour later it was Monday.
        let (friday, sunday) = (1_763_697_600_000, 1_763_910_000_000);
        let week = by_weekday(&[(friday, 3), (sunday, 1), (sunday + 3_600_000, 5), (friday + 7 * 24 * 3_600_000, 2)]);
        assert_eq!((week[4][12], week[6][23], week[0][0]), (5, 1, 5));
        assert_eq!(week.iter().flatten().sum::<i64>(), 11);
    }

    #[test]
    fn a_day_begins_at_midnight_in_beijing() {
        // 2025-09-11 15:59:59.999 and 16:00 UTC: the last and the first moment of a day in Beijing.
        assert_eq!(day_of(1_757_606_399_999) + 1, day_of(1_757_606_400_000));
        assert_eq!(day_of(1_757_606_400_000), day_of(1_757_606_400_000 + 24 * 3_600_000 - 1));
    }
}
