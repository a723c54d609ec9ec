//! The state that all handlers share.

use super::{account_picture::AccountPicture, assets::Assets, form::Forms, proxy::UndeclaredProxy};
use crate::{
    core::{Ctx, OfficialCtx},
    wechat::callback::PushSettings,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use std::{path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

/// The state of the router. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub ctx: OfficialCtx,
    pub leptos: LeptosOptions,
    pub assets: Assets,
    pub push: Arc<PushSettings>,
    pub metrics: PrometheusHandle,
    pub proxy: Arc<UndeclaredProxy>,
    pub forms: Arc<Forms>,
    /// Cancelled on shutdown: event streams end and `/readyz` reports it.
    pub stopping: CancellationToken,
    /// True where there is no account, but a sandbox.
    #[from_ref(skip)]
    pub has_sandbox: bool,
    /// The files that other users of the machine must not read, for the doctor's page.
    #[from_ref(skip)]
    pub private_files: fn(&Ctx) -> Vec<PathBuf>,
    /// The account's picture, if one is configured.
    #[from_ref(skip)]
    pub account_picture: Option<AccountPicture>,
}
