//! The account in force, for all threads.

use super::{account::OfficialAccount, platforms::Platforms};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
struct InForce {
    /// The revision at which the rows were read.
    revision: i64,
    account: Arc<OfficialAccount>,
    platforms: Arc<Platforms>,
}

/// The account in force, and what it calls. Requests take it once and go on with it; a change replaces both as a whole.
#[derive(Debug)]
pub struct Accounts {
    now: RwLock<InForce>,
    /// Those of the settings, for after the sandbox.
    of_settings: Arc<Platforms>,
    sandbox_ended: CancellationToken,
    /// Held while rows are read and an account is built, so that an older reading does not replace a later one.
    pub(super) reading: tokio::sync::Mutex<()>,
}

impl Accounts {
    /// With the account of the start. `platforms`: the stand-ins of the sandbox, if that runs.
    #[must_use]
    pub fn new(account: OfficialAccount, of_settings: Arc<Platforms>, platforms: Option<Platforms>) -> Self {
        let platforms = platforms.map_or_else(|| of_settings.clone(), Arc::new);
        Self {
            now: RwLock::new(InForce { revision: -1, account: Arc::new(account), platforms }),
            of_settings,
            sandbox_ended: CancellationToken::new(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// The account in force.
    #[must_use]
    pub fn now(&self) -> Arc<OfficialAccount> {
        self.read().account.clone()
    }

    /// What is called now.
    #[must_use]
    pub fn platforms(&self) -> Arc<Platforms> {
        self.read().platforms.clone()
    }

    /// Cancelled when an account replaces the sandbox.
    #[must_use]
    pub fn sandbox_ended(&self) -> &CancellationToken {
        &self.sandbox_ended
    }

    pub(super) fn revision(&self) -> i64 {
        self.read().revision
    }

    pub(super) fn of_settings(&self) -> &Arc<Platforms> {
        &self.of_settings
    }

    /// The rows of this revision have the account that is in force.
    pub(super) fn confirm(&self, revision: i64) {
        self.now.write().unwrap_or_else(PoisonError::into_inner).revision = revision;
    }

    /// Puts an account that calls WeChat itself into force.
    pub(super) fn replace(&self, revision: i64, account: OfficialAccount) {
        let platforms = self.of_settings.clone();
        let new = InForce { revision, account: Arc::new(account), platforms };
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    fn read(&self) -> RwLockReadGuard<'_, InForce> {
        self.now.read().unwrap_or_else(PoisonError::into_inner)
    }
}
