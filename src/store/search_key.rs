//! What a fragment is looked for in: one column a user, and one a content of a rule, folded as the fragment is.

use super::{rule::ContentRow, user::UserRow};
use unicode_normalization::UnicodeNormalization as _;

/// As wide as the column.
const MAX_CHARS: usize = 600;
const CONTENT_MAX_CHARS: usize = 7_000;

/// How names and fragments are compared: without regard to width and case; spaces and control characters are one space.
#[must_use]
pub fn folded(text: &str) -> String {
    let plain: String =
        text.nfkc().flat_map(char::to_lowercase).map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A user's column. One line a field, so that no fragment runs from one field into the next.
pub(super) fn of(user: &UserRow) -> String {
    let phone = user.phone.as_deref().unwrap_or_default();
    // Numbers are written with hyphens and looked for without.
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let fields = [user.username.as_deref(), Some(&*user.nickname), user.real_name.as_deref(), user.email.as_deref()];
    let mut lines: Vec<String> = Vec::new();
    for line in fields.into_iter().flatten().chain([phone, &digits]).map(folded) {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    // Never empty: that means that it was not made yet.
    if lines.is_empty() { "-".to_owned() } else { lines.join("\n").chars().take(MAX_CHARS).collect() }
}

/// A content's column: a text, or what is read of anything else. Its address and its kind are not.
pub(super) fn of_content(content: &ContentRow) -> String {
    let found = if content.kind == "text" {
        folded(&content.body)
    } else {
        let fields: serde_json::Value = serde_json::from_str(&content.body).unwrap_or_default();
        let read = ["title", "description"].map(|name| folded(fields[name].as_str().unwrap_or_default()));
        read.join("\n")
    };
    found.chars().take(CONTENT_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::{ContentRow, folded, of_content};

    #[test]
    fn of_a_content_only_what_is_read_is_found() {
        let row = |kind: &str, body: &str| of_content(&ContentRow { kind: kind.to_owned(), body: body.to_owned() });
        assert_eq!(row("text", "ＡＢＣ\n一百"), "abc 一百");
        assert_eq!(
            row("news", r#"{"kind":"news","title":"Ｓale","description":"全场","url":"http://x"}"#),
            "sale\n全场"
        );
        assert_eq!(row("image", r#"{"kind":"image","media":"m"}"#).trim(), "");
    }

    #[test]
    fn width_case_and_spaces_do_not_matter() {
        assert_eq!(folded("  Ｗｅｉ\u{3000}Ｄａ\tX\0 "), "wei da x");
        assert_eq!(folded("小微"), "小微");
        assert_eq!(folded(" \n "), "");
    }
}
