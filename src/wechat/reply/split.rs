//! Splits long texts into parts that each fit into one message.

use crate::text::cut;
use std::ops::Range;

/// Splits `text` into parts of at most `max_bytes` bytes. Together they contain the whole text except the line breaks at which
/// it is split. A part ends at a line break if there is one in its second half, else after a sentence or a space in its last
/// quarter, else between two characters; inside a link or a combined character only if that is longer than a part. An empty
/// text has no parts; with `max_bytes` below 4 each part still has one whole character.
pub fn split_text(text: &str, max_bytes: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let piece = head(rest, max_bytes);
        pieces.push(piece.to_owned());
        rest = &rest[piece.len()..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    pieces
}

/// The first of those parts.
pub(super) fn head(text: &str, max_bytes: usize) -> &str {
    if text.len() <= max_bytes {
        return text;
    }
    let first_char = text.chars().next().map_or(0, char::len_utf8);
    let fits = text.floor_char_boundary(max_bytes).max(first_char);
    let links = links(text, fits);
    let most = links.iter().find(|link| holds(link, fits) && link.start > 0 && link.len() <= max_bytes);
    let most = most.map_or(fits, |link| link.start);
    let is_free = |at: &usize| cut::is_boundary(text, *at) && !links.iter().any(|link| holds(link, *at));
    // A line break directly after the part counts as well: it is dropped.
    let line = if text[most..].starts_with('\n') {
        Some(most)
    } else {
        text[..most].rmatch_indices('\n').map(|(at, _)| at).find(is_free)
    };
    if let Some(at) = line.filter(|at| *at >= most / 2 && *at > 0) {
        return &text[..at];
    }
    let ends = text[..most].char_indices().rev().filter(|(_, c)| is_end(*c)).map(|(at, c)| at + c.len_utf8());
    if let Some(at) = ends.take_while(|at| *at >= most - most / 4).find(is_free) {
        return &text[..at];
    }
    &text[..cut::last_boundary(text, most).unwrap_or(fits)]
}

/// The links that begin in the first `most` bytes, from `<a ` to the end of `</a>`.
fn links(text: &str, most: usize) -> Vec<Range<usize>> {
    let mut links: Vec<Range<usize>> = Vec::new();
    // Avoids scanning all of a long text for each of its parts.
    let begins = &text[..text.floor_char_boundary(most.saturating_add("<a ".len()))];
    for (start, _) in begins.match_indices("<a ").take_while(|(start, _)| *start < most) {
        let is_inside = links.last().is_some_and(|link| link.end > start);
        if !is_inside && let Some(end) = text[start..].find("</a>") {
            links.push(start..start + end + "</a>".len());
        }
    }
    links
}

/// True if a cut at this position would break the link.
fn holds(link: &Range<usize>, at: usize) -> bool {
    link.start < at && at < link.end
}

/// True for characters that may end a part.
fn is_end(c: char) -> bool {
    c == ' ' || matches!(c, '。' | '！' | '？' | '；' | '…' | '!' | '?' | ';')
}
