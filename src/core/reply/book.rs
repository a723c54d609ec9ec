//! An owner's rules, ready to answer: made once from the database, then only read.

use super::{
    Cause, Matching, Rule,
    fold::Folded,
    index::{Builder, Chain, Entry, Index, Look, Rank},
    pattern,
};
use std::{cmp::Reverse, sync::Arc};

pub use super::pattern::compile;

/// What a message is, to rules with keywords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A text.
    Said,
    /// A tap on a menu item: the text is its key.
    Tapped,
    /// A scan: the text is the scene.
    Scanned,
    /// A message that is not text: the text is its kind.
    Sent,
}

/// The rule that answers, and why.
#[derive(Debug)]
pub struct Hit<'a> {
    pub rule: &'a Rule,
    /// Which of its keywords; None: it has none, and answers whatever comes.
    pub keyword: Option<usize>,
    /// What the groups of an expression caught, the first one first; empty for the other ways of matching.
    pub groups: Vec<String>,
}

/// A rule that would answer, and how it came to it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub rule: &'a Rule,
    /// As in [`Hit`].
    pub keyword: Option<usize>,
}

impl Candidate<'_> {
    /// The keyword as typed; empty where there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.keyword.and_then(|at| self.rule.keywords.get(at)).map_or("", |k| k.text.as_str())
    }

    /// How it was compared; None: there is no keyword.
    #[must_use]
    pub fn matching(&self) -> Option<Matching> {
        self.keyword.and_then(|at| self.rule.keywords.get(at)).map(|k| k.matching)
    }
}

/// The enabled rules of one owner.
#[derive(Debug, Default)]
pub struct Book {
    rules: Vec<Arc<Rule>>,
    said: Index,
    tapped: Index,
    scanned: Index,
    sent: Index,
    follow: Option<usize>,
    default: Option<usize>,
    expression_bytes: usize,
}

impl Book {
    /// Reads an owner's rules; those that are off are left out.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self::of(rules.into_iter().map(Arc::new).collect())
    }

    /// The same of rules that another book may have as well. Takes half a second for 100,000 of them.
    #[must_use]
    pub fn of(mut rules: Vec<Arc<Rule>>) -> Self {
        rules.retain(|rule| rule.is_enabled);
        rules.sort_by_key(|r| (Reverse(r.priority), r.id));
        let (mut said, mut tapped) = (Builder::default(), Builder::default());
        let (mut scanned, mut sent) = (Builder::default(), Builder::default());
        let (mut follow, mut default) = (None, None);
        for (at, rule) in rules.iter().enumerate() {
            match rule.cause {
                Cause::Follow => follow = follow.or(Some(at)),
                Cause::Default => default = default.or(Some(at)),
                // Without a keyword it would answer everything.
                Cause::Keyword if rule.keywords.is_empty() => {}
                Cause::Keyword => said.add(at, rule),
                Cause::Menu => tapped.add(at, rule),
                Cause::Scan => scanned.add(at, rule),
                Cause::Kind => sent.add(at, rule),
            }
        }
        let (said, tapped, scanned, sent) = (said.build(), tapped.build(), scanned.build(), sent.build());
        let keywords = rules.iter().flat_map(|rule| &rule.keywords);
        let expressions = keywords.filter(|keyword| keyword.matching == Matching::Regex);
        let expression_bytes = expressions.map(|keyword| pattern::weight(&keyword.text)).sum();
        Self { rules, said, tapped, scanned, sent, follow, default, expression_bytes }
    }

    /// About how many bytes its compiled expressions hold. Everything else in it is about as large as in the database.
    #[must_use]
    pub fn expression_bytes(&self) -> usize {
        self.expression_bytes
    }

    /// The rules in it: higher priority first, then older.
    #[must_use]
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// How many rules are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The rule that answers a text on this occasion.
    #[must_use]
    pub fn answer(&self, on: Occasion, folded: &Folded<'_>) -> Option<Hit<'_>> {
        self.answer_where(on, folded, |_, _| true)
    }

    /// The same among the rules, and their keywords, that `may` answer; None for a keyword is a rule without any.
    #[must_use]
    pub fn answer_where(
        &self,
        on: Occasion,
        folded: &Folded<'_>,
        may: impl Fn(&Rule, Option<usize>) -> bool,
    ) -> Option<Hit<'_>> {
        let index = self.index(on);
        let may = |entry: &Entry| self.rules.get(entry.rule()).is_some_and(|rule| may(rule, entry.keyword()));
        let mut best = Best { found: None, may };
        index.look(folded, &mut best);
        let entry = best.found?;
        let groups = index.groups(entry, folded);
        Some(Hit { rule: self.rules.get(entry.rule())?, keyword: entry.keyword(), groups })
    }

    /// Every rule that would answer, each with its best keyword, in the order in which they would: the first is the one of
    /// [`answer`](Self::answer). At most `most` of them.
    #[must_use]
    pub fn candidates(&self, on: Occasion, folded: &Folded<'_>, most: usize) -> Vec<Candidate<'_>> {
        let mut all = All(Vec::new());
        self.index(on).look(folded, &mut all);
        all.0.sort_by_key(|entry| entry.rank);
        let mut found: Vec<Candidate<'_>> = Vec::new();
        for entry in all.0 {
            let Some(rule) = self.rules.get(entry.rule()) else { continue };
            if found.iter().all(|c| c.rule.id != rule.id) {
                found.push(Candidate { rule, keyword: entry.keyword() });
            }
            if found.len() >= most {
                break;
            }
        }
        found
    }

    /// The rule for new followers.
    #[must_use]
    pub fn on_follow(&self) -> Option<&Rule> {
        self.follow.and_then(|i| self.rules.get(i)).map(AsRef::as_ref)
    }

    /// The rule for what nothing else answers.
    #[must_use]
    pub fn on_nothing(&self) -> Option<&Rule> {
        self.default.and_then(|i| self.rules.get(i)).map(AsRef::as_ref)
    }

    fn index(&self, on: Occasion) -> &Index {
        match on {
            Occasion::Said => &self.said,
            Occasion::Tapped => &self.tapped,
            Occasion::Scanned => &self.scanned,
            Occasion::Sent => &self.sent,
        }
    }
}

/// Keeps the highest rank of those that may.
struct Best<F> {
    found: Option<Entry>,
    may: F,
}

impl<F: Fn(&Entry) -> bool> Look for Best<F> {
    fn wants(&self, rank: Rank) -> bool {
        self.found.is_none_or(|best| rank < best.rank)
    }

    fn see(&mut self, entries: Chain<'_>) {
        // The first one, nearly always: entries come in the order of their ranks.
        for entry in entries {
            if !self.wants(entry.rank) {
                return;
            }
            if (self.may)(&entry) {
                self.found = Some(entry);
                return;
            }
        }
    }
}

/// Keeps everything.
struct All(Vec<Entry>);

/// Entries that are kept at most, so that a message of one letter does not fill the memory.
const MOST_KEPT: usize = 10_000;

impl Look for All {
    fn wants(&self, _: Rank) -> bool {
        true
    }

    fn see(&mut self, entries: Chain<'_>) {
        if self.0.len() >= MOST_KEPT {
            // The winner must be among those that are kept.
            self.0.sort_by_key(|entry| entry.rank);
            self.0.dedup_by_key(|entry| entry.rank);
            self.0.truncate(MOST_KEPT / 2);
        }
        self.0.extend(entries);
    }
}

#[cfg(test)]
pub(super) mod tests;
