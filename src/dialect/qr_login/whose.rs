//! Whom a call means by `openid`, and whether the bearer may ask about them.

use super::QrLogin;
use crate::{
    core::{
        CoreError, Ctx,
        account::{Role, identity},
        token::Bearer,
    },
    http::api::Failed,
};

/// The user whom the bearer means: themselves, or anybody for an admin. Who is no admin learns nothing about others, not even
/// whether they exist.
pub async fn user(ctx: &Ctx, bearer: &Bearer, openid: &str) -> Result<i64, Failed<QrLogin>> {
    if openid.is_empty() {
        return Err(Failed::missing("openid"));
    }
    if bearer.openid.as_deref() == Some(openid) {
        return Ok(bearer.user_id);
    }
    let owner = identity::owner(ctx, openid).await?;
    if owner == Some(bearer.user_id) {
        return Ok(bearer.user_id);
    }
    if bearer.role != Role::Admin {
        return Err(CoreError::Forbidden.into());
    }
    Ok(owner.ok_or(CoreError::NotFound)?)
}
