//! Identifies the caller: by a bearer token, or by the `openid` header of a trusted gateway.

use super::{Follow, fault::Fault, gateway::vouched};
use crate::{
    core::{CoreError, account::identity},
    http::{api::Caller, state::AppState},
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

/// The calling user.
pub struct FollowCaller {
    pub user_id: i64,
    /// The identity that the caller signed in with, if known.
    pub openid: Option<String>,
}

impl FromRequestParts<AppState> for FollowCaller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        if parts.headers.contains_key(header::AUTHORIZATION) || !parts.headers.contains_key("openid") {
            let Caller(bearer, _) = Caller::<Follow>::from_request_parts(parts, state).await?;
            return Ok(Self { user_id: bearer.user_id, openid: bearer.openid });
        }
        // Older clients send their own openid; only a gateway can vouch for it.
        if !state.ctx().settings.settings.server.trust_openid_header {
            return Err(Fault::OpenidNotTrusted);
        }
        let openid = vouched(&state.ctx(), &parts.headers).ok_or(Fault::UnknownOpenid)?;
        let user = identity::find_owner(&state.ctx(), openid).await?.ok_or(Fault::UnknownOpenid)?;
        if !user.is_enabled {
            return Err(CoreError::Disabled.into());
        }
        Ok(Self { user_id: user.id, openid: Some(openid.to_owned()) })
    }
}
