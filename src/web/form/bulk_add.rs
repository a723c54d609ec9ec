//! Several rules at once, one per line.

use super::{
    SubmittedForm,
    line::{self, Line},
};
use crate::core::rule::MatchType;

/// The typed lines and their errors.
#[derive(Debug, Clone, Default)]
pub struct BulkAddForm {
    pub text: String,
    pub matching: MatchType,
    /// The button "add the other lines" was pressed: wrong lines are skipped.
    pub skips_wrong: bool,
    pub wrong: Vec<WrongLine>,
    /// An error of the whole form.
    pub error: Option<String>,
}

/// A line that cannot be added, and why.
#[derive(Debug, Clone)]
pub struct WrongLine {
    /// The line number, from 1.
    pub number: usize,
    pub text: String,
    pub why: String,
    /// The number of the rule that already has the keyword.
    pub rule: Option<i64>,
}

impl From<&SubmittedForm> for BulkAddForm {
    fn from(submitted: &SubmittedForm) -> Self {
        Self {
            text: submitted.text("lines"),
            matching: MatchType::of(&submitted.text("matching")),
            skips_wrong: submitted.value("rest").is_some(),
            ..Self::default()
        }
    }
}

impl BulkAddForm {
    /// The lines that are not empty.
    pub fn lines(&self) -> Vec<Line> {
        line::read(&self.text)
    }
}
