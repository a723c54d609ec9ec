//! What handlers have at hand.

use crate::{core::Ctx, wechat::callback::PushSettings};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The state of the router. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub ctx: Ctx,
    pub leptos: LeptosOptions,
    pub push: Arc<PushSettings>,
    pub metrics: PrometheusHandle,
    /// Cancelled when the program is told to stop: event streams end, `/readyz` says so.
    pub stopping: CancellationToken,
    /// The sandbox's phone, where there is no account.
    pub sandbox: Option<Arc<crate::sandbox::Phone>>,
}
