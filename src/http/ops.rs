//! For those who run it or build on it: is it alive, is it ready, how is it doing, what can it be asked.

use super::{
    client::{Client, is_forwarded},
    state::AppState,
};
use crate::{dialect::openapi, text::Lang};
use axum::{
    Extension, Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
};

/// Alive: answers without touching anything.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the database answers and nobody said stop.
pub async fn readyz(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let is_reachable = match state.ctx.store.read().await {
        Ok(mut db) => crate::store::fact::find_revision(&mut db, "rules").await.is_ok(),
        Err(_) => false,
    };
    if is_reachable {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached\n")
    }
}

/// Numbers for Prometheus, to callers on this machine only and not through a proxy; others get an address of their own.
pub async fn metrics(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> (StatusCode, String) {
    if client.address.to_canonical().is_loopback() && !is_forwarded(&headers) {
        (StatusCode::OK, state.metrics.render())
    } else {
        (StatusCode::NOT_FOUND, String::new())
    }
}

/// `GET /api/openapi.json`: what all dialects take and answer, in the caller's language.
pub async fn openapi(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Json<serde_json::Value> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let lang = Lang::of_request(query.as_deref(), text(header::COOKIE), text(header::ACCEPT_LANGUAGE));
    let server = state.ctx.settings.public_url.as_str().trim_end_matches('/');
    Json(openapi::document(lang, server))
}
