//! Decrypts personal data that a mini-program encrypted under its session key, and verifies signed raw data. Facts: the platform's
//! page "开放数据校验与解密".

use crate::base::json;
use aes::Aes128;
use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

/// The fields of `getUserInfo` and `getUserProfile` that are used here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealed {
    pub open_id: Option<String>,
    pub union_id: Option<String>,
    pub nick_name: Option<String>,
    pub avatar_url: Option<String>,
    watermark: Watermark,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Watermark {
    appid: String,
}

/// Why encrypted data was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It cannot be decrypted with this key, or has the wrong form.
    Decrypt,
    /// It was encrypted for another mini-program.
    Watermark,
}

/// Decrypts data: AES-128-CBC with the session key, everything in base64.
///
/// # Errors
/// [`Doubt`].
pub fn open(session_key: &SecretString, iv: &str, encrypted: &str, appid: &str) -> Result<Sealed, Doubt> {
    let bytes = |text: &str| STANDARD.decode(text).map_err(|_| Doubt::Decrypt);
    let key: [u8; 16] = bytes(session_key.expose_secret())?.try_into().map_err(|_| Doubt::Decrypt)?;
    let iv: [u8; 16] = bytes(iv)?.try_into().map_err(|_| Doubt::Decrypt)?;
    let plain = cbc::Decryptor::<Aes128>::new(&key.into(), &iv.into())
        .decrypt_padded_vec::<Pkcs7>(&bytes(encrypted)?)
        .map_err(|_| Doubt::Decrypt)?;
    let plain = json::read(&plain, "encryptedData").ok_or(Doubt::Decrypt)?;
    let sealed: Sealed = serde_json::from_value(plain).map_err(|_| Doubt::Decrypt)?;
    if sealed.watermark.appid == appid { Ok(sealed) } else { Err(Doubt::Watermark) }
}

/// True if `rawData` is signed with the session key.
#[must_use]
pub fn is_signed(session_key: &SecretString, raw_data: &str, signature: &str) -> bool {
    let mut digest = Sha1::new();
    digest.update(raw_data.as_bytes());
    digest.update(session_key.expose_secret().as_bytes());
    let expected = hex::encode(digest.finalize());
    expected.as_bytes().ct_eq(signature.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_vector_is_opened_or_refused_as_it_says() {
        let vectors: Value = serde_json::from_str(include_str!("../../tests/vectors/miniprogram.json")).unwrap();
        let vectors = vectors["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 4);
        for vector in vectors {
            let field = |name: &str| vector[name].as_str().unwrap_or_default();
            let key = SecretString::from(field("session_key"));
            let opened = || open(&key, field("iv"), field("encrypted_data"), field("appid"));
            match field("op") {
                "decrypt" => {
                    let expected: Sealed = serde_json::from_str(field("plaintext")).unwrap();
                    assert_eq!(opened().unwrap(), expected);
                    assert_eq!(expected.nick_name.as_deref(), Some("Band"));
                    assert_eq!(expected.union_id.as_deref(), Some("ocMvos6NjeKLIBqg5Mr9QjxrP1FA"));
                }
                "reject" if field("expect_error").contains("watermark") => assert_eq!(opened(), Err(Doubt::Watermark)),
                "reject" => assert_eq!(opened(), Err(Doubt::Decrypt)),
                "signature" => {
                    assert!(is_signed(&key, field("raw_data"), field("signature")));
                    assert!(!is_signed(&key, &field("raw_data").replace("Band", "Bond"), field("signature")));
                    assert!(!is_signed(&key, field("raw_data"), ""));
                }
                other => panic!("{other}"),
            }
        }
    }

    #[test]
    fn what_is_no_sealed_data_is_refused() {
        let key = SecretString::from("tiihtNczf5v6AKRyjwEUhQ==");
        for (iv, data) in [("", ""), ("r7BXXKkLb8qrSNn05n0qiA==", ""), ("!", "AAAA"), ("AAAA", "AAAA")] {
            assert_eq!(open(&key, iv, data, "wx"), Err(Doubt::Decrypt), "{iv} {data}");
        }
        assert_eq!(open(&SecretString::from("short"), "r7BXXKkLb8qrSNn05n0qiA==", "AAAA", "wx"), Err(Doubt::Decrypt));
    }
}
