//! The access token: fetched by `stable_token`, kept, renewed in time, and by one at a time.
//!
//! Within the process the mutex `renewing` lets one task fetch; among instances the store's lease does. `renewing` is the
//! only lock held over I/O, and only by the task that renews; `state` is locked for a few lines at a time.
//! Who has a token that is still good never waits: it is renewed in the background. The renewal runs as a task of its
//! own, so that a caller who goes away does not leave a lease behind.
//! Facts: developers.weixin.qq.com, "获取稳定版接口调用凭据".

use super::ApiSettings;
use super::error::{ApiError, ErrorClass};
use super::request::Request;
use super::transport::Transport;
use crate::core::clock::Clock;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

mod state;
mod store;

use state::{Standing, State};
pub use store::{MemoryTokenStore, StoredToken, TokenStore, TokenStoreError};

/// How often the store is asked whether the other instance is done, in milliseconds.
const POLL_MS: u64 = 100;

/// A lease outlives the longest renewal by this factor of the time limit: two requests of three tries, and the pauses.
const LEASE_TIMEOUTS: u32 = 7;

/// Keeps one account's token.
pub(super) struct TokenKeeper {
    settings: ApiSettings,
    /// This instance's name in leases.
    owner: String,
    store: Arc<dyn TokenStore>,
    transport: Arc<Transport>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    renewing: Arc<tokio::sync::Mutex<()>>,
}

/// The answer of `stable_token`.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    /// Seconds that remain, at most 7200.
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

    /// A token to call with.
    ///
    /// # Errors
    /// [`ApiError`] of the renewal; within a while after a failed one, its error again without another try.
    pub(super) async fn current(self: &Arc<Self>) -> Result<SecretString, ApiError> {
        let standing = self.state().standing(self.clock.now_ms());
        match standing {
            Standing::Fresh(token) => Ok(token.value),
            Standing::Due(token) => {
                if let Ok(turn) = Arc::clone(&self.renewing).try_lock_owned() {
                    drop(self.renew_in_task(turn));
                }
                Ok(token.value)
            }
            Standing::Missing => {
                let turn = Arc::clone(&self.renewing).lock_owned().await;
                // A task ends without a result only when it panics or the program stops.
                self.renew_in_task(turn).await.unwrap_or(Err(ApiError::Transport))
            }
        }
    }

    /// Notes that the platform refused `token`. Without effect when another one has taken its place.
    pub(super) fn reject(&self, token: &SecretString) {
        self.state().reject(token);
    }

    fn renew_in_task(
        self: &Arc<Self>,
        turn: OwnedMutexGuard<()>,
    ) -> tokio::task::JoinHandle<Result<SecretString, ApiError>> {
        let keeper = Arc::clone(self);
        tokio::spawn(async move {
            let renewed = keeper.renew().await;
            drop(turn);
            renewed
        })
    }

    /// Renews the token unless it was renewed, or could not be, while this task waited for its turn.
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

    /// Takes the token that another instance has stored, or fetches one if this instance gets the lease, or waits for
    /// the one that has it.
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

    /// The stored token if it is still good.
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

    /// Fetches and stores a token, and ends the lease either way.
    async fn fetch_under_lease(&self) -> Result<StoredToken, ApiError> {
        let appid = &self.settings.appid;
        let fetched = match self.stored().await {
            // Between the look at the store and the lease, another instance had its turn.
            Ok(Some(token)) if !token.is_due(self.clock.now_ms()) => Ok(token),
            Ok(_) => self.fetch().await,
            Err(error) => Err(error),
        };
        let ended = match &fetched {
            Ok(token) => self.store.save(appid, &self.owner, token).await,
            Err(_) => self.store.release(appid, &self.owner).await,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "the token store kept a lease; it ends by itself");
        }
        fetched
    }

    /// Fetches a token. When the platform insists on one that it has just refused, forces a new one, which is rationed
    /// (20 a day, 30 s apart) and kills the old one at once.
    async fn fetch(&self) -> Result<StoredToken, ApiError> {
        let token = self.ask(false).await?;
        if !self.state().is_rejected(&token.value) {
            return Ok(token);
        }
        if !self.state().may_force(self.clock.now_ms()) {
            return Err(ApiError::platform(40001, "the platform refuses the token that it gives", &[]));
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
        let answer = self.transport.send(&request, None).await.map_err(|error| self.of_credentials(error))?;
        let answer: Answer = serde_json::from_value(answer).map_err(|_| ApiError::Malformed)?;
        if answer.access_token.is_empty() {
            return Err(ApiError::Malformed);
        }
        let expires_at_ms = now_ms.saturating_add(i64::from(answer.expires_in) * 1000);
        Ok(StoredToken { value: answer.access_token.into(), expires_at_ms })
    }

    /// Here, what elsewhere is a bad token is a bad secret; and the message must not repeat it.
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
