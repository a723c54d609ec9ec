//! Reply rules: types, caching, matching and editing.

pub mod cache;
pub mod content;
pub mod draft;
pub mod edit;
pub mod error_text;
pub mod example;
pub mod history;
pub mod home;
pub mod media;
pub mod pairs;
pub mod refold;
pub mod rejection;
pub mod reorder;
pub mod rule_set;
pub mod search;
pub mod stats;
pub mod transfer;
pub mod warning;
pub mod worker_pool;

mod action;
mod change_set;
mod duplicate;
mod editor;
mod fill;
mod index;
mod pattern;
mod snapshot;
mod trie;

pub use content::Content;
pub use fill::{Values, fill, fill_content};

use crate::{store::rule::RuleRecord, text::fold};
use serde::{Deserialize, Serialize};

/// The owner id of the account's own rules.
pub const ACCOUNT: i64 = 0;

/// The trigger of a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TriggerKind {
    /// A message with one of its keywords.
    #[default]
    Keyword,
    /// A user follows the account.
    Follow,
    /// A message that nothing else answers.
    Default,
    /// A menu item is tapped; keywords are its key, none: every item.
    Menu,
    /// A parametric QR code is scanned that belongs to no sign-in; keywords are its scene, none: every scene.
    Scan,
    /// A message that is not text; keywords are kinds (see [`content::KINDS`]), none: every kind.
    Kind,
}

impl TriggerKind {
    /// All of them, in the order of the editor's tabs.
    pub const ALL: [Self; 6] = [Self::Follow, Self::Keyword, Self::Default, Self::Menu, Self::Scan, Self::Kind];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keyword => "keyword",
            Self::Follow => "follow",
            Self::Default => "default",
            Self::Menu => "menu",
            Self::Scan => "scan",
            Self::Kind => "kind",
        }
    }

    /// Parses a form's or a row's value; unknown values become keyword rules.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|c| c.as_str() == text).unwrap_or_default()
    }

    /// True if a rule of this kind may have keywords.
    #[must_use]
    pub fn has_keywords(self) -> bool {
        !matches!(self, Self::Follow | Self::Default)
    }
}

/// How a keyword is compared. The order is that of answering.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchType {
    /// The whole message.
    #[default]
    Exact,
    /// The beginning of the message.
    Prefix,
    /// Anywhere in the message.
    Contains,
    /// A regular expression, matched in linear time.
    Regex,
}

impl MatchType {
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

    /// Parses a form's or a row's value; unknown values become exact.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|m| m.as_str() == text).unwrap_or_default()
    }
}

/// How a rule with several contents answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerMode {
    /// With all of them, in order.
    #[default]
    All,
    /// With one of them, at random.
    Random,
}

impl AnswerMode {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Random => "random",
        }
    }

    /// Parses a form's or a row's value; unknown values become all.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text == "random" { Self::Random } else { Self::All }
    }
}

/// The source of a rule change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The editor's pages.
    #[default]
    Web,
    /// Commands in the account's chat.
    Chat,
    /// An API client.
    Api,
    /// The command line of the server.
    Cli,
    /// A file, or the rules set at the platform.
    Import,
    /// Undoing an earlier change.
    Undo,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Web, Self::Chat, Self::Api, Self::Cli, Self::Import, Self::Undo];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Chat => "chat",
            Self::Api => "api",
            Self::Cli => "cli",
            Self::Import => "import",
            Self::Undo => "undo",
        }
    }

    /// Parses a row's value; unknown values become the web.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|d| d.as_str() == text).unwrap_or_default()
    }
}

/// One keyword, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyword {
    pub text: String,
    #[serde(default)]
    pub matching: MatchType,
}

impl Keyword {
    /// Keywords one per line, all with one match type; empty lines are left out.
    #[must_use]
    pub fn lines(typed: &str, matching: MatchType) -> Vec<Self> {
        let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| Self { text: line.to_owned(), matching }).collect()
    }

    /// The form for comparison with messages and other keywords. An expression stays as written; closing punctuation counts unless
    /// the match is exact.
    #[must_use]
    pub fn folded(&self) -> String {
        match self.matching {
            MatchType::Regex => self.text.trim().to_owned(),
            MatchType::Exact => fold::fold(&self.text),
            MatchType::Prefix | MatchType::Contains => fold::fold_part(&self.text),
        }
    }
}

/// A rule, as editors and dialects see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: i64,
    /// The number that people use: `01`, `02`, … within one owner; never reused.
    pub number: i64,
    /// May be empty.
    pub name: String,
    pub cause: TriggerKind,
    pub keywords: Vec<Keyword>,
    /// At least one.
    pub contents: Vec<Content>,
    pub answer: AnswerMode,
    /// Higher ones answer first: -999 to 999.
    pub priority: i64,
    pub is_enabled: bool,
    pub hits: i64,
    /// Epoch milliseconds.
    pub last_hit_at: Option<i64>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub updated_at: i64,
    /// The user who changed it last; `None` if not recorded, 0 for the program itself.
    pub updated_by: Option<i64>,
    pub updated_door: Source,
    /// Shown on the home page: visitors may ask for it there. A choice of this installation, which no file of rules has.
    #[serde(skip)]
    pub is_on_home: bool,
    /// Raised by every change: a save with an older revision is refused.
    pub revision: i64,
}

impl Rule {
    /// The text that represents the answer in a list: the first text, else the first content's title; empty if it has
    /// none.
    #[must_use]
    pub fn text(&self) -> &str {
        let first = self.contents.iter().find(|c| matches!(c, Content::Text { .. })).or_else(|| self.contents.first());
        first.map_or("", Content::caption)
    }
}

impl Rule {
    /// The most groups that an expression of these keywords captures.
    #[must_use]
    pub fn expression_groups(keywords: &[Keyword]) -> usize {
        let expressions = keywords.iter().filter(|keyword| keyword.matching == MatchType::Regex);
        let groups =
            expressions.filter_map(|keyword| Some(rule_set::compile(keyword.text.trim()).ok()?.captures_len() - 1));
        groups.max().unwrap_or_default()
    }
}

impl From<RuleRecord> for Rule {
    fn from(record: RuleRecord) -> Self {
        let RuleRecord { rule, keywords, contents } = record;
        Self {
            id: rule.id,
            number: rule.number,
            name: rule.name,
            cause: TriggerKind::of(&rule.cause),
            keywords: keywords
                .into_iter()
                .map(|k| Keyword { matching: MatchType::of(&k.matching), text: k.keyword })
                .collect(),
            contents: contents.into_iter().map(Content::from).collect(),
            answer: AnswerMode::of(&rule.answer),
            priority: rule.priority,
            is_enabled: rule.is_enabled == 1,
            hits: rule.hits,
            last_hit_at: rule.last_hit_at,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
            updated_by: rule.updated_by,
            updated_door: Source::of(&rule.updated_door),
            is_on_home: rule.is_on_home == 1,
            revision: rule.revision,
        }
    }
}
