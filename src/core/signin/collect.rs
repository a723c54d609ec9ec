//! Collecting the result of a session: only the browser that began it can, and only once.

use super::{Purpose, Secrets};
use crate::{
    core::{
        CoreError, Ctx,
        account::User,
        signin_log::{self, Door},
    },
    store,
};

/// The result.
#[derive(Debug, Clone)]
pub struct Collected {
    pub user: User,
    pub purpose: Purpose,
    /// A path of this site to redirect to.
    pub next_path: Option<String>,
}

/// Collects the result. This needs the browser secret; scene, ticket, code or another cookie do not suffice.
///
/// # Errors
/// [`CoreError::SessionOver`] if these secrets have no result to collect, for any reason, or if the user signed out everywhere
/// since the confirmation; [`CoreError::Disabled`] if the user is disabled.
pub async fn collect(ctx: &Ctx, secrets: &Secrets) -> Result<Collected, CoreError> {
    let hash = secrets.browser_hash(ctx);
    // Whose sign-in it is, once that is known.
    let mut owner = None;
    let collected = store::transact!(ctx.store, |tx| {
        let row = store::signin::find_by_browser(tx, &hash).await?.ok_or(CoreError::SessionOver)?;
        if !store::signin::update_consumed(tx, row.id, &hash, ctx.now()).await? {
            return Err(CoreError::SessionOver);
        }
        let user_id = row.user_id.ok_or(CoreError::SessionOver)?;
        // The account may have been deleted since the confirmation.
        let user = store::user::find_user(tx, user_id)
            .await?
            .map(|row| User::at(row, ctx.now()))
            .ok_or(CoreError::SessionOver)?;
        let purpose = Purpose::of(&row.purpose);
        owner = (purpose != Purpose::Bind).then_some((user_id, purpose));
        if !user.is_enabled {
            return Err(CoreError::Disabled);
        }
        if row.generation != Some(user.generation) {
            return Err(CoreError::SessionOver);
        }
        store::user::update_last_login(tx, user_id, ctx.now()).await?;
        Ok(Collected { user, purpose, next_path: row.next_path })
    });
    collected.map_err(|error| match owner {
        Some((user_id, Purpose::Register)) => signin_log::failed(Door::Register, Some(user_id), error),
        Some((user_id, _)) => signin_log::failed(Door::WeChat, Some(user_id), error),
        // Nothing was confirmed: a second tab, or another browser.
        None => error,
    })
}
