//! Idempotency keys: a caller's name for a request, so that repeating it does the work once.

use crate::{
    base::secret::Use,
    core::{CoreError, Ctx, Problem},
};
use sha2::{Digest as _, Sha256};

/// The usual limit of such headers.
const MAX_CHARS: usize = 255;

/// An idempotency key with a fingerprint of its request. Keys are per user: two users may use the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(super) hash: String,
    /// Identifies the request: the same key with another request is a caller's mistake.
    pub(super) fingerprint: String,
}

impl Key {
    /// Parses 1 to 255 visible ASCII characters; `parts` are the parts of the request that identify it.
    ///
    /// # Errors
    /// The field error of `Idempotency-Key`.
    pub fn new(ctx: &Ctx, name: &str, parts: &[&[u8]]) -> Result<Self, CoreError> {
        if !(1..=MAX_CHARS).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(CoreError::field_error("Idempotency-Key", Problem::Malformed));
        }
        let mut digest = Sha256::new();
        for part in parts {
            // With its length: requests whose parts are split differently are different.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Ok(Self { hash: ctx.hash(Use::Idempotency, name), fingerprint: hex::encode(digest.finalize()) })
    }
}
