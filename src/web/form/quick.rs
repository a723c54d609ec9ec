//! The form above the list: one rule with one keyword and one text.

use super::SubmittedForm;
use crate::core::rule::{MatchType, TriggerKind, draft::Draft};

/// The typed line and its errors.
#[derive(Debug, Clone, Default)]
pub struct QuickForm {
    pub keyword: String,
    pub matching: MatchType,
    pub text: String,
    pub keyword_error: Option<String>,
    pub text_error: Option<String>,
    /// The number of the rule that already has the keyword.
    pub taken: Option<i64>,
}

impl From<&SubmittedForm> for QuickForm {
    fn from(submitted: &SubmittedForm) -> Self {
        Self {
            keyword: submitted.text("new_keyword").trim().to_owned(),
            matching: MatchType::of(&submitted.text("new_matching")),
            text: submitted.text("new_text"),
            ..Self::default()
        }
    }
}

impl QuickForm {
    pub fn draft(&self) -> Draft {
        Draft::of_text(TriggerKind::Keyword, &self.keyword, self.matching, &self.text)
    }
}
