//! Turns: rows that many callers want at once are waited for here, in memory, and not with a connection to the database in hand.
//!
//! Only a courtesy to the connections, in each instance for itself: what is right or wrong is decided in the database.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex as StdMutex, MutexGuard as StdMutexGuard, PoisonError},
};
use tokio::sync::{Mutex, MutexGuard};

/// Two rows in so many share a queue by chance.
const QUEUES: usize = 64;

/// The queues.
#[derive(Debug)]
pub struct Turns(Vec<Mutex<()>>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..QUEUES).map(|_| Mutex::new(())).collect())
    }
}

impl Turns {
    /// Waits for one's turn at a row; it ends when what is returned is dropped. Never take two at a time.
    pub async fn wait(&self, row: i64) -> MutexGuard<'_, ()> {
        let queue = usize::try_from(row.unsigned_abs()).unwrap_or_default() % QUEUES;
        self.0[queue].lock().await
    }
}

/// Who is at something that a user does one at a time.
#[derive(Debug, Clone, Default)]
pub struct OneEach(Arc<StdMutex<HashSet<i64>>>);

/// A user is at it until this is dropped.
#[derive(Debug)]
pub struct Alone(OneEach, i64);

impl OneEach {
    /// Lets a user begin; None while they are at it already.
    #[must_use]
    pub fn enter(&self, user_id: i64) -> Option<Alone> {
        self.inside().insert(user_id).then(|| Alone(self.clone(), user_id))
    }

    fn inside(&self) -> StdMutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        self.0.inside().remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_for_each_and_again_after_that() {
        let all = OneEach::default();
        let one = all.enter(1);
        assert!(one.is_some() && all.enter(1).is_none() && all.enter(2).is_some());
        drop(one);
        assert!(all.enter(1).is_some());
    }
}
