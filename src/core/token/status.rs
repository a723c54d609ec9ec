//! A cache of the users' token status: verifying a token must not query the database each time.
//!
//! Every change that could end a token raises the revision of [`TOPIC`] in its own transaction. Every instance reads the revision
//! three times a second and clears the cache when it has changed. An instance whose last read is too old does not use the cache.

mod cache;

pub use cache::{TokenStatus, TokenStatusCache};

use super::{TOPIC, keys};
use crate::{
    core::{CoreError, Ctx, account::Role},
    store::{self, StoreError, Tx},
};
use cache::Remembered;
use std::sync::{Arc, atomic::Ordering};

/// A user's status; `None` if the user does not exist.
pub(super) async fn of(ctx: &Ctx, user_id: i64) -> Result<Remembered, CoreError> {
    if let Some(known) = ctx.token_status.find(user_id, ctx.now()) {
        return Ok(known);
    }
    let generation = ctx.token_status.generation.load(Ordering::SeqCst);
    let mut db = ctx.store.read().await?;
    let status = match store::token::find_token_status(&mut db, user_id).await? {
        None => None,
        Some(row) => Some(Arc::new(TokenStatus {
            role: if row.role == "admin" { Role::Admin } else { Role::User },
            level: row.level,
            level_until: row.level_until,
            is_enabled: row.is_enabled == 1,
            generation: row.token_generation,
            revoked: store::token::list_revoked(&mut db, user_id).await?,
        })),
    };
    ctx.token_status.insert(user_id, status.clone(), generation);
    Ok(status)
}

/// Records that the status of a user changed, in the caller's transaction: after its commit this instance reads it anew, and the others
/// do within a second.
pub(crate) async fn changed(ctx: &Ctx, db: &mut Tx, user_id: i64) -> Result<(), StoreError> {
    let cached = ctx.clone();
    db.after_commit(move || cached.token_status.invalidate(user_id));
    store::fact::bump_revision(db, TOPIC).await
}

/// [`changed`] for all users.
pub(crate) async fn all_changed(ctx: &Ctx, db: &mut Tx) -> Result<(), StoreError> {
    let cached = ctx.clone();
    db.after_commit(move || cached.token_status.clear());
    store::fact::bump_revision(db, TOPIC).await
}

/// Clears the cache and reloads the keys if another instance changed something. Called three times a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let looked_at = ctx.now();
    let revision = store::fact::find_revision(&mut ctx.store.read().await?, TOPIC).await?;
    if ctx.token_status.revision.load(Ordering::SeqCst) != revision {
        ctx.token_status.clear();
        keys::reload(ctx).await?;
        ctx.token_status.revision.store(revision, Ordering::SeqCst);
    }
    ctx.token_status.looked_at.store(looked_at, Ordering::SeqCst);
    Ok(())
}

/// Records that no instance committed anything between the last [`follow_changes`] and `at` (epoch milliseconds): the cache is up to date.
pub fn confirm_unchanged(ctx: &Ctx, at: i64) {
    ctx.token_status.looked_at.store(at, Ordering::SeqCst);
}
