//! Keyed hashes: secrets given to clients are stored as such hashes only.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// True for the form of an `EncodingAESKey`: 43 letters and digits.
#[must_use]
pub fn is_aes_key(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The length of a hash: hexadecimal digits of SHA-256.
const HASH_CHARS: usize = 64;

/// What is hashed: the same text hashed for two uses gives two different hashes.
#[derive(Debug, Clone, Copy)]
pub enum Use {
    Scene,
    Poll,
    Browser,
    Code,
    WebSession,
    SetupLink,
    Person,
    Limit,
    Flash,
    TokenKey,
    Idempotency,
    /// A client program's name.
    Client,
    /// A browser or a network that a user signed in with before.
    KnownBrowser,
    /// The key that identifies one push of the platform: it may contain a user's scene. The hash is ordered: see [`HashKey::hash`].
    Delivery,
    /// The signature of a push.
    PushSignature,
    /// The digest of a push's body.
    PushBody,
    /// A sign-in to the personal channel: its picture's name and its browser session.
    IlinkLogin,
    /// A redemption code.
    Redemption,
    /// The number in the doctor's own push: the hash proves which installation answered.
    Doctor,
    /// A token and a key that are proposed for an Official Account: the hash is their source.
    OfficialAccount,
}

/// The installation's hash key. Without a key, a hash of six digits could be found by trying all million values.
#[derive(Clone)]
pub struct HashKey([u8; 32]);

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey(…)")
    }
}

impl HashKey {
    /// Parses 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut key = [0; 32];
        hex::decode_to_slice(text, &mut key).ok()?;
        Some(Self(key))
    }

    /// The keyed hash of `secret`: 64 hexadecimal digits.
    ///
    /// That of a [`Use::Delivery`] begins with `t` and 20 decimal digits if the key has a number in its fourth part (`|` separates parts):
    /// the platform's id of the message, or its time. Both increase, so that the database writes the newest rows to few pages.
    #[must_use]
    pub fn hash(&self, of: Use, secret: &str) -> String {
        let label: &[u8] = match of {
            Use::Scene => b"scene",
            Use::Poll => b"poll",
            Use::Browser => b"browser",
            Use::Code => b"code",
            Use::WebSession => b"web-session",
            Use::SetupLink => b"setup-link",
            Use::Person => b"person",
            Use::Limit => b"limit",
            Use::Flash => b"flash",
            Use::TokenKey => b"token-key",
            Use::Idempotency => b"idempotency",
            Use::Client => b"client",
            Use::KnownBrowser => b"known-browser",
            Use::Delivery => b"delivery",
            Use::PushSignature => b"push-signature",
            Use::PushBody => b"push-body",
            Use::IlinkLogin => b"ilink-login",
            Use::Redemption => b"redemption",
            Use::Doctor => b"doctor",
            Use::OfficialAccount => b"official-account",
        };
        // HMAC accepts keys of any length: https://docs.rs/hmac — new_from_slice fails for fixed-length MACs only.
        #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "HMAC takes keys of every length")]
        let mut mac = <Hmac<Sha256>>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(label);
        mac.update(&[0]);
        mac.update(secret.as_bytes());
        let hash = hex::encode(mac.finalize().into_bytes());
        match of {
            Use::Delivery => number_of(secret).map_or(hash.clone(), |number| format!("t{number:020}{hash}")),
            _ => hash,
        }
    }
}

/// The number in the fourth part of a key.
fn number_of(key: &str) -> Option<u64> {
    key.split('|').nth(3).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

/// An ordered hash without the number before it.
#[must_use]
pub fn unordered(hash: &str) -> &str {
    hash.get(hash.len().saturating_sub(HASH_CHARS)..).unwrap_or(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_are_ordered_by_the_number_of_their_message() {
        let key = HashKey::parse(&"5a".repeat(32)).unwrap();
        let of = |text: &str| key.hash(Use::Delivery, text);
        let (message, event) = (of("msg|wx1|oA|24000000000000001"), of("event|wx1|oA|1757650000|#ab|CLICK|k"));
        assert!(message.starts_with("t00024000000000000001") && event.starts_with("t00000000001757650000"));
        assert_eq!((message.len(), unordered(&message).len()), (85, 64));
        assert!(unordered(&message) != unordered(&of("msg|wx1|oB|24000000000000001")));
        // Without a number, or with one that has no place, it is a hash like any other.
        for text in ["msg|wx1|oA|x", "msg|wx1|2400", "msg|wx1|oA|-1", "msg|wx1|oA|99999999999999999999999", ""] {
            assert_eq!((of(text).len(), unordered(&of(text))), (64, of(text).as_str()), "{text}");
        }
    }

    #[test]
    fn one_text_has_a_hash_of_its_own_for_every_use() {
        let key = HashKey::parse(&"5a".repeat(32)).unwrap();
        assert_ne!(key.hash(Use::Scene, "x"), key.hash(Use::Poll, "x"));
        assert_eq!(key.hash(Use::Scene, "x"), key.hash(Use::Scene, "x"));
        assert_eq!(key.hash(Use::Code, "123456").len(), 64);
        assert!(!format!("{key:?}").contains("5a"));
    }
}
