//! Checks a document's tags before it is parsed: cheap, linear, without recursion.
//!
//! `roxmltree` builds a whole tree and compares the attributes of a tag pairwise, so expensive documents are refused
//! here. The platform never sends what is refused here; what passes may still be malformed.

use super::XmlError;

/// The deepest nesting, root included. The deepest known push (article results of a mass message) has five levels.
const MAX_DEPTH: usize = 10;

/// The most elements. The result of a mass message has about a hundred.
const MAX_ELEMENTS: usize = 1_000;

/// The longest tag in bytes, attributes included. The platform sends no attributes.
const MAX_TAG_BYTES: usize = 256;

/// Refuses documents that no push can be, and those that would be expensive to parse.
pub(super) fn survey(text: &str) -> Result<(), XmlError> {
    let mut rest = declaration_skipped(text)?;
    let (mut depth, mut elements) = (0_usize, 0);
    while let Some(at) = rest.find('<') {
        let markup = &rest[at..];
        let length = if markup.starts_with("<![CDATA[") {
            through(markup, "]]>")?
        } else if let Some(comment) = markup.strip_prefix("<!--") {
            "<!--".len() + through(comment, "-->")?
        } else if markup.starts_with("<!") || markup.starts_with("<?") {
            return Err(XmlError::Forbidden);
        } else {
            let tag = tag(markup)?;
            if tag.starts_with("</") {
                depth = depth.checked_sub(1).ok_or(XmlError::Malformed)?;
            } else {
                elements += 1;
                if depth >= MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err(XmlError::TooRich);
                }
                depth += usize::from(!tag.ends_with("/>"));
            }
            tag.len()
        };
        rest = &markup[length..];
    }
    Ok(())
}

/// The text after its XML declaration, if any. Nothing may precede a declaration.
fn declaration_skipped(text: &str) -> Result<&str, XmlError> {
    match text.strip_prefix("<?xml ") {
        Some(declaration) => Ok(&declaration[through(declaration, "?>")?..]),
        None => Ok(text),
    }
}

/// The position after the first `end`.
fn through(text: &str, end: &str) -> Result<usize, XmlError> {
    text.find(end).map(|at| at + end.len()).ok_or(XmlError::Malformed)
}

/// The tag at the start of `markup`, up to the `>` outside quotes.
fn tag(markup: &str) -> Result<&str, XmlError> {
    let mut quote = None;
    for (at, byte) in markup.bytes().enumerate().take(MAX_TAG_BYTES) {
        match (quote, byte) {
            (None, b'>') => return Ok(&markup[..=at]),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    Err(if markup.len() > MAX_TAG_BYTES { XmlError::TooRich } else { XmlError::Malformed })
}
