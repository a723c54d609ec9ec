//! Regular expressions of rules: compilation, limits, and the literal text that a message must contain.
//!
//! Matching is linear in the message, but the factor may be large: `[01]*1[01]{20}` has a million states. An expression is
//! accepted only if its whole automaton is small, so that matching costs about a nanosecond per byte, for any message.

use crate::text::fold::is_invisible;
use regex::{Regex, RegexBuilder};
use regex_automata::{dfa::dense, nfa::thompson, util::syntax};
use regex_syntax::hir::{Hir, HirKind};
use unicode_normalization::UnicodeNormalization as _;

/// The most compiled bytes of one expression. It excludes `\w{100}{100}` and the like.
const REGEX_MAX_BYTES: usize = 256 * 1024;
/// The most bytes cached by matching one expression, per thread. Beyond it some states are computed again.
const CACHE_MAX_BYTES: usize = 256 * 1024;
/// The most bytes of an expression's whole automaton.
const AUTOMATON_MAX_BYTES: usize = 2 * 1024 * 1024;

/// Compiles one expression for matching.
///
/// # Errors
/// It is invalid, or compiles to more than 256 KiB.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&narrow(pattern))
        .case_insensitive(true)
        .size_limit(REGEX_MAX_BYTES)
        .dfa_size_limit(CACHE_MAX_BYTES)
        .build()
}

/// True for an acceptable expression: it compiles, and no message can make it slow.
#[must_use]
pub fn is_tame(pattern: &str) -> bool {
    let config = dense::Config::new()
        .dfa_size_limit(Some(AUTOMATON_MAX_BYTES))
        .determinize_size_limit(Some(2 * AUTOMATON_MAX_BYTES));
    let syntax = syntax::Config::new().case_insensitive(true);
    compile(pattern).is_ok() && dense::Builder::new().configure(config).syntax(syntax).build(&narrow(pattern)).is_ok()
}

/// The approximate bytes of one compiled expression: its program in both directions, and its usual cache.
pub(super) fn weight(pattern: &str) -> usize {
    let syntax = syntax::Config::new().case_insensitive(true);
    let program = thompson::Compiler::new().syntax(syntax).build(&narrow(pattern));
    program.map_or(0, |program| 2 * program.memory_usage() + CACHE_MAX_BYTES / 4)
}

/// The expression for folded messages: wide characters become their narrow forms, as in messages; invisible characters are
/// removed. Word boundaries are ASCII only: an automaton for all scripts would not be small.
fn narrow(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('b') => out.push_str(r"(?-u:\b)"),
                Some(next) => out.extend([c, next]),
                None => out.push(c),
            },
            c if c.is_ascii() => out.push(c),
            c if is_invisible(c) => {}
            c => {
                let folded: String = std::iter::once(c).nfkc().collect();
                if folded.chars().eq([c]) { out.push(c) } else { out.push_str(&regex::escape(&folded)) }
            }
        }
    }
    out
}

/// A literal text that every folded message matching the expression contains; `None` if there is none, or it is
/// unknown.
pub(super) fn literal(pattern: &str) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(&narrow(pattern)).ok()?;
    required(&hir)
}

fn required(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.split(|c| !is_told_by_itself(c)).max_by_key(|run| run.len()).filter(|run| !run.is_empty()).map(
                // Folded messages are in lower case.
                str::to_ascii_lowercase,
            )
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required).max_by_key(String::len),
        _ => None,
    }
}

/// True for characters that match only themselves and their ASCII capital when case is ignored: `σ` matches `ς` as well.
fn is_told_by_itself(c: char) -> bool {
    c.is_ascii() || (c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_that_explode_are_not_saved() {
        for wild in ["(", r"(\w{100}){100}", "[01]*1[01]{20}", "(a|b)*a(a|b){18}", r"\w+\w+\w+\w+!{40}(\w{9}a){3}"] {
            assert!(!is_tame(wild), "{wild}");
        }
        for tame in [
            "^好(a|b)+$",
            r"^订单\s*(\d+)(-\w)?$",
            "(a+)+$",
            "(a|aa)+$",
            "(.*)*x",
            r"\bhello\b",
            "[一-龥]{2,8}先生",
            ".{0,40}吗",
        ] {
            assert!(is_tame(tame), "{tame}");
        }
    }

    #[test]
    fn a_message_must_have_the_longest_literal() {
        for (pattern, expected) in [
            (r"^订单\s*(\d+)$", Some("订单")),
            ("(HELLO)+ you", Some("hello")),
            ("(价格)?多少", Some("多少")),
            ("a|b", None),
            (r"\d+", None),
            ("价格：", Some("价格:")),
            ("σσσ", None),
            ("(", None),
        ] {
            assert_eq!(literal(pattern).as_deref(), expected, "{pattern}");
        }
    }
}
