//! Folding of messages and keywords for comparison: ignores width, case, spaces and invisible characters, and closing punctuation
//! if a text is compared as a whole.

use origin::Traced;
use std::ops::Range;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

mod origin;

/// Punctuation that people add or leave out at the end. Applied after width folding, so only narrow forms are listed
/// where they exist.
fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | '!' | '?' | ';' | ':' | '~' | '。' | '、' | '…' | '～')
}

/// Invisible characters that come along when text is copied from pages and documents, or that only choose a glyph's style: soft
/// hyphen, joiners, direction marks, variation selectors, byte order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// Folds a text that is compared as a whole: a message, or an exact keyword. A text of closing punctuation only stays
/// unchanged: `？` may be a keyword.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut whole = fold_part(text);
    whole.truncate(bare_of(&whole).len());
    whole
}

/// Folds a text that messages begin with or contain: its closing punctuation counts, because text may follow it.
#[must_use]
pub fn fold_part(text: &str) -> String {
    if is_nfkc(text) {
        return spaced(text.len(), visible(text).flat_map(char::to_lowercase));
    }
    spaced(text.len(), visible(text).nfkc().flat_map(char::to_lowercase))
}

/// The same without changing case.
fn narrowed(text: &str) -> String {
    spaced(text.len(), visible(text).nfkc())
}

/// True if the visible characters are normalized already, as most messages are: checking costs a fraction of normalizing.
fn is_nfkc(text: &str) -> bool {
    is_nfkc_quick(visible(text)) == IsNormalized::Yes
}

fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !is_invisible(*c))
}

/// Drops control characters and white space at both ends, and makes one space of each other run of white space. `bytes`: the expected
/// length.
fn spaced(bytes: usize, chars: impl Iterator<Item = char>) -> String {
    let (mut text, mut is_gap) = (String::with_capacity(bytes), false);
    for c in chars {
        if c.is_whitespace() {
            is_gap = !text.is_empty();
        } else if !c.is_control() {
            if std::mem::take(&mut is_gap) {
                text.push(' ');
            }
            text.push(c);
        }
    }
    text
}

/// A folded text without closing punctuation; unchanged if it has nothing else.
fn bare_of(whole: &str) -> &str {
    let bare = whole.trim_end_matches(|c| is_closing(c) || c == ' ');
    if bare.is_empty() { whole } else { bare }
}

/// A folded message: with and without closing punctuation.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    typed: &'a str,
    whole: String,
    bare_bytes: usize,
}

impl<'a> Folded<'a> {
    /// Folds a message.
    #[must_use]
    pub fn new(typed: &'a str) -> Self {
        let whole = fold_part(typed);
        let bare_bytes = bare_of(&whole).len();
        Self { typed, whole, bare_bytes }
    }

    /// The text for comparison as a whole: the result of [`fold`].
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.whole[..self.bare_bytes]
    }

    /// The text to search for keywords: with closing punctuation. Begins with [`bare`](Self::bare).
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// The two forms of the message that an expression may match, the preferred one first: closing punctuation counts only for an
    /// expression that requires it.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        let whole = (self.bare_bytes < self.whole.len()).then_some(self.whole());
        std::iter::once(self.bare()).chain(whole)
    }

    /// The parts of the message as typed that `found` finds in a form of it: first in the forms with the original case, then in
    /// [`forms`](Self::forms). A part that was not found is empty.
    pub fn parts(&self, found: impl Fn(&str) -> Option<Vec<Option<Range<usize>>>>) -> Option<Vec<String>> {
        let traced =
            [Traced::new(self.typed, narrowed(self.typed), false), Traced::new(self.typed, self.whole.clone(), true)];
        traced.iter().find_map(|traced| {
            let bare = bare_of(&traced.text).len();
            let parts = [bare, traced.text.len()].into_iter().find_map(|end| found(&traced.text[..end]))?;
            let original =
                |part: Option<Range<usize>>| part.map_or_else(String::new, |part| traced.original(part).to_owned());
            Some(parts.into_iter().map(original).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_spaces_and_closing_marks_do_not_count() {
        for same in ["hello", "Ｈｅｌｌｏ！", "  HELLO ", "hello。", "Hello！？", "hello…", "hello ! ?"] {
            assert_eq!(fold(same), "hello", "{same}");
        }
        assert_eq!(fold("你好  　世界"), "你好 世界");
        assert_eq!(fold("我想查价格？"), "我想查价格");
    }

    #[test]
    fn a_text_of_marks_only_is_kept() {
        assert_eq!(fold("？？"), "??");
        assert_eq!(fold(" "), "");
    }

    #[test]
    fn closing_marks_are_part_of_what_more_may_follow() {
        assert_eq!((fold_part("查："), fold_part("Go！"), fold_part(" ？ ")), ("查:".into(), "go!".into(), "?".into()));
        let folded = Folded::new("多少钱？！");
        assert_eq!((folded.bare(), folded.whole()), ("多少钱", "多少钱?!"));
        assert_eq!(folded.bare(), fold("多少钱？！"));
        assert_eq!(Folded::new("？").bare(), "?");
    }

    #[test]
    fn parts_are_as_they_were_typed() {
        let after = |message: &str, prefix: &str| {
            let of = |form: &str| Some(vec![form.find(prefix).map(|at| at + prefix.len()..form.len()), None]);
            let parts = Folded::new(message).parts(|form| of(form).filter(|parts| parts[0].is_some())).unwrap();
            assert_eq!(parts[1], "");
            parts[0].clone()
        };
        for typed in [
            "👨‍👩‍👧",
            "我❤️你",
            "Ｗeida  ２０２５",
            "Straße ＩＤ",
            "㎏",
            "👍🏽🇨🇳",
            "a\u{200b}b",
            "e\u{301}é",
            "ﬁn",
            "1️⃣",
            "한국",
        ] {
            assert_eq!(after(&format!("我要 {typed}"), "我要 "), typed);
            assert_eq!(after(&format!("  我要\t　{typed} ！"), "我要 "), typed);
        }
        // What is seen as one character belongs to the part with its beginning.
        assert_eq!(after("我要👨‍👩‍👧", "我要👨"), "");
        assert_eq!(after("我要👨‍👩‍👧了", "我要👨"), "了");
        assert_eq!(after("ＨＥＬＬＯ Ｗorld", "hello "), "Ｗorld");
        // An accent that folding moves to another letter has no origin of its own.
        assert_eq!(after("我要e\u{200b}\u{301}", "我要"), "é");
    }

    #[test]
    fn what_cannot_be_seen_does_not_count() {
        for same in
            ["价格", "价\u{200b}格", "\u{feff}价格", "价格\u{200e}\u{ad}", "价格\u{fe0f}！\u{2060}", "价\u{200d}格"]
        {
            assert_eq!(fold(same), "价格", "{same:?}");
        }
        assert_eq!(fold("❤\u{fe0f}"), fold("❤"));
        assert_eq!(fold("\u{200b}\u{feff}"), "");
    }
}
