//! Two versions of a text side by side, with the words that differ marked.

use leptos::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

/// The most comparisons of words; beyond it the whole middle counts as changed.
const MOST_COMPARISONS: usize = 250_000;

/// A piece of a text: in both versions, or in this one only.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    is_changed: bool,
}

/// Both versions of a text: what was removed is marked in the first, what was added in the second.
#[must_use]
pub fn text_diff(before: &str, after: &str) -> (AnyView, AnyView) {
    let (old, new) = compare(before, after);
    let deleted = |text: String| view! { <del>{text}</del> }.into_any();
    let inserted = |text: String| view! { <ins>{text}</ins> }.into_any();
    (shown(old, deleted), shown(new, inserted))
}

fn shown(pieces: Vec<Piece>, mark: impl Fn(String) -> AnyView) -> AnyView {
    let pieces =
        pieces.into_iter().map(|piece| if piece.is_changed { mark(piece.text) } else { piece.text.into_any() });
    pieces.collect_view().into_any()
}

fn compare(before: &str, after: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (words(before), words(after));
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    let (old_kept, new_kept) = common(old_middle, new_middle);
    let whole = |words: &[&str], kept: Vec<bool>| {
        let ends = |n: usize| std::iter::repeat_n(true, n);
        joined(words, ends(start).chain(kept).chain(ends(end)))
    };
    (whole(&old, old_kept), whole(&new, new_kept))
}

/// Neighbouring words with the same mark become one piece.
fn joined(words: &[&str], kept: impl Iterator<Item = bool>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (word, is_kept) in words.iter().zip(kept) {
        match pieces.last_mut() {
            Some(last) if last.is_changed != is_kept => last.text.push_str(word),
            _ => pieces.push(Piece { text: (*word).to_owned(), is_changed: !is_kept }),
        }
    }
    pieces
}

/// Which words of both are in their longest common subsequence.
fn common(old: &[&str], new: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let (mut old_kept, mut new_kept) = (vec![false; old.len()], vec![false; new.len()]);
    if old.len().saturating_mul(new.len()) > MOST_COMPARISONS {
        return (old_kept, new_kept);
    }
    // The length of the longest common subsequence of the rests from each pair of positions.
    let width = new.len() + 1;
    let mut lengths = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1] + 1
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            (old_kept[i], new_kept[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (old_kept, new_kept)
}

/// The words of a text: letters and digits of other scripts stay together, Han characters and signs stand alone.
fn words(text: &str) -> Vec<&str> {
    let is_joined = |c: char| c.is_alphanumeric() && !('\u{2e80}'..='\u{9fff}').contains(&c);
    let (mut found, mut start) = (Vec::new(), 0);
    let mut before: Option<char> = None;
    // Never inside of 👨‍👩‍👧.
    for (at, cluster) in text.grapheme_indices(true) {
        let c = cluster.chars().next().unwrap_or_default();
        if before.is_some_and(|before| !(is_joined(before) && is_joined(c))) {
            found.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    found.extend((start < text.len()).then(|| &text[start..]));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(before: &str, after: &str) -> (String, String) {
        let marked = |pieces: Vec<Piece>| {
            let one = |piece: Piece| if piece.is_changed { format!("[{}]", piece.text) } else { piece.text };
            pieces.into_iter().map(one).collect::<String>()
        };
        let (old, new) = compare(before, after);
        (marked(old), marked(new))
    }

    #[test]
    fn only_the_words_that_differ_are_marked() {
        let (old, new) = marked("会员 88 折。想问哪一本？", "会员 85 折，周三再减 5 元。想问哪一本？");
        assert_eq!(old, "会员 [88] 折。想问哪一本？");
        assert_eq!(new, "会员 [85] 折[，周三再减 5 元]。想问哪一本？");
        assert_eq!(marked("open Monday", "open Mondays"), ("open [Monday]".into(), "open [Mondays]".into()));
        assert_eq!(marked("", "新"), (String::new(), "[新]".into()));
        assert_eq!(marked("👨‍👩‍👧好", "👨‍👩‍👦好"), ("[👨‍👩‍👧]好".into(), "[👨‍👩‍👦]好".into()));
        assert_eq!(marked("same", "same"), ("same".into(), "same".into()));
    }

    #[test]
    fn a_text_is_kept_whole_however_long_it_is() {
        let (old, new) = ("旧".repeat(2_000), "新".repeat(2_000));
        let (left, right) = marked(&format!("头{old}尾"), &format!("头{new}尾"));
        assert_eq!((left, right), (format!("头[{old}]尾"), format!("头[{new}]尾")));
    }
}
