//! What stands behind a command: a page, numbers, or a keyword and its reply.
//!
//! ```text
//! 列表 2        查看 03 05     删除 03 05      开启 03
//! 添加 收到=回复      添加 “a = b”：回复      修改 03 收到=回复
//! ```
//!
//! Between keyword and reply stands the first `：` `:` `=` or `＝` outside quotes, but for the colon of a time or an address where a `=`
//! follows (`12:30=午餐`); the reply may hold as many as it likes. Words and numbers are read in any width, with or without leading zeros.

use super::{Command, Commands};
use crate::{core::reply::fold::fold, text::Lang};

/// Numbers that one command may name.
const MOST_NUMBERS: usize = 20;
/// Rules that are shown at once: a few messages.
const MOST_SHOWN: usize = 5;
/// Words of a command's name, at most.
const MOST_WORDS: usize = 3;

/// A command with what stands behind it, and the language to answer in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub command: Command,
    pub lang: Lang,
    pub order: Order,
}

/// What stands behind a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Nothing.
    Plain,
    /// Numbers of rules, or the number of a page; each once.
    Numbers(Vec<i64>),
    /// A keyword and its reply, as typed, for a new rule or (with a number) one that is there.
    Pair { number: Option<i64>, keyword: String, reply: String },
    /// Not what the command needs: the person is told how to write it.
    Unclear,
}

/// Reads a message as it was typed.
pub(super) fn read(commands: &Commands, message: &str) -> Option<Said> {
    if let Some((command, lang)) = commands.find(&fold(message)) {
        let order = if needs_more(command) { Order::Unclear } else { Order::Plain };
        return Some(Said { command, lang, order });
    }
    let message = message.trim();
    let (command, lang, rest) = spaced(commands, message).or_else(|| glued(commands, message))?;
    let order = match command {
        Command::List | Command::Show | Command::Delete | Command::On | Command::Off => {
            let most = match command {
                Command::List => 1,
                Command::Show => MOST_SHOWN,
                _ => MOST_NUMBERS,
            };
            // No number: an ordinary sentence that begins with the word.
            let numbers = numbers(rest)?;
            if numbers.len() <= most { Order::Numbers(numbers) } else { Order::Unclear }
        }
        Command::Add => pair(None, rest),
        Command::Edit => {
            let (number, rest) = leading_number(rest)?;
            pair(Some(number), rest)
        }
        _ => return None,
    };
    Some(Said { command, lang, order })
}

/// True for commands that mean nothing alone.
fn needs_more(command: Command) -> bool {
    matches!(command, Command::Show | Command::Add | Command::Edit | Command::Delete)
}

/// The command before the first space, or before a later one where its name has spaces itself.
fn spaced<'a>(commands: &Commands, message: &'a str) -> Option<(Command, Lang, &'a str)> {
    let spaces = message.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    spaces.take(MOST_WORDS).find_map(|at| {
        let (head, rest) = message.split_at(at);
        let (command, lang) = commands.find(&fold(head))?;
        takes(command).then(|| (command, lang, rest.trim()))
    })
}

/// A command with its number or pair right behind it: `查看03`, `添加收到=回复`.
///
/// Only what can hardly be a sentence: digits to the end, or a pair with `=` (people write `添加微信：…`).
fn glued<'a>(commands: &Commands, message: &'a str) -> Option<(Command, Lang, &'a str)> {
    let ends = message.char_indices().map(|(at, c)| at + c.len_utf8()).take(commands.max_chars);
    let found = ends.filter_map(|end| {
        let (head, rest) = message.split_at(end);
        let (command, lang) = commands.find(&fold(head))?;
        // Letters go on into another word: `once` is not `on`, nor `address` an `add`.
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

/// True for commands that something may stand behind.
fn takes(command: Command) -> bool {
    matches!(
        command,
        Command::List | Command::Show | Command::Add | Command::Edit | Command::Delete | Command::On | Command::Off
    )
}

/// Numbers and nothing else, between spaces or commas; None otherwise.
fn numbers(text: &str) -> Option<Vec<i64>> {
    let parts = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、')).filter(|p| !p.is_empty());
    let mut numbers = Vec::new();
    for part in parts {
        let number = number(part)?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// Digits in any width; a rule's number is never 0.
fn number(text: &str) -> Option<i64> {
    let digits = fold(text);
    let is_number = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|n| is_number && *n > 0)
}

/// The number at the beginning, and what stands behind it.
fn leading_number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_numeric()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((number(digits)?, rest.trim_start()))
}

/// Quotes that a keyword may stand in, so that spaces and separators count.
const QUOTES: [(char, char); 6] = [('“', '”'), ('"', '"'), ('\'', '\''), ('「', '」'), ('‘', '’'), ('『', '』')];

fn pair(number: Option<i64>, text: &str) -> Order {
    let Some((keyword, reply)) = parted(text) else { return Order::Unclear };
    if keyword.is_empty() || reply.is_empty() {
        return Order::Unclear;
    }
    Order::Pair { number, keyword: keyword.to_owned(), reply: reply.to_owned() }
}

/// What stands before and behind the separator, each without surrounding space and perhaps empty; None where there is none.
#[must_use]
pub fn parted(text: &str) -> Option<(&str, &str)> {
    let whole = text.trim_start();
    let (keyword, reply) = match quoted(whole) {
        Some(found) => found,
        None => separator(whole).map(|(at, c)| (&whole[..at], &whole[at + c.len_utf8()..]))?,
    };
    Some((keyword.trim(), reply.trim()))
}

/// A keyword in quotes with a separator behind; None where what looks like a quote is part of the text.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let open = text.chars().next()?;
    let (_, close) = QUOTES.into_iter().find(|(o, _)| *o == open)?;
    let inner = &text[open.len_utf8()..];
    let end = inner.find(close)?;
    let behind = inner[end + close.len_utf8()..].trim_start();
    let reply = behind.strip_prefix(is_separator)?;
    Some((&inner[..end], reply))
}

/// Where the separator stands, and which it is.
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
