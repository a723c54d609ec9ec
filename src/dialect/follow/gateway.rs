//! The openid that a gateway in front of the program names.

use crate::core::Ctx;
use axum::http::{HeaderMap, header};

/// The openid that a gateway in front of us vouches for, if the operator says that there is one. It may be unknown here.
pub fn vouched<'a>(ctx: &Ctx, headers: &'a HeaderMap) -> Option<&'a str> {
    let mut given = headers.get_all("openid").iter();
    let openid = given.next().and_then(|value| value.to_str().ok()).filter(|openid| !openid.is_empty())?;
    let is_alone = given.next().is_none() && !headers.contains_key(header::AUTHORIZATION);
    (is_alone && ctx.settings.settings.server.trust_openid_header).then_some(openid)
}
