//! Client of the platform's HTTP APIs, with what every call needs: access token, timeouts, retries where they are safe,
//! and errors classified by what the caller can do about them.
//!
//! Secrets are sent to the platform only: URLs (they carry the token) are never logged nor stored in an error, and
//! secrets are removed from the platform's error messages before those are passed on.
//! Facts: developers.weixin.qq.com, "接口文档".

use crate::base::{clock::Clock, rng::Rng};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

mod account;
mod check;
mod custom;
mod egress;
mod error;
mod login;
mod media;
mod qr_code;
mod request;
mod right;
mod token;
mod transport;
mod user;

/// The base URL of the platform's APIs.
pub const API_BASE: &str = "https://api.weixin.qq.com";
/// The base URL of QR code pictures.
pub const MP_BASE: &str = "https://mp.weixin.qq.com";

pub use check::refused_address;
pub use custom::{Custom, LinkedArticle, MenuItem};
pub use error::{ApiError, ErrorClass};
pub use login::{AppKey, Entrant, LOGIN_PATIENCE, LoginClient, MiniSession};
pub use media::{MEDIA_LIFE_MS, Medium, MediumKind, UPLOAD_MAX_BYTES};
pub use qr_code::Ticket;
pub use right::{CallbackCheck, Quota, Reading};
pub use token::{MemoryTokenStore, StoredToken, TokenStore, TokenStoreError};
pub use user::UserInfo;

use request::Request;
use token::TokenKeeper;
use transport::Transport;

/// The platform's URLs and the account's credentials.
#[derive(Clone)]
pub struct ApiSettings {
    /// `https://api.weixin.qq.com`, another of the platform's hosts, or a test server.
    pub api_base: Url,
    /// `https://mp.weixin.qq.com`, which serves QR code pictures.
    pub mp_base: Url,
    /// The account's appid.
    pub appid: String,
    /// The account's `AppSecret`.
    pub secret: SecretString,
    /// The timeout of one attempt, 5 s unless there is a reason; also how long to wait for another instance that is
    /// fetching a token.
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

/// The platform client of one account. Cheap to clone; clones share connections and token.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    tokens: Arc<TokenKeeper>,
    mp_base: Url,
}

impl Client {
    /// Creates the client of one account. `tokens` must be shared by all instances that serve the account.
    ///
    /// # Errors
    /// [`ApiError::Transport`] if the machine's TLS cannot be initialized.
    pub fn new(
        settings: ApiSettings,
        tokens: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Rng>,
    ) -> Result<Self, ApiError> {
        let owner = chance.token();
        let mp_base = settings.mp_base.clone();
        let transport = Arc::new(Transport::new(settings.api_base.clone(), settings.timeout, chance)?);
        let tokens = Arc::new(TokenKeeper::new(settings, owner, tokens, Arc::clone(&transport), clock));
        Ok(Self { transport, tokens, mp_base })
    }

    /// Makes a call with the current token. If the platform rejects the token, replaces it and repeats the call once; a
    /// second rejection must have another reason.
    async fn call<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, ApiError> {
        let token = self.tokens.current().await?;
        let answer = match self.transport.send(request, Some(&token)).await {
            Err(ApiError::Platform { class: ErrorClass::Token, .. }) => {
                self.tokens.reject(&token);
                let token = self.tokens.current().await?;
                self.transport.send(request, Some(&token)).await
            }
            answer => answer,
        };
        let parsed = answer.and_then(|answer| serde_json::from_value(answer).map_err(|_| ApiError::Malformed));
        parsed.inspect_err(|error| error.log(request.path))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
