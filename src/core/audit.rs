//! The log of what is done to accounts: who, whom, from where, what it was and what it is. An entry is written in the transaction of the
//! act itself, and outlives the account.

use super::Ctx;
use crate::store::{self, StoreError, Tx, audit::AuditRow};

/// What an entry's details hold.
const DETAIL_MAX_CHARS: usize = 1_000;

/// What was done. Each has its word on the page of the user it was done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Made as an admin.
    Create,
    Level,
    Role,
    Credits,
    Disable,
    Enable,
    SignOut,
    SessionEnd,
    Profile,
    Password,
    Unbind,
    /// A client program was sent away again.
    FollowCancel,
    /// Another account went into this one.
    Unite,
    Delete,
    /// All users but the admins were deleted.
    Clear,
    /// There were so many wrong codes that guesses were slowed for everybody.
    CodesSlowed,
}

impl Act {
    const ALL: [Self; 16] = [
        Self::Create,
        Self::Level,
        Self::Role,
        Self::Credits,
        Self::Disable,
        Self::Enable,
        Self::SignOut,
        Self::SessionEnd,
        Self::Profile,
        Self::Password,
        Self::Unbind,
        Self::FollowCancel,
        Self::Unite,
        Self::Delete,
        Self::Clear,
        Self::CodesSlowed,
    ];

    /// What stands in `audit_entries.action`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "admin.create",
            Self::Level => "user.level",
            Self::Role => "user.role",
            Self::Credits => "credit.adjust",
            Self::Disable => "user.disable",
            Self::Enable => "user.enable",
            Self::SignOut => "user.sign_out",
            Self::SessionEnd => "user.session_end",
            Self::Profile => "user.profile",
            Self::Password => "password.change",
            Self::Unbind => "identity.unbind",
            Self::FollowCancel => "follow.cancel",
            Self::Unite => "user.unite",
            Self::Delete => "user.delete",
            Self::Clear => "users.clear",
            Self::CodesSlowed => "codes.slowed",
        }
    }

    /// The act that a stored word names; None for one that this version does not know.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }
}

/// Writes down an act. `by`: the user who did it (None: the program, or somebody not signed in), and where from.
///
/// # Errors
/// The database cannot be reached.
pub(crate) async fn note(
    ctx: &Ctx,
    db: &mut Tx,
    act: Act,
    target: String,
    (actor_id, address): (Option<i64>, &str),
    detail: &str,
) -> Result<(), StoreError> {
    let row = AuditRow {
        id: ctx.next_id(),
        actor_id,
        action: act.as_str(),
        target,
        address: address.to_owned(),
        detail: detail.chars().take(DETAIL_MAX_CHARS).collect(),
        created_at: ctx.now(),
    };
    store::audit::insert_entry(db, row).await
}

/// Under which target a user stands in the log.
#[must_use]
pub(crate) fn user(user_id: i64) -> String {
    format!("user/{user_id}")
}

#[cfg(test)]
mod tests {
    use super::Act;

    #[test]
    fn every_act_is_found_by_its_own_name() {
        for act in Act::ALL {
            assert_eq!(Act::of(act.as_str()), Some(act));
        }
        assert_eq!(Act::of("rule.add"), None);
    }
}
