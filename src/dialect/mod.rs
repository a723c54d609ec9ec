//! The public APIs: each parses its own requests, calls the core, and renders its own responses.

pub mod assistant;
pub mod cloud_hosting;
pub mod follow;
pub mod mini_program;
pub mod openapi;
pub mod qr_login;

use crate::http::state::AppState;
use axum::Router;

/// Answers every path as an unknown call: for what neither a dialect nor a page nor a file has.
pub fn unknown(state: &AppState) -> Router<AppState> {
    qr_login::unknown(state)
}

/// The routes of the platform's pushes, which need fewer layers than calls.
pub fn pushes() -> Router<AppState> {
    follow::pushes()
}

/// The routes of all dialects.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(follow::routes(state))
        .merge(assistant::routes(state))
        .merge(mini_program::routes(state))
        .merge(qr_login::routes(state))
        .merge(cloud_hosting::routes(state))
}
