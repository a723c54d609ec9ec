//! Fault injection for tests: makes calls fail, slow down or hang, and counts calls.

use super::locked::locked;
use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
    time::Duration,
};

/// The fault that replaces a call's response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Injection {
    /// HTTP status 200 with this `errcode`.
    Errcode(i64),
    /// This HTTP status, with an unreadable body.
    Status(u16),
    /// The right response, after a delay.
    Delay(Duration),
    /// No response.
    Hang,
}

/// Pending faults and counted calls, by path.
#[derive(Debug, Default)]
pub struct FaultInjection {
    injections: Mutex<HashMap<String, VecDeque<Injection>>>,
    calls: Mutex<HashMap<String, usize>>,
}

impl FaultInjection {
    /// Applies the fault to the next `times` calls of `path`, after those that are pending already.
    pub fn inject(&self, path: &str, injection: Injection, times: usize) {
        locked(&self.injections).entry(path.to_owned()).or_default().extend(std::iter::repeat_n(injection, times));
    }

    /// Removes all pending faults.
    pub fn clear(&self) {
        locked(&self.injections).clear();
    }

    /// The number of calls to `path`.
    pub fn calls(&self, path: &str) -> usize {
        locked(&self.calls).get(path).copied().unwrap_or_default()
    }

    /// Counts a call and returns the fault to apply.
    pub fn on_call(&self, path: &str) -> Option<Injection> {
        *locked(&self.calls).entry(path.to_owned()).or_default() += 1;
        locked(&self.injections).get_mut(path).and_then(VecDeque::pop_front)
    }
}
