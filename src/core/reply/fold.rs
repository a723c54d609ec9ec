//! The form in which messages and keywords are compared: width, case, spaces and what cannot be seen do not count, nor do closing
//! marks where a text is compared as a whole.

use unicode_normalization::UnicodeNormalization as _;

/// Marks that people add or leave out at the end. After width folding, so only the narrow forms of those that have one.
fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | '!' | '?' | ';' | ':' | '~' | '。' | '、' | '…' | '～')
}

/// Characters that nobody sees and nobody types, but that come along with what is copied from pages and documents, or that only
/// choose how a sign is drawn: soft hyphen, joiners, marks of direction, variation selectors, byte order mark.
pub(super) fn is_invisible(c: char) -> bool {
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

/// Folds a text that is compared as a whole: a message, or a keyword that is one. A text of closing marks only stays as it is:
/// `？` may be a keyword.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut whole = fold_part(text);
    whole.truncate(bare_of(&whole).len());
    whole
}

/// Folds a text that messages begin with or contain: its closing marks are part of it, for more may follow them.
#[must_use]
pub fn fold_part(text: &str) -> String {
    spaced(visible(text).nfkc().flat_map(char::to_lowercase))
}

/// The same with letters as they were typed, large or small.
fn narrowed(text: &str) -> String {
    spaced(visible(text).nfkc())
}

fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !is_invisible(*c))
}

fn spaced(chars: impl Iterator<Item = char>) -> String {
    let plain: String = chars.filter(|c| !c.is_control() || c.is_whitespace()).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What of a folded text is left without closing marks; all of it where it has nothing else.
fn bare_of(whole: &str) -> &str {
    let bare = whole.trim_end_matches(|c| is_closing(c) || c == ' ');
    if bare.is_empty() { whole } else { bare }
}

/// A message, folded: with its closing marks and without.
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

    /// What is compared as a whole: what [`fold`] makes of the message.
    #[must_use]
    pub fn bare(&self) -> &str {
        &self.whole[..self.bare_bytes]
    }

    /// What keywords are looked for in: with its closing marks. Begins with [`bare`](Self::bare).
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.whole
    }

    /// The message in the two forms that an expression may match, the first one first: closing marks count only for one that asks
    /// for them.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        let whole = (self.bare_bytes < self.whole.len()).then_some(self.whole());
        std::iter::once(self.bare()).chain(whole)
    }

    /// The same forms with letters as they were typed.
    pub(super) fn typed_forms(&self) -> Vec<String> {
        let whole = narrowed(self.typed);
        let bare = bare_of(&whole).to_owned();
        if bare == whole { vec![whole] } else { vec![bare, whole] }
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
