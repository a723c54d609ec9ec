//! The push settings, which must match those in the platform's console.

use crate::wechat::crypto::AesKey;
use std::fmt;

/// The mode in which the platform sends pushes (消息加解密方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 明文: not encrypted; the signature covers only the address.
    Plain,
    /// 兼容: encrypted, with the plain fields beside it. Those are unsigned and ignored here, so this program treats it
    /// like [`Safe`](Self::Safe).
    Compatible,
    /// 安全: encrypted.
    Safe,
}

/// The push settings of one account. Its `Debug` prints only the appid and the mode.
#[derive(Clone)]
pub struct PushSettings {
    token: String,
    appid: String,
    mode: Mode,
    aes_keys: Vec<AesKey>,
}

/// Why settings were rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsError {
    /// The token is not 3 to 32 letters and digits. With an empty one, anyone could sign.
    Token,
    /// The appid is empty.
    AppId,
    /// The mode encrypts, but there is no key.
    MissingKey,
    /// The mode does not encrypt, but there is a key, which its owner expects to be used.
    UnusedKey,
}

impl PushSettings {
    /// Creates settings from the `token` of 3 to 32 letters and digits and the AES keys, current one first (the
    /// previous one stays valid for a while after a change).
    ///
    /// # Errors
    /// [`SettingsError`] for settings that cannot work or are not secure.
    pub fn new(token: &str, appid: &str, mode: Mode, aes_keys: Vec<AesKey>) -> Result<Self, SettingsError> {
        if !(3..=32).contains(&token.len()) || !token.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(SettingsError::Token);
        }
        if appid.is_empty() {
            return Err(SettingsError::AppId);
        }
        match mode {
            Mode::Plain if !aes_keys.is_empty() => Err(SettingsError::UnusedKey),
            Mode::Compatible | Mode::Safe if aes_keys.is_empty() => Err(SettingsError::MissingKey),
            _ => Ok(Self { token: token.to_owned(), appid: appid.to_owned(), mode, aes_keys }),
        }
    }

    /// The account's appid.
    pub fn appid(&self) -> &str {
        &self.appid
    }

    /// The mode set in the console.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub(in crate::wechat) fn token(&self) -> &str {
        &self.token
    }

    pub(in crate::wechat) fn aes_keys(&self) -> &[AesKey] {
        &self.aes_keys
    }
}

impl fmt::Debug for PushSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushSettings").field("appid", &self.appid).field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "the token must be 3 to 32 letters and digits",
            Self::AppId => "the appid is empty",
            Self::MissingKey => "an encrypting mode needs an EncodingAESKey",
            Self::UnusedKey => "the plain mode uses no EncodingAESKey: choose another mode or remove the key",
        })
    }
}

impl std::error::Error for SettingsError {}
