//! The encrypted files, in memory.

use crate::ilink::media::MediaKey;
use axum::body::Bytes;
use std::collections::{BTreeMap, VecDeque};

/// All files together, in bytes; beyond it the oldest are forgotten.
const TOTAL_MAX_BYTES: usize = 64 * 1024 * 1024;
/// The most uploads that were announced and have not come.
const ANNOUNCED_MAX: usize = 1_000;

/// The encrypted files by their download parameters.
#[derive(Debug, Default)]
pub(super) struct Files {
    sealed: BTreeMap<String, File>,
    order: VecDeque<String>,
    total_bytes: usize,
    announced: BTreeMap<String, Announced>,
}

#[derive(Debug, Clone)]
struct File {
    bytes: Bytes,
    key: MediaKey,
}

/// What `getuploadurl` was called with.
#[derive(Debug, Clone)]
pub(super) struct Announced {
    pub file_key: String,
    pub key: MediaKey,
    pub encrypted_bytes: usize,
    pub md5: String,
}

impl Files {
    /// Adds an encrypted file.
    pub fn add(&mut self, param: String, bytes: Bytes, key: MediaKey) {
        self.total_bytes += bytes.len();
        self.sealed.insert(param.clone(), File { bytes, key });
        self.order.push_back(param);
        while self.total_bytes > TOTAL_MAX_BYTES
            && let Some(oldest) = self.order.pop_front()
        {
            self.total_bytes -= self.sealed.remove(&oldest).map_or(0, |file| file.bytes.len());
        }
    }

    /// True if there is such a file, and the key opens it.
    pub fn opens(&self, param: &str, key: &str) -> bool {
        let (Some(file), Some(key)) = (self.sealed.get(param), MediaKey::from_base64(key)) else { return false };
        key.to_hex() == file.key.to_hex()
    }

    /// A file, decrypted.
    pub fn plain(&self, param: &str) -> Option<Vec<u8>> {
        let file = self.sealed.get(param)?;
        file.key.decrypt(file.bytes.to_vec())
    }

    /// A file as it was uploaded.
    pub fn sealed(&self, param: &str) -> Option<Bytes> {
        self.sealed.get(param).map(|file| file.bytes.clone())
    }

    /// Notes an upload that will come.
    pub fn announce(&mut self, param: String, announced: Announced) {
        if self.announced.len() >= ANNOUNCED_MAX {
            self.announced.clear();
        }
        self.announced.insert(param, announced);
    }

    /// The upload of this parameter, which can be used once.
    pub fn announced(&mut self, param: &str) -> Option<Announced> {
        self.announced.remove(param)
    }
}
