//! Warnings for editors about saved rules: keywords that another rule, or a command of the account, answers first.
//!
//! Only certain conflicts are reported. A keyword never answers if a rule of higher rank matches every message that it matches: for
//! an exact keyword any rule that matches its text, for `starts with` one with a common beginning or whose text is contained in it,
//! for `contains` one whose text is contained in it. Expressions are not analysed.

use super::{
    ACCOUNT, Keyword, MatchType, Rule, TriggerKind, cache,
    draft::Draft,
    rule_set::{Candidate, Occasion, RuleSet},
};
use crate::{
    core::{
        CoreError, Ctx,
        message::commands::{Command, Commands},
    },
    text::{Lang, fold::Folded},
};
use std::collections::HashMap;

/// The most rules of higher rank compared with one keyword.
const MOST: usize = 50;

/// Why a keyword may not answer as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The rule with this number answers first, by this keyword (empty: it has none).
    NeverReached { number: i64, by: String },
    /// The rule with this number has the same keyword with another match type.
    SameKeyword { number: i64 },
    /// The word is a command of the account.
    Command,
}

/// A warning about one keyword of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// As typed.
    pub keyword: String,
    pub why: Why,
}

/// Warnings about these rules of an owner, by number; rules without warnings are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn warnings_of(ctx: &Ctx, owner_id: i64, rules: &[Rule]) -> Result<HashMap<i64, Vec<Warning>>, CoreError> {
    let rule_set = cache::load(ctx, owner_id).await?;
    let live = ctx.live();
    let found = rules.iter().map(|rule| (rule.number, of(&rule_set, &live.commands, rule)));
    Ok(found.filter(|(_, warnings)| !warnings.is_empty()).collect())
}

/// Warnings about all enabled rules of an owner, by number.
///
/// # Errors
/// The database cannot be reached.
pub async fn warnings(ctx: &Ctx, owner_id: i64) -> Result<HashMap<i64, Vec<Warning>>, CoreError> {
    let rule_set = cache::load(ctx, owner_id).await?;
    let live = ctx.live();
    // A hundred thousand rules take a moment.
    let work = move || {
        let found = rule_set.rules().iter().map(|rule| (rule.number, of(&rule_set, &live.commands, rule)));
        found.filter(|(_, warnings)| !warnings.is_empty()).collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))
}

/// Warnings about a draft: those it would have if saved now, as rule `number` or as a new one.
///
/// # Errors
/// The database cannot be reached.
pub async fn warnings_of_draft(
    ctx: &Ctx,
    owner_id: i64,
    number: Option<i64>,
    draft: &Draft,
) -> Result<Vec<Warning>, CoreError> {
    // A disabled rule answers nothing, and has no warnings when saved.
    if !draft.is_enabled {
        return Ok(Vec::new());
    }
    let rule_set = cache::load(ctx, owner_id).await?;
    // Of equal rules the older one answers: a new rule is the youngest.
    let id = rule_set.rules().iter().find(|rule| Some(rule.number) == number).map_or(i64::MAX, |rule| rule.id);
    let keywords = super::draft::tidy(draft).draft.keywords;
    let subject = Subject { id, cause: draft.cause, priority: draft.priority, keywords: &keywords };
    Ok(subject.warnings(&rule_set, &ctx.live().commands))
}

/// A keyword of a rule that is the word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadowed {
    /// The rule.
    pub number: i64,
    /// As typed.
    pub keyword: String,
}

/// The keywords of an owner's enabled rules that these commands answer first.
///
/// # Errors
/// The database cannot be reached.
pub async fn shadowed_by(
    ctx: &Ctx,
    owner_id: i64,
    commands: &Commands,
    of: &[Command],
) -> Result<Vec<Shadowed>, CoreError> {
    let rule_set = cache::load(ctx, owner_id).await?;
    let is_shadowed = |keyword: &&Keyword| {
        keyword.matching != MatchType::Regex
            && commands.shadow(&keyword.text).is_some_and(|command| of.contains(&command))
    };
    let rules = rule_set.rules().iter().filter(|rule| rule.is_enabled && rule.cause == TriggerKind::Keyword);
    let found = rules.flat_map(|rule| {
        let keywords = rule.keywords.iter().filter(is_shadowed);
        keywords.map(|keyword| Shadowed { number: rule.number, keyword: keyword.text.clone() })
    });
    Ok(found.collect())
}

/// Names in the log the account's rules that the commands answer first which the operator has switched on; called at startup.
///
/// # Errors
/// The database cannot be reached.
pub async fn log_shadowed(ctx: &Ctx) -> Result<(), CoreError> {
    let wanted = [Command::Redeem, Command::CheckIn];
    if wanted.iter().all(|command| ctx.live().commands.word(*command, Lang::Zh).is_none()) {
        return Ok(());
    }
    for Shadowed { number, keyword } in shadowed_by(ctx, ACCOUNT, &ctx.live().commands, &wanted).await? {
        tracing::warn!(number, keyword, "a command of [chat.commands] answers before a rule with the same keyword");
    }
    Ok(())
}

fn of(rule_set: &RuleSet, commands: &Commands, rule: &Rule) -> Vec<Warning> {
    let Rule { id, cause, priority, keywords, is_enabled, .. } = rule;
    let subject = Subject { id: *id, cause: *cause, priority: *priority, keywords };
    if *is_enabled { subject.warnings(rule_set, commands) } else { Vec::new() }
}

/// True for a message that is a command, always or while a question is open.
fn is_command(commands: &Commands, message: &str) -> bool {
    commands.read(message).is_some()
}

/// The rule that is checked.
struct Subject<'a> {
    id: i64,
    cause: TriggerKind,
    priority: i64,
    keywords: &'a [Keyword],
}

impl Subject<'_> {
    fn warnings(&self, rule_set: &RuleSet, commands: &Commands) -> Vec<Warning> {
        let on = match self.cause {
            TriggerKind::Keyword => Occasion::Said,
            TriggerKind::Menu => Occasion::Tapped,
            TriggerKind::Scan => Occasion::Scanned,
            TriggerKind::Kind => Occasion::Sent,
            TriggerKind::Follow | TriggerKind::Default => return Vec::new(),
        };
        let of_keyword = |keyword: &Keyword| {
            let why = self.why(rule_set, commands, on, keyword)?;
            Some(Warning { keyword: keyword.text.clone(), why })
        };
        self.keywords.iter().filter_map(of_keyword).collect()
    }

    fn why(&self, rule_set: &RuleSet, commands: &Commands, on: Occasion, keyword: &Keyword) -> Option<Why> {
        if keyword.matching == MatchType::Regex {
            return None;
        }
        let folded = keyword.folded();
        if on == Occasion::Said && keyword.matching == MatchType::Exact && is_command(commands, &keyword.text) {
            return Some(Why::Command);
        }
        let others: Vec<Candidate<'_>> =
            rule_set.candidates(on, &Folded::new(&folded), MOST).into_iter().filter(|c| c.rule.id != self.id).collect();
        let behind = |other: &Candidate<'_>| Some((other.rule.number, self.behind(keyword, &folded, other)?));
        if let Some((number, by)) = others.iter().find_map(behind) {
            return Some(Why::NeverReached { number, by });
        }
        let same = others.iter().find(|c| c.rule.keywords.iter().any(|k| is_same(k, &folded)));
        same.map(|c| Why::SameKeyword { number: c.rule.number })
    }

    /// The keyword by which the other rule answers everything that this one matches: the keyword that matched this text, else
    /// another one that matches it too.
    fn behind(&self, keyword: &Keyword, folded: &str, other: &Candidate<'_>) -> Option<String> {
        if self.is_behind(keyword, other.rule, other.matching()) {
            return Some(other.text().to_owned());
        }
        let matches = |known: &&Keyword| match known.matching {
            MatchType::Exact => known.folded() == folded,
            MatchType::Prefix => folded.starts_with(&known.folded()),
            MatchType::Contains => folded.contains(&known.folded()),
            MatchType::Regex => false,
        };
        let mut others = other.rule.keywords.iter().filter(matches);
        others.find(|known| self.is_behind(keyword, other.rule, Some(known.matching))).map(|known| known.text.clone())
    }

    /// True if a rule that matches this keyword's text with this match type answers everything that the keyword
    /// matches.
    fn is_behind(&self, keyword: &Keyword, other: &Rule, way: Option<MatchType>) -> bool {
        let is_wider = match keyword.matching {
            MatchType::Exact => true,
            MatchType::Prefix => matches!(way, Some(MatchType::Prefix | MatchType::Contains) | None),
            MatchType::Contains => matches!(way, Some(MatchType::Contains) | None),
            MatchType::Regex => false,
        };
        let rank = |priority: i64, way: Option<MatchType>, id: i64| {
            (std::cmp::Reverse(priority), way.map_or(u8::MAX, |way| way as u8), id)
        };
        is_wider && rank(other.priority, way, other.id) < rank(self.priority, Some(keyword.matching), self.id)
    }
}

fn is_same(keyword: &Keyword, folded: &str) -> bool {
    keyword.matching != MatchType::Regex && keyword.folded() == folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::rule::rule_set::tests::rule;

    fn whys(rule_set: &RuleSet, rule: &Rule) -> Vec<Why> {
        of(rule_set, &Commands::default(), rule).into_iter().map(|w| w.why).collect()
    }

    #[test]
    fn what_another_rule_always_answers_is_never_reached() {
        use MatchType::{Contains, Exact, Prefix, Regex};
        let rules = vec![
            rule(1, 9, &[(Contains, "价格")]),
            rule(2, 0, &[(Exact, "查价格"), (Prefix, "价格表"), (Contains, "新价格")]),
            rule(3, 0, &[(Contains, "价"), (Regex, "价格.*")]),
            rule(4, 9, &[(Prefix, "地址")]),
            rule(5, 0, &[(Contains, "地址")]),
            rule(6, 0, &[(Exact, "帮助")]),
            rule(7, 0, &[(Exact, "地址")]),
        ];
        let rule_set = RuleSet::new(rules.clone());
        let never = |number, by: &str| Why::NeverReached { number, by: by.to_owned() };
        assert_eq!(whys(&rule_set, &rules[0]), []);
        assert_eq!(whys(&rule_set, &rules[1]), [never(1, "价格"), never(1, "价格"), never(1, "价格")]);
        // Not every message with 价 contains 价格.
        assert_eq!(whys(&rule_set, &rules[2]), []);
        // Not every message with the URL begins with it.
        assert_eq!(whys(&rule_set, &rules[4]), [Why::SameKeyword { number: 4 }]);
        assert_eq!(whys(&rule_set, &rules[5]), [Why::Command]);
        assert_eq!(whys(&rule_set, &rules[6]), [never(4, "地址")]);
        // The other rule's exact keyword answers one message, its wider one all of them.
        let rules = vec![rule(1, 9, &[(Exact, "价格"), (Contains, "价")]), rule(2, 0, &[(Contains, "价格")])];
        assert_eq!(whys(&RuleSet::new(rules.clone()), &rules[1]), [never(1, "价")]);
    }
}
