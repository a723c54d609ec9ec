//! Endpoints for operators and developers: liveness, readiness, metrics and the OpenAPI document.

use crate::http::{client::Client, proxy::is_forwarded, state::AppState};
use crate::{dialect::openapi, text::Lang};
use axum::{
    Extension, Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
};

/// Liveness: always answers, without accessing anything.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Readiness: the database answers and the program is not shutting down.
pub async fn readyz(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let is_reachable = match state.ctx().store.read().await {
        Ok(mut db) => crate::store::fact::find_revision(&mut db, "rules").await.is_ok(),
        Err(_) => false,
    };
    if is_reachable {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached\n")
    }
}

/// Prometheus metrics, only for local callers without a proxy on a private installation: if the public URL is not private, a loopback
/// peer may be a proxy. Other scrapers use `WEIDA_METRICS_ADDR`.
pub async fn metrics(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
) -> (StatusCode, String) {
    let is_here = client.address.to_canonical().is_loopback() && !is_forwarded(&headers);
    if is_here && state.ctx().settings.is_private() {
        (StatusCode::OK, state.metrics.render())
    } else {
        (StatusCode::NOT_FOUND, String::new())
    }
}

/// `GET /api/openapi.json`: requests and responses of all dialects, in the caller's language.
pub async fn openapi(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Json<serde_json::Value> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let lang = Lang::of_request(query.as_deref(), text(header::COOKIE), text(header::ACCEPT_LANGUAGE));
    let server = state.core.settings.public_url.as_str().trim_end_matches('/');
    Json(openapi::document(lang, server))
}
