//! Server functions: where the pages' forms go. Permission, one verb of the domain, and on to the next page.
//!
//! A form that is refused leads back to its page, which says why at the field (`flash`); nothing of it stands in an address.

mod account;
mod answer;
mod begin;
mod docs;
mod door;
mod key;
mod reply;
mod reply_inbox;
mod user;

pub mod flash;

pub use answer::{Back, Step};
pub use docs::TRY_MINUTES;
pub use flash::Flash;

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos_axum::handle_server_fns_with_context;

/// Runs the action that a request names.
///
/// Leptos would answer a browser by itself, with the page it came from and an error in the address. Actions say where to go,
/// so it is kept from knowing that a browser asks.
pub async fn run(context: impl Fn() + Clone + Send + 'static, mut request: Request) -> Response {
    request.headers_mut().remove(header::ACCEPT);
    request.headers_mut().remove(header::REFERER);
    let (parts, _) = handle_server_fns_with_context(context, request).await.into_response().into_parts();
    if parts.status.is_redirection() {
        // Neither body nor type: what leptos writes there is for its own client.
        let mut headers = parts.headers;
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
        return (parts.status, headers, Body::empty()).into_response();
    }
    // No such action, or a body that is no form of ours.
    let (status, text) = match parts.status {
        StatusCode::BAD_REQUEST => (StatusCode::NOT_FOUND, "没有这个操作。\nThere is no such action.\n"),
        _ => (
            StatusCode::BAD_REQUEST,
            "表单无法读取，请返回后重试。\nThis form cannot be read. Please go back and try again.\n",
        ),
    };
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
