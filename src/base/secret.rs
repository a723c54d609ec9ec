//! Keyed hashes: secrets given to clients are stored as such hashes only.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// True for the form of an `EncodingAESKey`: 43 letters and digits.
#[must_use]
pub fn is_aes_key(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

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
    /// The key that identifies one push of the platform: it may contain a user's scene.
    Delivery,
    /// The signature of a push.
    PushSignature,
    /// The digest of a push's body.
    PushBody,
    /// A sign-in to the personal channel: its picture's name and its browser session.
    IlinkLogin,
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
        };
        // HMAC accepts keys of any length: https://docs.rs/hmac — new_from_slice fails for fixed-length MACs only.
        #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "HMAC takes keys of every length")]
        let mut mac = <Hmac<Sha256>>::new_from_slice(&self.0).expect("HMAC takes keys of every length");
        mac.update(label);
        mac.update(&[0]);
        mac.update(secret.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_has_a_hash_of_its_own_for_every_use() {
        let key = HashKey::parse(&"5a".repeat(32)).unwrap();
        assert_ne!(key.hash(Use::Scene, "x"), key.hash(Use::Poll, "x"));
        assert_eq!(key.hash(Use::Scene, "x"), key.hash(Use::Scene, "x"));
        assert_eq!(key.hash(Use::Code, "123456").len(), 64);
        assert!(!format!("{key:?}").contains("5a"));
    }
}
