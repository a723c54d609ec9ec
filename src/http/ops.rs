//! For those who run it: is it alive, is it ready, how is it doing.

use super::{
    client::{Client, is_forwarded},
    state::AppState,
};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
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
