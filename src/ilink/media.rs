//! Media files: encrypted with AES-128-ECB and a key of their own, stored at the platform's CDN.

use super::error::Error;
use crate::base::rng::Rng;
use aes::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _, KeyInit as _};
use aes::{Aes128, Block};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use std::fmt;

/// The largest file that is uploaded or downloaded, in bytes before encryption. The reference client: 100 MiB. Memory holds a file
/// twice while it is transferred.
pub const FILE_MAX_BYTES: usize = 20 * 1024 * 1024;
/// The length of an AES block, in bytes.
const BLOCK_BYTES: usize = 16;
/// The longest download parameter, in bytes. Real ones were seen with a few hundred.
const PARAM_MAX_BYTES: usize = 4096;

/// What a file is uploaded as (`media_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    Image = 1,
    Video = 2,
    File = 3,
    Voice = 4,
}

/// The AES-128 key of one file. Never printed.
#[derive(Clone)]
pub struct MediaKey([u8; BLOCK_BYTES]);

impl MediaKey {
    /// A new key.
    pub fn random(rng: &dyn Rng) -> Self {
        let mut key = [0; BLOCK_BYTES];
        rng.fill(&mut key);
        Self(key)
    }

    /// Parses 32 hexadecimal digits. `None` for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut key = [0; BLOCK_BYTES];
        hex::decode_to_slice(text.trim(), &mut key).ok()?;
        Some(Self(key))
    }

    /// Parses `aes_key`: base64 of the 16 bytes, or of their 32 hexadecimal digits; WeChat writes both. `None` for any other length.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        match <[u8; BLOCK_BYTES]>::try_from(bytes.as_slice()) {
            Ok(key) => Some(Self(key)),
            Err(_) => Self::from_hex(std::str::from_utf8(&bytes).ok()?),
        }
    }

    /// The 32 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Base64 of the hexadecimal digits, as the reference client writes it in messages.
    #[must_use]
    pub fn to_base64_of_hex(&self) -> String {
        STANDARD.encode(self.to_hex())
    }

    /// Base64 of the 16 bytes.
    #[must_use]
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Encrypts a file: AES-128-ECB with PKCS#7 padding, so that the result is 1 to 16 bytes longer.
    #[must_use]
    pub fn encrypt(&self, plain: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(encrypted_len(plain.len()));
        bytes.extend_from_slice(plain);
        let padding = encrypted_len(plain.len()) - plain.len();
        bytes.resize(encrypted_len(plain.len()), u8::try_from(padding).unwrap_or_default());
        Aes128::new(&self.0.into()).encrypt_blocks(Block::slice_as_chunks_mut(&mut bytes).0);
        bytes
    }

    /// Decrypts a file in place. `None` if the length or the padding is wrong: usually another key.
    #[must_use]
    pub fn decrypt(&self, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(BLOCK_BYTES) {
            return None;
        }
        Aes128::new(&self.0.into()).decrypt_blocks(Block::slice_as_chunks_mut(&mut bytes).0);
        let padding = usize::from(*bytes.last()?);
        let is_valid = (1..=BLOCK_BYTES).contains(&padding)
            && bytes.iter().rev().take(padding).all(|byte| usize::from(*byte) == padding);
        is_valid.then(|| {
            bytes.truncate(bytes.len() - padding);
            bytes
        })
    }
}

impl fmt::Debug for MediaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaKey(secret)")
    }
}

/// The length after encryption.
#[must_use]
pub fn encrypted_len(plain: usize) -> usize {
    (plain / BLOCK_BYTES + 1) * BLOCK_BYTES
}

/// A file of a received message. Its parameter opens the file: never printed.
#[derive(Clone)]
pub struct MediaRef {
    pub(super) download_param: String,
    pub(super) full_url: Option<String>,
    key: Key,
}

/// How a received file is encrypted.
#[derive(Clone)]
enum Key {
    None,
    Valid(MediaKey),
    Malformed,
}

impl MediaRef {
    /// Reads `media`. `hex_key` is the `aeskey` of an image, which comes before `media.aes_key`. `None` if there is no file to fetch.
    pub(super) fn read(media: &Value, hex_key: Option<&str>) -> Option<Self> {
        let text = |name: &str| media[name].as_str().filter(|text| !text.is_empty() && text.len() <= PARAM_MAX_BYTES);
        let (param, full_url) = (text("encrypt_query_param"), text("full_url"));
        if param.is_none() && full_url.is_none() {
            return None;
        }
        let key = match (hex_key.filter(|key| !key.is_empty()), text("aes_key")) {
            (Some(key), _) => Some(MediaKey::from_hex(key)),
            (None, Some(key)) => Some(MediaKey::from_base64(key)),
            (None, None) => None,
        };
        let key = match key {
            None => Key::None,
            Some(Some(key)) => Key::Valid(key),
            Some(None) => Key::Malformed,
        };
        Some(Self { download_param: param.unwrap_or_default().to_owned(), full_url: full_url.map(str::to_owned), key })
    }

    /// True if the platform sent a key.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        !matches!(self.key, Key::None)
    }

    /// True if the file cannot be decrypted, so that fetching it is of no use.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.key, Key::Malformed)
    }

    /// Decrypts the downloaded bytes; without a key they stay as they are.
    pub(super) fn open(&self, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        match &self.key {
            Key::None => Ok(bytes),
            Key::Valid(key) => key.decrypt(bytes).ok_or(Error::MediaKey),
            Key::Malformed => Err(Error::MediaKey),
        }
    }
}

impl fmt::Debug for MediaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaRef").field("is_encrypted", &self.is_encrypted()).finish_non_exhaustive()
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

impl UploadedFile {
    /// The length before encryption, in bytes.
    #[must_use]
    pub fn size_bytes(&self) -> usize {
        self.size_bytes
    }
}

impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadedFile").field("size_bytes", &self.size_bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f";

    #[test]
    fn the_cipher_is_aes_128_ecb_with_pkcs7() {
        let key = MediaKey::from_hex(HEX).unwrap();
        // FIPS 197, appendix C.1, and the full block of padding that OpenSSL adds.
        let plain = hex::decode("00112233445566778899aabbccddeeff").unwrap();
        let sealed = key.encrypt(&plain);
        assert_eq!(hex::encode(&sealed), "69c4e0d86a7b0430d8cdb78070b4c55a954f64f2e4e86e9eee82d20216684899");
        assert_eq!(key.decrypt(sealed).unwrap(), plain);
    }

    #[test]
    fn a_key_is_16_bytes_or_their_digits_in_base64() {
        let key = MediaKey::from_hex(HEX).unwrap();
        for text in [key.to_base64(), key.to_base64_of_hex(), format!(" {}\n", key.to_base64())] {
            assert_eq!(MediaKey::from_base64(&text).unwrap().to_hex(), HEX);
        }
        let of = |bytes: &[u8]| STANDARD.encode(bytes);
        for text in ["", "%%%", &of(&[0; 15]), &of(&[0; 17]), &of(&[b'z'; 32]), &of(&[0xff; 32]), &of(&[b'0'; 31]), HEX]
        {
            assert!(MediaKey::from_base64(text).is_none(), "{text}");
        }
        for text in ["", "00", &HEX[1..], "000102030405060708090a0b0c0d0e0g"] {
            assert!(MediaKey::from_hex(text).is_none(), "{text}");
        }
        assert_eq!(format!("{key:?}"), "MediaKey(secret)");
    }

    #[test]
    fn the_key_of_an_image_comes_before_that_of_its_file() {
        let right = MediaKey::from_hex(HEX).unwrap();
        let media = json!({ "encrypt_query_param": "p", "aes_key": STANDARD.encode([9; 16]) });
        let sealed = right.encrypt(b"picture");
        assert_eq!(MediaRef::read(&media, Some(HEX)).unwrap().open(sealed.clone()).unwrap(), b"picture");
        assert_eq!(MediaRef::read(&media, None).unwrap().open(sealed.clone()), Err(Error::MediaKey));
        // A malformed key is not replaced by the other one, and no key means that the file is plain.
        assert!(MediaRef::read(&media, Some("xyz")).unwrap().is_locked());
        let plain = MediaRef::read(&json!({ "full_url": "https://weixin.qq.com/x" }), None).unwrap();
        assert_eq!(plain.open(b"picture".to_vec()).unwrap(), b"picture");
        assert!(MediaRef::read(&json!({ "aes_key": "x" }), None).is_none());
        assert!(!format!("{plain:?}").contains("weixin"));
    }

    proptest! {
        #[test]
        fn what_is_encrypted_is_decrypted(plain in prop::collection::vec(any::<u8>(), 0..100), key in any::<[u8; 16]>()) {
            let key = MediaKey(key);
            let sealed = key.encrypt(&plain);
            prop_assert_eq!(sealed.len(), encrypted_len(plain.len()));
            prop_assert_eq!(key.decrypt(sealed), Some(plain));
        }

        #[test]
        fn any_bytes_are_decrypted_without_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = MediaKey([7; 16]).decrypt(bytes);
        }
    }
}
