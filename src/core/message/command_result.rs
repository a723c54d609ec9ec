//! The sender and the result of a command.

use super::effects::Effects;
use crate::{core::account::User, store::identity::IdentityRow};

/// The result of a command.
#[derive(Debug, Default)]
pub struct CommandResult {
    /// The answer.
    pub text: String,
    /// Applied after the commit.
    pub effects: Effects,
}

impl CommandResult {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn edited(owner_id: i64, text: String) -> Self {
        Self::text(text).with(Effects { changed_rules_of: Some(owner_id), ..Effects::default() })
    }

    pub(super) fn with(self, effects: Effects) -> Self {
        Self { effects, ..self }
    }
}

/// The sender of a command.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    pub identity: &'a IdentityRow,
    pub user: Option<&'a User>,
}
