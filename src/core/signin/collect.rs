//! The browser that began a session collects its result, once.

use super::{Purpose, Secrets};
use crate::{
    core::{CoreError, Ctx, account::User},
    store,
};

/// What the browser gets.
#[derive(Debug, Clone)]
pub struct Collected {
    pub user: User,
    pub purpose: Purpose,
    /// A path of this site to go to.
    pub next_path: Option<String>,
}

/// Collects. Only the browser's own secret does; neither scene, ticket, code nor another cookie.
///
/// # Errors
/// [`CoreError::SessionOver`] where there is nothing to collect for these secrets, for whatever reason, and where the user signed out
/// everywhere since they agreed;
/// [`CoreError::Disabled`] where the user may no longer sign in.
pub async fn collect(ctx: &Ctx, secrets: &Secrets) -> Result<Collected, CoreError> {
    let hash = secrets.browser_hash(ctx);
    let mut tx = ctx.store.begin().await?;
    let row = store::signin::find_by_browser(&mut tx, &hash).await?.ok_or(CoreError::SessionOver)?;
    if !store::signin::update_consumed(&mut tx, row.id, &hash, ctx.now()).await? {
        return Err(CoreError::SessionOver);
    }
    let user_id = row.user_id.ok_or(CoreError::SessionOver)?;
    // Between the phone's word and now the account may have been closed.
    let user = store::user::find_user(&mut tx, user_id).await?.map(User::from).ok_or(CoreError::SessionOver)?;
    if !user.is_enabled {
        return Err(CoreError::Disabled);
    }
    if row.generation != Some(user.generation) {
        return Err(CoreError::SessionOver);
    }
    store::user::update_last_login(&mut tx, user_id, ctx.now()).await?;
    tx.commit().await?;
    Ok(Collected { user, purpose: Purpose::of(&row.purpose), next_path: row.next_path })
}
