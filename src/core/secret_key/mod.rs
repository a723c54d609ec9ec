//! The secret key: it encrypts the keys that are stored in the database, and is stored outside of it.
//!
//! One key is derived for each purpose (HKDF-SHA256); values are encrypted with AES-256-GCM. The row's name is associated
//! data: a value moved to another row cannot be decrypted there.

mod file;
mod ilink_field;
mod official_account_field;
mod start;

pub use ilink_field::IlinkField;
pub use official_account_field::OfficialAccountField;
pub use start::{Source, damaged, open};

use crate::{base::rng::Rng, config::SECRET_KEY_MIN_BYTES as KEY_MIN_BYTES};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Prk, Salt},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::SecretString;
use std::sync::Arc;

/// The prefix of every encrypted value: the version of its format.
const MARK: &str = "enc1:";
/// Separates this program's keys from those that another program derives from the same secret.
const SALT: &[u8] = b"weida secret key 1";

/// The purpose of an encrypted value: each has its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Keys of the installation: the hash key and the token signing keys.
    Installation,
    /// The platform's `access_token`.
    PlatformToken,
    /// A chat answer that contains a code.
    Reply,
    /// The tokens of a user's personal-WeChat channel, and the QR code that connects it.
    Ilink,
    /// The secrets of an Official Account.
    OfficialAccount,
}

struct Keys {
    fingerprint: String,
    installation: LessSafeKey,
    platform_token: LessSafeKey,
    reply: LessSafeKey,
    ilink: LessSafeKey,
    official_account: LessSafeKey,
}

/// The secret key. Cheap to clone; `Debug` reveals nothing of it.
#[derive(Clone)]
pub struct SecretKey(Arc<Keys>);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// Derives the keys from a text. `None` if it has fewer than [`KEY_MIN_BYTES`] bytes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() < KEY_MIN_BYTES {
            return None;
        }
        let root = Salt::new(HKDF_SHA256, SALT).extract(text.as_bytes());
        let mut fingerprint = [0; 32];
        root.expand(&[b"fingerprint"], HKDF_SHA256).ok()?.fill(&mut fingerprint).ok()?;
        Some(Self(Arc::new(Keys {
            fingerprint: hex::encode(&fingerprint[..16]),
            installation: derived(&root, b"installation")?,
            platform_token: derived(&root, b"platform-token")?,
            reply: derived(&root, b"reply")?,
            ilink: derived(&root, b"ilink")?,
            official_account: derived(&root, b"official-account")?,
        })))
    }

    /// 32 hexadecimal digits that identify this key and reveal nothing about it.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// Encrypts a value for the row `name`.
    #[must_use]
    pub fn encrypt(&self, purpose: Purpose, name: &str, plain: &str, chance: &dyn Rng) -> String {
        let mut nonce = [0; NONCE_LEN];
        chance.fill(&mut nonce);
        let mut sealed = plain.as_bytes().to_vec();
        // AES-GCM allows up to 64 GiB (NIST SP 800-38D, 5.2.1.1); rows hold a few kilobytes.
        #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "AES-GCM fails above 64 GiB only")]
        self.key(purpose)
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name.as_bytes()), &mut sealed)
            .expect("a value of a row is shorter than 64 GiB");
        format!("{MARK}{}", STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Decrypts the value of the row `name`. `None` if it is not encrypted, was encrypted with another key or for another row,
    /// or was modified.
    #[must_use]
    pub fn decrypt(&self, purpose: Purpose, name: &str, stored: &str) -> Option<SecretString> {
        let mut bytes = STANDARD_NO_PAD.decode(stored.strip_prefix(MARK)?).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.key(purpose).open_in_place(nonce, Aad::from(name.as_bytes()), sealed).ok()?;
        Some(SecretString::from(std::str::from_utf8(plain).ok()?))
    }

    fn key(&self, purpose: Purpose) -> &LessSafeKey {
        match purpose {
            Purpose::Installation => &self.0.installation,
            Purpose::PlatformToken => &self.0.platform_token,
            Purpose::Reply => &self.0.reply,
            Purpose::Ilink => &self.0.ilink,
            Purpose::OfficialAccount => &self.0.official_account,
        }
    }
}

/// True if [`SecretKey::encrypt`] produced the value.
#[must_use]
pub fn is_encrypted(stored: &str) -> bool {
    stored.starts_with(MARK)
}

fn derived(root: &Prk, purpose: &'static [u8]) -> Option<LessSafeKey> {
    Some(LessSafeKey::new(UnboundKey::from(root.expand(&[purpose], &AES_256_GCM).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::SystemRng;
    use secrecy::ExposeSecret as _;

    const TEXT: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_value_is_decrypted_by_the_same_key_for_the_same_purpose_and_row_only() {
        let (key, other) = (SecretKey::parse(TEXT).unwrap(), SecretKey::parse(&TEXT.to_uppercase()).unwrap());
        let stored = key.encrypt(Purpose::Installation, "hash-key", "微答", &SystemRng);
        let opened = |key: &SecretKey, purpose, name, stored: &str| {
            key.decrypt(purpose, name, stored).map(|plain| plain.expose_secret().to_owned())
        };
        assert_eq!(opened(&key, Purpose::Installation, "hash-key", &stored).as_deref(), Some("微答"));
        assert_eq!(opened(&key, Purpose::Installation, "token-keys", &stored), None);
        assert_eq!(opened(&key, Purpose::Reply, "hash-key", &stored), None);
        assert_eq!(opened(&other, Purpose::Installation, "hash-key", &stored), None);
        assert_ne!(key.fingerprint(), other.fingerprint());
        assert!(is_encrypted(&stored) && !stored.contains("微答"));
        for at in MARK.len()..stored.len() {
            let mut bent = stored.clone();
            bent.replace_range(at..=at, if &stored[at..=at] == "A" { "B" } else { "A" });
            assert_eq!(opened(&key, Purpose::Installation, "hash-key", &bent), None, "{at}");
        }
        for broken in ["", "enc1:", "enc1:AAAA", "微答", "enc1:微答", &stored[..20]] {
            assert_eq!(opened(&key, Purpose::Installation, "hash-key", broken), None, "{broken}");
        }
    }

    #[test]
    fn the_same_value_is_encrypted_differently_every_time_and_shown_by_no_debug() {
        let key = SecretKey::parse(TEXT).unwrap();
        let stored = || key.encrypt(Purpose::Reply, "x", "y", &SystemRng);
        assert_ne!(stored(), stored());
        assert!(!format!("{key:?}").contains(key.fingerprint()));
        assert!(SecretKey::parse(&TEXT[1..]).is_none());
    }
}
