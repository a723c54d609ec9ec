//! The access token: fetched with `stable_token`, cached, renewed before it expires, and by one task at a time.
//!
//! Within the process the mutex `renewing` lets one task fetch; among instances the store's lease does. `renewing` is the
//! only lock held over I/O, and only by the renewing task; `state` is locked for a few lines at a time.
//! A caller with a valid token never waits: it is renewed in the background. The renewal is a separate task, so that a
//! cancelled caller does not leave a lease behind.
//! Facts: developers.weixin.qq.com, "获取稳定版接口调用凭据".

use super::ApiSettings;
use super::error::{ApiError, ErrorClass};
use super::request::Request;
use super::transport::Transport;
use crate::base::clock::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

mod state;
mod store;

use state::{State, TokenState};
pub use store::{MemoryTokenStore, StoredToken, TokenStore, TokenStoreError};

/// How often the store is polled while another instance renews, in milliseconds.
const POLL_MS: u64 = 100;

/// The lease's duration as a multiple of the timeout: longer than the longest renewal, two requests of three attempts
/// with pauses.
const LEASE_TIMEOUTS: u32 = 7;

/// Holds one account's token.
pub(super) struct TokenKeeper {
    settings: ApiSettings,
    /// This instance's id in leases.
    owner: String,
    store: Arc<dyn TokenStore>,
    transport: Arc<Transport>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

/// The response of `stable_token`.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// Remaining seconds, at most 7200.
    expires_in: u32,
}

impl TokenKeeper {
    pub(super) fn new(
        settings: ApiSettings,
        owner: String,
        store: Arc<dyn TokenStore>,
        transport: Arc<Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { settings, owner, store, transport, clock, state: Mutex::default(), renewing: Arc::default() }
    }

    /// A token for a call.
    ///
    /// # Errors
    /// [`ApiError`] of the renewal; shortly after a failed renewal, its error again without another attempt.
    pub(super) async fn current(self: &Arc<Self>) -> Result<SecretString, ApiError> {
        let token = self.state().token(self.clock.now_ms());
        match token {
            TokenState::Fresh(token) => Ok(token.value),
            TokenState::Due(token) => {
                if let Ok(guard) = Arc::clone(&self.renewing).try_lock_owned() {
                    drop(self.renew_in_task(guard));
                }
                Ok(token.value)
            }
            TokenState::Missing => {
                let guard = Arc::clone(&self.renewing).lock_owned().await;
                // The task ends without a result only if it panics or the program stops.
                self.renew_in_task(guard).await.unwrap_or(Err(ApiError::Transport))
            }
        }
    }

    /// Asks the platform for a token and drops it: whether the credentials are accepted.
    ///
    /// # Errors
    /// [`ApiError`]
    pub(super) async fn check(&self) -> Result<(), ApiError> {
        self.ask(false).await.map(drop)
    }

    /// Records that the platform rejected `token`. No effect if it has already been replaced.
    pub(super) fn reject(&self, token: &SecretString) {
        self.state().reject(token);
    }

    fn renew_in_task(
        self: &Arc<Self>,
        guard: OwnedMutexGuard<()>,
    ) -> tokio::task::JoinHandle<Result<SecretString, ApiError>> {
        let keeper = Arc::clone(self);
        tokio::spawn(async move {
            let renewed = keeper.renew().await;
            drop(guard);
            renewed
        })
    }

    /// Renews the token, unless another task renewed it, or failed to, while this one waited for the lock.
    async fn renew(&self) -> Result<SecretString, ApiError> {
        let now_ms = self.clock.now_ms();
        if let Some(settled) = self.state().settled(now_ms) {
            return settled;
        }
        let outcome = self.obtain().await;
        let now_ms = self.clock.now_ms();
        match &outcome {
            Ok(token) => self.state().succeed(token, now_ms),
            Err(error) => {
                tracing::warn!(%error, "no new access token");
                self.state().fail(error, now_ms);
            }
        }
        outcome.map(|token| token.value)
    }

    /// Loads the token that another instance stored, or fetches one if this instance gets the lease, or waits for the
    /// instance that has it.
    async fn obtain(&self) -> Result<StoredToken, ApiError> {
        let polls = self.settings.timeout.as_millis() / u128::from(POLL_MS);
        for _ in 0..=polls {
            let stored = self.stored().await?;
            if let Some(token) = stored.as_ref().filter(|token| !token.is_due(self.clock.now_ms())) {
                return Ok(token.clone());
            }
            if self.lease().await? {
                return self.fetch_under_lease().await;
            }
            if let Some(token) = stored {
                return Ok(token);
            }
            tokio::time::sleep(Duration::from_millis(POLL_MS)).await;
        }
        Err(ApiError::Timeout)
    }

    /// The stored token if it is still valid.
    async fn stored(&self) -> Result<Option<StoredToken>, ApiError> {
        let stored = self.store.load(&self.settings.appid).await?;
        let now_ms = self.clock.now_ms();
        Ok(stored.filter(|token| token.is_valid(now_ms) && !self.state().is_rejected(&token.value)))
    }

    async fn lease(&self) -> Result<bool, ApiError> {
        let length = (self.settings.timeout * LEASE_TIMEOUTS).as_millis();
        let now_ms = self.clock.now_ms();
        let until_ms = now_ms.saturating_add(i64::try_from(length).unwrap_or(i64::MAX));
        Ok(self.store.try_lease(&self.settings.appid, &self.owner, now_ms, until_ms).await?)
    }

    /// Fetches and stores a token, and releases the lease either way.
    async fn fetch_under_lease(&self) -> Result<StoredToken, ApiError> {
        let appid = &self.settings.appid;
        let fetched = match self.stored().await {
            // Another instance may have renewed it between the read and the lease.
            Ok(Some(token)) if !token.is_due(self.clock.now_ms()) => Ok(token),
            Ok(_) => self.fetch().await,
            Err(error) => Err(error),
        };
        let ended = match &fetched {
            Ok(token) => self.store.save(appid, &self.owner, token).await,
            Err(_) => self.store.release(appid, &self.owner).await,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "the token store did not release a lease; it will expire");
        }
        fetched
    }

    /// Fetches a token. If the platform returns the one that it has just rejected, forces a new one, which is rate
    /// limited (20 a day, 30 s apart) and invalidates the old one immediately.
    async fn fetch(&self) -> Result<StoredToken, ApiError> {
        let token = self.ask(false).await?;
        if !self.state().is_rejected(&token.value) {
            return Ok(token);
        }
        if !self.state().may_force(self.clock.now_ms()) {
            return Err(ApiError::platform(40001, "the platform rejects the token that it issued", &[]));
        }
        self.ask(true).await
    }

    async fn ask(&self, force: bool) -> Result<StoredToken, ApiError> {
        let body = json!({
            "grant_type": "client_credential",
            "appid": self.settings.appid,
            "secret": self.settings.secret.expose_secret(),
            "force_refresh": force,
        });
        let request = Request::post("/cgi-bin/stable_token", &body)?;
        let request = if force { request.once() } else { request };
        let now_ms = self.clock.now_ms();
        let answer = self.transport.send(&request, None).await.map_err(|error| self.of_credentials(error));
        let answer =
            answer.and_then(|answer| serde_json::from_value::<Answer>(answer).map_err(|_| ApiError::Malformed));
        let answer = answer
            .and_then(|answer| if answer.access_token.is_empty() { Err(ApiError::Malformed) } else { Ok(answer) });
        let answer = answer.inspect_err(|error| error.log(request.path))?;
        let expires_at_ms = now_ms.saturating_add(i64::from(answer.expires_in) * 1000);
        Ok(StoredToken { value: answer.access_token.into(), expires_at_ms })
    }

    /// In this call a bad token means a bad secret; and the message must not repeat the secret.
    fn of_credentials(&self, error: ApiError) -> ApiError {
        match error {
            ApiError::Platform { code, message, .. } => {
                match ApiError::platform(code, &message, &[self.settings.secret.expose_secret()]) {
                    ApiError::Platform { class: ErrorClass::Token, message, .. } => {
                        ApiError::Platform { code, class: ErrorClass::Permission, message }
                    }
                    error => error,
                }
            }
            error => error,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
