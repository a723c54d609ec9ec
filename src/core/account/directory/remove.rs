//! Deleting one user, or all of them.

use super::{Act, Admin, User, note};
use crate::{
    core::{
        CoreError, Ctx, Problem,
        account::{field::folded, leave},
        reply, token,
    },
    store,
};

/// What must be typed before everybody is deleted.
pub const CONFIRM_CLEAR: &str = "DELETE ALL USERS";

/// True where what was typed is the user's id or username.
#[must_use]
pub fn is_name_of(user: &User, typed: &str) -> bool {
    typed.trim() == user.id.to_string() || user.username.as_deref().is_some_and(|name| folded(name) == folded(typed))
}

/// Deletes a user and everything that is only theirs.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`].
pub async fn delete(ctx: &Ctx, admin: &Admin, user_id: i64) -> Result<(), CoreError> {
    let mut tx = admin.begin(ctx).await?;
    leave::delete_within(ctx, &mut tx, user_id, Some(admin.user_id), &admin.address).await?;
    tx.commit().await?;
    leave::forget(ctx, user_id);
    Ok(())
}

/// Deletes all users but the admins. Returns how many there were.
///
/// # Errors
/// The flaw of `confirm` for anything but [`CONFIRM_CLEAR`].
pub async fn clear_all(ctx: &Ctx, admin: &Admin, confirm: &str) -> Result<u64, CoreError> {
    if confirm != CONFIRM_CLEAR {
        return Err(CoreError::flaw("confirm", Problem::Wrong));
    }
    let mut tx = admin.begin(ctx).await?;
    let deleted = store::user::delete_all_but_admins(&mut tx).await?;
    store::fact::bump_revision(&mut tx, "rules").await?;
    store::fact::bump_revision(&mut tx, token::standing::TOPIC).await?;
    note(ctx, &mut tx, admin, Act::Clear, "users".to_owned(), &format!("{deleted} → 0")).await?;
    tx.commit().await?;
    ctx.standings.forget_all();
    // Their rules answer no more from the next message on.
    reply::shelf::follow_changes(ctx).await?;
    Ok(deleted)
}
