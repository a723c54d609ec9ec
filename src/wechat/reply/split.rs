//! Long texts in pieces that each fit into one message.

/// Splits `text` into pieces of at most `max_bytes` bytes, which together hold all of it except the line breaks they
/// are split at. A piece ends at a line break if there is one in its second half, else between two characters.
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
    let fits = &text[..text.floor_char_boundary(max_bytes).max(first_char)];
    // The line break just behind the piece counts as well: it is dropped.
    let reach = if text[fits.len()..].starts_with('\n') { Some(fits.len()) } else { fits.rfind('\n') };
    match reach {
        Some(at) if at >= fits.len() / 2 && at > 0 => &text[..at],
        _ => fits,
    }
}
