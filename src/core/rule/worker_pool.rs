//! Limits on CPU-intensive work: files of rules, and regular expressions whose whole automaton is built to check its size.
//!
//! The work runs on blocking threads with limited concurrency: a user who sends much of it waits for themselves, and does not
//! delay requests, messages and sign-ins. Short work runs in place.

use crate::core::CoreError;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Files that are parsed or compared with rules concurrently. Parsing one of 5 MB takes some hundred megabytes.
const FILES: usize = 2;
/// Batches of rules with expressions that are validated concurrently.
const RULES: usize = 2;
/// Concurrent queries for parts of stored files: the other connections are for everything else.
const PIECES: usize = 2;
/// How long a caller waits for a permit.
const PATIENCE: Duration = Duration::from_secs(10);

/// The permits for such work in this instance.
#[derive(Debug)]
pub struct WorkerPool {
    files: Semaphore,
    rules: Semaphore,
    /// Held while a query reads a part of a stored file.
    pub pieces: Semaphore,
}

impl Default for WorkerPool {
    fn default() -> Self {
        Self { files: Semaphore::new(FILES), rules: Semaphore::new(RULES), pieces: Semaphore::new(PIECES) }
    }
}

impl WorkerPool {
    /// Runs work on a file of rules.
    ///
    /// # Errors
    /// [`CoreError::Busy`] if no permit is free within ten seconds.
    pub(super) async fn file<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        done(&self.files, work).await
    }

    /// Validates rules with expressions.
    ///
    /// # Errors
    /// As [`WorkerPool::file`].
    pub(super) async fn rules<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        done(&self.rules, work).await
    }
}

async fn done<T: Send + 'static>(
    places: &Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CoreError> {
    let place = tokio::time::timeout(PATIENCE, places.acquire()).await;
    let _place = place.map_err(|_| CoreError::Busy)?.map_err(|e| CoreError::Fault(e.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))
}
