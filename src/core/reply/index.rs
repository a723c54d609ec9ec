//! Keywords of many rules, ready to be found in a message.
//!
//! Cost grows with the message and with what matches in it, not with the number of rules: one trie for keywords that a message is
//! or begins with, one for those that it contains. The pass through the latter finds the texts without which an expression cannot
//! match as well: only those expressions are tried, and the few that need no text.

use super::{Matching, Rule, fold::Folded, pattern, trie::Trie};
use regex::Regex;
use std::collections::HashMap;

/// No entry.
const NONE: u32 = u32::MAX;
/// In an entry: the rule has no keyword and answers whatever comes.
const NO_KEYWORD: u16 = u16::MAX;
/// The rank of a rule without keywords: behind every way of matching.
const ANY: u8 = 4;

/// Who answers first: higher priority, then exact before starts-with before contains before regex before no keyword, then the
/// older rule. In one number, the lowest first: priority, way, and the rule's place in its book, where the older of equals stands
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank(u64);

impl Rank {
    fn new(priority: i64, way: u8, rule: u32) -> Self {
        let above = u16::try_from(i64::from(i16::MAX).saturating_sub(priority).clamp(0, i64::from(u16::MAX)));
        Self((u64::from(above.unwrap_or(u16::MAX)) << 40) | (u64::from(way) << 32) | u64::from(rule))
    }

    fn is_expression(self) -> bool {
        (self.0 >> 32) & 0xff == Matching::Regex as u64
    }
}

/// One keyword of one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub rank: Rank,
    keyword: u16,
    /// The next entry with the same keyword and way of matching, of lower rank.
    next: u32,
}

impl Entry {
    /// Where the rule stands in its book.
    pub fn rule(&self) -> usize {
        usize::try_from(self.rank.0 & u64::from(u32::MAX)).unwrap_or(usize::MAX)
    }

    /// Which of the rule's keywords; None: it has none.
    pub fn keyword(&self) -> Option<usize> {
        (self.keyword != NO_KEYWORD).then_some(usize::from(self.keyword))
    }
}

/// A text that messages begin with: keywords that it is the whole of, and the beginning of.
#[derive(Debug, Clone, Copy)]
struct Begun {
    exact: u32,
    prefix: u32,
}

/// A contained text: keywords that it is, and expressions that need it.
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

/// Who looks at what was found.
pub(super) trait Look {
    /// False where nothing of this rank or below is of interest any more.
    fn wants(&self, rank: Rank) -> bool;
    /// These match, the highest rank first.
    fn see(&mut self, entries: Chain<'_>);
}

/// Entries with the same keyword and way of matching, the highest rank first.
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

/// Keywords of one kind of rules.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Entry>,
    begun: Option<(Trie, Vec<Begun>)>,
    contained: Option<(Trie, Vec<Found>)>,
    /// In the order of their ranks.
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

/// An index on its way.
#[derive(Debug, Default)]
pub(super) struct Builder {
    index: Index,
    begun: HashMap<Box<str>, Begun>,
    contained: HashMap<Box<str>, Found>,
    expressions: Vec<(Rank, Expression, Option<String>)>,
}

impl Builder {
    /// Adds a rule. Rules come in the order of their ranks: higher priority, then older.
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
                Matching::Exact => {
                    let folded = folded();
                    let mut begun = self.begun.get(&folded).copied().unwrap_or_default();
                    begun.exact = self.chained(begun.exact, entry);
                    self.begun.insert(folded, begun);
                }
                Matching::Prefix => {
                    let folded = folded();
                    let mut begun = self.begun.get(&folded).copied().unwrap_or_default();
                    begun.prefix = self.chained(begun.prefix, entry);
                    self.begun.insert(folded, begun);
                }
                Matching::Contains => {
                    let folded = folded();
                    let head = self.chained(self.contained.get(&folded).map_or(NONE, |found| found.head), entry);
                    self.contained.entry(folded).or_default().head = head;
                }
                // Refused when it was saved; what an older version let in does not stop the others.
                Matching::Regex => {
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

    /// Puts an entry behind those that begin at `head`, and gives the new beginning.
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
    /// Shows everything in a message that matches.
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

    /// What the groups of an entry's expression caught, in letters as they were typed; empty for the other ways of matching.
    pub fn groups(&self, entry: Entry, folded: &Folded<'_>) -> Vec<String> {
        let is_it = |e: &&Expression| {
            self.chain(e.entry).next().is_some_and(|found| found.rank == entry.rank && found.keyword == entry.keyword)
        };
        let expression = if entry.rank.is_expression() { self.expressions.iter().find(is_it) } else { None };
        let Some(Expression { regex, .. }) = expression else { return Vec::new() };
        // Case does not count, so what matches the folded message matches the typed one; but for letters without a simple pair.
        let typed = folded.typed_forms();
        let caught = typed.iter().map(String::as_str).chain(folded.forms()).find_map(|form| regex.captures(form));
        let Some(caught) = caught else { return Vec::new() };
        caught.iter().skip(1).map(|g| g.map_or_else(String::new, |g| g.as_str().to_owned())).collect()
    }
}
