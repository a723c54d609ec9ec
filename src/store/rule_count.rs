//! Counts of answers per rule and day, counted from 1970-01-01 in Beijing.

use super::{
    Engine, Link, StoreError, Tx,
    bulk::{CHUNK, bound, padded, parts, repeated},
    rows,
};
use sqlx::Row as _;
use std::collections::{BTreeMap, BTreeSet};

rows! {
    /// A row of `rule_hits`.
    pub struct HitRow {
        pub rule_id: i64,
        pub day: i64,
        pub hits: i64,
    }
}

rows! {
    /// One lane of an owner's day.
    pub struct DayRow {
        pub day: i64,
        pub hits: i64,
        pub misses: i64,
    }
}

/// Counts an answer of a rule; [`StoreError::Duplicate`] if two transactions were the first of a day.
pub async fn update_hits(db: &mut Tx, rule_id: i64, day: i64, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE reply_rules SET hits = hits + 1, last_hit_at = ? WHERE id = ?")
        .bind(now)
        .bind(rule_id)
        .execute(db.conn())
        .await?;
    let result = db
        .sql("UPDATE rule_hits SET hits = hits + 1 WHERE rule_id = ? AND day = ?")
        .bind(rule_id)
        .bind(day)
        .execute(db.conn())
        .await?;
    if result.rows_affected() == 0 {
        db.sql("INSERT INTO rule_hits (rule_id, day, hits) VALUES (?, ?, 1)")
            .bind(rule_id)
            .bind(day)
            .execute(db.conn())
            .await?;
    }
    Ok(())
}

/// [`update_hits`] for many answers: rules with their numbers of answers.
///
/// Rules with the same number share a statement.
pub async fn update_many_hits(db: &mut Tx, hits: &BTreeMap<i64, i64>, day: i64, now: i64) -> Result<(), StoreError> {
    lock_rules(db, hits).await?;
    for (times, rule_ids) in by_value(hits) {
        for part in padded(&rule_ids) {
            let head = "UPDATE reply_rules SET hits = hits + ?, last_hit_at = ? WHERE id IN (";
            let query = db.sql_kept(&repeated(head, "?", part.len(), ")")).bind(times).bind(now);
            bound(query, &part).execute(db.conn()).await?;
            let head = "UPDATE rule_hits SET hits = hits + ? WHERE day = ? AND rule_id IN (";
            let query = db.sql_kept(&repeated(head, "?", part.len(), ")")).bind(times).bind(day);
            let counted = bound(query, &part).execute(db.conn()).await?.rows_affected();
            let distinct: BTreeSet<i64> = part.iter().copied().collect();
            if counted < distinct.len() as u64 {
                insert_missing_hits(db, distinct, day, times).await?;
            }
        }
    }
    Ok(())
}

/// Locks the rows of rules in the order of their ids, where several transactions write at the same time: two batches that count the same
/// rules then wait for each other instead of colliding.
async fn lock_rules(db: &mut Tx, hits: &BTreeMap<i64, i64>) -> Result<(), StoreError> {
    if db.engine() == Engine::Sqlite || hits.len() < 2 {
        return Ok(());
    }
    let rule_ids: Vec<i64> = hits.keys().copied().collect();
    for part in padded(&rule_ids) {
        let head = "SELECT id FROM reply_rules WHERE id IN (";
        let query = db.sql_kept(&repeated(head, "?", part.len(), ") ORDER BY id FOR UPDATE"));
        bound(query, &part).fetch_all(db.conn()).await?;
    }
    Ok(())
}

/// Adds the day's rows of those of these rules that have none.
async fn insert_missing_hits(db: &mut Tx, mut rule_ids: BTreeSet<i64>, day: i64, times: i64) -> Result<(), StoreError> {
    let all: Vec<i64> = rule_ids.iter().copied().collect();
    for part in padded(&all) {
        let head = "SELECT rule_id FROM rule_hits WHERE day = ? AND rule_id IN (";
        let query = db.sql_kept(&repeated(head, "?", part.len(), ")")).bind(day);
        for row in bound(query, &part).fetch_all(db.conn()).await? {
            rule_ids.remove(&row.try_get(0)?);
        }
    }
    let missing: Vec<i64> = rule_ids.into_iter().collect();
    for part in parts(&missing) {
        let head = "INSERT INTO rule_hits (rule_id, day, hits) VALUES ";
        let query = db.sql_kept(&repeated(head, "(?, ?, ?)", part.len(), ""));
        part.iter().fold(query, |query, id| query.bind(*id).bind(day).bind(times)).execute(db.conn()).await?;
    }
    Ok(())
}

/// The keys of each value, in order.
fn by_value<V: Copy + Ord>(counts: &BTreeMap<i64, V>) -> BTreeMap<V, Vec<i64>> {
    let mut groups: BTreeMap<V, Vec<i64>> = BTreeMap::new();
    for (key, value) in counts {
        groups.entry(*value).or_default().push(*key);
    }
    groups
}

/// Messages of an owner in a batch: answered by a keyword rule, and not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answered {
    pub hits: i64,
    pub misses: i64,
}

/// [`update_day`] for many messages, by owner.
pub async fn update_many_days(
    db: &mut Tx,
    owners: &BTreeMap<i64, Answered>,
    day: i64,
    lane: i64,
) -> Result<(), StoreError> {
    for (Answered { hits, misses }, owner_ids) in by_value(owners) {
        for part in padded(&owner_ids) {
            let head = "UPDATE reply_days SET hits = hits + ?, misses = misses + ? WHERE day = ? AND lane = ? AND owner_id IN (";
            let query = db.sql_kept(&repeated(head, "?", part.len(), ")")).bind(hits).bind(misses).bind(day).bind(lane);
            let counted = bound(query, &part).execute(db.conn()).await?.rows_affected();
            let mut missing: BTreeSet<i64> = part.iter().copied().collect();
            if counted == missing.len() as u64 {
                continue;
            }
            let head = "SELECT owner_id FROM reply_days WHERE day = ? AND lane = ? AND owner_id IN (";
            let query = db.sql_kept(&repeated(head, "?", part.len(), ")")).bind(day).bind(lane);
            for row in bound(query, &part).fetch_all(db.conn()).await? {
                missing.remove(&row.try_get(0)?);
            }
            for owner_id in missing {
                insert_day(db, (owner_id, day, lane), (hits, misses)).await?;
            }
        }
    }
    Ok(())
}

/// Counts a message as answered or not in one lane of an owner's day; [`StoreError::Duplicate`] as above.
pub async fn update_day(db: &mut Tx, owner_id: i64, day: i64, lane: i64, is_hit: bool) -> Result<(), StoreError> {
    let (hits, misses) = (i64::from(is_hit), i64::from(!is_hit));
    let result = db
        .sql("UPDATE reply_days SET hits = hits + ?, misses = misses + ? WHERE owner_id = ? AND day = ? AND lane = ?")
        .bind(hits)
        .bind(misses)
        .bind(owner_id)
        .bind(day)
        .bind(lane)
        .execute(db.conn())
        .await?;
    if result.rows_affected() == 0 {
        insert_day(db, (owner_id, day, lane), (hits, misses)).await?;
    }
    Ok(())
}

async fn insert_day(
    db: &mut Tx,
    (owner_id, day, lane): (i64, i64, i64),
    (hits, misses): (i64, i64),
) -> Result<(), StoreError> {
    db.sql("INSERT INTO reply_days (owner_id, day, lane, hits, misses) VALUES (?, ?, ?, ?, ?)")
        .bind(owner_id)
        .bind(day)
        .bind(lane)
        .bind(hits)
        .bind(misses)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// The hits of these rules from `day` on.
pub async fn list_hits(db: &mut impl Link, rule_ids: &[i64], day: i64) -> Result<Vec<HitRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in rule_ids.chunks(CHUNK) {
        let head = "SELECT rule_id, day, hits FROM rule_hits WHERE day >= ? AND rule_id IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")")).bind(day);
        let rows = chunk.iter().fold(query, |query, id| query.bind(*id)).fetch_all(db.conn()).await?;
        found.extend(rows.iter().map(HitRow::read).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// The hits of an owner's rules from `day` on.
pub async fn list_hits_of(db: &mut impl Link, owner_id: i64, day: i64) -> Result<Vec<HitRow>, StoreError> {
    let rows = db
        .sql("SELECT h.rule_id, h.day, h.hits FROM rule_hits h JOIN reply_rules r ON r.id = h.rule_id WHERE r.owner_id = ? AND h.day >= ?")
        .bind(owner_id)
        .bind(day)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(HitRow::read).collect::<Result<_, _>>()?)
}

/// An owner's days from `day` on, lane by lane.
pub async fn list_days(db: &mut impl Link, owner_id: i64, day: i64) -> Result<Vec<DayRow>, StoreError> {
    let rows = db
        .sql("SELECT day, hits, misses FROM reply_days WHERE owner_id = ? AND day >= ? ORDER BY day")
        .bind(owner_id)
        .bind(day)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(DayRow::read).collect::<Result<_, _>>()?)
}

/// Deletes days before `day`.
pub async fn delete_old(db: &mut Tx, day: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM rule_hits WHERE day < ?").bind(day).execute(db.conn()).await?;
    db.sql("DELETE FROM reply_days WHERE day < ?").bind(day).execute(db.conn()).await?;
    Ok(())
}
