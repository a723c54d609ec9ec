//! The queue of messages that wait for a batch. A task works while messages wait, and ends with the last one: nothing waits for a timer.

use super::{Batched, Unit, transaction};
use crate::core::OfficialCtx;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, oneshot};

/// The most messages of a batch. A larger one is no faster, and its first message waits longer.
const BATCH_MAX: usize = 128;
/// The most messages that wait; further ones wait for room.
const WAITING_MAX: usize = 1_024;

/// The messages of one Official Account that wait for a batch.
#[derive(Debug)]
pub struct PushQueue {
    waiting: Mutex<Waiting>,
    room: Semaphore,
}

impl Default for PushQueue {
    fn default() -> Self {
        Self { waiting: Mutex::default(), room: Semaphore::new(WAITING_MAX) }
    }
}

#[derive(Debug, Default)]
struct Waiting {
    units: VecDeque<(Unit, oneshot::Sender<Batched>)>,
    /// True while a task answers them.
    is_working: bool,
}

impl PushQueue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a message; true if a task must be started.
    fn push(&self, unit: Unit, sender: oneshot::Sender<Batched>) -> bool {
        let mut waiting = self.waiting();
        waiting.units.push_back((unit, sender));
        !std::mem::replace(&mut waiting.is_working, true)
    }

    /// The next batch; `None` if no message waits: then the task ends.
    fn take(&self) -> Option<(Vec<Unit>, Vec<oneshot::Sender<Batched>>)> {
        let mut waiting = self.waiting();
        let count = waiting.units.len().min(BATCH_MAX);
        waiting.is_working = count > 0;
        waiting.is_working.then(|| waiting.units.drain(..count).unzip())
    }

    /// Drops what waits after a panic of the task: each message then gets a transaction of its own.
    fn abandon(&self) {
        *self.waiting() = Waiting::default();
    }
}

/// Answers a message in a batch.
pub(super) async fn submit(ctx: &OfficialCtx, unit: Unit) -> Batched {
    let queue = &ctx.account.push_queue;
    // The semaphore is never closed.
    let _room = queue.room.acquire().await;
    let (sender, receiver) = oneshot::channel();
    if queue.push(unit, sender) {
        tokio::spawn(work(ctx.clone()));
    }
    receiver.await.unwrap_or(Batched::Alone)
}

async fn work(ctx: OfficialCtx) {
    let queue = Working(&ctx);
    while let Some((units, senders)) = queue.0.account.push_queue.take() {
        let outcomes = transaction::answer(&ctx, &units).await;
        for (sender, outcome) in senders.into_iter().zip(outcomes) {
            // Its caller may be gone.
            sender.send(outcome).ok();
        }
    }
}

/// The working task, which may panic.
struct Working<'a>(&'a OfficialCtx);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.account.push_queue.abandon();
        }
    }
}
