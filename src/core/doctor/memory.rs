//! What an instance remembers of an account's pushes, and of the last examination: in memory, so that a push writes nothing for it.

use super::finding::{Finding, RightFound};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The number of pushes that are remembered.
pub const KEPT: usize = 50;

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// With a reply.
    Answered,
    /// With `success`: nothing had a reply to it.
    Empty,
    /// It was delivered again, and got the same answer again.
    Repeated,
    /// The database or the program failed.
    Failed,
}

/// An accepted push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSeen {
    /// When it was answered, in epoch milliseconds.
    pub at: i64,
    pub took_ms: u32,
    pub outcome: Outcome,
}

/// Refused pushes of one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub count: u64,
    /// Epoch milliseconds.
    pub last_at: i64,
}

/// The pushes since the start of the instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushLog {
    /// The last [`KEPT`], the oldest first.
    pub last: VecDeque<PushSeen>,
    /// All accepted ones.
    pub accepted: u64,
    /// Of these, the ones that were delivered again.
    pub repeated: u64,
    /// Refused ones by cause. Causes are words of this program, so there are few.
    pub refused: BTreeMap<String, Refused>,
}

impl PushLog {
    fn add(&mut self, seen: PushSeen) {
        self.accepted += 1;
        self.repeated += u64::from(seen.outcome == Outcome::Repeated);
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(seen);
    }

    /// The number of the last pushes that ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.last.iter().filter(|seen| seen.outcome == outcome).count()
    }

    /// The time that this share (in percent) of the last pushes took at most, in milliseconds; `None` without any.
    #[must_use]
    pub fn percentile_ms(&self, percent: usize) -> Option<u32> {
        let mut times: Vec<u32> = self.last.iter().map(|seen| seen.took_ms).collect();
        times.sort_unstable();
        let rank = (times.len() * percent).div_ceil(100).max(1);
        times.get(rank - 1).copied()
    }
}

/// What the platform and the way to it said, which takes seconds to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Epoch milliseconds.
    pub at: i64,
    pub platform: Vec<Finding>,
    pub rights: Vec<RightFound>,
    pub way: Vec<Finding>,
}

/// The memory for one account.
#[derive(Debug, Default)]
pub struct Memory {
    pushes: Mutex<PushLog>,
    /// Locked while one request asks, so that others wait for its result.
    pub(super) asked: tokio::sync::Mutex<Option<Asked>>,
}

impl Memory {
    /// Remembers an accepted push.
    pub fn accepted(&self, outcome: Outcome, took: Duration, now_ms: i64) {
        let took_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        self.log().add(PushSeen { at: now_ms, took_ms, outcome });
    }

    /// Remembers a refused one.
    pub fn refused(&self, cause: &'static str, now_ms: i64) {
        let mut log = self.log();
        let refused = log.refused.entry(cause.to_owned()).or_insert(Refused { count: 0, last_at: now_ms });
        *refused = Refused { count: refused.count + 1, last_at: now_ms };
    }

    /// A copy of what is remembered.
    #[must_use]
    pub fn pushes(&self) -> PushLog {
        self.log().clone()
    }

    fn log(&self) -> MutexGuard<'_, PushLog> {
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_pushes_are_kept_however_many_come() {
        let memory = Memory::default();
        for n in 0..10_000 {
            let outcome = if n % 100 == 0 { Outcome::Repeated } else { Outcome::Answered };
            memory.accepted(outcome, Duration::from_millis(u64::try_from(n).unwrap()), n);
            memory.refused("signature", n);
        }
        let log = memory.pushes();
        assert_eq!((log.last.len(), log.accepted, log.repeated), (KEPT, 10_000, 100));
        assert_eq!((log.last.front().unwrap().at, log.last.back().unwrap().at), (9_950, 9_999));
        assert_eq!(log.refused["signature"], Refused { count: 10_000, last_at: 9_999 });
        assert_eq!((log.percentile_ms(50), log.percentile_ms(99)), (Some(9_974), Some(9_999)));
        // Refusals, which anyone can cause, displace no accepted push.
        assert_eq!(log.count(Outcome::Answered) + log.count(Outcome::Repeated), KEPT);
        assert_eq!(PushLog::default().percentile_ms(50), None);
    }
}
