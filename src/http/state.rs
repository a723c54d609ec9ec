//! The state that all handlers share.

use super::{account_picture::AccountPicture, assets::Assets, form::Forms, proxy::UndeclaredProxy};
use crate::core::{Ctx, OfficialCtx, official_account::Origin};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use metrics_exporter_prometheus::PrometheusHandle;
use std::{ops::Deref, path::PathBuf, sync::Arc};
use tokio_util::sync::CancellationToken;

/// The state of the router. Cheap to clone: each layer of the router clones it for each request.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl AppState {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// The parts of an [`AppState`].
pub struct Parts {
    /// The context without an account; [`AppState::ctx`] has the one in force.
    pub core: Ctx,
    pub leptos: LeptosOptions,
    pub assets: Assets,
    pub metrics: PrometheusHandle,
    pub proxy: Arc<UndeclaredProxy>,
    pub forms: Arc<Forms>,
    /// Cancelled on shutdown: event streams end and `/readyz` reports it.
    pub stopping: CancellationToken,
    /// The files that other users of the machine must not read, for the doctor's page.
    pub private_files: fn(&Ctx) -> Vec<PathBuf>,
    /// The account's picture, if one is configured.
    pub account_picture: Option<AccountPicture>,
}

impl AppState {
    /// The context with the account in force. A request takes it once: the account may be another one at the next call.
    #[must_use]
    pub fn ctx(&self) -> OfficialCtx {
        self.core.official()
    }

    /// True while there is no account, but a sandbox.
    #[must_use]
    pub fn has_sandbox(&self) -> bool {
        self.core.accounts.now().origin == Origin::Sandbox
    }
}
