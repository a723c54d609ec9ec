//! Media files: encrypted with AES-128-ECB and a key of their own, stored at the platform's CDN.

use std::fmt;

/// The largest file that is uploaded or downloaded, in bytes before encryption. The reference client: 100 MiB. Memory holds a file
/// twice while it is transferred.
pub const FILE_MAX_BYTES: usize = 20 * 1024 * 1024;

/// What a file is uploaded as (`media_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    Image = 1,
    Video = 2,
    File = 3,
    Voice = 4,
}

/// The AES-128 key of one file. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaKey(pub(super) [u8; 16]);

impl fmt::Debug for MediaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaKey(secret)")
    }
}

/// A file of a received message. Its parameter opens the file: never printed.
#[derive(Clone)]
pub struct MediaRef {
    pub(super) download_param: String,
    pub(super) full_url: Option<String>,
    /// `None`: the file is not encrypted. `Some(Err)`: there is a key, and it is malformed.
    pub(super) key: Option<Result<MediaKey, ()>>,
}

impl fmt::Debug for MediaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaRef").field("is_encrypted", &self.key.is_some()).finish_non_exhaustive()
    }
}

/// A file that was uploaded, to be sent in a message.
#[derive(Clone)]
pub struct UploadedFile {
    pub(super) download_param: String,
    pub(super) key: MediaKey,
    pub(super) size_bytes: usize,
    pub(super) encrypted_bytes: usize,
}

impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}
