//! Repairs documents in which a person's text contains the end of CDATA: the platform does not escape it.
//!
//! ```text
//! <Content><![CDATA[<xml><Content><![CDATA[hello]]></Content></xml>]]></Content>
//! ```

use crate::wechat::fields::{HEAD, is_written_by_people};

const OPEN: &str = "<![CDATA[";
const END: &str = "]]>";

/// The longest name of a field, with brackets and whitespace around.
const TAG_MAX_BYTES: usize = 60;

/// The document with each CDATA section up to the end that belongs to its beginning: pasted XML is balanced. `None` if a
/// section has no such end.
pub(super) fn nested_sections(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(at) = rest.find(OPEN) {
        let (before, section) = rest.split_at(at);
        let section = &section[OPEN.len()..];
        let end = own_end(section)?;
        out.push_str(before);
        append_section(&mut out, &section[..end]);
        rest = &section[end + END.len()..];
    }
    out.push_str(rest);
    Some(out)
}

/// The position of the end that belongs to a section, whose text begins here.
fn own_end(section: &str) -> Option<usize> {
    let bytes = section.as_bytes();
    let (mut depth, mut at) = (1_usize, 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(OPEN.as_bytes()) {
            depth += 1;
            at += OPEN.len();
        } else if bytes[at..].starts_with(END.as_bytes()) {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
            at += END.len();
        } else {
            at += 1;
        }
    }
    None
}

/// The document with each field that a person writes up to the last end of such a field. `None` if a field has no
/// end, or if its text contains a field of the head after an end of CDATA: it is not certain then who wrote that.
pub(super) fn whole_fields(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, name, section)) = next_written(rest) {
        let close = format!("{END}</{name}>");
        let end = section.rfind(&close)?;
        let content = &section[..end];
        let is_doubtful = content
            .split_once(END)
            .is_some_and(|(_, behind)| HEAD.iter().any(|field| behind.contains(&format!("<{field}"))));
        if is_doubtful {
            return None;
        }
        out.push_str(before);
        append_section(&mut out, content);
        rest = &section[end + END.len()..];
    }
    out.push_str(rest);
    Some(out)
}

/// The first field of a person whose text is a CDATA section: what precedes the section, the field's name, and the text
/// from the section's content on.
fn next_written(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices(OPEN).find_map(|(at, _)| {
        let before = &text[..at];
        let tag =
            before[before.floor_char_boundary(at.saturating_sub(TAG_MAX_BYTES))..].trim_end().strip_suffix('>')?;
        let name = tag.rsplit('<').next()?;
        is_written_by_people(name).then(|| (before, name, &text[at + OPEN.len()..]))
    })
}

/// Appends a text as CDATA that ends where the text does.
fn append_section(out: &mut String, text: &str) {
    out.extend([OPEN, &text.replace(END, "]]]]><![CDATA[>"), END]);
}
