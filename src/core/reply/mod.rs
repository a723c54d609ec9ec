//! Reply rules: what they are, how they are kept in memory, and how one of them answers.

pub mod apart;
pub mod book;
pub mod content;
pub mod count;
pub mod draft;
pub mod edit;
pub mod fold;
pub mod history;
pub mod media;
pub mod pairs;
pub mod place;
pub mod refold;
pub mod refusal;
pub mod search;
pub mod shelf;
pub mod transfer;
pub mod warning;
pub mod words;

mod deed;
mod fill;
mod index;
mod pattern;
mod snapshot;
mod taken;
mod trie;

pub use content::Content;
pub use fill::{Values, fill, fill_content};

use crate::store::rule::RuleRecord;
use serde::{Deserialize, Serialize};

/// The owner id of the account's own rules.
pub const ACCOUNT: i64 = 0;

/// What makes a rule answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// A message with one of its keywords.
    #[default]
    Keyword,
    /// Somebody follows the account.
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

impl Cause {
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

    /// Reads a form's or a row's word; what is not known is a keyword rule.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|c| c.as_str() == text).unwrap_or_default()
    }

    /// True where a rule of this kind may have keywords.
    #[must_use]
    pub fn has_keywords(self) -> bool {
        !matches!(self, Self::Follow | Self::Default)
    }
}

/// How a keyword is compared. The order is the order of answering.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// The whole message.
    #[default]
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
        Self::ALL.into_iter().find(|m| m.as_str() == text).unwrap_or_default()
    }
}

/// How a rule with several contents answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// With all of them, in order.
    #[default]
    All,
    /// With one of them, drawn.
    Random,
}

impl Answer {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Random => "random",
        }
    }

    /// Reads a form's or a row's word; what is not known is all.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text == "random" { Self::Random } else { Self::All }
    }
}

/// By which door a rule was changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Door {
    /// The editor's pages.
    #[default]
    Web,
    /// Commands in the account's chat.
    Chat,
    /// Another program.
    Api,
    /// The command line of the server.
    Cli,
    /// A file, or the rules that the platform keeps.
    Import,
    /// Taking back an earlier change.
    Undo,
}

impl Door {
    const ALL: [Self; 6] = [Self::Web, Self::Chat, Self::Api, Self::Cli, Self::Import, Self::Undo];

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

    /// Reads a row's word; what is not known is the web.
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
    pub matching: Matching,
}

impl Keyword {
    /// One a line, all compared in one way; empty lines are left out.
    #[must_use]
    pub fn lines(typed: &str, matching: Matching) -> Vec<Self> {
        let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(|line| Self { text: line.to_owned(), matching }).collect()
    }

    /// The form in which it is compared with messages and with other keywords. An expression is kept as it is written; closing marks
    /// count for what is only a part of messages.
    #[must_use]
    pub fn folded(&self) -> String {
        match self.matching {
            Matching::Regex => self.text.trim().to_owned(),
            Matching::Exact => fold::fold(&self.text),
            Matching::Prefix | Matching::Contains => fold::fold_part(&self.text),
        }
    }
}

/// A rule, as editors and dialects see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: i64,
    /// What people call it: `01`, `02`, … within one owner; never given twice.
    pub number: i64,
    /// May be empty.
    pub name: String,
    pub cause: Cause,
    pub keywords: Vec<Keyword>,
    /// At least one.
    pub contents: Vec<Content>,
    pub answer: Answer,
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
    /// The user who changed it last; None where that was not noted, 0 for the program itself.
    pub updated_by: Option<i64>,
    pub updated_door: Door,
    /// Grows with every change: a later save that does not know it is refused.
    pub revision: i64,
}

impl Rule {
    /// What stands for the answer in a list: the first text, else the first content's title; empty where it has none.
    #[must_use]
    pub fn text(&self) -> &str {
        let first = self.contents.iter().find(|c| matches!(c, Content::Text { .. })).or_else(|| self.contents.first());
        first.map_or("", Content::caption)
    }
}

impl From<RuleRecord> for Rule {
    fn from(record: RuleRecord) -> Self {
        let RuleRecord { rule, keywords, contents } = record;
        Self {
            id: rule.id,
            number: rule.number,
            name: rule.name,
            cause: Cause::of(&rule.cause),
            keywords: keywords
                .into_iter()
                .map(|k| Keyword { matching: Matching::of(&k.matching), text: k.keyword })
                .collect(),
            contents: contents.into_iter().map(Content::from).collect(),
            answer: Answer::of(&rule.answer),
            priority: rule.priority,
            is_enabled: rule.is_enabled == 1,
            hits: rule.hits,
            last_hit_at: rule.last_hit_at,
            created_at: rule.created_at,
            updated_at: rule.updated_at,
            updated_by: rule.updated_by,
            updated_door: Door::of(&rule.updated_door),
            revision: rule.revision,
        }
    }
}
