//! Dialect A, the follow API (`/api/v1`). So far its two `verify` calls: where the platform pushes to.

mod verify;

use crate::http::{guard::PUSH_PATH, state::AppState};
use axum::{Router, extract::DefaultBodyLimit, routing::get};

/// An encrypted push in compatible mode is about three times its plain form; the parser has tighter limits of its own.
const PUSH_MAX_BYTES: usize = 512 * 1024;

/// The routes of this dialect.
pub fn routes() -> Router<AppState> {
    let verify = get(verify::url).post(verify::push);
    Router::new().route(PUSH_PATH, verify).layer(DefaultBodyLimit::max(PUSH_MAX_BYTES))
}
