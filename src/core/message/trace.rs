//! Traces: why a message got its answer, with the compared text, every rule that matched, and why it did not answer.

use super::{
    answered_by::AnsweredBy,
    decide::{Input, RuleSets},
};
use crate::core::{
    account::User,
    rule::{
        ACCOUNT, MatchType, Rule,
        rule_set::{Candidate, RuleSet},
    },
};
use serde::{Deserialize, Serialize};

/// The most rules in a trace.
const MOST: usize = 20;
/// The most characters of the folded text in a trace.
const FOLDED_MAX_CHARS: usize = 300;
/// The most characters of a stored trace: the column's width.
const STORED_MAX_CHARS: usize = 4_000;

/// The outcome of a rule that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It answered.
    Won,
    /// Another rule has a higher priority.
    Priority,
    /// Another rule has a stricter match type: exact before starts-with before contains before regex.
    Matching,
    /// Another rule is older.
    Age,
    /// The user's own rules come first.
    Own,
    /// The user has switched their own rules off.
    Off,
    /// The message is a command.
    Command,
    /// The message was part of a sign-in: a code, a scan.
    Signin,
    /// Nothing of it can be shown: its files no longer exist.
    Mute,
    /// The rule is disabled.
    Disabled,
}

impl Fate {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Won,
        Self::Priority,
        Self::Matching,
        Self::Age,
        Self::Own,
        Self::Off,
        Self::Command,
        Self::Signin,
        Self::Mute,
        Self::Disabled,
    ];
}

/// A rule that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// [`ACCOUNT`] or the user.
    pub owner_id: i64,
    pub rule_id: i64,
    pub number: i64,
    /// As typed; empty if the rule has none.
    pub keyword: String,
    pub matching: Option<MatchType>,
    pub priority: i64,
    pub fate: Fate,
}

/// Why a message got its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The text as it was compared.
    pub folded: String,
    pub answered_by: AnsweredBy,
    /// The rules that matched, starting with the one that answered; at most 20.
    pub tried: Vec<Tried>,
}

/// The result of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdict<'a> {
    pub answered_by: AnsweredBy,
    pub rule_id: Option<i64>,
    /// Rules that had nothing to show.
    pub mute: &'a [i64],
}

impl Trace {
    /// The trace of an input, given the final result.
    pub(super) fn of(rule_sets: &RuleSets, user: Option<&User>, input: &Input, verdict: &Verdict<'_>) -> Self {
        let (on, folded) = input.folded();
        let mut tried: Vec<Tried> = Vec::new();
        let overruled = match verdict.answered_by {
            AnsweredBy::Command => Some(Fate::Command),
            AnsweredBy::Signin => Some(Fate::Signin),
            _ => None,
        };
        if let (Input::Text(_), Some((owner, rule_set))) = (input, &rule_sets.own) {
            let fate = if rule_sets.own_of(user).is_some() { overruled } else { Some(Fate::Off) };
            tried.extend(ranked(*owner, &rule_set.candidates(on, &folded, MOST), verdict, fate));
        }
        tried.extend(ranked(ACCOUNT, &of_account(&rule_sets.account, input, verdict), verdict, overruled));
        // The rule that answered comes first.
        tried.sort_by_key(|t| t.fate != Fate::Won);
        tried.truncate(MOST);
        let folded = folded.bare().chars().take(FOLDED_MAX_CHARS).collect();
        Self { folded, answered_by: verdict.answered_by, tried }
    }

    /// The JSON to store; the last rules are left out if it would be too long.
    #[must_use]
    pub fn to_stored(&self) -> String {
        let mut kept = self.clone();
        loop {
            let json = serde_json::to_string(&kept).unwrap_or_default();
            if json.chars().count() <= STORED_MAX_CHARS || kept.tried.pop().is_none() {
                return json;
            }
        }
    }

    /// Parses a stored trace.
    #[must_use]
    pub fn of_stored(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }
}

/// The account's rules that might have answered, in order: those that match, then the rule for new followers or the default
/// rule.
fn of_account<'a>(rule_set: &'a RuleSet, input: &Input, verdict: &Verdict<'_>) -> Vec<Candidate<'a>> {
    let (on, folded) = input.folded();
    let mut found = match input {
        // Without a scene nothing was scanned; and a rule for every scan greets no follower.
        Input::Follow(None) => Vec::new(),
        _ => rule_set.candidates(on, &folded, MOST),
    };
    let is_about = |rule: &Rule| verdict.rule_id == Some(rule.id) || verdict.mute.contains(&rule.id);
    let last = if let Input::Follow(_) = input {
        found.retain(|candidate| candidate.keyword.is_some());
        rule_set.on_follow()
    } else {
        rule_set.on_nothing().filter(|rule| is_about(rule))
    };
    found.extend(last.map(|rule| Candidate { rule, keyword: None }));
    found
}

/// The fate of each of an owner's candidates.
fn ranked(owner_id: i64, candidates: &[Candidate<'_>], verdict: &Verdict<'_>, overruled: Option<Fate>) -> Vec<Tried> {
    let winner = candidates.iter().find(|c| verdict.rule_id == Some(c.rule.id));
    let way = |c: &Candidate<'_>| c.matching().map_or(u8::MAX, |m| m as u8);
    let beaten = |c: &Candidate<'_>| match winner {
        // One of the account's, while one of the user's own answered.
        None => Fate::Own,
        Some(winner) if c.rule.cause != winner.rule.cause => Fate::Matching,
        Some(winner) if c.rule.priority != winner.rule.priority => Fate::Priority,
        Some(winner) if way(c) == way(winner) => Fate::Age,
        Some(_) => Fate::Matching,
    };
    let fate = |c: &Candidate<'_>| {
        if verdict.mute.contains(&c.rule.id) {
            Fate::Mute
        } else if verdict.rule_id == Some(c.rule.id) {
            Fate::Won
        } else {
            overruled.unwrap_or_else(|| beaten(c))
        }
    };
    candidates.iter().map(|c| Tried::of(owner_id, c, fate(c))).collect()
}

/// Disabled rules that would have matched; at most 20.
pub(super) fn disabled(owner_id: i64, rule_set: &RuleSet, input: &Input) -> Vec<Tried> {
    let (on, folded) = input.folded();
    let found = match input {
        Input::Follow(_) => rule_set.on_follow().map(|rule| Candidate { rule, keyword: None }).into_iter().collect(),
        _ => rule_set.candidates(on, &folded, MOST),
    };
    found.iter().map(|c| Tried::of(owner_id, c, Fate::Disabled)).collect()
}

impl Tried {
    fn of(owner_id: i64, c: &Candidate<'_>, fate: Fate) -> Self {
        Self {
            owner_id,
            rule_id: c.rule.id,
            number: c.rule.number,
            keyword: c.text().to_owned(),
            matching: c.matching(),
            priority: c.rule.priority,
            fate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_trace_is_as_long_as_its_column_allows() {
        let one = Tried {
            owner_id: ACCOUNT,
            rule_id: i64::MAX,
            number: 99_999,
            keyword: "正则".repeat(100),
            matching: Some(MatchType::Regex),
            priority: -999,
            fate: Fate::Priority,
        };
        let trace = Trace { folded: "折".repeat(300), answered_by: AnsweredBy::AccountRule, tried: vec![one; MOST] };
        let stored = trace.to_stored();
        assert!(stored.chars().count() <= STORED_MAX_CHARS);
        let read = Trace::of_stored(&stored).unwrap();
        assert!(read.tried.len() >= 8 && read.tried[0] == trace.tried[0]);
    }
}
