//! Work that takes a processor a while: files of rules, and expressions that are built whole to see how large they become.
//!
//! It runs on threads of its own, and few of it at a time: whoever sends much of it waits for himself, and requests, messages and
//! sign-ins go on. What is short stays where it is.

use crate::core::CoreError;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Files that are read or held against rules at the same time. One of 5 MB is some hundred megabytes while it is read.
const FILES: usize = 2;
/// Batches of rules with expressions that are looked at at the same time.
const RULES: usize = 2;
/// Statements that fetch pieces of files for readers at the same time: the other connections are for everything else.
const PIECES: usize = 2;
/// How long a place is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The places for such work in this instance.
#[derive(Debug)]
pub struct Apart {
    files: Semaphore,
    rules: Semaphore,
    /// Whoever reads a piece of a kept file holds one for as long as the statement takes.
    pub pieces: Semaphore,
}

impl Default for Apart {
    fn default() -> Self {
        Self { files: Semaphore::new(FILES), rules: Semaphore::new(RULES), pieces: Semaphore::new(PIECES) }
    }
}

impl Apart {
    /// Does work on a file of rules.
    ///
    /// # Errors
    /// [`CoreError::Busy`] where no place is free within ten seconds.
    pub(super) async fn file<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CoreError> {
        done(&self.files, work).await
    }

    /// Looks at rules with expressions.
    ///
    /// # Errors
    /// As [`Apart::file`].
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
