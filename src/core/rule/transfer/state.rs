//! The progress and result of an import.

use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// The current step of an import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The platform's rules and their files are fetched.
    Fetching,
    /// The file is compared with the rules.
    #[default]
    Checking,
    /// The rules are saved.
    Saving,
}

/// The state of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It was not applied yet.
    Waiting,
    /// It is being applied.
    Running(Progress),
    /// It was applied.
    Done(Outcome),
    /// It was not applied, and changed nothing.
    Failed(Failure),
}

/// The progress: `done` of `total` rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub step: Step,
    pub done: usize,
    pub total: usize,
}

impl Progress {
    /// 0 to 100: checking is the first part. Fetching is counted separately.
    #[must_use]
    pub fn percent(self) -> usize {
        match self.step {
            Step::Fetching => 5 + 95 * self.done / self.total.max(1),
            Step::Checking => 10 + 30 * self.done / self.total.max(1),
            Step::Saving => 40 + 55 * self.done / self.total.max(1),
        }
    }
}

/// Numbers of added, changed and removed rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub added: usize,
    pub changed: usize,
    pub removed: usize,
}

/// Why nothing was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Failure {
    /// The rules, or the file's plan, changed since the preview: it must be repeated.
    Conflict,
    /// Some lines cannot be imported.
    Flaws,
    /// The platform's rules were not read: the account lacks the API permission.
    Right,
    /// The platform's rules were not read: the platform returned this error code.
    Code(i64),
    /// The platform's rules were not read: the platform did not answer.
    Unreachable,
    /// Another error, which is in the log. A retry may succeed.
    Other,
}

impl Failure {
    /// True if nothing came from the platform: there is no preview.
    #[must_use]
    pub fn is_platforms(self) -> bool {
        matches!(self, Self::Right | Self::Code(_) | Self::Unreachable)
    }
}

/// The imports that this instance is applying, with their progress.
#[derive(Debug, Default)]
pub struct Imports(Mutex<HashMap<i64, Progress>>);

impl Imports {
    fn locked(&self) -> MutexGuard<'_, HashMap<i64, Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn find(&self, id: i64) -> Option<Progress> {
        self.locked().get(&id).copied()
    }

    pub(super) fn set(&self, id: i64, progress: Progress) {
        self.locked().insert(id, progress);
    }

    pub(super) fn remove(&self, id: i64) {
        self.locked().remove(&id);
    }
}
