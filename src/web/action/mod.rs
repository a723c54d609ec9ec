//! Server functions for the pages' forms. Each checks permission, makes one call to the core, and redirects to the next
//! page.
//!
//! A refused form redirects back to its page, which shows the error at the field (`flash`); no form data appears in a URL.

mod account;
mod answer;
mod begin;
mod channel;
mod checklist;
mod codes;
mod connect;
mod docs;
mod doctor;
mod door;
mod key;
mod review;
mod setting;
mod typed_profile;
mod unanswered;
mod user;

pub mod collect;
pub mod flash;
pub mod rule;

pub use answer::{Back, Step};
pub use docs::TRY_MINUTES;
pub use flash::Flash;
pub use typed_profile::TypedProfile;

use crate::{
    http::{form, state::AppState},
    web::page::admin::code::CREATE,
};
use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos_axum::handle_server_fns_with_context;

/// Forms are read whole, so that the page can name a field that is too long; no form filled in by hand is larger.
pub const FORM_MAX_BYTES: usize = 1024 * 1024;

/// Runs the action that a request names.
///
/// For browsers, leptos would redirect to the referring page with the error in the URL. Actions redirect themselves, so
/// leptos must not detect a browser.
pub async fn run(state: &AppState, context: impl Fn() + Clone + Send + 'static, mut request: Request) -> Response {
    request.headers_mut().remove(header::ACCEPT);
    request.headers_mut().remove(header::REFERER);
    // Leptos would read a body of any length and parse any number of fields.
    let (parts, body) = request.into_parts();
    let Ok(place) = state.forms.enter_action(&parts.headers) else {
        return unreadable(StatusCode::SERVICE_UNAVAILABLE);
    };
    let body = match form::read(body, FORM_MAX_BYTES).await {
        Ok(body) => body,
        Err(status) => return unreadable(status),
    };
    drop(place);
    // Answered with a file.
    if parts.uri.path() == CREATE {
        return codes::create(state.ctx(), parts, &body).await;
    }
    let request = Request::from_parts(parts, Body::from(body));
    let (parts, _) = handle_server_fns_with_context(context, request).await.into_response().into_parts();
    if parts.status.is_redirection() {
        // Drops body and content type, which leptos writes for its own client.
        let mut headers = parts.headers;
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
        return (parts.status, headers, Body::empty()).into_response();
    }
    // An unknown action, or a body that is not one of our forms.
    match parts.status {
        StatusCode::BAD_REQUEST => plain(StatusCode::NOT_FOUND, "没有这个操作。\nThere is no such action.\n"),
        _ => unreadable(StatusCode::BAD_REQUEST),
    }
}

fn unreadable(status: StatusCode) -> Response {
    plain(status, "表单无法读取，请返回后重试。\nThis form cannot be read. Please go back and try again.\n")
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
