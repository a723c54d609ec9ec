//! The envelope of the safe mode: AES-256-CBC with the padding and layout of Tencent's `WXBizMsgCrypt`.
//!
//! ```text
//! random(16) | length of message (u32, big endian, bytes) | message | appid | PKCS#7 padding to a multiple of 32
//! ```
//!
//! Integrity comes from `msg_signature` alone, so nothing here may run before that signature is verified: otherwise the
//! different errors would be a padding oracle. See `callback`.

use crate::base::secret::is_aes_key;
use aes::Aes256;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use std::fmt;
use subtle::ConstantTimeEq as _;

/// The padding's block size in bytes: twice AES's own, so standard PKCS#7 rejects half of all messages.
const PAD_BLOCK: usize = 32;

/// Bytes before the message: 16 random ones and its length.
const HEAD: usize = 20;

/// Keys are random, so the last of the 43 symbols usually has bits beyond the 32 bytes. A strict decoder rejects about
/// three keys in four.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// An `EncodingAESKey`, decoded. Never printed.
#[derive(Clone)]
pub struct AesKey([u8; 32]);

impl AesKey {
    /// Parses the 43 letters and digits shown in the platform's console.
    ///
    /// # Errors
    /// [`CryptoError::Key`] for any other length or symbol.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        if !is_aes_key(text) {
            return Err(CryptoError::Key);
        }
        let bytes = LENIENT.decode(format!("{text}=")).map_err(|_| CryptoError::Key)?;
        bytes.try_into().map(Self).map_err(|_| CryptoError::Key)
    }

    /// Half of the key doubles as the initialization vector, as Tencent defined it.
    fn iv(&self) -> [u8; 16] {
        let mut iv = [0; 16];
        iv.copy_from_slice(&self.0[..16]);
        iv
    }
}

/// Constant-time comparison.
impl PartialEq for AesKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for AesKey {}

impl fmt::Debug for AesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesKey(secret)")
    }
}

/// Why an envelope could not be decrypted. For logs only, not for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CryptoError {
    /// The key is not 43 letters and digits.
    Key,
    /// The text is not strict, padded, standard base64.
    Base64,
    /// The bytes are not a whole number of AES blocks.
    Decrypt,
    /// Padding or length field is wrong: usually encrypted with another key.
    Buffer,
    /// The envelope is for another account.
    AppId,
}

impl CryptoError {
    /// The result code of Tencent's `WXBizMsgCrypt` for this error, as in every SDK.
    pub fn code(self) -> i32 {
        match self {
            Self::Key => -40004,
            Self::AppId => -40005,
            Self::Decrypt => -40007,
            Self::Buffer => -40008,
            Self::Base64 => -40010,
        }
    }
}

impl fmt::Display for CryptoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Key => "the AES key is not 43 letters and digits",
            Self::Base64 => "not base64",
            Self::Decrypt => "not a whole number of AES blocks",
            Self::Buffer => "the decrypted bytes have a wrong form",
            Self::AppId => "made for another appid",
        };
        write!(f, "{what} ({})", self.code())
    }
}

impl std::error::Error for CryptoError {}

/// Decrypts a text: see [`decrypt_bytes`].
///
/// # Errors
/// As [`decrypt_bytes`]; [`CryptoError::Buffer`] if the message is not UTF-8.
pub fn decrypt(keys: &[AesKey], encrypt: &str, appid: &str) -> Result<(String, usize), CryptoError> {
    let (message, used) = decrypt_bytes(keys, encrypt, appid)?;
    Ok((String::from_utf8(message).map_err(|_| CryptoError::Buffer)?, used))
}

/// Decrypts with the first of `keys` that works, current key first: during a key change the platform may still use the
/// previous one. Returns the message and the index of that key, which the reply must use too. The message is what a person
/// may have sent: not always UTF-8.
///
/// # Errors
/// [`CryptoError`]; with several keys, the error of the first (or [`CryptoError::Key`] without any).
pub fn decrypt_bytes(keys: &[AesKey], encrypt: &str, appid: &str) -> Result<(Vec<u8>, usize), CryptoError> {
    let cipher = STANDARD.decode(encrypt).map_err(|_| CryptoError::Base64)?;
    let mut first_error = None;
    for (index, key) in keys.iter().enumerate() {
        match open(key, &cipher, appid) {
            Ok(message) => return Ok((message, index)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or(CryptoError::Key))
}

/// Encrypts `plaintext` for `appid`. `random` must come from a cryptographic source and be new each time: it makes
/// equal messages look different under the fixed initialization vector.
pub fn encrypt(key: &AesKey, appid: &str, plaintext: impl AsRef<[u8]>, random: [u8; 16]) -> String {
    let plaintext = plaintext.as_ref();
    // A reply is at most a few KiB, so the length always fits.
    let length = u32::try_from(plaintext.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(HEAD + plaintext.len() + appid.len() + PAD_BLOCK);
    bytes.extend_from_slice(&random);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(plaintext);
    bytes.extend_from_slice(appid.as_bytes());
    let pad = PAD_BLOCK - bytes.len() % PAD_BLOCK;
    bytes.resize(bytes.len() + pad, u8::try_from(pad).unwrap_or_default());
    let cipher = cbc::Encryptor::<Aes256>::new(&key.0.into(), &key.iv().into());
    STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(&bytes))
}

/// Decrypts and splits the layout.
fn open(key: &AesKey, cipher: &[u8], appid: &str) -> Result<Vec<u8>, CryptoError> {
    let bytes = cbc::Decryptor::<Aes256>::new(&key.0.into(), &key.iv().into())
        .decrypt_padded_vec::<NoPadding>(cipher)
        .map_err(|_| CryptoError::Decrypt)?;
    let body = without_padding(&bytes).ok_or(CryptoError::Buffer)?;
    let (message, receiver) = split(body).ok_or(CryptoError::Buffer)?;
    if receiver != appid.as_bytes() {
        return Err(CryptoError::AppId);
    }
    Ok(message.to_vec())
}

/// Strips the padding: 1 to 32 bytes, each of which holds the padding's length.
fn without_padding(bytes: &[u8]) -> Option<&[u8]> {
    let pad = *bytes.last()?;
    let (body, padding) = bytes.split_at_checked(bytes.len().checked_sub(usize::from(pad))?)?;
    let whole = (1..=PAD_BLOCK).contains(&padding.len()) && padding.iter().all(|b| *b == pad);
    whole.then_some(body)
}

/// Splits the rest into the message and the receiver's appid. The length field is untrusted, so it is only compared
/// with the available bytes, never added to or allocated.
fn split(body: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = body.split_at_checked(HEAD)?;
    let length = u32::from_be_bytes(head.last_chunk::<4>().copied()?);
    rest.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests;
