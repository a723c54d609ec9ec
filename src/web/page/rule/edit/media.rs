//! The file of a content: which types its field takes, and the URL of a stored file.

use crate::core::rule::{
    Content,
    media::{KEPT, Kind},
};

/// The file types of a field, in the syntax of `accept`.
pub fn accepted(content: &Content) -> &'static str {
    match content.file_kind() {
        _ if content.has_thumb() => "image/jpeg",
        Some(Kind::Voice) => ".mp3,.amr,audio/mpeg,audio/amr",
        Some(Kind::Video) => "video/mp4",
        Some(Kind::Image) | None => "image/jpeg,image/png,image/gif",
    }
}

/// The URL of a file that Weida stores; `None` for a media id of the platform.
pub fn place(media: &str) -> Option<String> {
    media.strip_prefix(KEPT).map(|key| format!("/media/{key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_kept_here_has_a_place_here() {
        assert_eq!(place("weida:abc").as_deref(), Some("/media/abc"));
        assert_eq!(place("MEDIA_ID-1"), None);
    }
}
