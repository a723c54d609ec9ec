//! Deleting an account, and forgetting a follower. What belongs to either is the list of [`store::personal_data`].

use crate::{
    core::{
        CoreError, Ctx,
        audit::{self, Act},
        ilink, quota, rule, token,
    },
    store::{self, StoreError, Tx, personal_data::Subject},
};
use std::time::Duration;

/// A larger file of the embedded database is rewritten at night: that takes seconds, in which nothing is written.
const AT_ONCE_BYTES: u64 = 64 << 20;
/// A still larger one only by the operator: that would take minutes. Its deleted rows are zeros (`secure_delete`).
const AT_NIGHT_BYTES: u64 = 1 << 30;
/// How long a deletion waits until its rows are erased from the file. The work goes on after that.
const PATIENCE: Duration = Duration::from_secs(2);
const HOUR_MS: i64 = 3_600_000;

/// Deletes a user, their WeChat identities and everything that belongs to them. A follower who writes again is a new one.
///
/// # Errors
/// [`CoreError::LastAdmin`]; [`CoreError::NotFound`] if the user does not exist.
pub async fn delete(ctx: &Ctx, user_id: i64, actor_id: Option<i64>, address: &str) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| delete_within(ctx, tx, user_id, actor_id, address).await)?;
    erase(ctx).await;
    Ok(())
}

/// Removes a deleted user from this instance's memory; called after the commit.
pub(crate) fn invalidate(ctx: &Ctx, user_id: i64) {
    ctx.rule_cache.remove(user_id);
    ctx.token_status.invalidate(user_id);
}

/// [`delete`] inside the caller's transaction. Call [`erase`] after the commit.
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
    store::personal_data::delete_of(db, Subject::User(user_id)).await?;
    store::update_erasure_due(db, ctx.next_id()).await?;
    ilink::change::changed(ctx, db).await?;
    rule::cache::deleted(ctx, db, user_id).await?;
    token::status::changed(ctx, db, user_id).await?;
    // The address of a user who deletes their own account is theirs too.
    let address = if actor_id == Some(user_id) { "" } else { address };
    audit::note(ctx, db, Act::Delete, audit::user(user_id), (actor_id, address), "").await?;
    Ok(())
}

/// Deletes all users except the admins, in the caller's transaction; returns their number. Call [`erase`] after the commit.
pub(crate) async fn delete_ordinary_within(ctx: &Ctx, db: &mut Tx) -> Result<u64, StoreError> {
    let deleted = store::personal_data::delete_of(db, Subject::Ordinary).await?;
    store::update_erasure_due(db, ctx.next_id()).await?;
    Ok(deleted)
}

/// Forgets a follower without an account, in the caller's transaction. Call [`erase`] after the commit.
pub(crate) async fn forget_identity_within(
    ctx: &Ctx,
    db: &mut Tx,
    appid: &str,
    openid: &str,
) -> Result<(), StoreError> {
    store::personal_data::delete_identity(db, appid, openid).await?;
    store::update_erasure_due(db, ctx.next_id()).await
}

/// Erases deleted rows from the files of the embedded database, after the commit of the deletion. Failures are logged: the periodic cleanup
/// tries again.
pub async fn erase(ctx: &Ctx) {
    let ctx = ctx.clone();
    // In a task of its own: a client that hangs up does not interrupt it.
    let work = tokio::spawn(async move {
        if let Err(error) = ctx.store.erase_deleted(AT_ONCE_BYTES).await {
            tracing::warn!(%error, "deleted rows could not be erased from the database file yet");
        }
    });
    tokio::time::timeout(PATIENCE, work).await.ok();
}

/// The same for what is still due; called by the periodic cleanup. A large file waits for the night in Beijing, 3:00 to 5:00.
///
/// # Errors
/// The database cannot be reached, or the disk is full.
pub(crate) async fn erase_due(ctx: &Ctx) -> Result<(), CoreError> {
    let hour = (ctx.now().div_euclid(HOUR_MS) + 8).rem_euclid(24);
    let most_bytes = if (3..5).contains(&hour) { AT_NIGHT_BYTES } else { AT_ONCE_BYTES };
    ctx.store.erase_deleted(most_bytes).await?;
    Ok(())
}
