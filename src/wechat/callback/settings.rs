//! What the account's owner has set on the platform's website, and so must be set here.

use crate::wechat::crypto::AesKey;
use std::fmt;

/// The mode in which the platform sends pushes (消息加解密方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 明文: neither encrypted nor, but for the address, signed.
    Plain,
    /// 兼容: encrypted, with the plain fields beside it. Those are unsigned and ignored here, so to this program it is the
    /// same as [`Safe`](Self::Safe).
    Compatible,
    /// 安全: encrypted.
    Safe,
}

/// The settings of one account's pushes. Nothing in it is printed but the appid and the mode.
#[derive(Clone)]
pub struct PushSettings {
    token: String,
    appid: String,
    original_id: Option<String>,
    mode: Mode,
    aes_keys: Vec<AesKey>,
}

/// Why settings were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsError {
    /// The token is not 3 to 32 letters and digits. An empty one would let everybody in.
    Token,
    /// The appid is empty.
    AppId,
    /// The mode encrypts, but there is no key.
    MissingKey,
    /// The mode does not encrypt, but there is a key: whoever set one expects it to be used.
    UnusedKey,
}

impl PushSettings {
    /// Settings with the `token` of 3 to 32 letters and digits, and the keys to decrypt with, current one first (the
    /// previous one stays valid for a while after a change).
    ///
    /// # Errors
    /// [`SettingsError`] for settings that could not work or would not be safe.
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
            _ => Ok(Self { token: token.to_owned(), appid: appid.to_owned(), original_id: None, mode, aes_keys }),
        }
    }

    /// Lets in only what is sent to the account with this original id (`gh_…`). Without it, any `ToUserName` will do.
    #[must_use]
    pub fn for_original_id(mut self, original_id: &str) -> Self {
        self.original_id = Some(original_id.to_owned());
        self
    }

    /// The account's appid.
    pub fn appid(&self) -> &str {
        &self.appid
    }

    /// The mode set on the website.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    pub(super) fn original_id(&self) -> Option<&str> {
        self.original_id.as_deref()
    }

    pub(super) fn aes_keys(&self) -> &[AesKey] {
        &self.aes_keys
    }
}

impl fmt::Debug for PushSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushSettings")
            .field("appid", &self.appid)
            .field("original_id", &self.original_id)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
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
