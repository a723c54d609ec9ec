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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn of(bytes: &[u8]) -> (Value, Dropped) {
        cleaned(bytes).unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(bytes)))
    }

    #[test]
    fn what_is_not_clean_is_dropped_and_counted() {
        let count = |control_characters, invalid_bytes, half_surrogates, unknown_escapes| Dropped {
            control_characters,
            invalid_bytes,
            half_surrogates,
            unknown_escapes,
        };
        for (text, clean, expected) in [
            (&b"\"\xe5\xb0\x8f\x02\xe5\xbe\xae\""[..], "小微", count(1, 0, 0, 0)),
            (b"\"a\0b\x1f\"", "ab", count(2, 0, 0, 0)),
            (b"\"a\nb\tc\"", "a\nb\tc", count(0, 0, 0, 0)),
            (br#""a\u0000b\u001bc\nd""#, "abc\nd", count(2, 0, 0, 0)),
            (b"\"\xd0\xa1\xce\xa2\"", "С\u{3a2}", count(0, 0, 0, 0)),
            (b"\"a\xc4\xe3b\"", "a\u{fffd}\u{fffd}b", count(0, 2, 0, 0)),
            (b"\"a\xe5\xb0\"", "a\u{fffd}", count(0, 1, 0, 0)),
            (b"\"\x81\\\"", "\u{fffd}", count(0, 1, 0, 0)),
            (br#""a\ud83d""#, "a", count(0, 0, 1, 0)),
            (br#""\ude00a\ud83d\ud83d\ude00""#, "a😀", count(0, 0, 2, 0)),
            (br#""\ud83dx\uD83D\u0041""#, "xA", count(0, 0, 2, 0)),
            (br#""it\'s \x41 \u12 \\ \/""#, "it's x41 12 \\ /", count(0, 0, 0, 3)),
            ("\"家庭👨‍👩‍👧 ❤️\"".as_bytes(), "家庭👨‍👩‍👧 ❤️", count(0, 0, 0, 0)),
        ] {
            assert_eq!(of(text), (json!(clean), expected), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_fault_outside_a_text_is_dropped_too() {
        assert_eq!(of(b"\xef\xbb\xbf{\"a\":\0 1}\x1a").0, json!({ "a": 1 }));
        for text in [&b""[..], b"{", b"<xml/>", b"{\"a\":}", b"\"a", b"\xff"] {
            assert!(cleaned(text).is_none(), "{}", String::from_utf8_lossy(text));
        }
    }

    proptest! {
        /// Whatever stands in one text, the others are read.
        #[test]
        fn one_text_never_costs_the_others(unclean in prop::collection::vec(
            prop_oneof![
                any::<u8>().prop_filter("", |b| !b"\"\\".contains(b)).prop_map(|b| vec![b]),
                prop::sample::select(vec![
                    &br"\ud83d"[..], br"\ude00", br"\u0000", br"\x", br"\u12", br"\n", b"\x02", b"\xc4\xe3", "😀".as_bytes(),
                ]).prop_map(<[u8]>::to_vec),
            ],
            0..20,
        )) {
            let bytes = [b"{\"nickname\":\"", unclean.concat().as_slice(), b"\",\"headimgurl\":\"https://a.example/0\"}"].concat();
            let (value, _) = cleaned(&bytes).unwrap();
            prop_assert_eq!(&value["headimgurl"], "https://a.example/0");
            prop_assert!(value["nickname"].is_string());
        }

        #[test]
        fn clean_json_stays_as_it_is(text in "[^\\x00-\\x1f]{0,60}") {
            let value = json!({ "a": [text], "b": 1 });
            prop_assert_eq!(of(value.to_string().as_bytes()), (value, Dropped::default()));
        }

        #[test]
        fn any_bytes_are_read_without_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = cleaned(&bytes);
        }
    }
}
