//! The public APIs: each reads its own requests, calls the core, and writes its own envelope.

pub mod assistant;
pub mod cloud_hosting;
pub mod follow;
pub mod mini_program;
pub mod openapi;
pub mod qr_login;

use crate::http::state::AppState;
use axum::Router;

/// The calls of all dialects.
pub fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .merge(follow::routes(state))
        .merge(assistant::routes(state))
        .merge(mini_program::routes(state))
        .merge(qr_login::routes(state))
        .merge(cloud_hosting::routes(state))
}
