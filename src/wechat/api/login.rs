//! Exchanges login codes of the owner's other apps for the user's identity: the mini-program's `wx.login`, and web login of the
//! open platform. Neither uses the account's access token. Facts: docs/WECHAT.md, 4.8.

use super::{ApiError, Request, transport::Transport};
use crate::base::rng::Rng;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};
use url::Url;

/// The longest that a sign-in may wait for the platform, retries included.
pub const LOGIN_PATIENCE: Duration = Duration::from_secs(10);

/// Another app of the account's owner.
#[derive(Clone)]
pub struct AppKey {
    pub appid: String,
    pub secret: SecretString,
}

impl fmt::Debug for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppKey").field("appid", &self.appid).finish_non_exhaustive()
    }
}

/// The platform client for login codes.
pub struct LoginClient {
    mini: Transport,
    web: Transport,
    patience: Duration,
}

impl fmt::Debug for LoginClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginClient").finish_non_exhaustive()
    }
}

/// The user of a mini-program's code. The key decrypts data of the same mini-program; it must never leave this program.
#[derive(Debug, Clone, Deserialize)]
pub struct MiniSession {
    pub openid: String,
    pub unionid: Option<String>,
    pub session_key: SecretString,
}

/// The user of a web login's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrant {
    pub openid: String,
    pub unionid: Option<String>,
    pub nickname: Option<String>,
    pub avatar_url: Option<String>,
    /// A visitor who only sees a preview: no account may be created for them.
    pub is_snapshot: bool,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    openid: String,
    unionid: Option<String>,
    #[serde(default)]
    is_snapshotuser: i64,
}

#[derive(Default, Deserialize)]
struct Profile {
    nickname: Option<String>,
    headimgurl: Option<String>,
    unionid: Option<String>,
}

impl LoginClient {
    /// Creates a client with the base URLs for mini-program codes and for web login; `patience` limits each call.
    ///
    /// # Errors
    /// [`ApiError::Transport`] if the machine's TLS cannot be initialized.
    pub fn new(mini: Url, web: Url, patience: Duration, chance: Arc<dyn Rng>) -> Result<Self, ApiError> {
        let line = |base| Transport::new(base, patience, chance.clone());
        Ok(Self { mini: line(mini)?, web: line(web)?, patience })
    }

    /// `code2Session`: exchanges a code of `wx.login`. A code can be used once, within 5 minutes.
    ///
    /// # Errors
    /// [`ApiError`]: 40029, 40163, 45011, 40226, 40013, 40125; -1 after three tries.
    pub async fn mini_session(&self, app: &AppKey, code: &str) -> Result<MiniSession, ApiError> {
        let request = Request::get("/sns/jscode2session")
            .with("appid", &app.appid)
            .with_secret("secret", app.secret.expose_secret())
            .with_secret("js_code", code)
            .with("grant_type", "authorization_code")
            // A lost response may have used up the code.
            .once();
        self.in_time(&request, ask(&self.mini, &request)).await
    }

    /// Exchanges a code of web login for the user's identity and name. A code can be used once, within 10 minutes.
    ///
    /// # Errors
    /// [`ApiError`]: 40029, 40163, 42003, 40013, 40125; -1 after three tries.
    pub async fn entrant(&self, app: &AppKey, code: &str) -> Result<Entrant, ApiError> {
        let request = Request::get("/sns/oauth2/access_token")
            .with("appid", &app.appid)
            .with_secret("secret", app.secret.expose_secret())
            .with_secret("code", code)
            .with("grant_type", "authorization_code")
            .once();
        self.in_time(&request, async {
            let granted: Granted = ask(&self.web, &request).await?;
            // The name is optional: the sign-in succeeds without it.
            let profile = self.profile(&granted).await.unwrap_or_default();
            Ok(Entrant {
                openid: granted.openid,
                unionid: granted.unionid.or(profile.unionid),
                nickname: profile.nickname,
                avatar_url: profile.headimgurl,
                is_snapshot: granted.is_snapshotuser == 1,
            })
        })
        .await
    }

    async fn profile(&self, granted: &Granted) -> Result<Profile, ApiError> {
        let request = Request::get("/sns/userinfo")
            .with_secret("access_token", granted.access_token.expose_secret())
            .with("openid", &granted.openid)
            .with("lang", "zh_CN");
        ask(&self.web, &request).await.inspect_err(|error| error.log(request.path))
    }

    async fn in_time<T>(
        &self,
        request: &Request<'_>,
        asking: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let asked = tokio::time::timeout(self.patience, asking).await.unwrap_or(Err(ApiError::Timeout));
        asked.inspect_err(|error| error.log(request.path))
    }
}

async fn ask<T: DeserializeOwned>(line: &Transport, request: &Request<'_>) -> Result<T, ApiError> {
    let answer: Value = line.send(request, None).await?;
    serde_json::from_value(answer).map_err(|_| ApiError::Malformed)
}
