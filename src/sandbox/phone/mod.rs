//! What the phone's buttons do. Plain forms: each does one thing and leads back to the page, which says what was refused.

mod at;
mod deed;
mod events;
mod host;
mod media;
mod rules;

pub use host::own_host;

use crate::http::state::AppState;
use axum::{
    Router,
    routing::{get, post},
};

/// The sandbox's own routes, below `/sandbox`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sandbox/people", post(deed::add_person))
        .route("/sandbox/follow", post(deed::follow))
        .route("/sandbox/unfollow", post(deed::unfollow))
        .route("/sandbox/say", post(deed::say))
        .route("/sandbox/send", post(deed::send))
        .route("/sandbox/click", post(deed::click))
        .route("/sandbox/tap", post(deed::tap))
        .route("/sandbox/scan", post(deed::scan))
        .route("/sandbox/code", post(deed::make_code))
        .route("/sandbox/account", post(deed::switch_account))
        .route("/sandbox/rules", post(rules::add_examples))
        .route("/sandbox/media/{media_id}", get(media::picture))
        .route("/sandbox/events", get(events::follow))
}
