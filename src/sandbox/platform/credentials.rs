//! The account that the stand-in lends: made once, by chance, and kept.

use crate::{
    config,
    core::chance::Chance,
    wechat::{
        callback::{Mode, PushSettings},
        crypto::AesKey,
    },
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// What the platform's console would show to the account's owner, in the forms that it has there.
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
    /// What the account's own QR says.
    pub account_qr: String,
    /// The mini-program of the same owner.
    pub mini_appid: String,
    pub mini_secret: String,
    /// Web login of the same owner. Older memories have none.
    #[serde(default)]
    pub web_appid: String,
    #[serde(default)]
    pub web_secret: String,
}

impl Credentials {
    /// New ones.
    #[must_use]
    pub fn random(chance: &dyn Chance) -> Self {
        Self {
            appid: format!("wx{}", digits(chance, 8)),
            secret: digits(chance, 16),
            token: chance.token(),
            aes_key: letters(chance, 43),
            original_id: format!("gh_{}", digits(chance, 6)),
            account_qr: format!("http://weixin.qq.com/r/{}", letters(chance, 20)),
            mini_appid: format!("wx{}", digits(chance, 8)),
            mini_secret: digits(chance, 16),
            web_appid: format!("wx{}", digits(chance, 8)),
            web_secret: digits(chance, 16),
        }
    }

    /// With everything that an older memory does not have.
    pub(super) fn completed(self, chance: &dyn Chance) -> Self {
        if self.web_appid.is_empty() {
            let Self { web_appid, web_secret, .. } = Self::random(chance);
            return Self { web_appid, web_secret, ..self };
        }
        self
    }

    /// The same, as the program is told its account.
    #[must_use]
    pub fn account(&self) -> config::Account {
        config::Account {
            appid: self.appid.clone(),
            secret: SecretString::from(self.secret.clone()),
            token: SecretString::from(self.token.clone()),
            aes_key: Some(SecretString::from(self.aes_key.clone())),
            previous_aes_key: None,
        }
    }

    /// The key, decoded.
    ///
    /// # Errors
    /// One line: it is not 43 letters and digits.
    pub(super) fn key(&self) -> Result<AesKey, String> {
        AesKey::parse(&self.aes_key).map_err(|e| format!("the sandbox's AES key is of no use: {e}"))
    }

    /// Whether a program could work with these at all.
    pub(super) fn check(&self) -> Result<(), String> {
        PushSettings::new(&self.token, &self.appid, Mode::Safe, vec![self.key()?])
            .map(drop)
            .map_err(|e| format!("the sandbox's account is of no use: {e}"))
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// So many random bytes in hexadecimal.
pub(super) fn digits(chance: &dyn Chance, bytes: usize) -> String {
    let mut random = vec![0; bytes];
    chance.fill(&mut random);
    hex::encode(random)
}

/// So many random letters and digits.
pub(super) fn letters(chance: &dyn Chance, count: usize) -> String {
    let mut text = String::with_capacity(count + 22);
    while text.len() < count {
        text.push_str(&chance.token());
    }
    text.truncate(count);
    text
}
