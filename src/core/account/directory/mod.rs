//! What an admin sees and does of other people's accounts: pages and dialects sit on this alone.
//!
//! Every function takes an [`Admin`], and there is no other way to one than being an enabled admin. Every change is written down
//! in its own transaction: who, whom, from where, what it was and what it is. Whatever takes rights away ends sessions and tokens
//! with it, on every instance. The last admin who can sign in is never shut out.

mod change;
mod cursor;
mod picture;
mod query;
mod remove;
mod search;

pub use change::{
    Fields, adjust_credits, end_session, set_enabled, set_level, set_role, sign_out_everywhere, update_fields,
};
pub use picture::{Picture, RuleCounts, find_by_openid, picture};
pub use query::{MOST_A_PAGE, Query, Sort};
pub use remove::{CONFIRM_CLEAR, clear_all, delete, is_name_of};
pub use search::{COUNTED, Entry, Page, Total, index_missing, search};

use super::{LEVELS, Role, User, admin};
use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        token,
    },
    store::{StoreError, Tx},
};

/// An admin, and where they act from.
#[derive(Debug, Clone)]
pub struct Admin {
    user_id: i64,
    address: String,
}

impl Admin {
    /// The admin that somebody who is signed in may be.
    ///
    /// # Errors
    /// [`CoreError::Forbidden`] for anybody else.
    pub fn of(user: &User, address: impl Into<String>) -> Result<Self, CoreError> {
        let role = if user.is_enabled { user.role } else { Role::User };
        Self::with_role(role, user.id, address)
    }

    /// The admin that the bearer of a verified token may be.
    ///
    /// # Errors
    /// [`CoreError::Forbidden`] for anybody else.
    pub fn bearing(bearer: &token::Bearer, address: impl Into<String>) -> Result<Self, CoreError> {
        Self::with_role(bearer.role, bearer.user_id, address)
    }

    fn with_role(role: Role, user_id: i64, address: impl Into<String>) -> Result<Self, CoreError> {
        match role {
            Role::Admin => Ok(Self { user_id, address: address.into() }),
            Role::User => Err(CoreError::Forbidden),
        }
    }

    /// A transaction in which they act: they are an admin until it ends, and not only when their request began.
    async fn begin(&self, ctx: &Ctx) -> Result<Tx, CoreError> {
        let mut tx = ctx.store.begin().await?;
        admin::still_is(&mut tx, self.user_id).await?;
        Ok(tx)
    }

    #[must_use]
    pub fn user_id(&self) -> i64 {
        self.user_id
    }
}

/// The level that a word names.
#[must_use]
pub fn level_of(word: &str) -> Option<&'static str> {
    LEVELS.into_iter().find(|level| *level == word)
}

/// Writes down what an admin did, in the transaction of the act itself.
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
