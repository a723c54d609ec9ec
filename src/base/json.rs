//! Reads the platform's JSON, which is not always JSON: names and texts that people typed come with raw control characters,
//! bytes of another encoding, and halves of emoji. All answers of the platform are read by [`read`].

use serde_json::Value;
use std::fmt;

/// What was dropped from a document, by count; never its content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Control characters, raw or escaped, other than tabs and line ends.
    pub control_characters: usize,
    /// Byte sequences that are not UTF-8; each became a replacement character.
    pub invalid_bytes: usize,
    /// Surrogates without their other half.
    pub half_surrogates: usize,
    /// Escapes that JSON does not have.
    pub unknown_escapes: usize,
}

impl Dropped {
    /// True if the document was clean.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { control_characters, invalid_bytes, half_surrogates, unknown_escapes } = self;
        write!(
            f,
            "{control_characters} control characters, {invalid_bytes} invalid bytes, {half_surrogates} half surrogates, \
             {unknown_escapes} unknown escapes"
        )
    }
}

/// Parses an answer of the platform; logs what had to be dropped, with `source` (a path, never a query). `None` if it is not JSON
/// even so.
#[must_use]
pub fn read(bytes: &[u8], source: &'static str) -> Option<Value> {
    let (value, dropped) = cleaned(bytes)?;
    if !dropped.is_nothing() {
        metrics::counter!("weida_wechat_json_cleaned_total", "source" => source).increment(1);
        tracing::warn!(source, %dropped, "the platform's JSON was not clean");
    }
    Some(value)
}

/// Parses JSON; if it is not clean, without what makes it unclean. Takes time linear in its length.
#[must_use]
pub fn cleaned(bytes: &[u8]) -> Option<(Value, Dropped)> {
    let mut dropped = Dropped::default();
    let mut value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(_) => repaired(bytes, false).or_else(|| repaired(bytes, true)).map(|(value, count)| {
            dropped = count;
            value
        })?,
    };
    drop_controls(&mut value, &mut dropped);
    Some((value, dropped))
}

fn repaired(bytes: &[u8], is_gbk: bool) -> Option<(Value, Dropped)> {
    let mut dropped = Dropped::default();
    let text = decoded(bytes, is_gbk, &mut dropped);
    let clean = clean_text(text.trim_start_matches('\u{feff}'), &mut dropped);
    Some((serde_json::from_str(&clean).ok()?, dropped))
}

/// The bytes as text. With `is_gbk`, an invalid byte before a backslash takes it along: the backslash is the second byte of many
/// characters of GBK, and would escape what follows.
fn decoded(bytes: &[u8], is_gbk: bool, dropped: &mut Dropped) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut takes_backslash = false;
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        out.push_str(if takes_backslash { valid.strip_prefix('\\').unwrap_or(valid) } else { valid });
        takes_backslash = is_gbk;
        if !chunk.invalid().is_empty() {
            dropped.invalid_bytes += 1;
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
    out
}

/// The text without what JSON forbids. Raw tabs and line ends in a text are escaped: they are part of it.
fn clean_text(text: &str, dropped: &mut Dropped) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_inside = false;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '"' => {
                is_inside = !is_inside;
                out.push(c);
            }
            '\\' if is_inside => length = escape(&mut out, rest, dropped),
            '\n' if is_inside => out.push_str("\\n"),
            '\r' if is_inside => out.push_str("\\r"),
            '\t' if is_inside => out.push_str("\\t"),
            '\n' | '\r' | '\t' => out.push(c),
            c if c < ' ' => dropped.control_characters += 1,
            c => out.push(c),
        }
        rest = &rest[length..];
    }
    out
}

/// Appends the escape at the start of `text` if JSON has it, and returns how many bytes of `text` were read.
fn escape(out: &mut String, text: &str, dropped: &mut Dropped) -> usize {
    match text.as_bytes().get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
            out.push_str(&text[..2]);
            2
        }
        Some(b'u') => match (unit(text), unit(text.get(6..).unwrap_or_default())) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => {
                out.push_str(&text[..12]);
                12
            }
            (Some(0xd800..=0xdfff), _) => {
                dropped.half_surrogates += 1;
                6
            }
            (Some(_), _) => {
                out.push_str(&text[..6]);
                6
            }
            (None, _) => {
                dropped.unknown_escapes += 1;
                2
            }
        },
        _ => {
            dropped.unknown_escapes += 1;
            1
        }
    }
}

/// The number of a `\uXXXX` at the start of a text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    // `from_str_radix` would accept a sign.
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Drops control characters that were escaped: no database and no page needs them, and not every database stores them.
fn drop_controls(value: &mut Value, dropped: &mut Dropped) {
    match value {
        Value::String(text) if text.contains(is_dropped) => {
            dropped.control_characters += text.chars().filter(|c| is_dropped(*c)).count();
            text.retain(|c| !is_dropped(c));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| drop_controls(value, dropped)),
        Value::Object(fields) => fields.values_mut().for_each(|value| drop_controls(value, dropped)),
        _ => {}
    }
}

fn is_dropped(c: char) -> bool {
    c < ' ' && !matches!(c, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests;
