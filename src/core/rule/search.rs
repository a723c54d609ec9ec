//! Reading rules: one, all, or a page of search results.

use super::{MatchType, Rule, TriggerKind};
use crate::{
    core::{CoreError, Ctx},
    store::{
        self, Link,
        rule::{RuleFilter, RuleOrder},
    },
    text::fold::fold,
};

/// The most rules per page.
pub const PAGE_MAX: i64 = 200;

/// The order of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Number,
    Priority,
    Hits,
    Updated,
    /// The first keyword, folded; rules without one are sorted by name.
    Keyword,
}

impl Sort {
    pub const ALL: [Self; 5] = [Self::Number, Self::Priority, Self::Hits, Self::Updated, Self::Keyword];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Priority => "priority",
            Self::Hits => "hits",
            Self::Updated => "updated",
            Self::Keyword => "keyword",
        }
    }

    /// Parses a URL's value; unknown values become the number.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|s| s.as_str() == text).unwrap_or_default()
    }

    fn order(self) -> RuleOrder {
        match self {
            Self::Number => RuleOrder::Number,
            Self::Priority => RuleOrder::Priority,
            Self::Hits => RuleOrder::Hits,
            Self::Updated => RuleOrder::Updated,
            Self::Keyword => RuleOrder::Keyword,
        }
    }
}

/// A search.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Part of a keyword, a name or an answer, in any width and case; or a number. Empty: all rules.
    pub text: String,
    pub cause: Option<TriggerKind>,
    pub is_enabled: Option<bool>,
    /// Only rules with a keyword of this match type.
    pub matching: Option<MatchType>,
    /// Only rules that never answered.
    pub is_unused: bool,
    pub sort: Sort,
    pub is_descending: bool,
    /// From 1.
    pub page: i64,
    /// Rules per page: 1 to [`PAGE_MAX`].
    pub size: i64,
}

/// One page of results.
#[derive(Debug, Clone)]
pub struct Page {
    pub rules: Vec<Rule>,
    /// The total number of results.
    pub total: i64,
    pub page: i64,
    pub size: i64,
}

/// An owner's rules in order of their numbers.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, owner_id: i64) -> Result<Vec<Rule>, CoreError> {
    Ok(store::rule::list_rules(&mut ctx.store.read().await?, owner_id).await?.into_iter().map(Rule::from).collect())
}

/// The rule with this number.
///
/// # Errors
/// [`CoreError::NotFound`].
pub async fn find(ctx: &Ctx, owner_id: i64, number: i64) -> Result<Rule, CoreError> {
    let found = store::rule::list_by_number(&mut ctx.store.read().await?, owner_id, &[number]).await?.pop();
    found.map(Rule::from).ok_or(CoreError::NotFound)
}

/// The rules with these numbers, in order; missing ones are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_many(ctx: &Ctx, owner_id: i64, numbers: &[i64]) -> Result<Vec<Rule>, CoreError> {
    let found = store::rule::list_by_number(&mut ctx.store.read().await?, owner_id, numbers).await?;
    Ok(found.into_iter().map(Rule::from).collect())
}

/// An owner's rules with these ids, in any order; missing ones and other owners' are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_by_id(ctx: &Ctx, owner_id: i64, ids: &[i64]) -> Result<Vec<Rule>, CoreError> {
    let found = store::rule::list_by_id(&mut ctx.store.read().await?, ids).await?;
    Ok(found.into_iter().filter(|record| record.rule.owner_id == owner_id).map(Rule::from).collect())
}

/// The number of an owner's rules per trigger, in the order of the editor's tabs.
///
/// # Errors
/// The database cannot be reached.
pub async fn tally(ctx: &Ctx, owner_id: i64) -> Result<Vec<(TriggerKind, i64)>, CoreError> {
    let counted = store::rule::count_causes(&mut ctx.store.read().await?, owner_id).await?;
    let count = |cause: TriggerKind| counted.iter().filter(|(of, _)| of == cause.as_str()).map(|(_, n)| n).sum();
    Ok(TriggerKind::ALL.map(|cause| (cause, count(cause))).to_vec())
}

/// An owner's disabled rules, as if they were enabled.
///
/// # Errors
/// The database cannot be reached.
pub(in crate::core) async fn disabled(db: &mut impl Link, owner_id: i64) -> Result<Vec<Rule>, CoreError> {
    let records = store::rule::list_disabled(db, owner_id).await?;
    Ok(records.into_iter().map(|record| Rule { is_enabled: true, ..Rule::from(record) }).collect())
}

/// One page of an owner's rules. A page after the last one is empty.
///
/// # Errors
/// The database cannot be reached.
pub async fn search(ctx: &Ctx, owner_id: i64, query: &Query) -> Result<Page, CoreError> {
    search_within(&mut ctx.store.read().await?, owner_id, query).await
}

/// [`search`] on the caller's connection.
///
/// # Errors
/// As [`search`].
pub async fn search_within(db: &mut impl Link, owner_id: i64, query: &Query) -> Result<Page, CoreError> {
    let text = query.text.trim();
    let filter = RuleFilter {
        owner_id,
        cause: query.cause.map(|c| c.as_str().to_owned()).unwrap_or_default(),
        is_enabled: query.is_enabled.map_or(-1, i64::from),
        matching: query.matching.map(|m| m.as_str().to_owned()).unwrap_or_default(),
        is_unused: if query.is_unused { 1 } else { -1 },
        number: text.parse().unwrap_or(-1),
        // Keywords contain no invisible characters; a search for those alone must not show all rules.
        folded: Some(fold(text)).filter(|folded| !folded.is_empty()).unwrap_or_else(|| text.to_owned()),
        text: text.to_lowercase(),
    };
    let (page, size) = (query.page.max(1), query.size.clamp(1, PAGE_MAX));
    let total = store::rule::count_rules(db, &filter).await?;
    let skipped = (page - 1).saturating_mul(size);
    let found = store::rule::list_found(db, &filter, query.sort.order(), query.is_descending, (size, skipped));
    let rules = found.await?.into_iter().map(Rule::from).collect();
    Ok(Page { rules, total, page, size })
}
