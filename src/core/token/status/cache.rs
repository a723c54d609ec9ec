//! The cached status of users with tokens.

use crate::core::account::{Role, level};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

/// The most users in the cache; beyond it one is evicted.
const MAX_USERS: usize = 100_000;

/// How long cached entries are valid after the last read of the revision; a revocation must take effect within a
/// second.
const TRUSTED_MS: i64 = 900;

/// What a user's tokens may do.
#[derive(Debug, Clone)]
pub struct TokenStatus {
    pub role: Role,
    pub(super) level: String,
    pub(super) level_until: Option<i64>,
    pub is_enabled: bool,
    /// The generation of valid tokens.
    pub generation: i64,
    /// Revoked single tokens.
    pub revoked: Vec<String>,
}

impl TokenStatus {
    /// The level that holds at `now`: an entry may be older than the level's end.
    pub fn level(&self, now: i64) -> String {
        level::current(self.level.clone(), self.level_until, now).0
    }
}

/// `None`: the user does not exist.
pub(in crate::core::token) type Remembered = Option<Arc<TokenStatus>>;

/// The cached statuses.
#[derive(Debug)]
pub struct TokenStatusCache {
    known: RwLock<HashMap<i64, Remembered>>,
    /// Raised by every invalidation: a status read meanwhile may be out of date and is not cached.
    pub(super) generation: AtomicU64,
    pub(super) revision: AtomicI64,
    /// When the revision was last read, in epoch milliseconds.
    pub(super) looked_at: AtomicI64,
}

impl Default for TokenStatusCache {
    fn default() -> Self {
        let (generation, revision, looked_at) = (AtomicU64::new(0), AtomicI64::new(-1), AtomicI64::new(i64::MIN / 2));
        Self { known: RwLock::default(), generation, revision, looked_at }
    }
}

impl TokenStatusCache {
    /// Invalidates a user after a change.
    pub fn invalidate(&self, user_id: i64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::SeqCst);
        known.remove(&user_id);
    }

    /// Clears the cache.
    pub fn clear(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::SeqCst);
        known.clear();
    }

    /// The cached status of a user, if valid.
    pub(super) fn find(&self, user_id: i64, now: i64) -> Option<Remembered> {
        let since_look = now - self.looked_at.load(Ordering::SeqCst);
        if !(-TRUSTED_MS..=TRUSTED_MS).contains(&since_look) {
            return None;
        }
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&user_id).cloned()
    }

    pub(super) fn insert(&self, user_id: i64, status: Remembered, generation: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if self.generation.load(Ordering::SeqCst) != generation {
            return;
        }
        if known.len() >= MAX_USERS
            && let Some(&any) = known.keys().next()
        {
            known.remove(&any);
        }
        known.insert(user_id, status);
    }
}
