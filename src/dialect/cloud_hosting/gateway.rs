//! Identifies the caller by the headers of the platform's gateway. Trusted only if the settings say that no other client can reach this
//! instance.

use crate::{core::Ctx, http::state::AppState};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use std::convert::Infallible;

/// The caller that the gateway names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub appid: String,
    pub openid: String,
    pub unionid: Option<String>,
}

/// The named caller, if the headers are present and trusted.
#[derive(Debug)]
pub struct Gateway(pub Option<Named>);

impl FromRequestParts<AppState> for Gateway {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(named(&state.ctx(), &parts.headers)))
    }
}

/// The caller that the gateway names, if its headers are trusted.
pub fn named(ctx: &Ctx, headers: &HeaderMap) -> Option<Named> {
    if !ctx.settings.settings.server.trust_wx_headers {
        return None;
    }
    let text = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|v| v.to_str().ok()).filter(|v| !v.is_empty());
        // The gateway sends each header once; a second value is forged.
        value.filter(|_| values.next().is_none()).map(str::to_owned)
    };
    // The platform sets this header on requests through its gateway (docs/WECHAT.md, 6).
    text("x-wx-source")?;
    Some(Named { appid: text("x-wx-appid")?, openid: text("x-wx-openid")?, unionid: text("x-wx-unionid") })
}
