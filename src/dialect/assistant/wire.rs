//! Requests and responses as JSON.

use super::code::{DATA, OK, word};
use crate::core::{account::User, rule::pairs::Pair};
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// `POST /account/register`.
#[derive(Deserialize)]
pub struct Register {
    pub username: String,
    pub password: String,
    /// The code that the account sent in the chat. The older client had no other field for it.
    pub last_name: String,
}

/// `POST /account/login`.
#[derive(Deserialize)]
pub struct Login {
    pub username: String,
    pub password: String,
}

/// `POST /account/password`: with the old password, or with a code.
#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub struct NewPassword {
    pub old_password: Option<String>,
    pub code: Option<String>,
    pub new_password: String,
}

/// `POST /account/email`.
#[derive(Deserialize)]
pub struct Email {
    pub email: String,
}

/// `POST /wechat/autoreply`, and the response to its `GET`.
#[derive(Deserialize, Serialize)]
pub struct AutoReply {
    pub enabled: bool,
}

/// `POST /wechat/testlogin/status`.
#[derive(Deserialize)]
pub struct Number {
    /// The number that the phone shows.
    pub number: String,
}

/// `data` of `GET /wechat/testlogin/status`.
#[derive(Serialize)]
pub struct ChannelLogin {
    pub state: &'static str,
    /// Seconds.
    pub expires_in: i64,
}

#[derive(Serialize)]
struct Made<'a> {
    code: i64,
    message: &'a str,
    pid: &'a str,
}

/// Success with the name of a picture.
pub fn made(pid: &str) -> Response {
    Json(Made { code: OK, message: word(OK), pid }).into_response()
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    code: i64,
    message: &'a str,
    /// What went wrong, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
}

/// A refusal: the document's word for the code, and an explanation.
pub fn refused(status: StatusCode, code: i64, message: &str, detail: &str) -> Response {
    (status, Json(Envelope::<()> { code, message, detail: Some(detail), data: None })).into_response()
}

/// Success without data.
pub fn done() -> Response {
    Json(Envelope::<()> { code: OK, message: word(OK), detail: None, data: None }).into_response()
}

/// Success with data.
pub fn data(data: impl Serialize) -> Response {
    of_data(DATA, data)
}

/// Success with data at an older address, which uses another code.
pub fn old_data(data: impl Serialize) -> Response {
    of_data(OK, data)
}

fn of_data(code: i64, data: impl Serialize) -> Response {
    Json(Envelope { code, message: word(code), detail: None, data: Some(data) }).into_response()
}

#[derive(Serialize)]
struct Info {
    id: i64,
    username: Option<String>,
    nickname: String,
    /// The name in WeChat, if it is known.
    wechat_name: Option<String>,
    openid: Option<String>,
    email: Option<String>,
    level: String,
    auto_reply: bool,
    last_modified: Option<String>,
}

/// `data` of `GET /account/info`.
pub fn info(user: User, openid: Option<String>, wechat_name: Option<String>) -> Response {
    data(Info {
        id: user.id,
        username: user.username,
        nickname: user.nickname,
        wechat_name,
        openid,
        email: user.email,
        level: user.level,
        auto_reply: user.is_auto_reply,
        last_modified: OffsetDateTime::from_unix_timestamp(user.updated_at.div_euclid(1000))
            .ok()
            .and_then(|at| at.format(&Rfc3339).ok()),
    })
}

/// `{"01": {"收到": "回复"}, …}`: each rule under its number, the document's 主键.
pub fn numbered(rules: Vec<(i64, Vec<Pair>)>) -> Value {
    Value::Object(rules.into_iter().map(|(number, pairs)| (format!("{number:02}"), flat(pairs))).collect())
}

/// `{"收到": "回复", …}`.
pub fn flat(pairs: Vec<Pair>) -> Value {
    Value::Object(pairs.into_iter().map(|(received, replied)| (received, Value::from(replied))).collect::<Map<_, _>>())
}
