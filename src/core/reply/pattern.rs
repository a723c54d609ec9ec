//! Regular expressions of rules: how they are read, which are refused, and what a message must have for one to be tried.
//!
//! Matching is linear in the message, but the factor may be large: `[01]*1[01]{20}` has a million states. An expression is saved
//! only if its whole automaton is small, so that trying it costs about a nanosecond a byte, whatever the message.

use super::fold::is_invisible;
use regex::{Regex, RegexBuilder};
use regex_automata::{dfa::dense, nfa::thompson, util::syntax};
use regex_syntax::hir::{Hir, HirKind};
use unicode_normalization::UnicodeNormalization as _;

/// Compiled size of one expression, in bytes. `\w{100}{100}` and its kin are refused by it.
const REGEX_MAX_BYTES: usize = 256 * 1024;
/// What trying one expression may keep in memory for the next time, in bytes, for each thread that does. Beyond it some is worked out
/// again.
const CACHE_MAX_BYTES: usize = 256 * 1024;
/// Size of an expression's whole automaton, in bytes.
const AUTOMATON_MAX_BYTES: usize = 2 * 1024 * 1024;

/// Compiles one expression as the engine does.
///
/// # Errors
/// It cannot be read, or compiles to more than 256 KiB.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&narrow(pattern))
        .case_insensitive(true)
        .size_limit(REGEX_MAX_BYTES)
        .dfa_size_limit(CACHE_MAX_BYTES)
        .build()
}

/// True for what may be saved: it compiles, and no message can make it slow.
#[must_use]
pub fn is_tame(pattern: &str) -> bool {
    let config = dense::Config::new()
        .dfa_size_limit(Some(AUTOMATON_MAX_BYTES))
        .determinize_size_limit(Some(2 * AUTOMATON_MAX_BYTES));
    let syntax = syntax::Config::new().case_insensitive(true);
    compile(pattern).is_ok() && dense::Builder::new().configure(config).syntax(syntax).build(&narrow(pattern)).is_ok()
}

/// About how many bytes one compiled expression holds: its program both ways, and what trying it usually keeps.
pub(super) fn weight(pattern: &str) -> usize {
    let syntax = syntax::Config::new().case_insensitive(true);
    let program = thompson::Compiler::new().syntax(syntax).build(&narrow(pattern));
    program.map_or(0, |program| 2 * program.memory_usage() + CACHE_MAX_BYTES / 4)
}

/// The expression for folded messages: what is wide in it stands for its narrow form, which a message has, and for nothing else;
/// what cannot be seen is in no message.
/// Words end where ASCII words end: no automaton is small that knows every script's.
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

/// A text that every folded message has which the expression matches; None where there is none, or it cannot be told.
pub(super) fn literal(pattern: &str) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(&narrow(pattern)).ok()?;
    required(&hir)
}

fn required(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.split(|c| !is_told_by_itself(c)).max_by_key(|run| run.len()).filter(|run| !run.is_empty()).map(
                // Folded messages have small letters only.
                str::to_ascii_lowercase,
            )
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required).max_by_key(String::len),
        _ => None,
    }
}

/// True for characters that match nothing but themselves and their ASCII capital when case does not count: `σ` matches `ς` as well.
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
