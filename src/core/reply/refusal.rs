//! Why rules were not saved: every draft that is at fault, and every keyword that is taken.

use super::Matching;
use crate::{
    core::{CoreError, Flaw},
    store::StoreError,
};

/// Who has a keyword already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// The rule with this number.
    Rule(i64),
    /// An earlier draft of the same batch, by its index.
    Draft(usize),
}

/// A keyword that a draft may not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// As typed; empty where the rule answers without one, and there is such a rule already.
    pub keyword: String,
    pub matching: Matching,
    pub with: Other,
}

/// A draft that cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which draft of the batch, from 0.
    pub index: usize,
    pub flaws: Vec<Flaw>,
    /// All of them; then `flaws` has one at `keywords` or `cause` as well.
    pub duplicates: Vec<Duplicate>,
}

/// Why nothing was saved.
#[derive(Debug)]
pub enum Refusal {
    /// These drafts are at fault, in the order of the batch; at least one.
    Drafts(Vec<Fault>),
    /// Something that is no draft's fault.
    Core(CoreError),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Drafts(faults) => write!(f, "{} drafts are at fault", faults.len()),
            Self::Core(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<CoreError> for Refusal {
    fn from(e: CoreError) -> Self {
        Self::Core(e)
    }
}

impl From<StoreError> for Refusal {
    fn from(e: StoreError) -> Self {
        Self::Core(e.into())
    }
}

/// For callers with one draft: its flaws.
impl From<Refusal> for CoreError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Drafts(faults) => {
                Self::Invalid(faults.into_iter().next().map(|fault| fault.flaws).unwrap_or_default())
            }
            Refusal::Core(e) => e,
        }
    }
}
