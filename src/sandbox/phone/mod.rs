//! The phone's buttons. Plain forms: each does one action and redirects back to the page, which shows why an action was
//! refused.

mod access;
mod events;
mod handlers;
mod media;
mod personal;
mod request;
mod rules;

pub use access::admit;

use crate::http::state::AppState;
use axum::{
    Router,
    routing::{get, post},
};

/// The sandbox's routes, below `/sandbox`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/sandbox/key", post(access::enter_key))
        .route("/sandbox/key.png", get(access::key_picture))
        .route("/sandbox/people", post(handlers::add_person))
        .route("/sandbox/follow", post(handlers::follow))
        .route("/sandbox/unfollow", post(handlers::unfollow))
        .route("/sandbox/say", post(handlers::say))
        .route("/sandbox/send", post(handlers::send))
        .route("/sandbox/click", post(handlers::click))
        .route("/sandbox/tap", post(handlers::tap))
        .route("/sandbox/scan", post(handlers::scan))
        .route("/sandbox/code", post(handlers::make_code))
        .route("/sandbox/account", post(handlers::switch_account))
        .route("/sandbox/rules", post(rules::add_examples))
        .route("/sandbox/personal/scan", post(personal::scan))
        .route("/sandbox/personal/confirm", post(personal::confirm))
        .route("/sandbox/personal/cancel", post(personal::cancel))
        .route("/sandbox/personal/say", post(personal::say))
        .route("/sandbox/personal/send", post(personal::send))
        .route("/sandbox/personal/fault", post(personal::fault))
        .route("/sandbox/personal/media/{file}", get(personal::media))
        .route("/sandbox/media/{media_id}", get(media::picture))
        .route("/sandbox/events", get(events::follow))
}
