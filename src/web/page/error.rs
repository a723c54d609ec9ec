//! Error pages.

use super::{PageContent, Visitor, frame::frame};
use crate::{
    core::CoreError,
    web::{
        component::LinkButton,
        text::{Common, fill},
    },
};
use axum::http::StatusCode;
use leptos::prelude::*;

/// The page that explains an error.
pub fn failed(visitor: &Visitor, error: &CoreError) -> AnyView {
    let request = &visitor.request;
    let t = Common::of(request.lang());
    let (status, title, todo) = match error {
        CoreError::NotFound => (StatusCode::NOT_FOUND, t.error_not_found, t.error_not_found_do),
        CoreError::Forbidden => (StatusCode::FORBIDDEN, t.error_forbidden, t.error_forbidden_do),
        CoreError::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, t.error_too_many, t.error_too_many_do),
        CoreError::Unavailable | CoreError::Busy => {
            (StatusCode::SERVICE_UNAVAILABLE, t.error_server, t.error_server_do)
        }
        _ => (StatusCode::INTERNAL_SERVER_ERROR, t.error_server, t.error_server_do),
    };
    if status.is_server_error() {
        tracing::error!(%error, path = request.path(), "a page could not be rendered");
    }
    request.set_status(status);
    let id = fill(t.request_id, &[("id", &request.client.request_id)]);
    let body = view! {
        <section class="card gone">
            <div class="card-body">
                <p class="gone-code num" aria-hidden="true">{status.as_str().to_owned()}</p>
                <h1>{title}</h1>
                <p class="soft">{todo}</p>
                <LinkButton href="/" text=t.home block=true />
                <p class="small-text soft">{id}</p>
            </div>
        </section>
    };
    frame(visitor, PageContent::narrow(title, body))
}
