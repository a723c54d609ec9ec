//! Locks a mutex also after a panic of another thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The guard of a mutex, also after a panic of the thread that held it.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
