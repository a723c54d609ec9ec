//! Reply rules with their keywords and contents. Owner 0 is the account, any other a user.

use super::{Link, StoreError, Tx, rows};
use sqlx::Row as _;
use std::collections::HashMap;

rows! {
    /// A row of `reply_rules`.
    pub struct RuleRow {
        pub id: i64,
        pub owner_id: i64,
        pub number: i64,
        pub name: String,
        pub cause: String,
        pub answer: String,
        pub priority: i64,
        pub is_enabled: i64,
        pub hits: i64,
        pub last_hit_at: Option<i64>,
        pub revision: i64,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

rows! {
    /// A row of `rule_keywords`.
    pub struct KeywordRow {
        pub keyword: String,
        pub folded: String,
        pub matching: String,
    }
}

rows! {
    /// A row of `rule_contents`.
    pub struct ContentRow {
        pub kind: String,
        pub body: String,
    }
}

/// A rule, whole.
#[derive(Debug, Clone)]
pub struct RuleRecord {
    pub rule: RuleRow,
    pub keywords: Vec<KeywordRow>,
    pub contents: Vec<ContentRow>,
}

/// All rules of an owner in the order of their numbers: three statements, however many rules.
pub async fn list_rules(db: &mut impl Link, owner_id: i64) -> Result<Vec<RuleRecord>, StoreError> {
    let rules = db
        .sql("SELECT id, owner_id, number, name, cause, answer, priority, is_enabled, hits, last_hit_at, revision, created_at, updated_at FROM reply_rules WHERE owner_id = ? ORDER BY number")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    let mut keywords: HashMap<i64, Vec<KeywordRow>> = HashMap::new();
    for row in db
        .sql("SELECT k.rule_id AS rule_id, k.keyword AS keyword, k.folded AS folded, k.matching AS matching FROM rule_keywords k JOIN reply_rules r ON r.id = k.rule_id WHERE r.owner_id = ? ORDER BY k.rule_id, k.position")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?
    {
        keywords.entry(row.try_get("rule_id")?).or_default().push(KeywordRow::read(&row)?);
    }
    let mut contents: HashMap<i64, Vec<ContentRow>> = HashMap::new();
    for row in db
        .sql("SELECT c.rule_id AS rule_id, c.kind AS kind, c.body AS body FROM rule_contents c JOIN reply_rules r ON r.id = c.rule_id WHERE r.owner_id = ? ORDER BY c.rule_id, c.position")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?
    {
        contents.entry(row.try_get("rule_id")?).or_default().push(ContentRow::read(&row)?);
    }
    rules
        .iter()
        .map(|row| {
            let rule = RuleRow::read(row)?;
            Ok(RuleRecord {
                keywords: keywords.remove(&rule.id).unwrap_or_default(),
                contents: contents.remove(&rule.id).unwrap_or_default(),
                rule,
            })
        })
        .collect()
}

/// The highest number an owner has given so far, 0 at first.
pub async fn find_last_number(db: &mut impl Link, owner_id: i64) -> Result<i64, StoreError> {
    let row = db
        .sql("SELECT number FROM reply_rules WHERE owner_id = ? ORDER BY number DESC LIMIT 1")
        .bind(owner_id)
        .fetch_optional(db.conn())
        .await?;
    Ok(row.map(|r| r.try_get(0)).transpose()?.unwrap_or(0))
}

/// Adds a rule; [`StoreError::Duplicate`] where its number is taken.
pub async fn insert_rule(db: &mut Tx, record: &RuleRecord) -> Result<(), StoreError> {
    let rule = record.rule.clone();
    let id = rule.id;
    db.sql(
        "INSERT INTO reply_rules (id, owner_id, number, name, cause, answer, priority, is_enabled, hits, revision, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(id)
    .bind(rule.owner_id)
    .bind(rule.number)
    .bind(rule.name)
    .bind(rule.cause)
    .bind(rule.answer)
    .bind(rule.priority)
    .bind(rule.is_enabled)
    .bind(rule.hits)
    .bind(rule.revision)
    .bind(rule.created_at)
    .bind(rule.updated_at)
    .execute(db.conn())
    .await?;
    insert_parts(db, id, &record.keywords, &record.contents).await
}

/// Replaces a rule's own fields and parts if its revision is still `revision`; false where somebody saved before.
pub async fn update_rule(db: &mut Tx, record: &RuleRecord, revision: i64) -> Result<bool, StoreError> {
    let rule = record.rule.clone();
    let done = db
        .sql(
            "UPDATE reply_rules SET name = ?, cause = ?, answer = ?, priority = ?, is_enabled = ?, revision = revision + 1, updated_at = ? \
             WHERE id = ? AND owner_id = ? AND revision = ?",
        )
        .bind(rule.name)
        .bind(rule.cause)
        .bind(rule.answer)
        .bind(rule.priority)
        .bind(rule.is_enabled)
        .bind(rule.updated_at)
        .bind(rule.id)
        .bind(rule.owner_id)
        .bind(revision)
        .execute(db.conn())
        .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    delete_parts(db, rule.id).await?;
    insert_parts(db, rule.id, &record.keywords, &record.contents).await?;
    Ok(true)
}

/// Switches a rule on or off; false where the owner has no such rule.
pub async fn update_enabled(
    db: &mut Tx,
    owner_id: i64,
    number: i64,
    is_enabled: bool,
    now: i64,
) -> Result<bool, StoreError> {
    let done = db
        .sql("UPDATE reply_rules SET is_enabled = ?, revision = revision + 1, updated_at = ? WHERE owner_id = ? AND number = ?")
        .bind(i64::from(is_enabled))
        .bind(now)
        .bind(owner_id)
        .bind(number)
        .execute(db.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Counts an answer.
pub async fn update_hits(db: &mut Tx, rule_id: i64, now: i64) -> Result<(), StoreError> {
    db.sql("UPDATE reply_rules SET hits = hits + 1, last_hit_at = ? WHERE id = ?")
        .bind(now)
        .bind(rule_id)
        .execute(db.conn())
        .await?;
    Ok(())
}

/// Removes a rule; false where the owner has no such rule.
pub async fn delete_rule(db: &mut Tx, owner_id: i64, number: i64) -> Result<bool, StoreError> {
    let row = db
        .sql("SELECT id FROM reply_rules WHERE owner_id = ? AND number = ?")
        .bind(owner_id)
        .bind(number)
        .fetch_optional(db.conn())
        .await?;
    let Some(row) = row else { return Ok(false) };
    let id: i64 = row.try_get(0)?;
    delete_parts(db, id).await?;
    Ok(db.sql("DELETE FROM reply_rules WHERE id = ?").bind(id).execute(db.conn()).await?.rows_affected() == 1)
}

async fn delete_parts(db: &mut Tx, rule_id: i64) -> Result<(), StoreError> {
    db.sql("DELETE FROM rule_keywords WHERE rule_id = ?").bind(rule_id).execute(db.conn()).await?;
    db.sql("DELETE FROM rule_contents WHERE rule_id = ?").bind(rule_id).execute(db.conn()).await?;
    Ok(())
}

async fn insert_parts(
    db: &mut Tx,
    rule_id: i64,
    keywords: &[KeywordRow],
    contents: &[ContentRow],
) -> Result<(), StoreError> {
    for (position, row) in (0_i64..).zip(keywords) {
        db.sql("INSERT INTO rule_keywords (rule_id, position, keyword, folded, matching) VALUES (?, ?, ?, ?, ?)")
            .bind(rule_id)
            .bind(position)
            .bind(row.keyword.clone())
            .bind(row.folded.clone())
            .bind(row.matching.clone())
            .execute(db.conn())
            .await?;
    }
    for (position, row) in (0_i64..).zip(contents) {
        db.sql("INSERT INTO rule_contents (rule_id, position, kind, body) VALUES (?, ?, ?, ?)")
            .bind(rule_id)
            .bind(position)
            .bind(row.kind.clone())
            .bind(row.body.clone())
            .execute(db.conn())
            .await?;
    }
    Ok(())
}
