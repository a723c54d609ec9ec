//! `received=answered`, one a line.

use crate::core::message::commands::parted;

/// A line that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1, as an editor counts.
    pub number: usize,
    /// As it was typed.
    pub whole: String,
    pub written: Written,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    Rule { keyword: String, text: String },
    NoSeparator,
    NoKeyword,
    NoText,
}

/// Reads lines; empty ones are passed over.
pub fn read(typed: &str) -> Vec<Line> {
    let lines = typed.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| Line { number: at + 1, whole: line.trim().to_owned(), written: written(line) }).collect()
}

/// Divided as in the chat (`添加 收到=回复`). `\n` in an answer breaks a line.
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
