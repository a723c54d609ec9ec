//! The holds that are under way in this instance.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The holds of this instance.
#[derive(Debug, Default)]
pub struct Holds(Mutex<HashSet<i64>>);

impl Holds {
    /// True while work of this instance holds credits.
    #[must_use]
    pub fn has_live(&self) -> bool {
        !self.live().is_empty()
    }

    pub(super) fn live(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
