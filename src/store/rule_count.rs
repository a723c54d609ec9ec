//! Counts of answers per rule and day, counted from 1970-01-01 in Beijing.

use super::{
    Engine, Link, Script, StoreError, Tx,
    bulk::{CHUNK, bound, insert_in, padded, repeated},
    rows,
};
use std::collections::BTreeMap;

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

/// [`update_hits`] for many answers: rules with their numbers of answers. [`lock_rules`] comes before.
pub fn update_many_hits(script: &mut Script, hits: &BTreeMap<i64, i64>, day: i64, now: i64) {
    // Rules with the same number share a statement.
    for (times, rule_ids) in by_value(hits) {
        for part in padded(&rule_ids) {
            let head = "UPDATE reply_rules SET hits = hits + ?, last_hit_at = ? WHERE id IN (";
            script.add(&repeated(head, "?", part.len(), ")"));
            script.bind(times);
            script.bind(now);
            for rule_id in part {
                script.bind(rule_id);
            }
        }
    }
    let tail = match script.engine() {
        Engine::MySql => " ON DUPLICATE KEY UPDATE hits = hits + VALUES(hits)",
        Engine::Sqlite | Engine::Postgres => {
            " ON CONFLICT (rule_id, day) DO UPDATE SET hits = rule_hits.hits + excluded.hits"
        }
    };
    let rows: Vec<(i64, i64)> = hits.iter().map(|(id, times)| (*id, *times)).collect();
    insert_in(
        script,
        ("INSERT INTO rule_hits (rule_id, day, hits) VALUES ", "(?, ?, ?)", tail),
        &rows,
        |row, script| {
            let (rule_id, times) = *row;
            script.bind(rule_id);
            script.bind(day);
            script.bind(times);
        },
    );
}

/// Locks the rows of rules in the order of their ids, where several transactions write at the same time: two batches that count the same
/// rules then wait for each other instead of colliding.
pub async fn lock_rules(db: &mut Tx, hits: &BTreeMap<i64, i64>) -> Result<(), StoreError> {
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
pub fn update_many_days(script: &mut Script, owners: &BTreeMap<i64, Answered>, day: i64, lane: i64) {
    let head = "INSERT INTO reply_days (owner_id, day, lane, hits, misses) VALUES ";
    let tail = match script.engine() {
        Engine::MySql => " ON DUPLICATE KEY UPDATE hits = hits + VALUES(hits), misses = misses + VALUES(misses)",
        Engine::Sqlite | Engine::Postgres => {
            " ON CONFLICT (owner_id, day, lane) DO UPDATE SET hits = reply_days.hits + excluded.hits, misses = reply_days.misses + excluded.misses"
        }
    };
    let rows: Vec<(i64, Answered)> = owners.iter().map(|(id, answered)| (*id, *answered)).collect();
    insert_in(script, (head, "(?, ?, ?, ?, ?)", tail), &rows, |row, script| {
        let (owner_id, Answered { hits, misses }) = *row;
        for value in [owner_id, day, lane, hits, misses] {
            script.bind(value);
        }
    });
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
