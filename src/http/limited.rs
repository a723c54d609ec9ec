//! Rate limit of form submissions by one browser: counted as API calls are (`core::rate`), refused in plain words.

use super::{client::Client, session, state::AppState};
use crate::core::rate::{self, Caller};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tower_sessions::Session;

/// Counts a request for the signed-in user, or else for its address. Read-only requests are not counted.
pub async fn forms(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let address = request.extensions().get::<Client>().map_or([127, 0, 0, 1].into(), |client: &Client| client.address);
    let user = match request.extensions().get::<Session>() {
        Some(session) => session::user_of(session).await,
        None => None,
    };
    let allowance = rate::take(&state.ctx(), &user.map_or(Caller::Anyone, Caller::User), address);
    if allowance.is_within { next.run(request).await } else { too_often(allowance.reset_secs) }
}

/// The response to a client above its rate limit.
pub fn too_often(secs: i64) -> Response {
    let text = "操作太频繁，请过几秒再试。\nToo many requests. Please try again in a few seconds.\n";
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    let mut response = (StatusCode::TOO_MANY_REQUESTS, plain, text).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    response
}
