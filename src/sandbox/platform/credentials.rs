//! The account of the fake platform: created once at random, and stored.

use crate::{
    base::rng::Rng,
    config,
    wechat::{
        callback::{Mode, PushSettings},
        crypto::AesKey,
    },
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// The account's credentials, in the formats of the platform's console.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// `wx` and 16 hexadecimal digits.
    pub appid: String,
    /// 32 hexadecimal digits.
    pub secret: String,
    /// 3 to 32 letters and digits.
    pub token: String,
    /// 43 letters and digits.
    pub aes_key: String,
    /// The account's original id, `gh_` and 12 hexadecimal digits.
    pub original_id: String,
    /// The content of the account's own QR code.
    pub account_qr: String,
    /// The owner's mini-program.
    pub mini_appid: String,
    pub mini_secret: String,
    /// The owner's web login. Missing in older files.
    #[serde(default)]
    pub web_appid: String,
    #[serde(default)]
    pub web_secret: String,
}

impl Credentials {
    /// Creates random credentials.
    #[must_use]
    pub fn random(rng: &dyn Rng) -> Self {
        Self {
            appid: format!("wx{}", digits(rng, 8)),
            secret: digits(rng, 16),
            token: rng.token(),
            aes_key: letters(rng, 43),
            original_id: format!("gh_{}", digits(rng, 6)),
            account_qr: format!("http://weixin.qq.com/r/{}", letters(rng, 20)),
            mini_appid: format!("wx{}", digits(rng, 8)),
            mini_secret: digits(rng, 16),
            web_appid: format!("wx{}", digits(rng, 8)),
            web_secret: digits(rng, 16),
        }
    }

    /// Adds what an older file does not have.
    pub(super) fn completed(self, rng: &dyn Rng) -> Self {
        if self.web_appid.is_empty() {
            let Self { web_appid, web_secret, .. } = Self::random(rng);
            return Self { web_appid, web_secret, ..self };
        }
        self
    }

    /// The account as the program's settings.
    #[must_use]
    pub fn account(&self) -> config::Account {
        config::Account {
            appid: self.appid.clone(),
            secret: SecretString::from(self.secret.clone()),
            token: SecretString::from(self.token.clone()),
            aes_key: Some(SecretString::from(self.aes_key.clone())),
            previous_aes_key: None,
            original_id: Some(self.original_id.clone()),
        }
    }

    /// The decoded AES key.
    ///
    /// # Errors
    /// One line: it is not 43 letters and digits.
    pub(super) fn key(&self) -> Result<AesKey, String> {
        AesKey::parse(&self.aes_key).map_err(|e| format!("the sandbox's AES key is invalid: {e}"))
    }

    /// Checks that a program could work with these credentials.
    pub(super) fn check(&self) -> Result<(), String> {
        PushSettings::new(&self.token, &self.appid, Mode::Safe, vec![self.key()?])
            .map(drop)
            .map_err(|e| format!("the sandbox's account is invalid: {e}"))
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// Random bytes in hexadecimal.
pub(super) fn digits(rng: &dyn Rng, bytes: usize) -> String {
    let mut random = vec![0; bytes];
    rng.fill(&mut random);
    hex::encode(random)
}

/// Random letters and digits.
pub(super) fn letters(rng: &dyn Rng, count: usize) -> String {
    let mut text = String::with_capacity(count + 22);
    while text.len() < count {
        text.push_str(&rng.token());
    }
    text.truncate(count);
    text
}
