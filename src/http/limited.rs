//! How often one browser may send forms: counted as calls of the APIs are (`core::rate`), and told in plain words.

use super::{client::Client, session, state::AppState};
use crate::core::rate::{self, Caller};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tower_sessions::Session;

/// Takes one of what whoever is signed in, or else an address, may send in this second. What only reads is not counted.
pub async fn forms(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let address = request.extensions().get::<Client>().map_or([127, 0, 0, 1].into(), |client: &Client| client.address);
    let user = match request.extensions().get::<Session>() {
        Some(session) => session::user_of(session).await,
        None => None,
    };
    let allowance = rate::take(&state.ctx, &user.map_or(Caller::Anyone, Caller::User), address);
    if allowance.is_within { next.run(request).await } else { too_often(allowance.reset_secs) }
}

/// What is said to whoever asks too often.
pub fn too_often(secs: i64) -> Response {
    let text = "操作太频繁，请过几秒再试。\nToo many requests. Please try again in a few seconds.\n";
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    let mut response = (StatusCode::TOO_MANY_REQUESTS, plain, text).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    response
}
