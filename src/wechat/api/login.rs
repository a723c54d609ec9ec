//! Who a person is, told by a code that another app of the same owner got for them: the mini-program's `wx.login`, and web login
//! of the open platform. Neither uses the account's access token. Facts: docs/WECHAT.md, 4.8.

use super::{ApiError, Request, transport::Transport};
use crate::core::chance::Chance;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};
use url::Url;

/// The longest that letting somebody in may take, repetitions included.
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

/// The line to the platform for codes.
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

/// Whom a mini-program's code is of. The key opens what the same mini-program sealed; it must go nowhere but there.
#[derive(Debug, Clone, Deserialize)]
pub struct MiniSession {
    pub openid: String,
    pub unionid: Option<String>,
    pub session_key: SecretString,
}

/// Whom a web login's code is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrant {
    pub openid: String,
    pub unionid: Option<String>,
    pub nickname: Option<String>,
    pub avatar_url: Option<String>,
    /// Somebody who only looks at a preview: no account may be made for them.
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
    /// A line to where mini-programs' codes are told, and to where web login's are; neither waits longer than this.
    ///
    /// # Errors
    /// [`ApiError::Transport`] when the machine's TLS cannot be set up.
    pub fn new(mini: Url, web: Url, patience: Duration, chance: Arc<dyn Chance>) -> Result<Self, ApiError> {
        let line = |base| Transport::new(base, patience, chance.clone());
        Ok(Self { mini: line(mini)?, web: line(web)?, patience })
    }

    /// `code2Session`: whom a code of `wx.login` is of. It can be used once, within 5 minutes.
    ///
    /// # Errors
    /// [`ApiError`]: 40029, 40163, 45011, 40226, 40013, 40125; -1 after three tries.
    pub async fn mini_session(&self, app: &AppKey, code: &str) -> Result<MiniSession, ApiError> {
        let request = Request::get("/sns/jscode2session")
            .with("appid", &app.appid)
            .with_secret("secret", app.secret.expose_secret())
            .with_secret("js_code", code)
            .with("grant_type", "authorization_code")
            // What is lost on its way may have spent the code.
            .once();
        self.in_time(ask(&self.mini, &request)).await
    }

    /// Whom a code of web login is of, and what they are called. It can be used once, within 10 minutes.
    ///
    /// # Errors
    /// [`ApiError`]: 40029, 40163, 42003, 40013, 40125; -1 after three tries.
    pub async fn entrant(&self, app: &AppKey, code: &str) -> Result<Entrant, ApiError> {
        self.in_time(async {
            let request = Request::get("/sns/oauth2/access_token")
                .with("appid", &app.appid)
                .with_secret("secret", app.secret.expose_secret())
                .with_secret("code", code)
                .with("grant_type", "authorization_code")
                .once();
            let granted: Granted = ask(&self.web, &request).await?;
            // The name is a courtesy: without it one is let in all the same.
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
        ask(&self.web, &request).await
    }

    async fn in_time<T>(&self, asking: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
        tokio::time::timeout(self.patience, asking).await.unwrap_or(Err(ApiError::Timeout))
    }
}

async fn ask<T: DeserializeOwned>(line: &Transport, request: &Request<'_>) -> Result<T, ApiError> {
    let answer: Value = line.send(request, None).await?;
    serde_json::from_value(answer).map_err(|_| ApiError::Malformed)
}
