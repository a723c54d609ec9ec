//! References to media in rules.

/// The most bytes of a platform media id; theirs have 64 today.
const MEDIA_ID_MAX_BYTES: usize = 128;

/// The prefix of a stored file's key in a rule.
pub const KEPT: &str = "weida:";

/// Letters and digits of a key: a client that knows one may view the file, and answer with it.
pub const KEY_CHARS: usize = 22;

/// A rule's reference to a medium.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// A media id of the platform, as typed.
    Platform(String),
    /// A file stored by Weida, by its key.
    Kept(String),
}

impl Reference {
    /// Parses a reference; `None` if it is neither.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if let Some(key) = text.strip_prefix(KEPT) {
            return is_key(key).then(|| Self::Kept(key.to_owned()));
        }
        let is_id = (1..=MEDIA_ID_MAX_BYTES).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        is_id.then(|| Self::Platform(text.to_owned()))
    }
}

/// True if the text may be a key.
#[must_use]
pub fn is_key(text: &str) -> bool {
    text.len() == KEY_CHARS && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
