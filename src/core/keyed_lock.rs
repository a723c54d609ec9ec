//! Locks by key, in memory: callers that want the same row wait here instead of holding a database connection.
//!
//! An optimization of each instance only: correctness is ensured in the database.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex as StdMutex, MutexGuard as StdMutexGuard, PoisonError},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// The locks of the rows that callers hold or wait for. Each row has its own, so that no user can make another one wait.
#[derive(Debug, Clone, Default)]
pub struct KeyedLock(Arc<StdMutex<HashMap<i64, Arc<Mutex<()>>>>>);

/// A row's lock, held or waited for; released on drop.
#[derive(Debug)]
pub struct KeyedLockGuard {
    locks: KeyedLock,
    row: i64,
    held: Option<OwnedMutexGuard<()>>,
}

impl KeyedLock {
    /// Waits for the lock of a row, which is released on drop. Never take two at the same time.
    pub async fn lock(&self, row: i64) -> KeyedLockGuard {
        let mut guard = KeyedLockGuard { locks: self.clone(), row, held: None };
        let lock = self.locks().entry(row).or_default().clone();
        guard.held = Some(lock.lock_owned().await);
        guard
    }

    fn locks(&self) -> StdMutexGuard<'_, HashMap<i64, Arc<Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for KeyedLockGuard {
    fn drop(&mut self) {
        self.held = None;
        let mut locks = self.locks.locks();
        // The map's own reference is the last one: nothing holds the lock or waits for it.
        if locks.get(&self.row).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.row);
        }
    }
}

/// Users who are running an operation that each may run only once at a time.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<StdMutex<HashSet<i64>>>);

/// Marks a user as running the operation until dropped.
#[derive(Debug)]
pub struct InFlightGuard(InFlight, i64);

impl InFlight {
    /// Marks a user as running the operation; `None` if they are already.
    #[must_use]
    pub fn enter(&self, user_id: i64) -> Option<InFlightGuard> {
        self.inside().insert(user_id).then(|| InFlightGuard(self.clone(), user_id))
    }

    fn inside(&self) -> StdMutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.inside().remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rows_wait_for_themselves_only_and_leave_nothing() {
        let locks = KeyedLock::default();
        let first = locks.lock(1).await;
        // The same row waits, every other does not, also where a table of locks would have put them together.
        let mut second = Box::pin(locks.lock(1));
        assert!(futures::poll!(&mut second).is_pending());
        for other in 2..100 {
            assert!(futures::poll!(Box::pin(locks.lock(other))).is_ready(), "{other}");
        }
        let mut cancelled = Box::pin(locks.lock(1));
        assert!(futures::poll!(&mut cancelled).is_pending());
        drop(cancelled);
        drop(first);
        drop(second.await);
        assert!(locks.locks().is_empty());
    }

    #[test]
    fn one_at_a_time_for_each_and_again_after_that() {
        let all = InFlight::default();
        let one = all.enter(1);
        assert!(one.is_some() && all.enter(1).is_none() && all.enter(2).is_some());
        drop(one);
        assert!(all.enter(1).is_some());
    }
}
