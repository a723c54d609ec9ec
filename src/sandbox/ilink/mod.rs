//! A fake iLink platform: what `ilinkai.weixin.qq.com` and its CDN are for a bot, and the owner's own WeChat.
//!
//! It knows the program by its calls only, and is as strict as the platform is known to be: one bot per person, a token that a new login
//! replaces, about 10 messages for each received one, 24 hours. Facts: docs/WECHAT.md, 7.

mod api;
mod call;
mod cdn;
mod chat;
mod contact;
mod fault;
mod files;
mod login;
mod owner;
mod qr;
mod send;
mod state;
mod update;

pub use chat::{Content, FileKind, Line, LineBy};
pub use contact::{Counts, MESSAGES_PER_INBOUND, WINDOW_MS};
pub use fault::{Fault, Scope};
pub use owner::{OwnerView, Refusal, ScanView};
pub use qr::{NumberAsked, QrView};

use crate::base::{clock::Clock, rng::Rng};
use axum::Router;
use state::State;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How long a poll is held. (S)
const HOLD: Duration = Duration::from_secs(35);

/// The fake iLink platform. Cheap to clone.
#[derive(Clone)]
pub struct IlinkPlatform(Arc<State>);

impl IlinkPlatform {
    /// `base` is the URL of the server that serves [`IlinkPlatform::router`]; `changed` is called after each change that a page may show.
    #[must_use]
    pub fn new(
        base: Url,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(State::new(base, clock, rng, Box::new(changed), HOLD)))
    }

    /// The state as it is then, each time that it is called: bots, their messages and chats. Empty once the platform is gone.
    pub fn snapshots(&self) -> impl Fn() -> Option<Vec<u8>> + Send + use<> {
        let state = Arc::downgrade(&self.0);
        // Serializing texts and numbers cannot fail.
        move || state.upgrade().and_then(|state| serde_json::to_vec(&*state.world()).ok())
    }

    /// Takes up a state of an earlier process.
    ///
    /// # Errors
    /// One line: it cannot be read.
    pub fn restore(&self, bytes: &[u8]) -> Result<(), String> {
        *self.0.world() = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        Ok(())
    }

    /// The API at `/ilink/bot/…` and the CDN at `/c2c/…`.
    pub fn router(&self) -> Router {
        api::router(Arc::clone(&self.0))
    }

    /// The base URL of media files, for `ILINK_CDN_BASE`.
    #[must_use]
    pub fn cdn_base(&self) -> Url {
        cdn::base(&self.0.base)
    }

    /// Changes how long polls are held from now on.
    pub fn set_hold(&self, hold: Duration) {
        self.0.set_hold(hold);
    }

    /// Applies a fault to the next `times` calls that it is for; `usize::MAX`: until [`IlinkPlatform::clear_faults`].
    pub fn inject(&self, scope: Scope, fault: Fault, times: usize) {
        self.0.faults.inject(scope, fault, times);
        self.0.touch();
    }

    /// Removes all pending faults.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
        self.0.touch();
    }

    /// The pending faults.
    #[must_use]
    pub fn faults(&self) -> Vec<(Scope, Fault, usize)> {
        self.0.faults.pending()
    }
}

impl std::fmt::Debug for IlinkPlatform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IlinkPlatform").field("base", &self.0.base.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
