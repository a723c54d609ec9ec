//! An index of the keywords of many rules, for finding them in a message.
//!
//! Cost grows with the message and its matches, not with the number of rules: one trie for exact and starts-with keywords, one
//! for contained keywords. The pass through the latter also finds the literal texts that expressions require: only expressions
//! whose text occurs are tried, and the few without such a text.

use super::{MatchType, Rule, pattern, trie::Trie};
use crate::text::fold::Folded;
use regex::Regex;
use std::collections::HashMap;

/// No entry.
const NONE: u32 = u32::MAX;
/// In an entry: the rule has no keyword and answers every message.
const NO_KEYWORD: u16 = u16::MAX;
/// The rank of a rule without keywords: after every match type.
const ANY: u8 = 4;

/// The order of answering: higher priority, then exact before starts-with before contains before regex before no keyword, then
/// the older rule. Encoded in one number, lowest first: priority, match type, and the rule's position in its rule set, where the
/// older of equal rules comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u64);

impl Rank {
    fn new(priority: i64, way: u8, rule: u32) -> Self {
        let above = u16::try_from(i64::from(i16::MAX).saturating_sub(priority).clamp(0, i64::from(u16::MAX)));
        Self((u64::from(above.unwrap_or(u16::MAX)) << 40) | (u64::from(way) << 32) | u64::from(rule))
    }

    fn is_expression(self) -> bool {
        (self.0 >> 32) & 0xff == MatchType::Regex as u64
    }
}

/// One keyword of one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub rank: Rank,
    keyword: u16,
    /// The next entry with the same keyword and match type, of lower rank.
    next: u32,
}

impl Entry {
    /// The rule's position in its rule set.
    pub fn rule(&self) -> usize {
        usize::try_from(self.rank.0 & u64::from(u32::MAX)).unwrap_or(usize::MAX)
    }

    /// The index of the rule's keyword; `None`: it has none.
    pub fn keyword(&self) -> Option<usize> {
        (self.keyword != NO_KEYWORD).then_some(usize::from(self.keyword))
    }
}

/// A text in the trie for beginnings: its exact and its starts-with keywords.
#[derive(Debug, Clone, Copy)]
struct Begun {
    exact: u32,
    prefix: u32,
}

/// A contained text: its keywords, and the expressions that require it.
#[derive(Debug)]
struct Found {
    head: u32,
    gates: Vec<u32>,
}

impl Default for Begun {
    fn default() -> Self {
        Self { exact: NONE, prefix: NONE }
    }
}

impl Default for Found {
    fn default() -> Self {
        Self { head: NONE, gates: Vec::new() }
    }
}

#[derive(Debug)]
struct Expression {
    entry: u32,
    regex: Regex,
}

/// A visitor of matches.
pub(super) trait Look {
    /// False if this rank and lower ones are not of interest any more.
    fn wants(&self, rank: Rank) -> bool;
    /// Visits matching entries, the highest rank first.
    fn see(&mut self, entries: Chain<'_>);
}

/// Entries with the same keyword and match type, the highest rank first.
#[derive(Debug, Clone)]
pub(super) struct Chain<'a> {
    index: &'a Index,
    at: u32,
}

impl Iterator for Chain<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let entry = *self.index.entries.get(usize::try_from(self.at).ok()?)?;
        self.at = entry.next;
        Some(entry)
    }
}

/// The keywords of one kind of rules.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Entry>,
    begun: Option<(Trie, Vec<Begun>)>,
    contained: Option<(Trie, Vec<Found>)>,
    /// In order of their ranks.
    expressions: Vec<Expression>,
    /// A bit for each expression that is always tried.
    ungated: Vec<u64>,
    any: u32,
}

impl Default for Index {
    fn default() -> Self {
        let (entries, expressions, ungated) = (Vec::new(), Vec::new(), Vec::new());
        Self { entries, begun: None, contained: None, expressions, ungated, any: NONE }
    }
}

/// Builds an index.
#[derive(Debug, Default)]
pub(super) struct Builder {
    index: Index,
    begun: HashMap<Box<str>, Begun>,
    contained: HashMap<Box<str>, Found>,
    expressions: Vec<(Rank, Expression, Option<String>)>,
}

impl Builder {
    /// Adds a rule. Rules must come in order of their ranks: higher priority, then older.
    pub fn add(&mut self, at: usize, rule: &Rule) {
        let Ok(at) = u32::try_from(at) else { return };
        if rule.keywords.is_empty() {
            let entry = self.enter(rule, at, NO_KEYWORD, ANY);
            self.index.any = self.chained(self.index.any, entry);
        }
        for (number, keyword) in (0_u16..).zip(&rule.keywords) {
            let entry = self.enter(rule, at, number, keyword.matching as u8);
            let folded = || keyword.folded().into_boxed_str();
            match keyword.matching {
                MatchType::Exact => {
                    let folded = folded();
                    let mut begun = self.begun.get(&folded).copied().unwrap_or_default();
                    begun.exact = self.chained(begun.exact, entry);
                    self.begun.insert(folded, begun);
                }
                MatchType::Prefix => {
                    let folded = folded();
                    let mut begun = self.begun.get(&folded).copied().unwrap_or_default();
                    begun.prefix = self.chained(begun.prefix, entry);
                    self.begun.insert(folded, begun);
                }
                MatchType::Contains => {
                    let folded = folded();
                    let head = self.chained(self.contained.get(&folded).map_or(NONE, |found| found.head), entry);
                    self.contained.entry(folded).or_default().head = head;
                }
                // Invalid ones are refused on saving; one from an older version must not disable the others.
                MatchType::Regex => {
                    if let Ok(regex) = pattern::compile(&keyword.text) {
                        let rank = Rank::new(rule.priority, keyword.matching as u8, at);
                        self.expressions.push((rank, Expression { entry, regex }, pattern::literal(&keyword.text)));
                    }
                }
            }
        }
    }

    fn enter(&mut self, rule: &Rule, at: u32, keyword: u16, way: u8) -> u32 {
        let rank = Rank::new(rule.priority, way, at);
        self.index.entries.push(Entry { rank, keyword, next: NONE });
        u32::try_from(self.index.entries.len() - 1).unwrap_or(NONE)
    }

    /// Appends an entry to the chain at `head`, and returns the chain's new head.
    fn chained(&mut self, head: u32, entry: u32) -> u32 {
        if head == NONE {
            return entry;
        }
        let mut last = head as usize;
        while self.index.entries[last].next != NONE {
            last = self.index.entries[last].next as usize;
        }
        self.index.entries[last].next = entry;
        head
    }

    pub fn build(mut self) -> Index {
        self.expressions.sort_by_key(|(rank, _, _)| *rank);
        self.index.ungated = vec![0; self.expressions.len().div_ceil(64)];
        for (at, (_, expression, literal)) in self.expressions.into_iter().enumerate() {
            match literal {
                Some(text) => {
                    let found = self.contained.entry(text.into_boxed_str()).or_default();
                    found.gates.push(u32::try_from(at).unwrap_or(NONE));
                }
                None => self.index.ungated[at / 64] |= 1 << (at % 64),
            }
            self.index.expressions.push(expression);
        }
        if !self.contained.is_empty() {
            let (texts, found): (Vec<Box<str>>, Vec<Found>) = self.contained.into_iter().unzip();
            self.index.contained = Some((Trie::new(texts.iter().map(AsRef::as_ref)), found));
        }
        if !self.begun.is_empty() {
            let (texts, begun): (Vec<Box<str>>, Vec<Begun>) = self.begun.into_iter().unzip();
            self.index.begun = Some((Trie::new(texts.iter().map(AsRef::as_ref)), begun));
        }
        self.index.entries.shrink_to_fit();
        self.index
    }
}

impl Index {
    /// Visits everything that matches a message.
    pub fn look(&self, folded: &Folded<'_>, look: &mut impl Look) {
        let (whole, bare_bytes) = (folded.whole(), folded.bare().len());
        if let Some((trie, begun)) = &self.begun {
            trie.at_start(whole, |number, bytes| {
                let begun = begun[number as usize];
                look.see(self.chain(begun.prefix));
                if bytes == bare_bytes {
                    look.see(self.chain(begun.exact));
                }
            });
        }
        let mut due = self.ungated.clone();
        if let Some((trie, found)) = &self.contained {
            trie.anywhere(whole, |number| {
                let found = &found[number as usize];
                look.see(self.chain(found.head));
                for gate in &found.gates {
                    due[*gate as usize / 64] |= 1 << (gate % 64);
                }
            });
        }
        self.try_expressions(folded, &due, look);
        look.see(self.chain(self.any));
    }

    /// Visits the exact and starts-with keywords that stand anywhere in a message: those that match, and those that would if it were
    /// enough to contain them.
    pub fn look_for_parts(&self, folded: &Folded<'_>, look: &mut impl Look) {
        let Some((trie, begun)) = &self.begun else { return };
        for (from, _) in folded.whole().char_indices() {
            trie.at_start(&folded.whole()[from..], |number, _| {
                let begun = begun[number as usize];
                look.see(self.chain(begun.exact));
                look.see(self.chain(begun.prefix));
            });
        }
    }

    fn try_expressions(&self, folded: &Folded<'_>, due: &[u64], look: &mut impl Look) {
        for (word, bits) in due.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let at = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(expression) = self.expressions.get(at) else { return };
                let Some(entry) = self.chain(expression.entry).next() else { return };
                if !look.wants(entry.rank) {
                    return;
                }
                if folded.forms().any(|form| expression.regex.is_match(form)) {
                    look.see(self.chain(expression.entry));
                }
            }
        }
    }

    fn chain(&self, at: u32) -> Chain<'_> {
        Chain { index: self, at }
    }

    /// The groups captured by an entry's expression, cut from the message as typed; empty for other match types.
    pub fn groups(&self, entry: Entry, folded: &Folded<'_>) -> Vec<String> {
        let is_it = |e: &&Expression| {
            self.chain(e.entry).next().is_some_and(|found| found.rank == entry.rank && found.keyword == entry.keyword)
        };
        let expression = if entry.rank.is_expression() { self.expressions.iter().find(is_it) } else { None };
        let Some(Expression { regex, .. }) = expression else { return Vec::new() };
        // Case is ignored, so an expression that matches the folded message matches the typed one, except for letters without a
        // simple case pair.
        let groups = |form: &str| Some(regex.captures(form)?.iter().skip(1).map(|g| g.map(|g| g.range())).collect());
        folded.parts(groups).unwrap_or_default()
    }
}
