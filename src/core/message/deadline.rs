//! How long a push may take before it is answered without its reply.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// In milliseconds. The platform disconnects after 5 s (docs/WECHAT.md, 2.1); this leaves it time to receive.
const DEADLINE_MS: u64 = 3_000;

/// The time after which a push gets `success`, and its reply is sent later.
#[derive(Debug)]
pub struct ReplyDeadline(AtomicU64);

impl Default for ReplyDeadline {
    fn default() -> Self {
        Self(AtomicU64::new(DEADLINE_MS))
    }
}

impl ReplyDeadline {
    #[must_use]
    pub fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Relaxed))
    }

    /// Sets another deadline: tests run on machines that may be busy for longer.
    pub fn set(&self, deadline: Duration) {
        self.0.store(u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }
}
