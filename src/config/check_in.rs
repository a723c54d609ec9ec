//! Settings of the daily check-in.

use serde::Deserialize;

/// The daily check-in. It is off until `chat.commands.check-in` has a word.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CheckIn {
    /// Credits of a day.
    pub credits: i64,
    /// Every so many days in a row there are more credits; 0: never.
    pub streak_days: i64,
    /// How many more.
    pub streak_credits: i64,
    /// The most credits of a person and month of Asia/Shanghai.
    pub month_max_credits: i64,
}

impl Default for CheckIn {
    fn default() -> Self {
        Self { credits: 1, streak_days: 7, streak_credits: 5, month_max_credits: 60 }
    }
}

impl CheckIn {
    /// Each key with its value and its range.
    pub(super) fn ranges(self) -> [(&'static str, i64, i64, i64); 4] {
        [
            ("check-in.credits", self.credits, 0, 1_000_000),
            ("check-in.streak-days", self.streak_days, 0, 365),
            ("check-in.streak-credits", self.streak_credits, 0, 1_000_000),
            ("check-in.month-max-credits", self.month_max_credits, 0, 100_000_000),
        ]
    }
}
