//! Plain mode: an observer of one plaintext push can forge messages of any user for a moment. So the chat may not act for admins.

use crate::{
    core::{
        OfficialCtx,
        account::{Role, User},
    },
    store::{self, Link, StoreError, identity::IdentityRow},
};

/// True if the chat may not act for this user: pushes are plaintext, and the user is an admin.
#[must_use]
pub fn refuses_user(ctx: &OfficialCtx, user: Option<&User>) -> bool {
    ctx.account.is_plain && user.is_some_and(|user| user.role == Role::Admin)
}

/// The same for the owner of an identity.
///
/// # Errors
/// The database cannot be reached.
pub async fn refuses(ctx: &OfficialCtx, db: &mut impl Link, identity: &IdentityRow) -> Result<bool, StoreError> {
    let Some(user_id) = identity.user_id.filter(|_| ctx.account.is_plain) else { return Ok(false) };
    Ok(refuses_user(ctx, store::user::find_user(db, user_id).await?.map(|row| User::at(row, ctx.now())).as_ref()))
}
