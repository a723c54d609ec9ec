//! How fast one caller may call: a bucket in memory for each, generous, in every instance for itself.
//!
//! Limits on guessing are not here: they are in the database (`limit`).

use super::{Ctx, limit::subject_of, secret::Use};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Callers that are remembered; beyond it those whose bucket is full again are forgotten.
const MOST: usize = 100_000;
const SECOND_US: i64 = 1_000_000;

/// Looks a second at one thing that is followed by its secret name: more often it does not change.
const LOOKS_PER_SECOND: i64 = 5;
/// An address may follow things this many times as often as it may ask for anything else: it may be a server with many sessions.
const FOLLOWING_FACTOR: i64 = 10;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A user, whichever of their tokens or browsers it is: those are free, so they must not count by themselves.
    User(i64),
    /// A person whom a gateway in front of us vouches for.
    Openid(String),
    /// Whoever follows something by its secret name, a sign-in session for instance.
    Follower(String),
    /// Nobody in particular.
    Anyone,
}

/// What a caller has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests a second, and at once.
    pub limit: i64,
    pub remaining: i64,
    /// Seconds until all of it is there again, at least 1 once something was taken.
    pub reset_secs: i64,
    /// False where the request must be refused.
    pub is_within: bool,
}

/// When each caller's bucket will be full again, in microseconds.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, i64>>);

/// Takes one request. Callers on this machine (tests, gateways) have the configured factor more.
pub fn take(ctx: &Ctx, caller: &Caller, address: IpAddr) -> Allowance {
    let limits = &ctx.settings.settings.limits;
    let factor = if address.to_canonical().is_loopback() { limits.loopback_factor } else { 1 };
    let most = limits.requests_per_second * factor;
    let take = |subject: String, most: i64| ctx.rates.take(subject, most, ctx.now() * 1000);
    match caller {
        Caller::User(id) => take(format!("u/{id}"), most),
        Caller::Openid(openid) => take(format!("o/{openid}"), most),
        Caller::Follower(name) => {
            // A name can be made up, so it does not free its address.
            let together = take(format!("af/{}", subject_of(address)), most * FOLLOWING_FACTOR);
            if !together.is_within {
                return together;
            }
            take(format!("f/{}", ctx.hash(Use::Limit, name)), LOOKS_PER_SECOND.min(limits.requests_per_second) * factor)
        }
        Caller::Anyone => take(format!("a/{}", subject_of(address)), most),
    }
}

impl Rates {
    fn take(&self, subject: String, limit: i64, now: i64) -> Allowance {
        let limit = limit.clamp(1, SECOND_US);
        let each = SECOND_US / limit;
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MOST {
            full_at.retain(|_, at| *at > now);
        }
        let entry = full_at.entry(subject).or_insert(now);
        // Never further ahead than an empty bucket: a clock that went back must not lock anybody out.
        let at = (*entry).clamp(now, now + SECOND_US);
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
        // 20 ms make one, 10 s make no more than 50.
        assert!(take(&rates, 20).is_within && !take(&rates, 20).is_within);
        assert_eq!((0..60).filter(|_| take(&rates, 10_000).is_within).count(), 50);
        // Somebody else is not touched.
        assert!(rates.take("t/y".to_owned(), 50, 10_000_000).is_within);
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out_for_longer_than_a_second() {
        let rates = Rates::default();
        for _ in 0..50 {
            take(&rates, 3_600_000);
        }
        assert!(!take(&rates, 0).is_within);
        assert!(take(&rates, 1_000).is_within);
    }
}
