//! Checkpoints of the embedded database in the background: they move the WAL's pages into the file.
//!
//! SQLite's own checkpoint runs inside a commit and delays it. It stays as a fallback: see [`FALLBACK`].

use sqlx::{AnyPool, Executor as _};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// The pages in the WAL at which a commit runs a checkpoint itself: 64 MB, to which the file is truncated as well.
pub(super) const FALLBACK: &str = "PRAGMA wal_autocheckpoint = 16384";
/// The fewest commits between two checkpoints in the background: pages that are written often are moved once.
const COMMITS: u32 = 64;
/// The shortest interval of checkpoints in the background.
const INTERVAL: Duration = Duration::from_secs(1);

/// Starts checkpoints in the background. On a server it does nothing.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// Connections beside the writer; `None` on a server.
    readers: Option<AnyPool>,
    commits: AtomicU32,
    is_running: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl Checkpoints {
    /// `readers`: connections beside the only writer; `None` on a server.
    pub(super) fn new(readers: Option<AnyPool>) -> Self {
        Self(Arc::new(State { readers, ..State::default() }))
    }

    /// Called after each commit: starts a checkpoint if there were many.
    pub(super) fn committed(&self) {
        let Some(readers) = &self.0.readers else { return };
        if !self.count() {
            return;
        }
        let (readers, running) = (readers.clone(), Running(self.clone()));
        tokio::spawn(async move {
            // Moves the pages that no reader needs, beside a writer.
            if let Err(error) = readers.execute("PRAGMA wal_checkpoint(PASSIVE)").await {
                tracing::debug!(%error, "a checkpoint in the background failed: a later one does its work");
            }
            drop(running);
        });
    }

    /// Counts a commit; true if a checkpoint is due now.
    fn count(&self) -> bool {
        let State { commits, is_running, last, .. } = &*self.0;
        if commits.fetch_add(1, Ordering::Relaxed) < COMMITS || is_running.load(Ordering::Relaxed) {
            return false;
        }
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some_and(|last| last.elapsed() < INTERVAL) || is_running.swap(true, Ordering::SeqCst) {
            return false;
        }
        *last = Some(Instant::now());
        commits.store(0, Ordering::Relaxed);
        true
    }
}

/// Ends a checkpoint, also one that is cancelled.
struct Running(Checkpoints);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.is_running.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_due_after_many_commits_and_not_beside_another() {
        let checkpoints = Checkpoints::new(None);
        let due = |commits: u32| (0..commits).filter(|_| checkpoints.count()).count();
        assert_eq!((due(COMMITS), due(1)), (0, 1));
        // It is still running.
        assert_eq!(due(10 * COMMITS), 0);
        drop(Running(checkpoints.clone()));
        // The interval is not over.
        assert_eq!(due(10 * COMMITS), 0);
        *checkpoints.0.last.lock().unwrap() = None;
        assert_eq!(due(1), 1);
    }
}
