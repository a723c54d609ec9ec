//! The buckets of all callers, in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The most callers remembered; beyond it those with a full bucket are removed.
const MOST: usize = 100_000;

const SECOND_US: i64 = 1_000_000;

/// What a caller may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests per second, and the largest burst.
    pub limit: i64,
    pub remaining: i64,
    /// Seconds until the bucket is full again, at least 1 after a request.
    pub reset_secs: i64,
    /// False if the request must be refused.
    pub is_within: bool,
}

/// When each caller's bucket is full again, in microseconds.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, i64>>);

impl Rates {
    /// Takes one request of a caller with this many per second. `now`: in microseconds.
    pub(super) fn take(&self, subject: String, limit: i64, now: i64) -> Allowance {
        self.take_within(subject, limit, SECOND_US, now)
    }

    /// The same with this many per minute.
    pub(super) fn take_in_a_minute(&self, subject: String, limit: i64, now: i64) -> Allowance {
        self.take_within(subject, limit, 60 * SECOND_US, now)
    }

    fn take_within(&self, subject: String, limit: i64, window: i64, now: i64) -> Allowance {
        let limit = limit.clamp(1, SECOND_US);
        let each = window / limit;
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MOST {
            full_at.retain(|_, at| *at > now);
        }
        let entry = full_at.entry(subject).or_insert(now);
        // Never beyond an empty bucket: a clock that was set back must not lock a caller out.
        let at = (*entry).clamp(now, now + window);
        let is_within = at + each <= now + each * limit;
        *entry = if is_within { at + each } else { at };
        Allowance {
            limit,
            remaining: ((now + each * limit - *entry) / each).max(0),
            reset_secs: (*entry - now + SECOND_US - 1) / SECOND_US,
            is_within,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(rates: &Rates, now_ms: i64) -> Allowance {
        rates.take("t/x".to_owned(), 50, now_ms * 1000)
    }

    #[test]
    fn fifty_at_once_and_fifty_a_second_after_that() {
        let rates = Rates::default();
        let first: Vec<Allowance> = (0..51).map(|_| take(&rates, 0)).collect();
        assert_eq!(first.iter().filter(|a| a.is_within).count(), 50);
        assert_eq!((first[0].remaining, first[49].remaining, first[50].remaining), (49, 0, 0));
        assert_eq!((first[50].limit, first[50].reset_secs), (50, 1));
        // Another 20 ms allow one request, 10 s no more than 50.
        assert!(take(&rates, 20).is_within && !take(&rates, 20).is_within);
        assert_eq!((0..60).filter(|_| take(&rates, 10_000).is_within).count(), 50);
        // Other callers are not affected.
        assert!(rates.take("t/y".to_owned(), 50, 10_000_000).is_within);
    }

    #[test]
    fn twenty_at_once_and_one_every_three_seconds_after_that() {
        let rates = Rates::default();
        let ask = |now_ms: i64| rates.take_in_a_minute("q/x".to_owned(), 20, now_ms * 1000).is_within;
        assert_eq!((0..40).filter(|_| ask(0)).count(), 20);
        assert!(!ask(2_900) && ask(3_000) && !ask(3_100));
        assert_eq!((0..40).filter(|_| ask(120_000)).count(), 20);
    }

    #[test]
    fn a_clock_that_goes_back_locks_no_caller_out_for_longer_than_a_second() {
        let rates = Rates::default();
        for _ in 0..50 {
            take(&rates, 3_600_000);
        }
        assert!(!take(&rates, 0).is_within);
        assert!(take(&rates, 1_000).is_within);
    }
}
