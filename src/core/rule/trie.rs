//! A trie that finds many texts anywhere in a message or at its beginning.
//!
//! A trie in one hash table, behind a filter of the texts' first two characters that stays in the processor's cache: at a position
//! where no text begins, a lookup costs one filter access, however many texts there are. Otherwise it costs two or three memory
//! accesses: the unshared rest of a text is stored contiguously. (Aho-Corasick was measured first: its automaton of 30,000 texts
//! misses the cache at every character, and the slowest answers took four times as long as with thirty texts.) At worst a position
//! costs the length of the longest text, which is limited.

use std::hash::{BuildHasher as _, RandomState};

/// No text ends here.
const NONE: u32 = u32::MAX;
/// Replaces the second character of a text of one character.
const END: u32 = u32::MAX;
/// In `from`: the step begins a text, by its first two characters.
const FIRST: u32 = 1 << 31;
/// In `to`: no further branches; the rest of the text begins at this byte.
const REST: u32 = 1 << 31;
/// Filter bits per text: one position in three hundred is a false positive.
const FILTER_BITS: usize = 32;

/// A transition from a node by a character to the next node, and the text that ends there.
#[derive(Debug, Clone, Copy)]
struct Step {
    from: u32,
    by: u32,
    to: u32,
    ends: u32,
}

/// An empty slot: no transition leads to the root.
const EMPTY: Step = Step { from: 0, by: 0, to: 0, ends: NONE };

/// A set of texts, each with a number.
#[derive(Debug)]
pub(super) struct Trie {
    filter: Box<[u64]>,
    /// The size is a power of two, and at least half of the slots are empty.
    steps: Box<[Step]>,
    /// Rests of texts, each preceded by its length (two bytes).
    rests: Box<[u8]>,
    /// Random for each trie: users who choose keywords cannot cause collisions.
    seed: u64,
    has_single: bool,
}

/// Transitions before they are inserted into the table.
#[derive(Default)]
struct Steps {
    made: Vec<Step>,
    rests: Vec<u8>,
    nodes: u32,
}

impl Steps {
    /// Adds everything after the node `from`; the texts are sorted, and none is empty.
    fn grow(&mut self, from: u32, texts: &[(&str, u32)]) {
        for group in texts.chunk_by(|(a, _), (b, _)| a.chars().next() == b.chars().next()) {
            let Some(first) = group[0].0.chars().next() else { continue };
            let cut: Vec<(&str, u32)> = group.iter().map(|(text, n)| (&text[first.len_utf8()..], *n)).collect();
            self.step(from, u32::from(first), &cut);
        }
    }

    /// Adds one transition and everything after it.
    fn step(&mut self, from: u32, by: u32, texts: &[(&str, u32)]) {
        if let [(rest, number)] = texts {
            let at = u32::try_from(self.rests.len()).unwrap_or(NONE) | REST;
            self.rests.extend(u16::try_from(rest.len()).unwrap_or(u16::MAX).to_le_bytes());
            self.rests.extend(rest.as_bytes());
            self.made.push(Step { from, by, to: at, ends: *number });
            return;
        }
        self.nodes += 1;
        let to = self.nodes;
        // In sorted order the text that ends here is the first.
        let (ends, longer) = match texts {
            [("", number), longer @ ..] => (*number, longer),
            longer => (NONE, longer),
        };
        self.made.push(Step { from, by, to, ends });
        self.grow(to, longer);
    }
}

impl Trie {
    /// Builds a trie of distinct texts; each one's number is its index. Empty texts are never found.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut texts: Vec<(&str, u32)> = texts.zip(0_u32..).filter(|(text, _)| !text.is_empty()).collect();
        texts.sort_unstable();
        let mut made = Steps::default();
        let mut has_single = false;
        for group in texts.chunk_by(|(a, _), (b, _)| start(a) == start(b)) {
            let (first, second, bytes) = start(group[0].0);
            has_single |= second == END;
            let cut: Vec<(&str, u32)> = group.iter().map(|(text, n)| (&text[bytes..], *n)).collect();
            made.step(first | FIRST, second, &cut);
        }
        let bits = (texts.len() * FILTER_BITS).next_power_of_two().max(64);
        let mut trie = Self {
            filter: vec![0; bits / 64].into_boxed_slice(),
            steps: vec![EMPTY; (2 * made.made.len()).next_power_of_two().max(2)].into_boxed_slice(),
            rests: made.rests.into_boxed_slice(),
            seed: RandomState::new().hash_one(0_u8) | 1,
            has_single,
        };
        for step in made.made {
            if step.from & FIRST != 0 {
                for bit in trie.filter_bits(step.from, step.by) {
                    trie.filter[bit / 64] |= 1 << (bit % 64);
                }
            }
            let at = trie.slot(step.from, step.by);
            trie.steps[at] = step;
        }
        trie
    }

    /// Visits the numbers of all texts that `message` begins with, with their lengths in bytes.
    pub fn at_start(&self, message: &str, mut see: impl FnMut(u32, usize)) {
        if !message.is_empty() {
            self.begin(message, &mut see);
        }
    }

    /// Visits the number of every text in `message`, once per occurrence.
    pub fn anywhere(&self, message: &str, mut see: impl FnMut(u32)) {
        for (at, _) in message.char_indices() {
            self.begin(&message[at..], &mut |number, _| see(number));
        }
    }

    fn begin(&self, message: &str, see: &mut impl FnMut(u32, usize)) {
        let (first, second, bytes) = start(message);
        if second != END && self.may_begin(first, second) {
            self.walk(first | FIRST, second, (message, bytes), see);
        }
        if self.has_single && self.may_begin(first, END) {
            let bytes = message.chars().next().map_or(0, char::len_utf8);
            self.walk(first | FIRST, END, (message, bytes), see);
        }
    }

    fn may_begin(&self, first: u32, second: u32) -> bool {
        self.filter_bits(first | FIRST, second).into_iter().all(|bit| self.filter[bit / 64] >> (bit % 64) & 1 == 1)
    }

    /// Follows the transitions from this one; `bytes` of the message precede it.
    fn walk(&self, mut from: u32, mut by: u32, (message, mut bytes): (&str, usize), see: &mut impl FnMut(u32, usize)) {
        loop {
            let step = self.steps[self.slot(from, by)];
            if step.to == 0 {
                return;
            }
            if step.to & REST != 0 {
                let rest = self.rest((step.to & !REST) as usize);
                if message.as_bytes()[bytes..].starts_with(rest) {
                    see(step.ends, bytes + rest.len());
                }
                return;
            }
            if step.ends != NONE {
                see(step.ends, bytes);
            }
            let Some(next) = message[bytes..].chars().next() else { return };
            (from, by) = (step.to, u32::from(next));
            bytes += next.len_utf8();
        }
    }

    fn rest(&self, at: usize) -> &[u8] {
        let length = usize::from(u16::from_le_bytes([self.rests[at], self.rests[at + 1]]));
        &self.rests[at + 2..at + 2 + length]
    }

    /// The slot of this transition, or the one where it would be.
    fn slot(&self, from: u32, by: u32) -> usize {
        let mask = self.steps.len() - 1;
        let mut at = low(self.hash(from, by) >> 20) & mask;
        loop {
            let step = &self.steps[at];
            if step.to == 0 || (step.from == from && step.by == by) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn filter_bits(&self, from: u32, by: u32) -> [usize; 2] {
        let hash = self.hash(from, by);
        let mask = self.filter.len() * 64 - 1;
        [low(hash >> 36) & mask, low(hash >> 12) & mask]
    }

    fn hash(&self, a: u32, b: u32) -> u64 {
        let mixed = ((u64::from(a) << 32) | u64::from(b)).wrapping_mul(self.seed);
        (mixed ^ (mixed >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// The first two characters of a text, and their length in bytes.
fn start(text: &str) -> (u32, u32, usize) {
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    let bytes = first.map_or(0, char::len_utf8) + second.map_or(0, char::len_utf8);
    (first.map_or(0, u32::from), second.map_or(END, u32::from), bytes)
}

/// The lower half: enough for every table.
fn low(hash: u64) -> usize {
    usize::try_from(hash & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn anywhere(trie: &Trie, message: &str) -> Vec<u32> {
        let mut found = Vec::new();
        trie.anywhere(message, |number| found.push(number));
        found
    }

    #[test]
    fn every_text_is_found_as_often_as_it_is_there() {
        let trie = Trie::new(["价", "价格", "格", "价格表", ""].into_iter());
        assert_eq!(anywhere(&trie, "查价格表价格"), [1, 3, 0, 2, 1, 0, 2]);
        assert!(anywhere(&trie, "").is_empty());
        let mut found = Vec::new();
        trie.at_start("价格贵", |number, bytes| found.push((number, bytes)));
        assert_eq!(found, [(1, 6), (0, 3)]);
        assert!(anywhere(&Trie::new([].into_iter()), "价格").is_empty());
    }

    proptest! {
        #[test]
        fn it_finds_what_is_there(
            texts in prop::collection::btree_set("[ab价😀]{1,4}", 0..20),
            message in "[abc价😀]{0,30}",
        ) {
            let texts: Vec<String> = texts.into_iter().collect();
            let trie = Trie::new(texts.iter().map(String::as_str));
            let mut found: Vec<&str> = anywhere(&trie, &message).into_iter().map(|n| texts[n as usize].as_str()).collect();
            found.sort_unstable();
            found.dedup();
            let expected: Vec<&str> = texts.iter().map(String::as_str).filter(|t| message.contains(t)).collect();
            prop_assert_eq!(found, expected);
            let mut begun = Vec::new();
            trie.at_start(&message, |n, _| begun.push(texts[n as usize].as_str()));
            begun.sort_unstable();
            let expected: Vec<&str> = texts.iter().map(String::as_str).filter(|t| message.starts_with(t)).collect();
            prop_assert_eq!(begun, expected);
        }
    }
}
