//! Counts of answers per rule and day, counted from 1970-01-01 in Beijing.

use super::{
    Link, StoreError, Tx,
    bulk::{CHUNK, repeated},
    rows,
};

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
        db.sql("INSERT INTO reply_days (owner_id, day, lane, hits, misses) VALUES (?, ?, ?, ?, ?)")
            .bind(owner_id)
            .bind(day)
            .bind(lane)
            .bind(hits)
            .bind(misses)
            .execute(db.conn())
            .await?;
    }
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
