//! An owner's rules, ready to answer: made once from the database, then only read.
//!
//! Four indexes, one a way of matching; the best candidate of each is compared at the end. Cost grows with the message and with
//! what matches in it, not with the number of rules: a hash for exact keywords, one look-up a character for prefixes, one pass of
//! Aho-Corasick for contained ones, one of a `RegexSet` (linear time) for expressions.

use super::{Cause, Matching, Rule, fold::fold};
use aho_corasick::AhoCorasick;
use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use std::{cmp::Reverse, collections::HashMap};

/// Compiled size of one expression, in bytes. `\w{100}{100}` and its kin are refused by it.
const REGEX_MAX_BYTES: usize = 256 * 1024;
/// Compiled size of all expressions of an owner.
const REGEXES_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Who answers first: higher priority, then exact before starts-with before contains before regex, then the older rule.
type Rank = (Reverse<i64>, Matching, i64);

/// One keyword of one rule.
#[derive(Debug, Clone, Copy)]
struct Entry {
    rank: Rank,
    rule: usize,
    keyword: usize,
}

/// The rule that answers, and why.
#[derive(Debug)]
pub struct Hit<'a> {
    pub rule: &'a Rule,
    /// Which of its keywords.
    pub keyword: usize,
    /// What the groups of an expression caught, the first one first; empty for the other ways of matching.
    pub groups: Vec<String>,
}

/// The enabled rules of one owner.
#[derive(Debug, Default)]
pub struct Book {
    rules: Vec<Rule>,
    exact: HashMap<String, Entry>,
    prefix: HashMap<String, Entry>,
    /// Characters of the longest prefix.
    prefix_max_chars: usize,
    contains: Option<(AhoCorasick, Vec<Entry>)>,
    regex: Option<(RegexSet, Vec<(Entry, Regex)>)>,
    follow: Option<usize>,
    default: Option<usize>,
}

/// Compiles one expression as the engine does.
///
/// # Errors
/// It cannot be read, or compiles to more than 256 KiB.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(REGEX_MAX_BYTES)
        .dfa_size_limit(REGEX_MAX_BYTES)
        .build()
}

impl Book {
    /// Reads an owner's rules; those that are off are left out.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        let mut rules: Vec<Rule> = rules.into_iter().filter(|r| r.is_enabled).collect();
        rules.sort_by_key(|r| (Reverse(r.priority), r.id));
        let mut book = Self::default();
        let (mut contained, mut patterns) = (Keywords::default(), Vec::new());
        for (index, rule) in rules.iter().enumerate() {
            match rule.cause {
                Cause::Follow => book.follow = book.follow.or(Some(index)),
                Cause::Default => book.default = book.default.or(Some(index)),
                Cause::Keyword => book.enter(index, rule, &mut contained, &mut patterns),
            }
        }
        book.rules = rules;
        book.contains = contained.compile();
        book.regex = compile_all(patterns);
        book
    }

    fn enter(&mut self, index: usize, rule: &Rule, contained: &mut Keywords, patterns: &mut Vec<(Entry, Regex)>) {
        for (at, keyword) in rule.keywords.iter().enumerate() {
            let entry = Entry { rank: (Reverse(rule.priority), keyword.matching, rule.id), rule: index, keyword: at };
            let folded = fold(&keyword.text);
            match keyword.matching {
                Matching::Exact => keep_best(&mut self.exact, folded, entry),
                Matching::Prefix => {
                    self.prefix_max_chars = self.prefix_max_chars.max(folded.chars().count());
                    keep_best(&mut self.prefix, folded, entry);
                }
                Matching::Contains => contained.add(folded, entry),
                // Refused when it was saved; what an older version let in does not stop the others.
                Matching::Regex => patterns.extend(compile(&keyword.text).ok().map(|regex| (entry, regex))),
            }
        }
    }

    /// The keyword rule that answers a folded message.
    #[must_use]
    pub fn answer(&self, folded: &str) -> Option<Hit<'_>> {
        let exact = self.exact.get(folded).copied();
        let best = [exact, self.prefix_of(folded), self.contained_in(folded), self.expression_for(folded)]
            .into_iter()
            .flatten()
            .min_by_key(|e| e.rank)?;
        let groups = if best.rank.1 == Matching::Regex { self.groups(best, folded) } else { Vec::new() };
        Some(Hit { rule: self.rules.get(best.rule)?, keyword: best.keyword, groups })
    }

    fn prefix_of(&self, folded: &str) -> Option<Entry> {
        let ends = folded.char_indices().map(|(at, c)| at + c.len_utf8()).take(self.prefix_max_chars);
        ends.filter_map(|end| self.prefix.get(&folded[..end])).copied().min_by_key(|e| e.rank)
    }

    fn contained_in(&self, folded: &str) -> Option<Entry> {
        let (automaton, entries) = self.contains.as_ref()?;
        let found = automaton.find_overlapping_iter(folded).map(|m| entries[m.pattern().as_usize()]);
        found.min_by_key(|e| e.rank)
    }

    fn expression_for(&self, folded: &str) -> Option<Entry> {
        let (set, entries) = self.regex.as_ref()?;
        set.matches(folded).into_iter().map(|at| entries[at].0).min_by_key(|e| e.rank)
    }

    fn groups(&self, hit: Entry, folded: &str) -> Vec<String> {
        let entries = self.regex.as_ref().map(|(_, entries)| entries.as_slice()).unwrap_or_default();
        let regex =
            entries.iter().find(|(e, _)| e.rule == hit.rule && e.keyword == hit.keyword).map(|(_, regex)| regex);
        let caught = regex.and_then(|regex| regex.captures(folded));
        caught
            .map(|caught| {
                caught.iter().skip(1).map(|g| g.map_or_else(String::new, |g| g.as_str().to_owned())).collect()
            })
            .unwrap_or_default()
    }

    /// The rule for new followers.
    #[must_use]
    pub fn on_follow(&self) -> Option<&Rule> {
        self.follow.and_then(|i| self.rules.get(i))
    }

    /// The rule for what nothing else answers.
    #[must_use]
    pub fn on_nothing(&self) -> Option<&Rule> {
        self.default.and_then(|i| self.rules.get(i))
    }
}

fn keep_best(index: &mut HashMap<String, Entry>, key: String, entry: Entry) {
    let kept = index.entry(key).or_insert(entry);
    if entry.rank < kept.rank {
        *kept = entry;
    }
}

/// Contained keywords on their way into one automaton: each text once, with its best rule.
#[derive(Default)]
struct Keywords(HashMap<String, Entry>);

impl Keywords {
    fn add(&mut self, folded: String, entry: Entry) {
        keep_best(&mut self.0, folded, entry);
    }

    fn compile(self) -> Option<(AhoCorasick, Vec<Entry>)> {
        if self.0.is_empty() {
            return None;
        }
        let (texts, entries): (Vec<String>, Vec<Entry>) = self.0.into_iter().unzip();
        AhoCorasick::new(texts).ok().map(|automaton| (automaton, entries))
    }
}

fn compile_all(patterns: Vec<(Entry, Regex)>) -> Option<(RegexSet, Vec<(Entry, Regex)>)> {
    if patterns.is_empty() {
        return None;
    }
    let texts = patterns.iter().map(|(_, regex)| regex.as_str());
    let set = RegexSetBuilder::new(texts).case_insensitive(true).size_limit(REGEXES_MAX_BYTES).build().ok()?;
    Some((set, patterns))
}

#[cfg(test)]
mod tests;
