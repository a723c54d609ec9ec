//! Requests and responses as JSON.

use crate::core::{account::User, signin::wechat_apps::PresentedProfile};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};

/// The envelope of every response. `code` is the HTTP status.
#[derive(Debug, Serialize)]
pub struct Envelope<T> {
    code: u16,
    msg: String,
    data: Option<T>,
}

impl<T: Serialize> Envelope<T> {
    pub fn ok(msg: &str, data: T) -> Response {
        Json(Self { code: 200, msg: msg.to_owned(), data: Some(data) }).into_response()
    }
}

impl Envelope<()> {
    pub fn refused(status: StatusCode, msg: String) -> Response {
        (status, Json(Self { code: status.as_u16(), msg, data: None })).into_response()
    }
}

/// `POST /api/auth/login`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// From `wx.login`.
    pub code: String,
    avatar_url: Option<String>,
    nick_name: Option<String>,
    /// From `wx.getUserInfo`; both or neither.
    encrypted_data: Option<String>,
    iv: Option<String>,
}

impl Login {
    pub fn presented(&self) -> PresentedProfile {
        PresentedProfile {
            nickname: self.nick_name.clone(),
            avatar_url: self.avatar_url.clone(),
            sealed: self.encrypted_data.clone().zip(self.iv.clone()),
        }
    }
}

/// `data` of a login.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoggedIn {
    pub token: String,
    pub user_info: Person,
}

/// `data` of a verification.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    pub user_id: i64,
    pub user_info: Shown,
}

/// `data` of a refresh.
#[derive(Debug, Serialize)]
pub struct Refreshed {
    pub token: String,
}

#[derive(Debug, Serialize)]
pub struct Person {
    id: i64,
    #[serde(flatten)]
    shown: Shown,
}

/// A user's profile. A missing picture is an empty text: mini-programs bind it as it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    nick_name: String,
    avatar_url: String,
}

impl From<User> for Shown {
    fn from(user: User) -> Self {
        Self { nick_name: user.nickname, avatar_url: user.avatar_url.unwrap_or_default() }
    }
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self { id: user.id, shown: user.into() }
    }
}
