//! How often refusals of pushes are stored.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The shortest interval of storing refusals of one cause.
const RECORD_EVERY_MS: i64 = 10_000;

/// When this instance stored a refusal of each cause last, in epoch milliseconds.
#[derive(Debug, Default)]
pub struct RefusedPushes(Mutex<HashMap<&'static str, i64>>);

impl RefusedPushes {
    /// True if a refusal of this cause is to be stored now; it then counts as stored.
    pub fn is_due(&self, cause: &'static str, now_ms: i64) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.get(cause).is_some_and(|last| (0..RECORD_EVERY_MS).contains(&(now_ms - last))) {
            return false;
        }
        last.insert(cause, now_ms);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_is_stored_once_in_ten_seconds_and_cause() {
        let refused = RefusedPushes::default();
        let stored = |cause, now_ms| refused.is_due(cause, now_ms);
        assert!(stored("signature", 1_000) && stored("stale", 1_000));
        assert!(!stored("signature", 1_001) && !stored("signature", 10_999));
        assert!(stored("signature", 11_000));
        // The clock was set back.
        assert!(stored("signature", 500));
    }
}
