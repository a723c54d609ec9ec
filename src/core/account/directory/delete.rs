//! Deleting one user, or all users.

use super::{Act, Admin, User, note};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{deletion, field::folded},
        rule, token,
    },
    store,
};

/// The text that an admin must type to delete all users.
pub const CONFIRM_CLEAR: &str = "DELETE ALL USERS";

/// True if the typed text is the user's id or username.
#[must_use]
pub fn is_name_of(user: &User, typed: &str) -> bool {
    typed.trim() == user.id.to_string() || user.username.as_deref().is_some_and(|name| folded(name) == folded(typed))
}

/// Deletes a user and everything that belongs to them alone.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`].
pub async fn delete(ctx: &Ctx, admin: &Admin, user_id: i64) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        admin.confirm(tx).await?;
        deletion::delete_within(ctx, tx, user_id, Some(admin.user_id), &admin.address).await
    })?;
    deletion::erase(ctx).await;
    Ok(())
}

/// Deletes all users except the admins. Returns how many were deleted.
///
/// # Errors
/// The field error of `confirm` for anything but [`CONFIRM_CLEAR`].
pub async fn clear_all(ctx: &Ctx, admin: &Admin, confirm: &str) -> Result<u64, CoreError> {
    if confirm != CONFIRM_CLEAR {
        return Err(CoreError::field_error("confirm", Problem::Wrong));
    }
    let deleted = store::transact!(ctx.store, |tx| -> Result<u64, CoreError> {
        admin.confirm(tx).await?;
        let deleted = deletion::delete_ordinary_within(ctx, tx).await?;
        rule::cache::many_changed(tx).await?;
        token::status::all_changed(ctx, tx).await?;
        note(ctx, tx, admin, Act::Clear, "users".to_owned(), &format!("{deleted} → 0")).await?;
        Ok(deleted)
    })?;
    // Their rules answer no further message.
    rule::cache::follow_changes(ctx).await?;
    deletion::erase(ctx).await;
    Ok(deleted)
}
