//! QR codes, rendered here: no other site learns about the sign-in.

use crate::{
    core::signin::{Secrets, begin},
    http::{cookie::Jar, state::AppState},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

pub use crate::http::qr_image::qr_png;

/// `GET /signin/qr.png`: the platform's code for this browser's session.
pub async fn scene(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let secrets = Jar::Signin.read(&headers, state.ctx().settings.is_https).and_then(Secrets::parse);
    let Some(secrets) = secrets else { return StatusCode::NOT_FOUND.into_response() };
    match begin::view(&state.ctx(), &secrets).await {
        Ok(view) => qr_png(view.and_then(|view| view.qr_url)).await,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// `GET /account.png`: the account's picture.
pub async fn picture(State(state): State<AppState>) -> Response {
    let Some(picture) = &state.account_picture else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, picture.png()).into_response()
}

/// `GET /signin/account.png`: the account's own code.
pub async fn account(State(state): State<AppState>) -> Response {
    let says = &state.ctx().account.qr_url;
    qr_png(Some(says.clone()).filter(|says| !says.is_empty())).await
}
