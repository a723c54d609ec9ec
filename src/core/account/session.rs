//! The browsers in which a person is signed in.

use crate::{
    core::{CoreError, Ctx, secret::Use, token},
    store::{self, web_session::WebSessionRow},
};

/// One signed-in browser.
#[derive(Debug, Clone)]
pub struct WebSession {
    /// Names it; opens nothing.
    pub public_id: String,
    pub browser_label: String,
    pub address: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub seen_at: i64,
    /// True for the one that asks.
    pub is_current: bool,
}

impl WebSession {
    /// Somebody else's.
    pub(crate) fn elsewhere(row: WebSessionRow) -> Self {
        Self {
            public_id: row.public_id,
            browser_label: row.browser_label,
            address: row.address,
            created_at: row.created_at,
            seen_at: row.seen_at,
            is_current: false,
        }
    }
}

/// A user's signed-in browsers, last used first; `current` is the cookie value of the one that asks.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, user_id: i64, current: &str) -> Result<Vec<WebSession>, CoreError> {
    let current = ctx.hash(Use::WebSession, current);
    let rows = store::web_session::list_web_sessions(&mut ctx.store.read().await?, user_id, ctx.now()).await?;
    Ok(rows
        .into_iter()
        .map(|row| WebSession { is_current: row.id_hash == current, ..WebSession::elsewhere(row) })
        .collect())
}

/// Signs one browser out.
///
/// # Errors
/// [`CoreError::NotFound`] where the user has no such session.
pub async fn revoke(ctx: &Ctx, user_id: i64, public_id: &str) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    if !store::web_session::delete_one_of(&mut tx, user_id, public_id).await? {
        return Err(CoreError::NotFound);
    }
    Ok(tx.commit().await?)
}

/// Signs out every browser but the one that asks, and ends all tokens.
///
/// # Errors
/// The database cannot be reached.
pub async fn revoke_others(ctx: &Ctx, user_id: i64, current: &str) -> Result<(), CoreError> {
    let mut tx = ctx.store.begin().await?;
    // The generation first: see `profile::store_password_within`.
    token::revoke_all_within(&mut tx, user_id).await?;
    store::web_session::delete_all_of(&mut tx, user_id, &ctx.hash(Use::WebSession, current)).await?;
    tx.commit().await?;
    ctx.standings.forget(user_id);
    Ok(())
}
