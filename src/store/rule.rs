//! Reading reply rules with their keywords and contents. Owner 0 is the account, any other a user.

use super::{
    Link, StoreError,
    bulk::{CHUNK, repeated},
    containing,
    link::Asked,
    rows, table_rows,
};
use sqlx::{Row as _, any::AnyRow};
use std::collections::HashMap;

table_rows! {
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
        pub updated_by: Option<i64>,
        pub updated_door: String,
        pub sort_key: String,
        pub is_on_home: i64,
    }
}

rows! {
    /// A row of `rule_keywords`, without columns copied from its rule.
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

rows! {
    /// A keyword of an owner, with its rule's number.
    pub struct TakenRow {
        pub rule_id: i64,
        pub number: i64,
        pub folded: String,
        pub matching: String,
    }
}

rows! {
    /// A keyword with its position in its rule.
    pub struct PlacedRow {
        pub rule_id: i64,
        pub position: i64,
        pub keyword: String,
        pub folded: String,
        pub matching: String,
    }
}

/// A rule with its keywords and contents.
#[derive(Debug, Clone)]
pub struct RuleRecord {
    pub rule: RuleRow,
    pub keywords: Vec<KeywordRow>,
    pub contents: Vec<ContentRow>,
}

/// The order of a list; equal rules are ordered by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleOrder {
    Number,
    Priority,
    Hits,
    Updated,
    Keyword,
}

impl RuleOrder {
    fn sql(self, is_descending: bool) -> &'static str {
        match (self, is_descending) {
            (Self::Number, false) => " ORDER BY r.number",
            (Self::Number, true) => " ORDER BY r.number DESC",
            (Self::Priority, false) => " ORDER BY r.priority, r.number",
            (Self::Priority, true) => " ORDER BY r.priority DESC, r.number",
            (Self::Hits, false) => " ORDER BY r.hits, r.number",
            (Self::Hits, true) => " ORDER BY r.hits DESC, r.number",
            (Self::Updated, false) => " ORDER BY r.updated_at, r.number",
            (Self::Updated, true) => " ORDER BY r.updated_at DESC, r.number DESC",
            (Self::Keyword, false) => " ORDER BY r.sort_key, r.number",
            (Self::Keyword, true) => " ORDER BY r.sort_key DESC, r.number",
        }
    }
}

/// A filter of an owner's rules.
#[derive(Debug, Clone, Default)]
pub struct RuleFilter {
    pub owner_id: i64,
    /// Empty: every trigger.
    pub cause: String,
    /// -1: both.
    pub is_enabled: i64,
    /// The match type of one of its keywords; empty: any.
    pub matching: String,
    /// 1: only rules that never answered; -1: all.
    pub is_unused: i64,
    /// A rule's number; -1: none.
    pub number: i64,
    /// Part of a folded keyword; empty: every rule.
    pub folded: String,
    /// Part of a name or an answer, in lower case.
    pub text: String,
}

/// Follows `WHERE`; its values are bound by [`bound`].
const MATCHES: &str = "r.owner_id = ? AND (? = '' OR r.cause = ?) AND (? < 0 OR r.is_enabled = ?) \
    AND (? < 0 OR r.hits = 0) \
    AND (? = '' OR EXISTS (SELECT 1 FROM rule_keywords w WHERE w.rule_id = r.id AND w.matching = ?)) \
    AND (? = '' OR r.number = ? OR LOWER(r.name) LIKE ? ESCAPE '!' \
    OR EXISTS (SELECT 1 FROM rule_keywords k WHERE k.rule_id = r.id AND k.folded LIKE ? ESCAPE '!') \
    OR EXISTS (SELECT 1 FROM rule_contents c WHERE c.rule_id = r.id AND c.search LIKE ? ESCAPE '!'))";

fn bound(query: Asked, filter: &RuleFilter) -> Asked {
    let text = containing(&filter.text);
    query
        .bind(filter.owner_id)
        .bind(filter.cause.clone())
        .bind(filter.cause.clone())
        .bind(filter.is_enabled)
        .bind(filter.is_enabled)
        .bind(filter.is_unused)
        .bind(filter.matching.clone())
        .bind(filter.matching.clone())
        .bind(filter.folded.clone())
        .bind(filter.number)
        .bind(text)
        .bind(containing(&filter.folded))
        .bind(containing(&super::folded(&filter.text)))
}

/// All rules of an owner in order of their numbers: three statements, however many rules.
pub async fn list_rules(db: &mut impl Link, owner_id: i64) -> Result<Vec<RuleRecord>, StoreError> {
    let rules = db
        .sql_of(&["SELECT ", RuleRow::COLUMNS, " FROM reply_rules r WHERE r.owner_id = ? ORDER BY r.number"])
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    let keywords = db
        .sql("SELECT k.rule_id, k.keyword, k.folded, k.matching FROM rule_keywords k JOIN reply_rules r ON r.id = k.rule_id WHERE r.owner_id = ? ORDER BY k.rule_id, k.position")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    let contents = db
        .sql("SELECT c.rule_id, c.kind, c.body FROM rule_contents c JOIN reply_rules r ON r.id = c.rule_id WHERE r.owner_id = ? ORDER BY c.rule_id, c.position")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    joined(&rules, &keywords, &contents)
}

/// Keywords of all owners' rules after this rule and position, in this order; at most `most`.
pub async fn list_keywords(
    db: &mut impl Link,
    (rule_id, position): (i64, i64),
    most: i64,
) -> Result<Vec<PlacedRow>, StoreError> {
    let rows = db
        .sql("SELECT rule_id, position, keyword, folded, matching FROM rule_keywords WHERE rule_id > ? OR (rule_id = ? AND position > ?) ORDER BY rule_id, position LIMIT ?")
        .bind(rule_id)
        .bind(rule_id)
        .bind(position)
        .bind(most)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(PlacedRow::read).collect::<Result<_, _>>()?)
}

/// The number and priority of all rules of an owner, highest priority first, older ones first among equals.
pub async fn list_priorities(db: &mut impl Link, owner_id: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = db
        .sql("SELECT r.number, r.priority FROM reply_rules r WHERE r.owner_id = ? ORDER BY r.priority DESC, r.number")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect::<Result<_, sqlx::Error>>()?)
}

/// The enabled rules of an owner: id and revision.
pub async fn list_revisions(db: &mut impl Link, owner_id: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let rows = db
        .sql("SELECT r.id, r.revision FROM reply_rules r WHERE r.owner_id = ? AND r.is_enabled = 1")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?))).collect::<Result<_, sqlx::Error>>()?)
}

/// The disabled rules of an owner, in order of their numbers.
pub async fn list_disabled(db: &mut impl Link, owner_id: i64) -> Result<Vec<RuleRecord>, StoreError> {
    let rules = db
        .sql_of(&[
            "SELECT ",
            RuleRow::COLUMNS,
            " FROM reply_rules r WHERE r.owner_id = ? AND r.is_enabled = 0 ORDER BY r.number",
        ])
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    whole(db, rules).await
}

/// The number of rules that match a filter.
pub async fn count_rules(db: &mut impl Link, filter: &RuleFilter) -> Result<i64, StoreError> {
    let query = bound(db.sql_of(&["SELECT COUNT(*) FROM reply_rules r WHERE ", MATCHES]), filter);
    Ok(query.fetch_one(db.conn()).await?.try_get(0)?)
}

/// The number of an owner's rules per trigger; triggers without rules are left out.
pub async fn count_causes(db: &mut impl Link, owner_id: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = db
        .sql("SELECT cause, COUNT(*) FROM reply_rules WHERE owner_id = ? GROUP BY cause")
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// One page of the rules that match a filter.
pub async fn list_found(
    db: &mut impl Link,
    filter: &RuleFilter,
    order: RuleOrder,
    is_descending: bool,
    (most, skipped): (i64, i64),
) -> Result<Vec<RuleRecord>, StoreError> {
    let pieces = [
        "SELECT ",
        RuleRow::COLUMNS,
        " FROM reply_rules r WHERE ",
        MATCHES,
        order.sql(is_descending),
        " LIMIT ? OFFSET ?",
    ];
    let rules = bound(db.sql_of(&pieces), filter).bind(most).bind(skipped).fetch_all(db.conn()).await?;
    whole(db, rules).await
}

/// The rules of an owner with these numbers, in order; missing ones are left out.
pub async fn list_by_number(db: &mut impl Link, owner_id: i64, numbers: &[i64]) -> Result<Vec<RuleRecord>, StoreError> {
    let mut rules = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(CHUNK) {
        let mut pieces = vec!["SELECT ", RuleRow::COLUMNS, " FROM reply_rules r WHERE r.owner_id = ? AND r.number "];
        pieces.extend(repeated("IN (", "?", chunk.len(), ") ORDER BY r.number"));
        let query = chunk.iter().fold(db.sql_of(&pieces).bind(owner_id), |query, number| query.bind(*number));
        rules.extend(query.fetch_all(db.conn()).await?);
    }
    whole(db, rules).await
}

/// The rules with these ids; missing ones are left out.
pub async fn list_by_id(db: &mut impl Link, ids: &[i64]) -> Result<Vec<RuleRecord>, StoreError> {
    let mut rules = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut pieces = vec!["SELECT ", RuleRow::COLUMNS, " FROM reply_rules r WHERE r.id "];
        pieces.extend(repeated("IN (", "?", chunk.len(), ")"));
        let query = chunk.iter().fold(db.sql_of(&pieces), |query, id| query.bind(*id));
        rules.extend(query.fetch_all(db.conn()).await?);
    }
    whole(db, rules).await
}

/// The keywords of an owner's rules of one trigger that are among these folded texts.
pub async fn list_taken(
    db: &mut impl Link,
    owner_id: i64,
    cause: &'static str,
    folded: &[String],
) -> Result<Vec<TakenRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in folded.chunks(CHUNK) {
        let head = "SELECT k.rule_id, r.number, k.folded, k.matching FROM rule_keywords k JOIN reply_rules r ON r.id = k.rule_id WHERE k.owner_id = ? AND k.cause = ? AND k.folded IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ")")).bind(owner_id).bind(cause);
        let query = chunk.iter().fold(query, |query, text| query.bind(text.clone()));
        let rows = query.fetch_all(db.conn()).await?;
        found.extend(rows.iter().map(TakenRow::read).collect::<Result<Vec<_>, _>>()?);
    }
    Ok(found)
}

/// The number of an owner's regular expressions.
pub async fn count_expressions(db: &mut impl Link, owner_id: i64) -> Result<i64, StoreError> {
    let query = db.sql("SELECT COUNT(*) FROM rule_keywords WHERE owner_id = ? AND matching = 'regex'").bind(owner_id);
    Ok(query.fetch_one(db.conn()).await?.try_get(0)?)
}

/// Contents with more characters than this are long.
pub const LONG_CONTENT_CHARS: usize = 700;

/// The number of long contents in an owner's rules.
pub async fn count_long_contents(db: &mut impl Link, owner_id: i64) -> Result<i64, StoreError> {
    // SUBSTR counts characters on every engine; LENGTH does not.
    let query = db.sql(
        "SELECT COUNT(*) FROM rule_contents c JOIN reply_rules r ON r.id = c.rule_id WHERE r.owner_id = ? AND SUBSTR(c.body, 701, 1) <> ''",
    );
    let query = query.bind(owner_id);
    Ok(query.fetch_one(db.conn()).await?.try_get(0)?)
}

/// An owner's rules without keywords: trigger, id and number.
pub async fn list_bare(db: &mut impl Link, owner_id: i64) -> Result<Vec<(String, i64, i64)>, StoreError> {
    let rows = db
        .sql(
            "SELECT r.cause, r.id, r.number FROM reply_rules r WHERE r.owner_id = ? AND r.cause IN ('follow', 'default', 'menu', 'scan', 'kind') \
             AND NOT EXISTS (SELECT 1 FROM rule_keywords k WHERE k.rule_id = r.id) ORDER BY r.number",
        )
        .bind(owner_id)
        .fetch_all(db.conn())
        .await?;
    Ok(rows.iter().map(|r| Ok((r.try_get(0)?, r.try_get(1)?, r.try_get(2)?))).collect::<Result<_, sqlx::Error>>()?)
}

/// Adds keywords and contents to their rules.
async fn whole(db: &mut impl Link, rules: Vec<AnyRow>) -> Result<Vec<RuleRecord>, StoreError> {
    let ids = rules.iter().map(|r| r.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
    let (mut keywords, mut contents) = (Vec::new(), Vec::new());
    for chunk in ids.chunks(CHUNK) {
        let head = "SELECT rule_id, keyword, folded, matching FROM rule_keywords WHERE rule_id IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ") ORDER BY rule_id, position"));
        keywords.extend(chunk.iter().fold(query, |query, id| query.bind(*id)).fetch_all(db.conn()).await?);
        let head = "SELECT rule_id, kind, body FROM rule_contents WHERE rule_id IN (";
        let query = db.sql_of(&repeated(head, "?", chunk.len(), ") ORDER BY rule_id, position"));
        contents.extend(chunk.iter().fold(query, |query, id| query.bind(*id)).fetch_all(db.conn()).await?);
    }
    joined(&rules, &keywords, &contents)
}

fn joined(rules: &[AnyRow], keywords: &[AnyRow], contents: &[AnyRow]) -> Result<Vec<RuleRecord>, StoreError> {
    let mut keywords_of: HashMap<i64, Vec<KeywordRow>> = HashMap::with_capacity(rules.len());
    for row in keywords {
        keywords_of.entry(row.try_get("rule_id")?).or_default().push(KeywordRow::read(row)?);
    }
    let mut contents_of: HashMap<i64, Vec<ContentRow>> = HashMap::with_capacity(rules.len());
    for row in contents {
        contents_of.entry(row.try_get("rule_id")?).or_default().push(ContentRow::read(row)?);
    }
    let read = |row| {
        let rule = RuleRow::read(row)?;
        Ok(RuleRecord {
            keywords: keywords_of.remove(&rule.id).unwrap_or_default(),
            contents: contents_of.remove(&rule.id).unwrap_or_default(),
            rule,
        })
    };
    rules.iter().map(read).collect()
}
