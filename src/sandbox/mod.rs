//! The product without an account: a stand-in for the platform, and a phone to use it with.

use crate::{
    config::Account,
    core::{chance::Chance, clock::Clock},
    http::state::AppState,
};
use axum::Router;
use std::{path::Path, sync::Arc};
use url::Url;

/// The phone of the sandbox.
#[derive(Debug)]
pub struct Phone;

/// A running sandbox: what the program is told instead of a real account.
#[derive(Debug)]
pub struct Sandbox {
    pub account: Account,
    pub api_base: Url,
    pub mp_base: Url,
    pub account_name: String,
    pub account_qr: String,
    pub phone: Arc<Phone>,
}

impl Sandbox {
    /// Starts the stand-in on a loopback port of its own; its people and codes are kept in `folder`.
    ///
    /// # Errors
    /// One line: the folder cannot be written, or no port is free.
    pub async fn start(_folder: &Path, _push_url: Url, _clock: Arc<dyn Clock>, _chance: Arc<dyn Chance>) -> Result<Self, String> {
        Err("not yet".to_owned())
    }
}

/// The sandbox's own routes, below `/sandbox`.
pub fn routes() -> Router<AppState> {
    Router::new()
}
