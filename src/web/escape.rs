//! Escapes text where leptos does not. Its views escape text and attributes, except inside `<title>` (`leptos_meta` 0.8 prints the
//! text unescaped) and `<textarea>` (`ESCAPE_CHILDREN` of tachys 0.2 is false). HTML parses character references in both.

/// Escapes text for a `<title>` or `<textarea>`.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The same for a `<textarea>`, with an extra line break in front: HTML drops the first one after the tag.
pub fn inside_textarea(text: &str) -> String {
    format!("\n{}", escaped(text))
}
