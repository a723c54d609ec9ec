//! Whether the platform takes files of the account.

use std::sync::atomic::{AtomicI64, Ordering};

/// Whether the account may upload files.
#[derive(Debug, Default)]
pub struct MediaUploads {
    /// Epoch milliseconds until which it may not; 0: it may.
    pub(super) closed_until: AtomicI64,
}

impl MediaUploads {
    /// The account's permissions changed: the next file retries.
    pub fn reopen(&self) {
        self.closed_until.store(0, Ordering::SeqCst);
    }
}
