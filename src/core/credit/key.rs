//! A caller's own name for one piece of work, so that asking for it twice does it once.

use crate::core::{CoreError, Ctx, Problem, secret::Use};
use sha2::{Digest as _, Sha256};

/// As long as any header of its kind.
const MAX_CHARS: usize = 255;

/// An idempotency key with what it was sent with. Keys are a user's own: two users may use the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub(super) hash: String,
    /// Stands for the request: the same key with another request is a mistake of the caller's.
    pub(super) fingerprint: String,
}

impl Key {
    /// Takes 1 to 255 visible ASCII characters, and the parts of the request that make it this one.
    ///
    /// # Errors
    /// The flaw of the field `Idempotency-Key`.
    pub fn new(ctx: &Ctx, name: &str, parts: &[&[u8]]) -> Result<Self, CoreError> {
        if !(1..=MAX_CHARS).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(CoreError::flaw("Idempotency-Key", Problem::Malformed));
        }
        let mut digest = Sha256::new();
        for part in parts {
            // With its length: two requests whose parts are cut differently are two.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Ok(Self { hash: ctx.hash(Use::Idempotency, name), fingerprint: hex::encode(digest.finalize()) })
    }
}
