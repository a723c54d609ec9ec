//! Calls to the platform's HTTP interfaces, with everything that all of them need: the access token, time limits,
//! repetition where it is safe, and errors sorted by what can be done about them.
//!
//! No secret leaves this module but to the platform: addresses (they carry the token) are never logged nor kept in an
//! error, and what the platform says is searched for secrets before it is passed on.
//! Facts: developers.weixin.qq.com, "接口文档".

use crate::core::{chance::Chance, clock::Clock};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

mod account;
mod custom;
mod error;
mod login;
mod media;
mod qr_code;
mod request;
mod token;
mod transport;
mod user;

/// Where the platform's interfaces are.
pub const API_BASE: &str = "https://api.weixin.qq.com";
/// Where the platform shows pictures of codes.
pub const MP_BASE: &str = "https://mp.weixin.qq.com";

pub use custom::{Custom, LinkedArticle, MenuItem};
pub use error::{ApiError, ErrorClass};
pub use login::{AppKey, Entrant, LOGIN_PATIENCE, LoginClient, MiniSession};
pub use media::{MEDIA_LIFE_MS, Medium, MediumKind, UPLOAD_MAX_BYTES};
pub use qr_code::Ticket;
pub use token::{MemoryTokenStore, StoredToken, TokenStore, TokenStoreError};
pub use user::UserInfo;

use request::Request;
use token::TokenKeeper;
use transport::Transport;

/// Where to call, and as whom.
#[derive(Clone)]
pub struct ApiSettings {
    /// `https://api.weixin.qq.com`, another of the platform's hosts, or a stand-in.
    pub api_base: Url,
    /// `https://mp.weixin.qq.com`, where pictures of codes are shown.
    pub mp_base: Url,
    /// The account's appid.
    pub appid: String,
    /// The account's `AppSecret`.
    pub secret: SecretString,
    /// The longest that one try may take, 5 s unless there is a reason; also how long to wait for another instance that
    /// is fetching a token.
    pub timeout: Duration,
}

impl fmt::Debug for ApiSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiSettings")
            .field("api_base", &self.api_base.as_str())
            .field("appid", &self.appid)
            .finish_non_exhaustive()
    }
}

/// One account's line to the platform. Cheap to clone; clones share connections and token.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    tokens: Arc<TokenKeeper>,
    mp_base: Url,
}

impl Client {
    /// A client for one account. `tokens` must be shared by all instances that serve the account.
    ///
    /// # Errors
    /// [`ApiError::Transport`] when the machine's TLS cannot be set up.
    pub fn new(
        settings: ApiSettings,
        tokens: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, ApiError> {
        let owner = chance.token();
        let mp_base = settings.mp_base.clone();
        let transport = Arc::new(Transport::new(settings.api_base.clone(), settings.timeout, chance)?);
        let tokens = Arc::new(TokenKeeper::new(settings, owner, tokens, Arc::clone(&transport), clock));
        Ok(Self { transport, tokens, mp_base })
    }

    /// Makes one call with the current token. A token that the platform refuses is replaced, and the call made once
    /// more; not twice, since another refusal has another reason.
    async fn call<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, ApiError> {
        let token = self.tokens.current().await?;
        let answer = match self.transport.send(request, Some(&token)).await {
            Err(ApiError::Platform { class: ErrorClass::Token, .. }) => {
                self.tokens.reject(&token);
                let token = self.tokens.current().await?;
                self.transport.send(request, Some(&token)).await?
            }
            answer => answer?,
        };
        serde_json::from_value(answer).map_err(|_| ApiError::Malformed)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
