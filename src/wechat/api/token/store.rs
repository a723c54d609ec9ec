//! The store in which the instances of one account share their token.

use async_trait::async_trait;
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long before its end a token is renewed, in milliseconds. In the last five minutes the platform issues a new one
/// while the old one is still valid.
const RENEW_BEFORE_MS: i64 = 300_000;

/// A token and its expiry.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// The token; up to 512 characters, possibly more in future.
    pub value: SecretString,
    /// Its expiry, in milliseconds since the Unix epoch.
    pub expires_at_ms: i64,
}

impl StoredToken {
    pub(super) fn is_valid(&self, now_ms: i64) -> bool {
        now_ms < self.expires_at_ms
    }

    pub(super) fn is_due(&self, now_ms: i64) -> bool {
        now_ms >= self.expires_at_ms.saturating_sub(RENEW_BEFORE_MS)
    }
}

/// The store failed. The text is for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStoreError(pub String);

impl fmt::Display for TokenStoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TokenStoreError {}

/// A token and a lease per appid, shared by all instances. Times are in milliseconds since the Unix epoch.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The token that was saved last, even if it has expired.
    async fn load(&self, appid: &str) -> Result<Option<StoredToken>, TokenStoreError>;

    /// Takes the lease for a renewal until `until_ms`, unless an instance (this `owner` included) holds it at `now_ms`.
    /// Exactly one of all instances wins: this must be atomic.
    async fn try_lease(&self, appid: &str, owner: &str, now_ms: i64, until_ms: i64) -> Result<bool, TokenStoreError>;

    /// Saves a token and releases `owner`'s lease.
    async fn save(&self, appid: &str, owner: &str, token: &StoredToken) -> Result<(), TokenStoreError>;

    /// Releases `owner`'s lease, if it still holds it, without saving a token.
    async fn release(&self, appid: &str, owner: &str) -> Result<(), TokenStoreError>;
}

/// A store for a single process, and for tests.
#[derive(Debug, Default)]
pub struct MemoryTokenStore(Mutex<HashMap<String, Entry>>);

#[derive(Debug, Default)]
struct Entry {
    token: Option<StoredToken>,
    /// Owner, and expiry in epoch milliseconds.
    lease: Option<(String, i64)>,
}

impl MemoryTokenStore {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn end_lease(&mut self, owner: &str) {
        self.lease.take_if(|(holder, _)| holder == owner);
    }
}

#[async_trait]
impl TokenStore for MemoryTokenStore {
    async fn load(&self, appid: &str) -> Result<Option<StoredToken>, TokenStoreError> {
        Ok(self.entries().get(appid).and_then(|entry| entry.token.clone()))
    }

    async fn try_lease(&self, appid: &str, owner: &str, now_ms: i64, until_ms: i64) -> Result<bool, TokenStoreError> {
        let mut entries = self.entries();
        let entry = entries.entry(appid.to_owned()).or_default();
        let is_free = entry.lease.as_ref().is_none_or(|(_, end_ms)| *end_ms <= now_ms);
        if is_free {
            entry.lease = Some((owner.to_owned(), until_ms));
        }
        Ok(is_free)
    }

    async fn save(&self, appid: &str, owner: &str, token: &StoredToken) -> Result<(), TokenStoreError> {
        let mut entries = self.entries();
        let entry = entries.entry(appid.to_owned()).or_default();
        entry.token = Some(token.clone());
        entry.end_lease(owner);
        Ok(())
    }

    async fn release(&self, appid: &str, owner: &str) -> Result<(), TokenStoreError> {
        if let Some(entry) = self.entries().get_mut(appid) {
            entry.end_lease(owner);
        }
        Ok(())
    }
}
