//! What a run measured, as one line of JSON.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Answers and failures of one run.
#[derive(Debug, Default)]
pub struct Report {
    /// Microseconds of each answer after the warm-up.
    times_us: Vec<u32>,
    failed: u64,
    /// Why requests failed, and how often.
    causes: BTreeMap<String, u64>,
    /// For each target the last answer and the longest time without one.
    gaps: BTreeMap<usize, Gap>,
}

#[derive(Debug)]
struct Gap {
    last: Instant,
    longest: Duration,
}

impl Report {
    /// `is_measured` is false during the warm-up.
    pub fn answered(&mut self, target: usize, took: Duration, is_measured: bool) {
        if is_measured {
            self.times_us.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        }
        let now = Instant::now();
        let gap = self.gaps.entry(target).or_insert(Gap { last: now, longest: Duration::ZERO });
        gap.longest = gap.longest.max(now - gap.last);
        gap.last = now;
    }

    pub fn failed(&mut self, cause: String) {
        self.failed += 1;
        *self.causes.entry(cause).or_default() += 1;
    }

    /// The report of a run whose measured part lasted this long.
    pub fn summary(&mut self, lasted: Duration) -> Value {
        self.times_us.sort_unstable();
        let count = self.times_us.len();
        let at = |thousandths: usize| {
            let last = count.saturating_sub(1);
            self.times_us.get((count * thousandths / 1000).min(last)).map(|us| f64::from(*us) / 1000.0)
        };
        let now = Instant::now();
        let gaps: Vec<u128> = self.gaps.values().map(|gap| gap.longest.max(now - gap.last).as_millis()).collect();
        json!({
            "answered": count,
            "failed": self.failed,
            "causes": self.causes,
            "seconds": lasted.as_secs_f64(),
            "rate": u32::try_from(count).map_or(f64::MAX, f64::from) / lasted.as_secs_f64().max(1e-9),
            "median_ms": at(500),
            "p90_ms": at(900),
            "p99_ms": at(990),
            "max_ms": at(1000),
            "gaps_ms": gaps,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_measured_answers_only() {
        let mut report = Report::default();
        report.answered(0, Duration::from_secs(9), false);
        for ms in (1..=100).rev() {
            report.answered(0, Duration::from_millis(ms), true);
        }
        report.failed("status 500".to_owned());
        let json = report.summary(Duration::from_secs(2));
        assert_eq!((json["answered"].as_u64(), json["failed"].as_u64()), (Some(100), Some(1)));
        assert_eq!((json["median_ms"].as_f64(), json["p99_ms"].as_f64()), (Some(51.0), Some(100.0)));
        assert_eq!((json["rate"].as_f64(), json["causes"]["status 500"].as_u64()), (Some(50.0), Some(1)));
    }
}
