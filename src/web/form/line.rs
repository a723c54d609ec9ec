//! Parses `keyword=reply`, one rule per line.

use crate::core::{
    message::commands::parted,
    rule::{MatchType, TriggerKind, draft::Draft},
};

/// A line that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line number, from 1.
    pub number: usize,
    /// The line as typed.
    pub whole: String,
    pub written: Written,
}

/// The parsed content of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    Rule { keyword: String, text: String },
    NoSeparator,
    NoKeyword,
    NoText,
}

impl Line {
    /// The rule of this line; `None` if the line cannot be read.
    pub fn draft(&self, matching: MatchType) -> Option<Draft> {
        let Written::Rule { keyword, text } = &self.written else { return None };
        Some(Draft::of_text(TriggerKind::Keyword, keyword, matching, text))
    }
}

/// Parses lines; skips empty ones.
pub fn read(typed: &str) -> Vec<Line> {
    let lines = typed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| Line { number: at + 1, whole: line.trim().to_owned(), written: written(line) }).collect()
}

/// Splits a line as the chat command does (`添加 收到=回复`). `\n` in a reply is a line break.
fn written(line: &str) -> Written {
    let Some(parts) = parted(line) else { return Written::NoSeparator };
    match parts {
        ("", _) => Written::NoKeyword,
        (_, "") => Written::NoText,
        (keyword, text) => Written::Rule { keyword: keyword.to_owned(), text: text.replace("\\n", "\n") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(keyword: &str, text: &str) -> Written {
        Written::Rule { keyword: keyword.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn the_first_separator_divides_whatever_it_is() {
        for (line, expected) in [
            ("你好=你好呀", rule("你好", "你好呀")),
            (" 价格 ：一百 ", rule("价格", "一百")),
            ("a＝b=c", rule("a", "b=c")),
            ("网址:https://weida.example/?a=b", rule("网址", "https://weida.example/?a=b")),
            ("地址=甲\\n乙", rule("地址", "甲\n乙")),
            ("12:30=午餐", rule("12:30", "午餐")),
            ("https://a.cn=x", rule("https://a.cn", "x")),
            (" “a = b”：c", rule("a = b", "c")),
            ("没有", Written::NoSeparator),
            ("=x", Written::NoKeyword),
            ("x：", Written::NoText),
        ] {
            assert_eq!(written(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let lines = read("a=1\n\n  \nb=2\n");
        assert_eq!(lines.iter().map(|l| l.number).collect::<Vec<_>>(), [1, 4]);
    }
}
