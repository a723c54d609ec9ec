//! Requests and responses as JSON.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};

/// The envelope of every response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    code: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_msg: Option<String>,
}

impl<T: Serialize> Envelope<T> {
    pub fn ok(data: T) -> Response {
        Json(Self { code: 0, data: Some(data), error_msg: None }).into_response()
    }
}

impl Envelope<()> {
    pub fn refused(status: StatusCode, text: String) -> Response {
        (status, Json(Self { code: -1, data: None, error_msg: Some(text) })).into_response()
    }
}

/// `POST /api/count`.
#[derive(Debug, Deserialize)]
pub struct Count {
    pub action: Action,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    Inc,
    Clear,
}

/// `data` of a login.
#[derive(Debug, Serialize)]
pub struct LoggedIn {
    pub token: String,
}
