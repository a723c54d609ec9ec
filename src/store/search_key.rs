//! Search keys: one column per user, and one per content of a rule, folded like the searched fragments.

use unicode_normalization::UnicodeNormalization as _;

/// The column's width.
const MAX_CHARS: usize = 600;
const CONTENT_MAX_CHARS: usize = 7_000;

/// Folds names and fragments for comparison: ignores width and case; spaces and control characters become one space.
#[must_use]
pub fn folded(text: &str) -> String {
    let plain: String =
        text.nfkc().flat_map(char::to_lowercase).map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A user's column, of their names and their phone number. One line a field, so that no fragment runs from one field into the next.
pub(super) fn of_user(names: [Option<&str>; 4], phone: Option<&str>) -> String {
    let phone = phone.unwrap_or_default();
    // Numbers are written with hyphens and searched without.
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let mut lines: Vec<String> = Vec::new();
    for line in names.into_iter().flatten().chain([phone, &digits]).map(folded) {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    // Never empty: an empty key means that it was not computed yet.
    if lines.is_empty() { "-".to_owned() } else { lines.join("\n").chars().take(MAX_CHARS).collect() }
}

/// A content's search key: the text, or the visible texts of other kinds, without URL and kind.
pub(super) fn of_content(kind: &str, body: &str) -> String {
    let found = if kind == "text" {
        folded(body)
    } else {
        let fields: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
        let read = ["title", "description"].map(|name| folded(fields[name].as_str().unwrap_or_default()));
        read.join("\n")
    };
    found.chars().take(CONTENT_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::{folded, of_content};

    #[test]
    fn of_a_content_only_what_is_read_is_found() {
        assert_eq!(of_content("text", "ＡＢＣ\n一百"), "abc 一百");
        assert_eq!(
            of_content("news", r#"{"kind":"news","title":"Ｓale","description":"全场","url":"http://x"}"#),
            "sale\n全场"
        );
        assert_eq!(of_content("image", r#"{"kind":"image","media":"m"}"#).trim(), "");
    }

    #[test]
    fn width_case_and_spaces_do_not_matter() {
        assert_eq!(folded("  Ｗｅｉ\u{3000}Ｄａ\tX\0 "), "wei da x");
        assert_eq!(folded("小微"), "小微");
        assert_eq!(folded(" \n "), "");
    }
}
