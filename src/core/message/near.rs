//! Rules that nearly answered a text, and whether they would answer it after the one change that is missing. Decided by the code that
//! answers.

use super::{
    answered_by::AnsweredBy,
    decide::{Input, RuleSets},
    trace::Verdict,
};
use crate::core::{
    account::User,
    rule::{
        ACCOUNT, MatchType, Rule,
        rule_set::{Candidate, RuleSet},
    },
};

/// The most rules of each owner that are looked at.
const MOST: usize = 3;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The keyword is part of the message, which it would match as [`MatchType::Contains`]. Has its match type now.
    Contains(MatchType),
    /// The rule matches, but is disabled.
    Enabled,
}

/// A rule that nearly answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// [`ACCOUNT`] or the user.
    pub owner_id: i64,
    pub rule_id: i64,
    pub number: i64,
    /// As typed; empty if the rule has none.
    pub keyword: String,
    pub matching: Option<MatchType>,
    pub missing: Missing,
    /// It would be the one that answers.
    pub would_answer: bool,
}

/// Rules with a keyword that is part of the message, but must be all or the beginning of it. `searched` are rule sets with their
/// owners; `rule_sets` decide.
pub(super) fn of_parts(
    searched: &[(i64, &RuleSet)],
    rule_sets: &RuleSets,
    input: &Input,
    verdict: &Verdict<'_>,
) -> Vec<Near> {
    let Input::Text(_) = input else { return Vec::new() };
    let (_, folded) = input.folded();
    let mut found = Vec::new();
    for (owner_id, rule_set) in searched.iter().copied() {
        for candidate in rule_set.nearly(&folded, MOST) {
            let (Some(at), Some(now)) = (candidate.keyword, candidate.matching()) else { continue };
            let mut rule = candidate.rule.clone();
            if let Some(keyword) = rule.keywords.get_mut(at) {
                keyword.matching = MatchType::Contains;
            }
            let Some(would_answer) = tried(rule_sets, owner_id, rule, input, verdict) else { continue };
            found.push(Near::of(owner_id, &candidate, Missing::Contains(now), would_answer));
        }
    }
    found
}

/// Disabled rules of an owner that match.
pub(super) fn of_disabled(
    (owner_id, disabled): (i64, &RuleSet),
    rule_sets: &RuleSets,
    user: Option<&User>,
    input: &Input,
    verdict: &Verdict<'_>,
) -> Vec<Near> {
    if owner_id != ACCOUNT && rule_sets.own_of(user).is_none() {
        return Vec::new();
    }
    let (on, folded) = input.folded();
    let found = match input {
        Input::Follow(_) => Vec::new(),
        _ => disabled.candidates(on, &folded, MOST),
    };
    let near = found.iter().filter_map(|candidate| {
        let would_answer = tried(rule_sets, owner_id, candidate.rule.clone(), input, verdict)?;
        Some(Near::of(owner_id, candidate, Missing::Enabled, would_answer))
    });
    near.collect()
}

/// Whether the changed rule would answer; `None` if it would not even match.
fn tried(rule_sets: &RuleSets, owner_id: i64, rule: Rule, input: &Input, verdict: &Verdict<'_>) -> Option<bool> {
    let (on, folded) = input.folded();
    let rule_id = rule.id;
    let rule_set = match &rule_sets.own {
        Some((owner, own)) if *owner == owner_id => own,
        _ => &rule_sets.account,
    };
    let changed = rule_set.around(on, &folded, rule);
    let candidates = changed.candidates(on, &folded, usize::MAX);
    candidates.iter().find(|candidate| candidate.rule.id == rule_id)?;
    let is_first = candidates.first().is_some_and(|candidate| candidate.rule.id == rule_id);
    let is_overruled = match verdict.answered_by {
        AnsweredBy::Command | AnsweredBy::Signin => true,
        AnsweredBy::OwnRule => owner_id == ACCOUNT,
        _ => false,
    };
    Some(is_first && !is_overruled)
}

impl Near {
    fn of(owner_id: i64, candidate: &Candidate<'_>, missing: Missing, would_answer: bool) -> Self {
        Self {
            owner_id,
            rule_id: candidate.rule.id,
            number: candidate.rule.number,
            keyword: candidate.text().to_owned(),
            matching: candidate.matching(),
            missing,
            would_answer,
        }
    }
}
