//! Who is asking: the bearer of a token, or whoever a gateway in front of us says.

use super::{Follow, fault::Fault};
use crate::{
    core::{CoreError, Ctx, account::identity},
    http::{api::Caller, state::AppState},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

/// The user who asks.
pub struct Who {
    pub user_id: i64,
    /// The identity that they came in with, if it is told.
    pub openid: Option<String>,
}

/// The openid that a gateway in front of us vouches for, if the operator says that there is one. Whether anybody has it was not asked.
pub fn vouched<'a>(ctx: &Ctx, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut given = headers.get_all("openid").iter();
    let openid = given.next().and_then(|value| value.to_str().ok()).filter(|openid| !openid.is_empty())?;
    let is_alone = given.next().is_none() && !headers.contains_key(header::AUTHORIZATION);
    (is_alone && ctx.settings.settings.server.trust_openid_header).then_some(openid)
}

impl FromRequestParts<AppState> for Who {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        if parts.headers.contains_key(header::AUTHORIZATION) || !parts.headers.contains_key("openid") {
            let Caller(bearer, _) = Caller::<Follow>::from_request_parts(parts, state).await?;
            return Ok(Self { user_id: bearer.user_id, openid: bearer.openid });
        }
        // Older clients name themselves; only a gateway in front of us can know that it is true.
        if !state.ctx.settings.settings.server.trust_openid_header {
            return Err(Fault::OpenidNotTrusted);
        }
        let openid = vouched(&state.ctx, &parts.headers).ok_or(Fault::UnknownOpenid)?;
        let user = identity::find_owner(&state.ctx, openid).await?.ok_or(Fault::UnknownOpenid)?;
        if !user.is_enabled {
            return Err(CoreError::Disabled.into());
        }
        Ok(Self { user_id: user.id, openid: Some(openid.to_owned()) })
    }
}
