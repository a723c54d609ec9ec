//! Where the characters of a folded text come from: folding is for comparison, what is shown is the text as typed.

use super::is_invisible;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// A folded text that knows the origin of its characters.
#[derive(Debug)]
pub(super) struct Traced<'a> {
    typed: &'a str,
    pub(super) text: String,
    /// For each character of the text its position, and the bytes of `typed` that it comes from.
    origins: Vec<(usize, Range<usize>)>,
}

impl<'a> Traced<'a> {
    /// The origins of the characters of `folded`, which is the folded text of `typed`, with its case or in lower case. Characters
    /// that people see as one have one origin.
    pub(super) fn new(typed: &'a str, folded: String, is_lower: bool) -> Self {
        let mut traced = Self { typed, text: String::with_capacity(folded.len()), origins: Vec::new() };
        let mut space: Option<Range<usize>> = None;
        for (at, cluster) in typed.grapheme_indices(true) {
            let from = at..at + cluster.len();
            for c in cluster.chars().filter(|c| !is_invisible(*c)).nfkc() {
                if c.is_whitespace() {
                    space = Some(space.map_or(from.start, |space| space.start)..from.end);
                } else if !c.is_control() {
                    if let Some(space) = space.take().filter(|_| !traced.text.is_empty()) {
                        traced.push(' ', space);
                    }
                    let is_kept = !is_lower;
                    let forms = c.to_lowercase().filter(|_| is_lower).chain(is_kept.then_some(c));
                    forms.for_each(|form| traced.push(form, from.clone()));
                }
            }
        }
        // Folding the whole may join what stands in two clusters, such as an accent behind an invisible character.
        if traced.text == folded { traced } else { Self { typed, text: folded, origins: Vec::new() } }
    }

    fn push(&mut self, c: char, from: Range<usize>) {
        self.origins.push((self.text.len(), from));
        self.text.push(c);
    }

    /// What was typed where the folded text has this part; what people see as one character belongs to the part with its beginning.
    /// The part itself if its origin is not known.
    pub(super) fn original(&self, part: Range<usize>) -> &str {
        if part.is_empty() || self.origins.is_empty() {
            return &self.text[part];
        }
        let first = self.origins.partition_point(|(at, _)| *at < part.start);
        let end = self.origins.partition_point(|(at, _)| *at < part.end);
        let before = first.checked_sub(1).map(|before| &self.origins[before].1);
        let own = self.origins[first..end].iter().map(|(_, from)| from).find(|from| Some(*from) != before);
        own.map_or("", |from| &self.typed[from.start..self.origins[end - 1].1.end])
    }
}
