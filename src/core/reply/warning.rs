//! What an editor should know about rules that are saved: keywords that another rule, or a command of the account, answers first.
//!
//! Only what can be proven is said. A keyword is never reached where a rule of higher rank matches every message that it matches: for
//! an exact keyword that is any rule that matches its text, for `starts with` one that starts alike or whose text is inside, for
//! `contains` one whose text is inside. About expressions nothing is said.

use super::{
    Cause, Keyword, Matching, Rule,
    book::{Book, Candidate, Occasion},
    draft::Draft,
    fold::Folded,
    shelf,
};
use crate::core::{CoreError, Ctx, message::commands::Commands};
use std::collections::HashMap;

/// Rules of higher rank that are looked at for one keyword.
const MOST: usize = 50;

/// Why a keyword may not do what its writer expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The rule with this number answers first, by this keyword (empty: it has none).
    NeverReached { number: i64, by: String },
    /// The rule with this number has the same keyword, compared in another way.
    SameKeyword { number: i64 },
    /// The account understands this word by itself.
    Command,
}

/// A warning about one keyword of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// As typed.
    pub keyword: String,
    pub why: Why,
}

/// Warnings about these rules of an owner, by their numbers; rules without any are left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn warnings_of(ctx: &Ctx, owner_id: i64, rules: &[Rule]) -> Result<HashMap<i64, Vec<Warning>>, CoreError> {
    let book = shelf::open(ctx, owner_id).await?;
    let found = rules.iter().map(|rule| (rule.number, of(&book, &ctx.commands, rule)));
    Ok(found.filter(|(_, warnings)| !warnings.is_empty()).collect())
}

/// Warnings about all rules of an owner that are on, by their numbers.
///
/// # Errors
/// The database cannot be reached.
pub async fn warnings(ctx: &Ctx, owner_id: i64) -> Result<HashMap<i64, Vec<Warning>>, CoreError> {
    let book = shelf::open(ctx, owner_id).await?;
    let ctx = ctx.clone();
    // A hundred thousand rules take a moment.
    let work = move || {
        let found = book.rules().iter().map(|rule| (rule.number, of(&book, &ctx.commands, rule)));
        found.filter(|(_, warnings)| !warnings.is_empty()).collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))
}

/// Warnings about a rule that is being typed: what it would be told if it were saved now, as rule `number` or as a new one.
///
/// # Errors
/// The database cannot be reached.
pub async fn warnings_of_draft(
    ctx: &Ctx,
    owner_id: i64,
    number: Option<i64>,
    draft: &Draft,
) -> Result<Vec<Warning>, CoreError> {
    // A rule that is off answers nothing, and is not warned about as one that is saved.
    if !draft.is_enabled {
        return Ok(Vec::new());
    }
    let book = shelf::open(ctx, owner_id).await?;
    // Of equals the older one answers: a new rule is younger than all.
    let id = book.rules().iter().find(|rule| Some(rule.number) == number).map_or(i64::MAX, |rule| rule.id);
    let keywords = super::draft::tidy(draft).draft.keywords;
    let subject = Subject { id, cause: draft.cause, priority: draft.priority, keywords: &keywords };
    Ok(subject.warnings(&book, &ctx.commands))
}

fn of(book: &Book, commands: &Commands, rule: &Rule) -> Vec<Warning> {
    let Rule { id, cause, priority, keywords, is_enabled, .. } = rule;
    let subject = Subject { id: *id, cause: *cause, priority: *priority, keywords };
    if *is_enabled { subject.warnings(book, commands) } else { Vec::new() }
}

/// True for a message that the account understands by itself, always or while something is open.
fn is_command(commands: &Commands, message: &str) -> bool {
    commands.read(message).is_some()
}

/// The rule that is looked at.
struct Subject<'a> {
    id: i64,
    cause: Cause,
    priority: i64,
    keywords: &'a [Keyword],
}

impl Subject<'_> {
    fn warnings(&self, book: &Book, commands: &Commands) -> Vec<Warning> {
        let on = match self.cause {
            Cause::Keyword => Occasion::Said,
            Cause::Menu => Occasion::Tapped,
            Cause::Scan => Occasion::Scanned,
            Cause::Kind => Occasion::Sent,
            Cause::Follow | Cause::Default => return Vec::new(),
        };
        let of_keyword = |keyword: &Keyword| {
            let why = self.why(book, commands, on, keyword)?;
            Some(Warning { keyword: keyword.text.clone(), why })
        };
        self.keywords.iter().filter_map(of_keyword).collect()
    }

    fn why(&self, book: &Book, commands: &Commands, on: Occasion, keyword: &Keyword) -> Option<Why> {
        if keyword.matching == Matching::Regex {
            return None;
        }
        let folded = keyword.folded();
        if on == Occasion::Said && keyword.matching == Matching::Exact && is_command(commands, &keyword.text) {
            return Some(Why::Command);
        }
        let others: Vec<Candidate<'_>> =
            book.candidates(on, &Folded::new(&folded), MOST).into_iter().filter(|c| c.rule.id != self.id).collect();
        let behind = |other: &Candidate<'_>| Some((other.rule.number, self.behind(keyword, &folded, other)?));
        if let Some((number, by)) = others.iter().find_map(behind) {
            return Some(Why::NeverReached { number, by });
        }
        let same = others.iter().find(|c| c.rule.keywords.iter().any(|k| is_same(k, &folded)));
        same.map(|c| Why::SameKeyword { number: c.rule.number })
    }

    /// The keyword by which the other rule answers whatever this one matches: the one that this text came to it by, else another one
    /// that has the text as well.
    fn behind(&self, keyword: &Keyword, folded: &str, other: &Candidate<'_>) -> Option<String> {
        if self.is_behind(keyword, other.rule, other.matching()) {
            return Some(other.text().to_owned());
        }
        let matches = |known: &&Keyword| match known.matching {
            Matching::Exact => known.folded() == folded,
            Matching::Prefix => folded.starts_with(&known.folded()),
            Matching::Contains => folded.contains(&known.folded()),
            Matching::Regex => false,
        };
        let mut others = other.rule.keywords.iter().filter(matches);
        others.find(|known| self.is_behind(keyword, other.rule, Some(known.matching))).map(|known| known.text.clone())
    }

    /// True where a rule that has this keyword's text in this way answers whatever the keyword matches.
    fn is_behind(&self, keyword: &Keyword, other: &Rule, way: Option<Matching>) -> bool {
        let is_wider = match keyword.matching {
            Matching::Exact => true,
            Matching::Prefix => matches!(way, Some(Matching::Prefix | Matching::Contains) | None),
            Matching::Contains => matches!(way, Some(Matching::Contains) | None),
            Matching::Regex => false,
        };
        let rank = |priority: i64, way: Option<Matching>, id: i64| {
            (std::cmp::Reverse(priority), way.map_or(u8::MAX, |way| way as u8), id)
        };
        is_wider && rank(other.priority, way, other.id) < rank(self.priority, Some(keyword.matching), self.id)
    }
}

fn is_same(keyword: &Keyword, folded: &str) -> bool {
    keyword.matching != Matching::Regex && keyword.folded() == folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::reply::book::tests::rule;

    fn whys(book: &Book, rule: &Rule) -> Vec<Why> {
        of(book, &Commands::default(), rule).into_iter().map(|w| w.why).collect()
    }

    #[test]
    fn what_another_rule_always_answers_is_never_reached() {
        use Matching::{Contains, Exact, Prefix, Regex};
        let rules = vec![
            rule(1, 9, &[(Contains, "价格")]),
            rule(2, 0, &[(Exact, "查价格"), (Prefix, "价格表"), (Contains, "新价格")]),
            rule(3, 0, &[(Contains, "价"), (Regex, "价格.*")]),
            rule(4, 9, &[(Prefix, "地址")]),
            rule(5, 0, &[(Contains, "地址")]),
            rule(6, 0, &[(Exact, "帮助")]),
            rule(7, 0, &[(Exact, "地址")]),
        ];
        let book = Book::new(rules.clone());
        let never = |number, by: &str| Why::NeverReached { number, by: by.to_owned() };
        assert_eq!(whys(&book, &rules[0]), []);
        assert_eq!(whys(&book, &rules[1]), [never(1, "价格"), never(1, "价格"), never(1, "价格")]);
        // Not every message with 价 has 价格.
        assert_eq!(whys(&book, &rules[2]), []);
        // Not every message with the address begins with it.
        assert_eq!(whys(&book, &rules[4]), [Why::SameKeyword { number: 4 }]);
        assert_eq!(whys(&book, &rules[5]), [Why::Command]);
        assert_eq!(whys(&book, &rules[6]), [never(4, "地址")]);
        // The better keyword of the other rule takes one message, its wider one all of them.
        let rules = vec![rule(1, 9, &[(Exact, "价格"), (Contains, "价")]), rule(2, 0, &[(Contains, "价格")])];
        assert_eq!(whys(&Book::new(rules.clone()), &rules[1]), [never(1, "价")]);
    }
}
