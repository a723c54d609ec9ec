//! Limits the lookups of unionids that run at the same time.

use tokio::sync::Semaphore;

/// Concurrent requests to the platform.
const AT_ONCE: usize = 4;

/// Limits concurrent unionid requests.
#[derive(Debug)]
pub struct UnionidLookups(pub(super) Semaphore);

impl Default for UnionidLookups {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}
