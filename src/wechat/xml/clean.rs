//! Makes text of the bytes of a push, without the characters that XML 1.0 forbids.

use super::{XmlError, is_xml_char};
use std::borrow::Cow;

const OPEN: &str = "<![CDATA[";
const END: &str = "]]>";

/// `<`, `>` and `&` as longer byte sequences than UTF-8 allows: no encoding error produces them, and a lenient decoder
/// would see markup where this one does not.
const DISGUISED: [&[u8]; 9] = [
    b"\xc0\xbc",
    b"\xc0\xbe",
    b"\xc0\xa6",
    b"\xe0\x80\xbc",
    b"\xe0\x80\xbe",
    b"\xe0\x80\xa6",
    b"\xf0\x80\x80\xbc",
    b"\xf0\x80\x80\xbe",
    b"\xf0\x80\x80\xa6",
];

/// The first bytes of UTF-16 and UTF-32, with and without a byte order mark.
const WIDE: [&[u8]; 4] = [b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<\0"];

/// The most bytes of an XML declaration.
const DECLARATION_MAX_BYTES: usize = 200;

/// The longest reference to a character that is looked at, in bytes. Leading zeros may make it longer; then it stays, and
/// the document cannot be read.
const REFERENCE_MAX_BYTES: usize = 64;

/// The document in the bytes as text; those that are not UTF-8 become replacement characters.
///
/// # Errors
/// [`XmlError::Encoding`] for another encoding, declared or seen, and for disguised markup.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    if WIDE.iter().any(|start| bytes.starts_with(start)) {
        return Err(XmlError::Encoding);
    }
    match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(text) => Ok(Cow::Borrowed(text.trim_matches(is_around))),
        Cow::Owned(_) if declares_another_encoding(bytes) || is_disguised(bytes) => Err(XmlError::Encoding),
        Cow::Owned(text) => Ok(Cow::Owned(text.trim_matches(is_around).to_owned())),
    }
}

fn is_disguised(bytes: &[u8]) -> bool {
    let at = |start: usize| DISGUISED.iter().any(|form| bytes[start..].starts_with(form));
    bytes.iter().enumerate().any(|(start, byte)| matches!(byte, 0xc0 | 0xe0 | 0xf0) && at(start))
}

fn declares_another_encoding(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_MAX_BYTES)]);
    let declaration = start.trim_start_matches(is_around).strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let Some((_, value)) = declaration.and_then(|(declaration, _)| declaration.split_once("encoding")) else {
        return false;
    };
    let name: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    !name.to_ascii_lowercase().starts_with("utf8")
}

/// What may stand around a document without being a part of it: whitespace, a byte order mark, forbidden characters.
fn is_around(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}' || !is_xml_char(c)
}

/// The text without forbidden characters and without references to them (`&#x2;`). A reference to NUL stays, and makes
/// the document unreadable: no program that writes XML produces it.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_xml_char) && !text.contains("&#") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, section) = rest.split_at(at + OPEN.len());
        markup(&mut out, before);
        let end = section.find(END).unwrap_or(section.len());
        section_text(&mut out, &section[..end]);
        rest = &section[end..];
    }
    markup(&mut out, rest);
    Cow::Owned(out)
}

/// Appends text outside CDATA.
fn markup(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        let (before, reference) = rest.split_at(at);
        let dropped = forbidden_reference(reference);
        out.extend(before.chars().filter(|c| is_xml_char(*c)));
        if dropped == 0 {
            out.push_str("&#");
        }
        rest = &reference[dropped.max("&#".len())..];
    }
    out.extend(rest.chars().filter(|c| is_xml_char(*c)));
}

/// Appends text inside CDATA. `]]` and `>` that only a dropped character separated are two sections, as the text
/// does not end there.
fn section_text(out: &mut String, text: &str) {
    let start = out.len();
    for c in text.chars().filter(|c| is_xml_char(*c)) {
        if c == '>' && out[start..].ends_with("]]") {
            out.push_str("]]><![CDATA[");
        }
        out.push(c);
    }
}

/// The bytes of the reference at the start of `text` if it names a forbidden character other than NUL, else 0.
fn forbidden_reference(text: &str) -> usize {
    let Some(end) = text.bytes().take(REFERENCE_MAX_BYTES).position(|b| b == b';') else { return 0 };
    let number = &text["&#".len()..end];
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return 0;
    }
    // Too large a number is no character either.
    let number = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    let is_allowed = number == 0 || char::from_u32(number).is_some_and(is_xml_char);
    if is_allowed { 0 } else { end + 1 }
}
