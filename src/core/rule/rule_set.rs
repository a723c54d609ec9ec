//! An owner's rules, indexed for answering: built once from the database, then read-only.

use super::{
    MatchType, Rule, TriggerKind,
    index::{Builder, Chain, Entry, Index, Look, Rank},
    pattern,
};
use crate::text::fold::Folded;
use std::{cmp::Reverse, collections::HashSet, sync::Arc};

pub use super::pattern::compile;

/// The most rules that are compared with one that is not saved yet.
const MOST_AROUND: usize = 50;

/// The kind of a message for rules with keywords.
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

/// The rule that answers, with its match.
#[derive(Debug)]
pub struct Hit<'a> {
    pub rule: &'a Rule,
    /// The index of the keyword; `None`: the rule has none, and answers every message.
    pub keyword: Option<usize>,
    /// The groups captured by an expression, in order and as typed; empty for other match types.
    pub groups: Vec<String>,
}

/// A rule that would answer, with its match.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub rule: &'a Rule,
    /// As in [`Hit`].
    pub keyword: Option<usize>,
}

impl Candidate<'_> {
    /// The keyword as typed; empty if there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.keyword.and_then(|at| self.rule.keywords.get(at)).map_or("", |k| k.text.as_str())
    }

    /// The match type; `None`: there is no keyword.
    #[must_use]
    pub fn matching(&self) -> Option<MatchType> {
        self.keyword.and_then(|at| self.rule.keywords.get(at)).map(|k| k.matching)
    }
}

/// The enabled rules of one owner.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    said: Index,
    tapped: Index,
    scanned: Index,
    sent: Index,
    follow: Option<usize>,
    default: Option<usize>,
    expression_bytes: usize,
}

impl RuleSet {
    /// Builds the set of an owner's rules; disabled ones are left out.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self::of(rules.into_iter().map(Arc::new).collect())
    }

    /// The same for rules shared with another rule set. Takes half a second for 100,000 of them.
    #[must_use]
    pub fn of(mut rules: Vec<Arc<Rule>>) -> Self {
        rules.retain(|rule| rule.is_enabled);
        rules.sort_by_key(|r| (Reverse(r.priority), r.id));
        let (mut said, mut tapped) = (Builder::default(), Builder::default());
        let (mut scanned, mut sent) = (Builder::default(), Builder::default());
        let (mut follow, mut default) = (None, None);
        for (at, rule) in rules.iter().enumerate() {
            match rule.cause {
                TriggerKind::Follow => follow = follow.or(Some(at)),
                TriggerKind::Default => default = default.or(Some(at)),
                // Without a keyword it would answer everything.
                TriggerKind::Keyword if rule.keywords.is_empty() => {}
                TriggerKind::Keyword => said.add(at, rule),
                TriggerKind::Menu => tapped.add(at, rule),
                TriggerKind::Scan => scanned.add(at, rule),
                TriggerKind::Kind => sent.add(at, rule),
            }
        }
        let (said, tapped, scanned, sent) = (said.build(), tapped.build(), scanned.build(), sent.build());
        let keywords = rules.iter().flat_map(|rule| &rule.keywords);
        let expressions = keywords.filter(|keyword| keyword.matching == MatchType::Regex);
        let expression_bytes = expressions.map(|keyword| pattern::weight(&keyword.text)).sum();
        Self { rules, said, tapped, scanned, sent, follow, default, expression_bytes }
    }

    /// The approximate bytes of its compiled expressions. Everything else is about as large as in the database.
    #[must_use]
    pub fn expression_bytes(&self) -> usize {
        self.expression_bytes
    }

    /// The rules in order: higher priority first, then older.
    #[must_use]
    pub fn rules(&self) -> &[Arc<Rule>] {
        &self.rules
    }

    /// Number of rules.
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

    /// The same among the rules and keywords that `may` accepts; `None` is a rule without keywords.
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

    /// Every rule that would answer, each with its best keyword, in order: the first is the result of
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

    /// The rules that do not answer a text, but would if a keyword of theirs matched it as a part: each with its longest such keyword,
    /// the longest first. At most `most` of them.
    #[must_use]
    pub fn nearly(&self, folded: &Folded<'_>, most: usize) -> Vec<Candidate<'_>> {
        let (mut matching, mut parts) = (All(Vec::new()), All(Vec::new()));
        self.said.look(folded, &mut matching);
        self.said.look_for_parts(folded, &mut parts);
        let answering: HashSet<usize> = matching.0.iter().map(Entry::rule).collect();
        let mut found: Vec<Candidate<'_>> = parts
            .0
            .iter()
            .filter(|entry| !answering.contains(&entry.rule()))
            .filter_map(|entry| Some(Candidate { rule: self.rules.get(entry.rule())?, keyword: entry.keyword() }))
            .collect();
        found.sort_by_key(|candidate| Reverse(candidate.text().len()));
        let mut seen = HashSet::new();
        found.retain(|candidate| seen.insert(candidate.rule.id));
        found.truncate(most);
        found
    }

    /// The rules that decide about this message if `rule` takes the place of the rule with its id: those of the highest ranks that match,
    /// and those that answer without a keyword.
    #[must_use]
    pub fn around(&self, on: Occasion, folded: &Folded<'_>, rule: Rule) -> Self {
        let found = self.candidates(on, folded, MOST_AROUND).into_iter().map(|candidate| candidate.rule);
        let others = found.chain(self.on_follow()).chain(self.on_nothing()).filter(|other| other.id != rule.id);
        let mut rules: Vec<Rule> = others.cloned().collect();
        rules.push(rule);
        rules.dedup_by_key(|rule| rule.id);
        Self::new(rules)
    }

    /// The rule for new followers.
    #[must_use]
    pub fn on_follow(&self) -> Option<&Rule> {
        self.follow.and_then(|i| self.rules.get(i)).map(AsRef::as_ref)
    }

    /// The default rule.
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

/// Collects the highest rank that is accepted.
struct Best<F> {
    found: Option<Entry>,
    may: F,
}

impl<F: Fn(&Entry) -> bool> Look for Best<F> {
    fn wants(&self, rank: Rank) -> bool {
        self.found.is_none_or(|best| rank < best.rank)
    }

    fn see(&mut self, entries: Chain<'_>) {
        // Nearly always the first one: entries are in order of their ranks.
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

/// Collects all entries.
struct All(Vec<Entry>);

/// The most collected entries, so that a message of one letter does not fill the memory.
const MOST_KEPT: usize = 10_000;

impl Look for All {
    fn wants(&self, _: Rank) -> bool {
        true
    }

    fn see(&mut self, entries: Chain<'_>) {
        if self.0.len() >= MOST_KEPT {
            // The answer must be among the collected entries.
            self.0.sort_by_key(|entry| entry.rank);
            self.0.dedup_by_key(|entry| entry.rank);
            self.0.truncate(MOST_KEPT / 2);
        }
        self.0.extend(entries);
    }
}

#[cfg(test)]
pub(super) mod tests;
