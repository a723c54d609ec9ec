//! Where pictures are edited: a few at a time, off the threads that serve requests, and for a limited time.

use super::{Deadline, EditError, MAX_TIME, Operation, Picture, Refusal, edit};
use crate::core::CoreError;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time::timeout};

/// Pictures at a time: each takes a core and up to half a gigabyte.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn, each with a file in memory.
const QUEUE: usize = 8;

/// The place and its queue.
#[derive(Debug, Clone)]
pub struct Studio {
    turns: Arc<Semaphore>,
    inside: Arc<AtomicUsize>,
    /// How long a turn is waited for, and how long the work may take.
    patience: Duration,
}

impl Default for Studio {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), inside: Arc::default(), patience: MAX_TIME }
    }
}

/// Counts a caller out again, also when the request it serves is dropped.
struct Inside(Arc<AtomicUsize>);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Studio {
    /// Does the operations, one after the other, and writes the result in the format it came in unless one of them says otherwise.
    ///
    /// # Errors
    /// What is wrong with the picture or an operation; [`Refusal::TooLong`] after [`MAX_TIME`]; [`CoreError::Busy`] where the
    /// queue is full, or a turn does not come in as much time.
    pub async fn edit(&self, bytes: Vec<u8>, operations: Vec<Operation>) -> Result<Picture, EditError> {
        if self.inside.fetch_add(1, Ordering::SeqCst) >= AT_ONCE + QUEUE {
            self.inside.fetch_sub(1, Ordering::SeqCst);
            return Err(CoreError::Busy.into());
        }
        let inside = Inside(self.inside.clone());
        let turn = timeout(self.patience, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(CoreError::Busy.into()) };
        // The turn goes with the work: a caller that hangs up, or is told that it took too long, lets no third one start.
        let deadline = Deadline(Instant::now() + self.patience);
        let work = tokio::task::spawn_blocking(move || {
            let _held = (turn, inside);
            edit(&bytes, &operations, deadline)
        });
        match timeout(self.patience, work).await {
            Ok(Ok(done)) => Ok(done?),
            Ok(Err(error)) => Err(CoreError::Fault(format!("a picture broke the editor: {error}")).into()),
            Err(_) => Err(Refusal::TooLong.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, future::join_all};

    fn picture() -> Vec<u8> {
        super::super::tests::png(3, 2)
    }

    #[tokio::test]
    async fn a_full_queue_is_told_at_once_and_empties_again() {
        let studio = Studio::default();
        let held = studio.turns.clone().acquire_many_owned(2).await.unwrap();
        let mut waiting: Vec<_> = (0..AT_ONCE + QUEUE).map(|_| Box::pin(studio.edit(picture(), Vec::new()))).collect();
        for caller in &mut waiting {
            assert!(caller.as_mut().now_or_never().is_none());
        }
        let refused = studio.edit(picture(), Vec::new()).await;
        assert!(matches!(refused, Err(EditError::Core(CoreError::Busy))), "{refused:?}");
        // One hangs up: its place is free.
        waiting.pop();
        assert_eq!(studio.inside.load(Ordering::SeqCst), AT_ONCE + QUEUE - 1);
        drop(held);
        assert!(join_all(waiting).await.into_iter().all(|done| done.is_ok()));
        assert!(studio.edit(picture(), Vec::new()).await.is_ok());
        assert_eq!(studio.inside.load(Ordering::SeqCst), 0);
        assert_eq!(studio.turns.available_permits(), AT_ONCE);
    }

    #[tokio::test]
    async fn a_turn_that_does_not_come_is_given_up() {
        let studio = Studio { patience: Duration::ZERO, ..Studio::default() };
        let _held = studio.turns.clone().acquire_many_owned(2).await.unwrap();
        let refused = studio.edit(picture(), Vec::new()).await;
        assert!(matches!(refused, Err(EditError::Core(CoreError::Busy))), "{refused:?}");
        assert_eq!(studio.inside.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn work_that_takes_too_long_is_told_in_time() {
        let studio = Studio { patience: Duration::ZERO, ..Studio::default() };
        let refused = studio.edit(picture(), Vec::new()).await;
        assert!(matches!(refused, Err(EditError::Refused(Refusal::TooLong))), "{refused:?}");
    }
}
