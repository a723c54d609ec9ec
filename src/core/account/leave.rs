//! Leaving.

use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        quota, token,
    },
    store::{self, Tx},
};

/// Deletes a user and everything that is only theirs. Their WeChat stays a follower without an account.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`] where the user is gone.
pub async fn delete(ctx: &Ctx, user_id: i64, actor_id: Option<i64>, address: &str) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    delete_within(ctx, &mut tx, user_id, actor_id, address).await?;
    tx.commit().await?;
    forget(ctx, user_id);
    Ok(())
}

/// What this instance has in memory of a user who was deleted goes, once that is committed.
pub(crate) fn forget(ctx: &Ctx, user_id: i64) {
    ctx.shelf.forget(user_id);
    ctx.standings.forget(user_id);
}

/// [`delete`] inside the caller's transaction.
pub(crate) async fn delete_within(
    ctx: &Ctx,
    db: &mut Tx,
    user_id: i64,
    actor_id: Option<i64>,
    address: &str,
) -> Result<(), CoreError> {
    super::admin::keep_one(db, user_id).await?;
    for identity in store::identity::list_identities(db, user_id).await? {
        let person = super::identity::person(ctx, &identity.appid, &identity.openid);
        quota::leave_behind(ctx, db, user_id, &person).await?;
    }
    store::user::delete_user(db, user_id).await?;
    store::fact::bump_revision(db, "rules").await?;
    store::fact::bump_revision(db, token::standing::TOPIC).await?;
    audit::note(ctx, db, Act::Delete, audit::user(user_id), (actor_id, address), "").await?;
    Ok(())
}
