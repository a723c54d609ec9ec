//! The form in which messages and keywords are compared: width, case, spaces and closing marks do not count.

use unicode_normalization::UnicodeNormalization as _;

/// Marks that people add or leave out at the end. After width folding, so only the narrow forms of those that have one.
fn is_closing(c: char) -> bool {
    matches!(c, '.' | ',' | '!' | '?' | ';' | ':' | '~' | '。' | '、' | '…' | '～')
}

/// Folds a message or a keyword. A text of closing marks only stays as it is: `？` may be a keyword.
#[must_use]
pub fn fold(text: &str) -> String {
    let lower: String = text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_control() || c.is_whitespace()).collect();
    let spaced = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = spaced.trim_end_matches(is_closing).trim_end();
    if bare.is_empty() { spaced } else { bare.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn width_case_spaces_and_closing_marks_do_not_count() {
        for same in ["hello", "Ｈｅｌｌｏ！", "  HELLO ", "hello。", "Hello！？", "hello…"] {
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
}
