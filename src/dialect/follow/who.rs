//! Who is asking: the bearer of a token, or whoever a gateway in front of us says.

use super::{Follow, fault::Fault};
use crate::{
    core::{CoreError, account::identity},
    http::{api::Caller, state::AppState},
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

/// The user who asks.
pub struct Who {
    pub user_id: i64,
    /// The identity that they came in with, if it is told.
    pub openid: Option<String>,
}

impl FromRequestParts<AppState> for Who {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let mut given = parts.headers.get_all("openid").iter();
        let (openid, is_more) = (given.next(), given.next().is_some());
        let has_token = parts.headers.contains_key(header::AUTHORIZATION);
        let Some(openid) = openid.filter(|_| !has_token) else {
            let Caller(bearer, _) = Caller::<Follow>::from_request_parts(parts, state).await?;
            return Ok(Self { user_id: bearer.user_id, openid: bearer.openid });
        };
        // Older clients name themselves; only a gateway in front of us can know that it is true.
        if !state.ctx.settings.settings.server.trust_openid_header {
            return Err(Fault::OpenidNotTrusted);
        }
        let openid = openid.to_str().unwrap_or_default();
        if is_more || openid.is_empty() {
            return Err(Fault::UnknownOpenid);
        }
        let user = identity::find_owner(&state.ctx, openid).await?.ok_or(Fault::UnknownOpenid)?;
        if !user.is_enabled {
            return Err(CoreError::Disabled.into());
        }
        Ok(Self { user_id: user.id, openid: Some(openid.to_owned()) })
    }
}
