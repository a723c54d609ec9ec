//! Arguments of a command: a page, numbers, or a keyword and its reply.
//!
//! ```text
//! 列表 2        查看 03 05     删除 03 05      开启 03
//! 添加 收到=回复      添加 “a = b”：回复      修改 03 收到=回复
//! ```
//!
//! The separator of keyword and reply is the first `：` `:` `=` or `＝` outside quotes, except the colon of a time or a URL that is
//! followed by a `=` (`12:30=午餐`); the reply may contain any number of them. Words and numbers may have any width, with or without
//! leading zeros.

use super::{Command, Commands};
use crate::core::redemption::code;
use crate::text::{Lang, cut, fold::fold, number::saturated};

/// The most numbers of one command.
const MOST_NUMBERS: usize = 20;
/// The most rules shown together: a few messages.
const MOST_SHOWN: usize = 5;
/// The most digits of a number that an answer repeats.
const MOST_DIGITS: usize = 24;
/// The most words of a command's name.
const MOST_WORDS: usize = 3;

/// A command with its arguments, and the language of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    pub command: Command,
    pub lang: Lang,
    pub args: Args,
}

/// Arguments of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Args {
    /// Nothing.
    Plain,
    /// Numbers of rules, or the number of a page; without duplicates.
    Numbers(Vec<i64>),
    /// Numbers that are too large for a rule or a page, as typed: the answer is that there is none.
    TooLarge(Vec<String>),
    /// A keyword and its reply, as typed, for a new rule or (with a number) an existing one.
    Pair { number: Option<i64>, keyword: String, reply: String },
    /// A redemption code, as typed.
    Code(String),
    /// Not the command's syntax: the answer explains it.
    Unclear,
}

/// Parses a message as typed.
pub(super) fn read(commands: &Commands, message: &str) -> Option<Invocation> {
    if let Some((command, lang)) = commands.find(&fold(message)) {
        let args = if needs_more(command) { Args::Unclear } else { Args::Plain };
        return Some(Invocation { command, lang, args });
    }
    let message = message.trim();
    let (command, lang, rest) = spaced(commands, message).or_else(|| glued(commands, message))?;
    let args = match command {
        Command::List | Command::Show | Command::Delete | Command::On | Command::Off => {
            let most = match command {
                Command::List => 1,
                Command::Show => MOST_SHOWN,
                _ => MOST_NUMBERS,
            };
            // Not a number: an ordinary sentence that begins with the word.
            match numbers(rest)? {
                Args::Numbers(numbers) if numbers.len() > most => Args::Unclear,
                numbers => numbers,
            }
        }
        Command::Add => pair(None, rest),
        Command::Edit => {
            let (number, rest) = leading_number(rest)?;
            match (number, pair(None, rest)) {
                (Ok(number), Args::Pair { keyword, reply, .. }) => Args::Pair { number: Some(number), keyword, reply },
                (Err(typed), Args::Pair { .. }) => Args::TooLarge(vec![typed]),
                (_, unclear) => unclear,
            }
        }
        // Not like a code: an ordinary sentence that begins with the word.
        Command::Redeem => code::looks_like(rest).then(|| Args::Code(rest.to_owned()))?,
        _ => return None,
    };
    Some(Invocation { command, lang, args })
}

/// True for commands that require arguments.
fn needs_more(command: Command) -> bool {
    matches!(command, Command::Show | Command::Add | Command::Edit | Command::Delete | Command::Redeem)
}

/// The command before the first space, or before a later one if its name contains spaces.
fn spaced<'a>(commands: &Commands, message: &'a str) -> Option<(Command, Lang, &'a str)> {
    let spaces = message.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    spaces.take(MOST_WORDS).find_map(|at| {
        let (head, rest) = message.split_at(at);
        let (command, lang) = commands.find(&fold(head))?;
        takes(command).then(|| (command, lang, rest.trim()))
    })
}

/// A command directly followed by its number or pair: `查看03`, `添加收到=回复`.
///
/// Only forms that are hardly a sentence: digits to the end, or a pair with `=` (people write `添加微信：…`).
fn glued<'a>(commands: &Commands, message: &'a str) -> Option<(Command, Lang, &'a str)> {
    let ends = message.char_indices().map(|(at, c)| at + c.len_utf8()).take(commands.max_chars());
    let found = ends.filter_map(|end| {
        let (head, rest) = message.split_at(end);
        let (command, lang) = commands.find(&fold(head))?;
        // The word must end here: `once` is not `on`, nor `address` an `add`.
        let is_whole = !head.ends_with(|c: char| c.is_alphabetic() && c.is_ascii())
            || !rest.starts_with(|c: char| c.is_alphabetic() && c.is_ascii());
        (takes(command) && is_whole).then_some((command, lang, rest))
    });
    let (command, lang, rest) = found.last()?;
    let is_meant = match command {
        Command::Add => separator(rest).is_some_and(|(_, c)| matches!(c, '=' | '＝')),
        Command::Edit => rest.contains(['=', '＝', ':', '：']),
        _ => true,
    };
    is_meant.then_some((command, lang, rest))
}

/// True for commands that accept arguments.
fn takes(command: Command) -> bool {
    matches!(
        command,
        Command::List
            | Command::Show
            | Command::Add
            | Command::Edit
            | Command::Delete
            | Command::On
            | Command::Off
            | Command::Redeem
    )
}

/// Numbers only, separated by spaces or commas; `None` otherwise.
fn numbers(text: &str) -> Option<Args> {
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、')).filter(|p| !p.is_empty());
    let (mut numbers, mut too_large) = (Vec::new(), Vec::new());
    for part in parts {
        match number(part)? {
            Ok(number) if !numbers.contains(&number) => numbers.push(number),
            Ok(_) => {}
            Err(typed) => too_large.push(typed),
        }
    }
    too_large.truncate(MOST_SHOWN);
    if too_large.is_empty() {
        (!numbers.is_empty()).then_some(Args::Numbers(numbers))
    } else {
        Some(Args::TooLarge(too_large))
    }
}

/// Digits of any width; the digits themselves if no number is that large. `None` for any other text.
fn number(text: &str) -> Option<Result<i64, String>> {
    let digits = fold(text);
    let number = saturated(&digits)?;
    Some(if number < i64::MAX { Ok(number) } else { Err(cut::shown(&digits, MOST_DIGITS)) })
}

/// The number at the beginning, and the text after it.
fn leading_number(text: &str) -> Option<(Result<i64, String>, &str)> {
    let end = text.find(|c: char| !c.is_numeric()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((number(digits)?, rest.trim_start()))
}

/// Quotes around a keyword, which preserve spaces and separators.
const QUOTES: [(char, char); 6] = [('“', '”'), ('"', '"'), ('\'', '\''), ('「', '」'), ('‘', '’'), ('『', '』')];

fn pair(number: Option<i64>, text: &str) -> Args {
    let Some((keyword, reply)) = parted(text) else { return Args::Unclear };
    if keyword.is_empty() || reply.is_empty() {
        return Args::Unclear;
    }
    Args::Pair { number, keyword: keyword.to_owned(), reply: reply.to_owned() }
}

/// The text before and after the separator, trimmed and possibly empty; `None` without a separator.
#[must_use]
pub fn parted(text: &str) -> Option<(&str, &str)> {
    let whole = text.trim_start();
    let (keyword, reply) = match quoted(whole) {
        Some(found) => found,
        None => separator(whole).map(|(at, c)| (&whole[..at], &whole[at + c.len_utf8()..]))?,
    };
    Some((keyword.trim(), reply.trim()))
}

/// A quoted keyword followed by a separator; `None` if the quote is part of the text.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let (_, close) = QUOTES.into_iter().find(|(o, _)| *o == open)?;
    let inner = &text[open.len_utf8()..];
    let end = inner.find(close)?;
    let behind = inner[end + close.len_utf8()..].trim_start();
    let reply = behind.strip_prefix(is_separator)?;
    Some((&inner[..end], reply))
}

/// The position of the separator, and its character.
fn separator(text: &str) -> Option<(usize, char)> {
    let first = text.char_indices().find(|(_, c)| is_separator(*c))?;
    let (before, behind) = (&text[..first.0], &text[first.0 + first.1.len_utf8()..]);
    let is_time = before.ends_with(is_digit) && behind.starts_with(is_digit);
    let is_part = matches!(first.1, ':' | '：') && (is_time || behind.starts_with("//"));
    let equals = text.char_indices().find(|(_, c)| matches!(c, '=' | '＝')).filter(|_| is_part);
    Some(equals.unwrap_or(first))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

fn is_separator(c: char) -> bool {
    matches!(c, '=' | '＝' | ':' | '：')
}

#[cfg(test)]
mod tests;
