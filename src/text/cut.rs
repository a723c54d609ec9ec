//! Cuts texts between what people see as one character: a family emoji, ❤️, a flag or a letter with its accent are several
//! characters of Unicode (UAX 29, extended grapheme clusters).

use unicode_segmentation::GraphemeCursor;

/// The beginning of a text: at most `most` characters. Half of a combined character only if it is longer than that by itself.
#[must_use]
pub fn chars(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        Some((at, _)) => &text[..last_boundary(text, at).unwrap_or(at)],
        None => text,
    }
}

/// The same, at most `most` bytes.
#[must_use]
pub fn bytes(text: &str, most: usize) -> &str {
    if text.len() <= most {
        return text;
    }
    &text[..last_boundary(text, most).unwrap_or_else(|| text.floor_char_boundary(most))]
}

/// What is seen as the first character of a text: a whole emoji, a letter with its accents. Empty for an empty text.
#[must_use]
pub fn first(text: &str) -> &str {
    let next = GraphemeCursor::new(0, text.len(), true).next_boundary(text, 0);
    next.ok().flatten().map_or("", |end| &text[..end])
}

/// The beginning of a text with an ellipsis if something is missing: at most `most` characters and the ellipsis.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    let head = chars(text, most);
    if head.len() == text.len() { head.to_owned() } else { format!("{head}…") }
}

/// True if a text may be cut at this position.
#[must_use]
pub fn is_boundary(text: &str, at: usize) -> bool {
    text.is_char_boundary(at) && GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

/// The last position up to `at` where a text may be cut, except its beginning.
#[must_use]
pub fn last_boundary(text: &str, at: usize) -> Option<usize> {
    let at = text.floor_char_boundary(at);
    if at == 0 || is_boundary(text, at) {
        return Some(at).filter(|at| *at > 0);
    }
    let before = GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0);
    before.unwrap_or(Some(at)).filter(|at| *at > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;

    #[test]
    fn what_is_seen_as_one_character_stays_whole() {
        for whole in ["👨‍👩‍👧", "❤️", "👍🏽", "🇨🇳", "e\u{301}", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "한"]
        {
            let text = format!("ab{whole}c");
            let end = 2 + whole.chars().count();
            for most in 2..end {
                assert_eq!(chars(&text, most), "ab", "{whole} {most}");
            }
            assert_eq!(chars(&text, end), format!("ab{whole}"));
            assert_eq!(bytes(&text, 1 + whole.len()), "ab");
            assert_eq!(shown(&text, end), format!("ab{whole}…"));
            assert_eq!((first(&text), first(&text[2..])), ("a", whole));
            // Nothing else fits.
            assert_eq!(chars(whole, 1).chars().count(), 1);
        }
        assert_eq!(first(""), "");
        assert_eq!((chars("", 0), bytes("你", 2), shown("你好", 2)), ("", "", "你好".to_owned()));
    }

    proptest! {
        #[test]
        fn a_cut_is_between_clusters(text in "([a-z]|👨‍👩‍👧|❤️|🇨🇳|\u{301}|\u{200d}|你|\r\n){0,20}", most in 0..40_usize) {
            let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, cluster)| at + cluster.len()).collect();
            for cut in [chars(&text, most), bytes(&text, most)] {
                prop_assert!(text.starts_with(cut));
                let is_first = ends.first().is_none_or(|first| cut.len() <= *first);
                prop_assert!(is_first || ends.contains(&cut.len()), "{:?} {:?}", text, cut);
            }
        }
    }
}
