//! The kinds of changes in the history of rules.

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Add,
    Update,
    Enable,
    Disable,
    Delete,
    Priority,
    /// Several kinds together, or an import of a file.
    Import,
    /// An earlier version was restored.
    Restore,
    /// A whole change was undone.
    Undo,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Add,
        Self::Update,
        Self::Enable,
        Self::Disable,
        Self::Delete,
        Self::Priority,
        Self::Import,
        Self::Restore,
        Self::Undo,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.audited().trim_start_matches("rule.")
    }

    /// The name in the audit log.
    pub(super) fn audited(self) -> &'static str {
        match self {
            Self::Add => "rule.add",
            Self::Update => "rule.update",
            Self::Enable => "rule.enable",
            Self::Disable => "rule.disable",
            Self::Delete => "rule.delete",
            Self::Priority => "rule.priority",
            Self::Import => "rule.import",
            Self::Restore => "rule.restore",
            Self::Undo => "rule.undo",
        }
    }

    pub(super) fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|a| a.as_str() == text).unwrap_or(Self::Update)
    }
}
