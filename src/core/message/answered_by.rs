//! The source of an answer.

use serde::{Deserialize, Serialize};

/// The source of an answer, as stored in the message log and in traces, and as a label of metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// Nothing.
    #[default]
    None,
    /// A sign-in: a scan, a code, or the answer to its question.
    Signin,
    /// A command.
    Command,
    /// A rule of the user.
    OwnRule,
    /// A rule of the account that has keywords.
    AccountRule,
    /// The account's rule for what nothing else answers.
    Default,
    /// The greeting of a new follower.
    Follow,
}

impl AnsweredBy {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Signin, Self::Command, Self::OwnRule, Self::AccountRule, Self::Default, Self::Follow];

    /// The stored word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Signin => "signin",
            Self::Command => "command",
            Self::OwnRule => "own_rule",
            Self::AccountRule => "account_rule",
            Self::Default => "default",
            Self::Follow => "follow",
        }
    }

    /// Reads a stored word; [`AnsweredBy::None`] for an unknown one.
    #[must_use]
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|by| by.as_str() == word).unwrap_or_default()
    }

    /// True if neither a rule with a keyword, nor a command, nor a sign-in answered.
    #[must_use]
    pub fn is_unanswered(self) -> bool {
        matches!(self, Self::None | Self::Default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_words_stay_as_they_are() {
        let words = AnsweredBy::ALL.map(AnsweredBy::as_str);
        assert_eq!(words, ["none", "signin", "command", "own_rule", "account_rule", "default", "follow"]);
        for by in AnsweredBy::ALL {
            assert_eq!(AnsweredBy::of(by.as_str()), by);
            assert_eq!(serde_json::to_value(by).unwrap(), by.as_str());
        }
        assert_eq!(AnsweredBy::of("x"), AnsweredBy::None);
    }
}
