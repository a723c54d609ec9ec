//! The audit log of changes to accounts: actor, target, address, old and new value. An entry is written in the transaction of the action
//! itself and outlives the account.

use super::Ctx;
use crate::{
    store::{self, StoreError, Tx, audit::AuditRow},
    text::cut,
};

/// The longest details of an entry.
const DETAIL_MAX_CHARS: usize = 1_000;

/// An action. Each has its label on the page of the user it concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Created as an admin.
    Create,
    Level,
    /// A level ended.
    LevelEnd,
    Role,
    Credits,
    Disable,
    Enable,
    SignOut,
    SessionEnd,
    Profile,
    Password,
    Unbind,
    /// A follow was undone.
    FollowCancel,
    /// Another account was joined to this one.
    Unite,
    Delete,
    /// All users except the admins were deleted.
    Clear,
    /// There were so many wrong codes that guesses were slowed for all users.
    CodesSlowed,
    /// A batch of redemption codes was created.
    BatchCreate,
    /// A batch of redemption codes was stopped.
    BatchStop,
    /// An Official Account was connected in the console.
    AccountConnect,
    /// Its settings or its credentials were changed.
    AccountChange,
    AccountDisconnect,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Create,
        Self::Level,
        Self::LevelEnd,
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
        Self::BatchCreate,
        Self::BatchStop,
        Self::AccountConnect,
        Self::AccountChange,
        Self::AccountDisconnect,
    ];

    /// The value of `audit_entries.action`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "admin.create",
            Self::Level => "user.level",
            Self::LevelEnd => "user.level_end",
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
            Self::BatchCreate => "code_batch.create",
            Self::BatchStop => "code_batch.stop",
            Self::AccountConnect => "account.connect",
            Self::AccountChange => "account.change",
            Self::AccountDisconnect => "account.disconnect",
        }
    }

    /// The action with this stored name; `None` if this version does not know it.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }
}

/// Records an action. `by`: the user who acted (`None`: the program, or a client that is not signed in), and the
/// address.
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
        detail: cut::chars(detail, DETAIL_MAX_CHARS).to_owned(),
        created_at: ctx.now(),
    };
    store::audit::insert_entry(db, row).await
}

/// The target that identifies a user in the log.
#[must_use]
pub(crate) fn user(user_id: i64) -> String {
    format!("user/{user_id}")
}

/// The target that identifies a batch of redemption codes in the log.
#[must_use]
pub(crate) fn batch(batch_id: i64) -> String {
    format!("codes/{batch_id}")
}

/// The target that identifies an Official Account in the log.
#[must_use]
pub(crate) fn official_account(id: i64) -> String {
    format!("account/{id}")
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
