//! The outer document of an encrypted push.
//!
//! In compatible mode it also has the plain fields, with what a person wrote: only their own message may become unreadable by
//! that, and it must stay an authentic one.

use crate::wechat::xml::{self, ENVELOPE_MAX_BYTES, XmlError};

/// The most encrypted texts that are looked for in an unreadable document.
const MOST_FOUND: usize = 8;

/// The texts of `Encrypt`, never empty, and why the document cannot be read, if so. There is one text, unless a person wrote
/// another: the signature tells which is the platform's.
pub(super) fn encrypted_texts(body: &[u8]) -> (Vec<String>, Option<XmlError>) {
    match xml::parse_push(body, ENVELOPE_MAX_BYTES) {
        Ok(root) => {
            let fields = root.children().iter().filter(|child| child.name() == "Encrypt");
            let texts = fields.map(|field| field.text().trim()).filter(|text| !text.is_empty()).map(str::to_owned);
            (texts.collect(), None)
        }
        Err(error) => (found(&String::from_utf8_lossy(body)), Some(error)),
    }
}

/// Texts that look like those of `Encrypt`, also in JSON: only to verify the signature of a document that cannot be read.
fn found(text: &str) -> Vec<String> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let is_between = |c: char| c.is_whitespace() || matches!(c, '>' | '"' | ':');
    let texts = text.split("Encrypt").skip(1).take(MOST_FOUND).map(|rest| {
        let rest = rest.trim_start_matches(is_between);
        let rest = rest.strip_prefix("<![CDATA[").unwrap_or(rest).trim_start();
        &rest[..rest.find(|c| !is_base64(c)).unwrap_or(rest.len())]
    });
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}
