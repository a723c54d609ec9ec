//! Who a person is to WeChat, and cutting that tie.

use crate::{
    core::{CoreError, Ctx},
    store::{self, audit::AuditRow, identity::IdentityRow},
};

/// A user's identity in this Official Account, if it is bound.
///
/// # Errors
/// The database cannot be reached.
pub async fn find_own(ctx: &Ctx, user_id: i64) -> Result<Option<IdentityRow>, CoreError> {
    let rows = store::identity::list_identities(&mut ctx.store.read().await?, user_id).await?;
    Ok(rows.into_iter().find(|row| row.appid == ctx.appid))
}

/// Unbinds WeChat. Refused where it is the only way to sign in.
///
/// # Errors
/// [`CoreError::NotFound`] where nothing is bound; [`CoreError::Forbidden`] where no password is set.
pub async fn unbind(ctx: &Ctx, user_id: i64, address: &str) -> Result<(), CoreError> {
    let identity = find_own(ctx, user_id).await?.ok_or(CoreError::NotFound)?;
    let mut tx = ctx.store.begin().await?;
    let user = store::user::find_user(&mut tx, user_id).await?.ok_or(CoreError::NotFound)?;
    if user.username.is_none() || user.password_hash.is_none() {
        return Err(CoreError::Forbidden);
    }
    if !store::identity::update_unowned(&mut tx, &identity.appid, &identity.openid, user_id).await? {
        return Err(CoreError::NotFound);
    }
    let row = AuditRow {
        id: ctx.next_id(),
        actor_id: Some(user_id),
        action: "identity.unbind",
        target: format!("user/{user_id}"),
        address: address.to_owned(),
        detail: String::new(),
        created_at: ctx.now(),
    };
    store::audit::insert_entry(&mut tx, row).await?;
    Ok(tx.commit().await?)
}
