//! What a test may turn: make calls fail, slow or hang, and count them.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What happens to a call instead of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injection {
    /// HTTP status 200 with this `errcode`.
    Errcode(i64),
    /// This HTTP status, without anything readable.
    Status(u16),
    /// The right answer, so much later.
    Delay(Duration),
    /// No answer at all.
    Hang,
}

/// Injections to come, and calls that came, by path.
#[derive(Debug, Default)]
pub struct Knobs {
    injections: Mutex<HashMap<String, VecDeque<Injection>>>,
    calls: Mutex<HashMap<String, usize>>,
}

impl Knobs {
    /// Lets it happen to the next `times` calls of `path`, after those that are waiting already.
    pub fn inject(&self, path: &str, injection: Injection, times: usize) {
        locked(&self.injections).entry(path.to_owned()).or_default().extend(std::iter::repeat_n(injection, times));
    }

    /// Takes back everything that has not happened yet.
    pub fn clear(&self) {
        locked(&self.injections).clear();
    }

    /// How often `path` was called.
    pub fn calls(&self, path: &str) -> usize {
        locked(&self.calls).get(path).copied().unwrap_or_default()
    }

    /// Counts a call and says what happens to it.
    pub fn on_call(&self, path: &str) -> Option<Injection> {
        *locked(&self.calls).entry(path.to_owned()).or_default() += 1;
        locked(&self.injections).get_mut(path).and_then(VecDeque::pop_front)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
