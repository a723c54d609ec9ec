//! How far an import is, and what became of it.

use super::PlatformFault;
use crate::wechat::api::{ApiError, ErrorClass};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The platform's rules are read, and their files.
    Fetching,
    /// The file is read and held against the rules.
    #[default]
    Checking,
    /// The rules are saved.
    Saving,
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It has not been applied.
    Waiting,
    /// It is being applied.
    Running(Progress),
    /// It was applied.
    Done(Outcome),
    /// It was not applied, and nothing of it was.
    Failed(Failure),
}

/// How far it is: `done` of `total` rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub step: Step,
    pub done: usize,
    pub total: usize,
}

impl Progress {
    /// 0 to 100: checking is the first part of it. Fetching is work of its own.
    #[must_use]
    pub fn percent(self) -> usize {
        match self.step {
            Step::Fetching => 5 + 95 * self.done / self.total.max(1),
            Step::Checking => 10 + 30 * self.done / self.total.max(1),
            Step::Saving => 40 + 55 * self.done / self.total.max(1),
        }
    }
}

/// How many rules were added, changed and removed.
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
    /// The rules, or the file's plan, are no longer those that were looked at: look again.
    Conflict,
    /// There are lines that cannot be imported.
    Flaws,
    /// The platform's rules were not read: the account may not read them by API.
    Right,
    /// The platform's rules were not read: the platform answered with this error.
    Code(i64),
    /// The platform's rules were not read: the platform does not answer.
    Unreachable,
    /// Something else; it is in the log. The same again may succeed.
    Other,
}

impl Failure {
    /// True where nothing came from the platform: there is nothing to look at.
    #[must_use]
    pub fn is_platforms(self) -> bool {
        matches!(self, Self::Right | Self::Code(_) | Self::Unreachable)
    }
}

impl From<&PlatformFault> for Failure {
    fn from(fault: &PlatformFault) -> Self {
        match fault {
            PlatformFault::Platform(ApiError::Platform { class: ErrorClass::Permission, .. }) => Self::Right,
            PlatformFault::Platform(ApiError::Platform { code, .. }) => Self::Code(*code),
            PlatformFault::Platform(_) | PlatformFault::Core(_) => Self::Unreachable,
        }
    }
}

/// The imports that this instance is applying, and how far they are.
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
