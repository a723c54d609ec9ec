//! Counts of passed, failed and skipped tests, parsed from the output of cargo and Playwright.

use std::{fmt, ops::AddAssign};

use serde_json::Value;

use crate::shell::{Context, Result};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// A failure outside of tests: a lint, a build, a service.
    pub const FAILURE: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// Parses a line of cargo's output: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub fn from_cargo(line: &str) -> Option<Self> {
        let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let count = |word: &str| {
            let mut parts = counts.split(';').filter_map(|part| part.trim().split_once(' '));
            parts.find(|(_, what)| *what == word).and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
        };
        Some(Self { passed: count("passed"), failed: count("failed"), skipped: count("ignored") })
    }

    /// Parses the report of Playwright's reporter `json`.
    pub fn from_playwright(report: &str) -> Result<Self> {
        let report: Value = serde_json::from_str(report).context("Playwright's report")?;
        let count = |what: &str| report["stats"][what].as_u64().unwrap_or(0);
        // A flaky test, which needs retries to be enabled, counts as failed.
        Ok(Self { passed: count("expected"), failed: count("unexpected") + count("flaky"), skipped: count("skipped") })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.passed += more.passed;
        self.failed += more.failed;
        self.skipped += more.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_read_and_other_lines_are_not() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.04s";
        assert_eq!(Tally::from_cargo(line), Some(Tally { passed: 12, failed: 2, skipped: 1 }));
        assert_eq!(Tally::from_cargo("test tally::tests::reads ... ok"), None);
        assert_eq!(Tally::from_cargo("running 3 tests"), None);
    }

    #[test]
    fn playwright_is_read() {
        let report = r#"{"stats": {"expected": 4, "unexpected": 1, "flaky": 1, "skipped": 2, "duration": 9.5}}"#;
        assert_eq!(Tally::from_playwright(report).unwrap(), Tally { passed: 4, failed: 2, skipped: 2 });
        assert!(Tally::from_playwright("").is_err());
    }

    #[test]
    fn the_closing_line_is_plain() {
        let mut total = Tally { passed: 3, ..Tally::default() };
        assert_eq!(total.to_string(), "3 passed, 0 failed");
        total += Tally { passed: 1, failed: 2, skipped: 4 };
        assert_eq!(total.to_string(), "4 passed, 2 failed, 4 skipped");
    }
}
