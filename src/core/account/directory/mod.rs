//! Reading and changing other users' accounts as an admin; pages and dialects use this module alone.
//!
//! Every function takes an [`Admin`], which only an enabled admin can obtain. Every change is recorded in the audit log, in the
//! same transaction: actor, target, address, old and new value. Every change that takes rights away ends sessions and tokens on
//! every instance. The last admin who can sign in cannot be disabled, dismissed or deleted.

mod change;
mod cursor;
mod delete;
mod detail;
mod index;
mod listing;
mod query;
mod search;

pub use change::{
    adjust_credits, end_session, set_enabled, set_level, set_level_until, set_role, sign_out_everywhere, update_fields,
};
pub use delete::{CONFIRM_CLEAR, clear_all, delete, is_name_of};
pub use detail::{RuleCounts, UserDetail, find_by_openid, user_detail};
pub use index::{index_many_marked, index_marked, index_missing};
pub use listing::Limits;
pub use query::{MOST_A_PAGE, Query, Sort};
pub use search::{COUNTED, Entry, Page, Total, search, search_by_scan, search_explained, search_within};

use super::{LEVELS, Role, User, admin};
use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        token,
    },
    store::{StoreError, Tx},
};

/// An admin, and the address they act from.
#[derive(Debug, Clone)]
pub struct Admin {
    user_id: i64,
    address: String,
}

impl Admin {
    /// The signed-in user as an admin.
    ///
    /// # Errors
    /// [`CoreError::Forbidden`] if the user is not an enabled admin.
    pub fn of(user: &User, address: impl Into<String>) -> Result<Self, CoreError> {
        let role = if user.is_enabled { user.role } else { Role::User };
        Self::with_role(role, user.id, address)
    }

    /// The bearer of a verified token as an admin.
    ///
    /// # Errors
    /// [`CoreError::Forbidden`] if the bearer is not an admin.
    pub fn bearing(bearer: &token::Bearer, address: impl Into<String>) -> Result<Self, CoreError> {
        Self::with_role(bearer.role, bearer.user_id, address)
    }

    fn with_role(role: Role, user_id: i64, address: impl Into<String>) -> Result<Self, CoreError> {
        match role {
            Role::Admin => Ok(Self { user_id, address: address.into() }),
            Role::User => Err(CoreError::Forbidden),
        }
    }

    /// Refuses if they are no admin any more; after that they remain one until the transaction ends.
    pub(crate) async fn confirm(&self, db: &mut Tx) -> Result<(), CoreError> {
        admin::still_is(db, self.user_id).await
    }

    /// The actor of audit entries, and the address.
    pub(crate) fn actor(&self) -> (Option<i64>, &str) {
        (Some(self.user_id), &self.address)
    }

    #[must_use]
    pub fn user_id(&self) -> i64 {
        self.user_id
    }
}

/// The level of this name.
#[must_use]
pub fn level_of(word: &str) -> Option<&'static str> {
    LEVELS.into_iter().find(|level| *level == word)
}

/// Records an admin's action in the audit log, in the transaction of the action itself.
async fn note(ctx: &Ctx, db: &mut Tx, admin: &Admin, act: Act, target: String, detail: &str) -> Result<(), StoreError> {
    audit::note(ctx, db, act, target, (Some(admin.user_id), &admin.address), detail).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_by_their_exact_names() {
        assert_eq!(level_of("vip"), Some("vip"));
        for wrong in ["VIP", "", "vip ", "root"] {
            assert_eq!(level_of(wrong), None, "{wrong:?}");
        }
    }
}
