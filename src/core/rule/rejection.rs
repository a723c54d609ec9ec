//! Why rules were not saved: all invalid drafts, and all duplicate keywords.

use super::MatchType;
use crate::{
    core::{CoreError, FieldError},
    store::{StoreError, TxError},
};

/// What a keyword collides with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictsWith {
    /// The rule with this number.
    Rule(i64),
    /// An earlier draft of the same batch, by its index.
    Draft(usize),
}

/// A keyword that a draft may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// As typed; empty if the rule has no keyword, and there is such a rule already.
    pub keyword: String,
    pub matching: MatchType,
    pub with: ConflictsWith,
}

/// A draft that cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The index of the draft in the batch, from 0.
    pub index: usize,
    pub flaws: Vec<FieldError>,
    /// All of them; then `flaws` has one at `keywords` or `cause` as well.
    pub duplicates: Vec<Duplicate>,
}

/// Why nothing was saved.
#[derive(Debug)]
pub enum RuleRejection {
    /// These drafts are invalid, in the order of the batch; at least one.
    Drafts(Vec<Fault>),
    /// An error that concerns no draft.
    Core(CoreError),
}

impl std::fmt::Display for RuleRejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Drafts(faults) => write!(f, "{} drafts are at fault", faults.len()),
            Self::Core(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for RuleRejection {}

impl From<CoreError> for RuleRejection {
    fn from(e: CoreError) -> Self {
        Self::Core(e)
    }
}

impl From<StoreError> for RuleRejection {
    fn from(e: StoreError) -> Self {
        Self::Core(e.into())
    }
}

impl TxError for RuleRejection {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Core(e) if e.is_collision())
    }
}

/// For callers with one draft: its field errors.
impl From<RuleRejection> for CoreError {
    fn from(refusal: RuleRejection) -> Self {
        match refusal {
            RuleRejection::Drafts(faults) => {
                Self::Invalid(faults.into_iter().next().map(|fault| fault.flaws).unwrap_or_default())
            }
            RuleRejection::Core(e) => e,
        }
    }
}
