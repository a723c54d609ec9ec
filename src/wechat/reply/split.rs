//! Long texts in pieces that each fit into one message.

use std::ops::Range;

/// Splits `text` into pieces of at most `max_bytes` bytes, which together hold all of it except the line breaks they
/// are split at. A piece ends at a line break if there is one in its second half, else behind a sentence or a space in its last
/// quarter, else between two characters; inside a link or a sign of several characters only where that is longer than a piece.
/// An empty text gives no piece; with `max_bytes` below 4 a piece still holds one whole character.
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

/// The first of those pieces.
pub(super) fn head(text: &str, max_bytes: usize) -> &str {
    if text.len() <= max_bytes {
        return text;
    }
    let first_char = text.chars().next().map_or(0, char::len_utf8);
    let fits = text.floor_char_boundary(max_bytes).max(first_char);
    let links = links(text, fits);
    let most = links.iter().find(|link| holds(link, fits) && link.start > 0 && link.len() <= max_bytes);
    let most = most.map_or(fits, |link| link.start);
    let is_free = |at: &usize| !links.iter().any(|link| holds(link, *at));
    // The line break just behind the piece counts as well: it is dropped.
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
    let between = |at: &usize| text.is_char_boundary(*at) && !is_joined(text, *at);
    &text[..(1..=most).rev().find(between).unwrap_or(fits)]
}

/// The links that begin in the first `most` bytes, from `<a ` to behind `</a>`.
fn links(text: &str, most: usize) -> Vec<Range<usize>> {
    let mut links: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices("<a ").take_while(|(start, _)| *start < most) {
        let is_inside = links.last().is_some_and(|link| link.end > start);
        if !is_inside && let Some(end) = text[start..].find("</a>") {
            links.push(start..start + end + "</a>".len());
        }
    }
    links
}

/// True for a place inside, where a cut would break it.
fn holds(link: &Range<usize>, at: usize) -> bool {
    link.start < at && at < link.end
}

/// True for what a piece may end with.
fn is_end(c: char) -> bool {
    c == ' ' || matches!(c, '。' | '！' | '？' | '；' | '…' | '!' | '?' | ';')
}

/// True between two characters that are one sign: a joined emoji, one with a colour or a form, a flag, a letter and its accent.
fn is_joined(text: &str, at: usize) -> bool {
    let (before, behind) = text.split_at(at);
    let (Some(last), Some(next)) = (before.chars().next_back(), behind.chars().next()) else { return false };
    let is_flag = |c: &char| ('\u{1f1e6}'..='\u{1f1ff}').contains(c);
    let is_half_flag = is_flag(&next) && before.chars().rev().take_while(is_flag).count() % 2 == 1;
    last == '\u{200d}'
        || matches!(next, '\u{200d}' | '\u{20e3}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
        || is_half_flag
}
