//! An example of a message that a keyword matches.

use super::{Keyword, MatchType, pattern};
use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

/// The most repetitions that an example has.
const REPEATED_MAX: u32 = 20;

/// A message that matches the keyword: its text; for an expression, a short text that it describes. `None` if none was found.
#[must_use]
pub fn message(keyword: &Keyword) -> Option<String> {
    let text = keyword.text.trim();
    if keyword.matching != MatchType::Regex {
        return Some(text.to_owned()).filter(|text| !text.is_empty());
    }
    let mut message = String::new();
    write(&regex_syntax::Parser::new().parse(text).ok()?, &mut message);
    // Boundaries and anchors in the middle are not considered.
    pattern::compile(text).ok()?.is_match(&message).then_some(message).filter(|message| !message.trim().is_empty())
}

fn write(hir: &Hir, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(member(class)),
        HirKind::Capture(capture) => write(&capture.sub, out),
        HirKind::Repetition(repetition) => {
            (0..repetition.min.min(REPEATED_MAX)).for_each(|_| write(&repetition.sub, out));
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, out)),
        HirKind::Alternation(parts) => parts.iter().take(1).for_each(|part| write(part, out)),
    }
}

/// A character of a class that people would type: a digit, a letter, a Chinese character, else the first.
fn member(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let has = |c: &char| class.iter().any(|range| (range.start()..=range.end()).contains(c));
    ['8', 'a', '新', ' '].into_iter().find(has).or_else(|| class.iter().next().map(ClassUnicodeRange::start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_matches_its_keyword() {
        let of = |text: &str, matching| message(&Keyword { text: text.to_owned(), matching });
        assert_eq!(of(" 价格 ", MatchType::Contains).as_deref(), Some("价格"));
        assert_eq!(of(r"订单\s*(\d{6,})", MatchType::Regex).as_deref(), Some("订单888888"));
        assert_eq!(of("(周末|节假日).*吗", MatchType::Regex).as_deref(), Some("周末吗"));
        assert_eq!(of("^好[a-c]?$", MatchType::Regex).as_deref(), Some("好"));
        for none in ["(", "", "a{900}", r"x\by"] {
            assert_eq!(of(none, MatchType::Regex), None, "{none}");
        }
    }
}
