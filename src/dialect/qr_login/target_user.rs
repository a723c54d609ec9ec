//! Resolves the user that a call names by `openid`, and checks that the bearer may ask about them.

use super::QrLogin;
use crate::{
    core::{
        CoreError, Ctx,
        account::{Role, identity},
        token::Bearer,
    },
    http::api::ApiFailure,
};

/// The user that the bearer names: themselves or, for an admin, any user. Other callers learn nothing about users, not even
/// whether they exist.
pub async fn user(ctx: &Ctx, bearer: &Bearer, openid: &str) -> Result<i64, ApiFailure<QrLogin>> {
    if openid.is_empty() {
        return Err(ApiFailure::missing("openid"));
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
