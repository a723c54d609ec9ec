//! Changing reply rules in batches, with a number of statements that does not depend on the batch size.

use super::{
    Link as _, StoreError, Tx,
    bulk::{CHUNK, bound, padded, repeated},
    joined, rows,
    rule::{ContentRow, KeywordRow, PlacedRow, RuleRecord, RuleRow},
    search_key,
};
use sqlx::Row as _;

rows! {
    /// A row of `rule_owners`.
    pub struct OwnerRow {
        pub last_number: i64,
        pub rules: i64,
    }
}

/// Begins an edit: the owner's row stays locked until the transaction ends. `None` if the owner has no row yet.
pub async fn lock_owner(db: &mut Tx, owner_id: i64) -> Result<Option<OwnerRow>, StoreError> {
    let result =
        db.sql("UPDATE rule_owners SET edits = edits + 1 WHERE owner_id = ?").bind(owner_id).execute(db.conn()).await?;
    if result.rows_affected() != 1 {
        return Ok(None);
    }
    let row = db
        .sql("SELECT last_number, rules FROM rule_owners WHERE owner_id = ?")
        .bind(owner_id)
        .fetch_one(db.conn())
        .await?;
    Ok(Some(OwnerRow::read(&row)?))
}

/// Creates an owner's row; [`StoreError::Duplicate`] if it exists.
pub async fn insert_owner(db: &mut Tx, owner_id: i64) -> Result<(), StoreError> {
    db.sql("INSERT INTO rule_owners (owner_id, last_number, rules, edits, changed) VALUES (?, 0, 0, 0, 0)")
        .bind(owner_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Ends an edit: stores the number of rules, and marks cached rule sets of this owner as out of date.
pub async fn update_owner(db: &mut Tx, owner_id: i64, last_number: i64, rules: i64) -> Result<(), StoreError> {
    db.sql(
        "UPDATE rule_owners SET last_number = ?, rules = ?, changed = (SELECT revision FROM revisions WHERE topic = 'rules') WHERE owner_id = ?",
    )
    .bind(last_number)
    .bind(rules)
    .bind(owner_id)
    .execute(db.conn())
    .await?;
    Ok(())
}

/// Adds rules; [`StoreError::Duplicate`] if a number is used.
pub async fn insert_rules(db: &mut Tx, records: &[RuleRecord]) -> Result<(), StoreError> {
    for chunk in records.chunks(CHUNK) {
        const HEAD: &str = joined!("INSERT INTO reply_rules (", RuleRow::COLUMNS, ") VALUES ");
        const ROW: &str = joined!("(", RuleRow::VALUES, ")");
        let rules = chunk.iter().map(|record| record.rule.clone());
        let query = rules.fold(db.sql_of(&repeated(HEAD, ROW, chunk.len(), "")), |query, rule| rule.bind(query));
        query.execute(db.conn()).await?;
    }
    insert_parts(db, records).await
}

/// The actor, time and source of a change.
#[derive(Debug, Clone)]
pub struct Touch {
    pub now: i64,
    pub actor_id: i64,
    pub door: &'static str,
}

/// Enables or disables rules.
pub async fn update_enabled(db: &mut Tx, ids: &[i64], is_enabled: bool, touch: &Touch) -> Result<(), StoreError> {
    let head = "UPDATE reply_rules SET is_enabled = ?, revision = revision + 1, updated_at = ?, updated_by = ?, updated_door = ? WHERE id IN (";
    update_all(db, ids, head, i64::from(is_enabled), touch).await
}

/// Sets the priority of rules.
pub async fn update_priority(db: &mut Tx, ids: &[i64], priority: i64, touch: &Touch) -> Result<(), StoreError> {
    let head = "UPDATE reply_rules SET priority = ?, revision = revision + 1, updated_at = ?, updated_by = ?, updated_door = ? WHERE id IN (";
    update_all(db, ids, head, priority, touch).await
}

/// Raises or lowers the priority of rules.
pub async fn update_priority_by(db: &mut Tx, ids: &[i64], step: i64, touch: &Touch) -> Result<(), StoreError> {
    let head = "UPDATE reply_rules SET priority = priority + ?, revision = revision + 1, updated_at = ?, updated_by = ?, updated_door = ? WHERE id IN (";
    update_all(db, ids, head, step, touch).await
}

/// Shows rules on the home page, or no longer.
pub async fn update_on_home(db: &mut Tx, ids: &[i64], is_on_home: bool, touch: &Touch) -> Result<(), StoreError> {
    let head = "UPDATE reply_rules SET is_on_home = ?, revision = revision + 1, updated_at = ?, updated_by = ?, updated_door = ? WHERE id IN (";
    update_all(db, ids, head, i64::from(is_on_home), touch).await
}

async fn update_all(db: &mut Tx, ids: &[i64], head: &'static str, value: i64, touch: &Touch) -> Result<(), StoreError> {
    for chunk in ids.chunks(CHUNK) {
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")"));
        let query = query.bind(value).bind(touch.now).bind(touch.actor_id).bind(touch.door);
        chunk.iter().fold(query, |query, id| query.bind(*id)).execute(db.conn()).await?;
    }
    Ok(())
}

/// Deletes rules with all that belongs to them; their daily hits stay, in case they are restored.
pub async fn delete_rules(db: &mut Tx, ids: &[i64]) -> Result<(), StoreError> {
    delete_parts(db, ids).await?;
    delete_all(db, ids, "DELETE FROM reply_rules WHERE id IN (").await
}

async fn delete_parts(db: &mut Tx, ids: &[i64]) -> Result<(), StoreError> {
    delete_all(db, ids, "DELETE FROM rule_keywords WHERE rule_id IN (").await?;
    delete_all(db, ids, "DELETE FROM rule_contents WHERE rule_id IN (").await
}

async fn delete_all(db: &mut Tx, ids: &[i64], head: &'static str) -> Result<(), StoreError> {
    for chunk in ids.chunks(CHUNK) {
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")"));
        chunk.iter().fold(query, |query, id| query.bind(*id)).execute(db.conn()).await?;
    }
    Ok(())
}

async fn insert_parts(db: &mut Tx, records: &[RuleRecord]) -> Result<(), StoreError> {
    let keywords: Vec<(&RuleRecord, i64, &KeywordRow)> =
        records.iter().flat_map(|r| (0..).zip(&r.keywords).map(move |(at, k)| (r, at, k))).collect();
    for chunk in keywords.chunks(CHUNK) {
        let head = "INSERT INTO rule_keywords (rule_id, position, keyword, folded, matching, owner_id, cause) VALUES ";
        let mut query = db.sql_of(&repeated(head, "(?, ?, ?, ?, ?, ?, ?)", chunk.len(), ""));
        for (record, position, row) in chunk {
            query = query
                .bind(record.rule.id)
                .bind(*position)
                .bind(row.keyword.clone())
                .bind(row.folded.clone())
                .bind(row.matching.clone())
                .bind(record.rule.owner_id)
                .bind(record.rule.cause.clone());
        }
        query.execute(db.conn()).await?;
    }
    let contents: Vec<(&RuleRecord, i64, &ContentRow)> =
        records.iter().flat_map(|r| (0..).zip(&r.contents).map(move |(at, c)| (r, at, c))).collect();
    for chunk in contents.chunks(CHUNK) {
        let head = "INSERT INTO rule_contents (rule_id, position, kind, body, search) VALUES ";
        let mut query = db.sql_of(&repeated(head, "(?, ?, ?, ?, ?)", chunk.len(), ""));
        for (record, position, row) in chunk {
            query = query
                .bind(record.rule.id)
                .bind(*position)
                .bind(row.kind.clone())
                .bind(row.body.clone())
                .bind(search_key::of_content(&row.kind, &row.body));
        }
        query.execute(db.conn()).await?;
    }
    Ok(())
}

/// Updates the folded form of a keyword, if it is still the same keyword.
pub async fn update_folded(db: &mut Tx, row: &PlacedRow, folded: &str) -> Result<(), StoreError> {
    db.sql("UPDATE rule_keywords SET folded = ? WHERE rule_id = ? AND position = ? AND keyword = ?")
        .bind(folded.to_owned())
        .bind(row.rule_id)
        .bind(row.position)
        .bind(row.keyword.clone())
        .execute(db.conn())
        .await?;
    Ok(())
}

rows! {
    /// An owner whose rules changed, and the revision of that change.
    pub struct ChangedRow {
        pub owner_id: i64,
        pub changed: i64,
    }
}

/// Owners whose rules changed after this revision.
pub async fn list_changed_owners(db: &mut impl super::Link, after: i64) -> Result<Vec<ChangedRow>, StoreError> {
    let rows =
        db.sql("SELECT owner_id, changed FROM rule_owners WHERE changed > ?").bind(after).fetch_all(db.conn()).await?;
    Ok(rows.iter().map(ChangedRow::read).collect::<Result<_, _>>()?)
}

/// Those of these owners who have, or once had, a rule of their own.
pub async fn list_owners(db: &mut impl super::Link, owner_ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for part in padded(owner_ids) {
        let head = "SELECT owner_id FROM rule_owners WHERE owner_id IN (";
        let query = bound(db.sql_kept(&repeated(head, "?", part.len(), ")")), &part);
        for row in query.fetch_all(db.conn()).await? {
            found.push(row.try_get(0)?);
        }
    }
    Ok(found)
}

/// The revision of an owner's last change; 0 if there was none.
pub async fn find_changed(db: &mut impl super::Link, owner_id: i64) -> Result<i64, StoreError> {
    let row = db
        .sql("SELECT owner_id, changed FROM rule_owners WHERE owner_id = ?")
        .bind(owner_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| ChangedRow::read(&r)).transpose()?.map_or(0, |r| r.changed))
}
