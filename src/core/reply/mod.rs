//! Reply rules: what they are, how they are kept in memory, and how one of them answers.

pub mod book;
pub mod edit;
pub mod fold;
pub mod shelf;

mod fill;

pub use fill::{Values, fill};

use crate::store::rule::RuleRecord;

/// The owner id of the account's own rules.
pub const ACCOUNT: i64 = 0;

/// What makes a rule answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A message with one of its keywords.
    Keyword,
    /// Somebody follows the account.
    Follow,
    /// A message that nothing else answers.
    Default,
}

impl Cause {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Follow => "follow",
            Self::Default => "default",
        }
    }

    /// Reads a form's or a row's word; what is not known is a keyword rule.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text {
            "follow" => Self::Follow,
            "default" => Self::Default,
            _ => Self::Keyword,
        }
    }
}

/// How a keyword is compared. The order is the order of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matching {
    /// The whole message.
    Exact,
    /// How the message begins.
    Prefix,
    /// Anywhere in the message.
    Contains,
    /// A regular expression, in linear time.
    Regex,
}

impl Matching {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Prefix, Self::Contains, Self::Regex];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Prefix => "prefix",
            Self::Contains => "contains",
            Self::Regex => "regex",
        }
    }

    /// Reads a form's or a row's word; what is not known is exact.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|m| m.as_str() == text).unwrap_or(Self::Exact)
    }
}

/// One keyword, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyword {
    pub text: String,
    pub matching: Matching,
}

/// A rule, as editors and dialects see it.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: i64,
    /// What people call it: `01`, `02`, … within one owner; never given twice while the rule with the highest one is there.
    pub number: i64,
    pub cause: Cause,
    pub keywords: Vec<Keyword>,
    /// The answer's text.
    pub text: String,
    pub priority: i64,
    pub is_enabled: bool,
    pub hits: i64,
    /// Epoch milliseconds.
    pub last_hit_at: Option<i64>,
    pub updated_at: i64,
    /// Grows with every change: a later save that does not know it is refused.
    pub revision: i64,
}

impl From<RuleRecord> for Rule {
    fn from(record: RuleRecord) -> Self {
        Self {
            id: record.rule.id,
            number: record.rule.number,
            cause: Cause::of(&record.rule.cause),
            keywords: record
                .keywords
                .into_iter()
                .map(|k| Keyword { matching: Matching::of(&k.matching), text: k.keyword })
                .collect(),
            text: record.contents.into_iter().next().map(|c| c.body).unwrap_or_default(),
            priority: record.rule.priority,
            is_enabled: record.rule.is_enabled == 1,
            hits: record.rule.hits,
            last_hit_at: record.rule.last_hit_at,
            updated_at: record.rule.updated_at,
            revision: record.rule.revision,
        }
    }
}
