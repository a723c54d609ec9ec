//! A connected person's bot.

use super::host::BaseUrl;
use secrecy::SecretString;
use std::fmt;

/// One connected person's bot: where it is called, and its token.
#[derive(Clone)]
pub struct Bot {
    pub(super) base: BaseUrl,
    pub(super) token: SecretString,
}

impl Bot {
    /// `base` is the `baseurl` of the confirmed login.
    #[must_use]
    pub fn new(base: BaseUrl, token: SecretString) -> Self {
        Self { base, token }
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").field("base", &self.base).finish_non_exhaustive()
    }
}

/// What a confirmed login gives.
#[derive(Clone)]
pub struct Credentials {
    pub bot_token: SecretString,
    /// `ilink_bot_id`: `…@im.bot`, at most 128 bytes.
    pub bot_id: String,
    /// `ilink_user_id`, the person who scanned: `…@im.wechat`, at most 128 bytes.
    pub user_id: String,
    /// Where the bot is called from now on.
    pub base_url: BaseUrl,
}

impl Credentials {
    /// What calls need.
    #[must_use]
    pub fn bot(&self) -> Bot {
        Bot::new(self.base_url.clone(), self.bot_token.clone())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
