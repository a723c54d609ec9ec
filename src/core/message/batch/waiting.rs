//! The queue of messages that wait for a batch.

use crate::{core::message::given_reply::GivenReply, store::used_signature::SignatureRow, wechat::message::Message};
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, oneshot};

/// The outcome of a message in a batch.
#[derive(Debug, Clone)]
pub(in crate::core::message) enum Batched {
    /// Its answer, which is committed; `None` for `success`.
    Given(Option<GivenReply>),
    /// The answer of an earlier delivery.
    Repeated(Option<GivenReply>),
    /// Its signature was used with another body: nothing was done.
    Replayed,
    /// The database cannot be reached: nothing was done.
    Unavailable,
    /// Nothing was done: it needs a transaction of its own.
    Alone,
}

/// A message that waits for a batch.
#[derive(Debug)]
pub(super) struct Unit {
    pub message: Message,
    /// The key of its delivery.
    pub delivery: String,
    /// The keys that earlier versions would have given to it.
    pub keys_of_before: [String; 2],
    pub signature: Option<SignatureRow>,
    /// Epoch milliseconds.
    pub started_at: i64,
}

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

    /// The number of messages that wait.
    #[must_use]
    pub fn count(&self) -> usize {
        self.waiting().units.len()
    }

    /// Permits for the messages that wait.
    pub(super) fn room(&self) -> &Semaphore {
        &self.room
    }

    /// Adds a message; true if a task must be started.
    pub(super) fn push(&self, unit: Unit, sender: oneshot::Sender<Batched>) -> bool {
        let mut waiting = self.waiting();
        waiting.units.push_back((unit, sender));
        !std::mem::replace(&mut waiting.is_working, true)
    }

    /// The next batch; `None` if no message waits: then the task ends.
    pub(super) fn take(&self) -> Option<(Vec<Unit>, Vec<oneshot::Sender<Batched>>)> {
        let mut waiting = self.waiting();
        let count = waiting.units.len().min(BATCH_MAX);
        waiting.is_working = count > 0;
        waiting.is_working.then(|| waiting.units.drain(..count).unzip())
    }

    /// Drops what waits after a panic of the task: each message then gets a transaction of its own.
    pub(super) fn abandon(&self) {
        *self.waiting() = Waiting::default();
    }
}
