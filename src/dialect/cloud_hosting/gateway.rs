//! Who calls, as the platform's gateway says. Believed only where the operator says that nothing but the gateway reaches this instance.

use crate::http::state::AppState;
use axum::{extract::FromRequestParts, http::request::Parts};
use std::convert::Infallible;

/// The caller that the gateway names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub appid: String,
    pub openid: String,
    pub unionid: Option<String>,
}

/// The named caller, if there is one to be believed.
#[derive(Debug)]
pub struct Gateway(pub Option<Named>);

impl FromRequestParts<AppState> for Gateway {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        if !state.ctx.settings.settings.server.trust_wx_headers {
            return Ok(Self(None));
        }
        let text = |name: &str| {
            let mut values = parts.headers.get_all(name).iter();
            let value = values.next().and_then(|v| v.to_str().ok()).filter(|v| !v.is_empty());
            // The gateway says everything once; a second value came from somewhere else.
            value.filter(|_| values.next().is_none()).map(str::to_owned)
        };
        // The platform marks what comes through it (wechat.md, 6).
        let named = text("x-wx-source").and_then(|_| {
            Some(Named { appid: text("x-wx-appid")?, openid: text("x-wx-openid")?, unionid: text("x-wx-unionid") })
        });
        Ok(Self(named))
    }
}
