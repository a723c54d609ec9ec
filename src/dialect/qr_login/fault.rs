//! Maps failures to HTTP statuses.

use super::{
    paths::{EVENTS, POLL},
    wire::Refused,
};
use crate::{
    core::{CoreError, Ctx, TokenFault, rate::Caller as Counted},
    http::api::{Dialect, Params, RequestError, platform_status},
};
use axum::{
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};

/// Dialect D.
#[derive(Debug)]
pub struct QrLogin;

impl Dialect for QrLogin {
    const NAME: &'static str = "qr_login";
    /// A long poll may wait for 25 s.
    const PATIENCE_SECS: u64 = 40;

    /// A program that follows many sessions is counted separately for each.
    fn counted(_: &Ctx, uri: &Uri, _: &HeaderMap) -> Option<Counted> {
        let asked = matches!(uri.path().trim_end_matches('/'), POLL | EVENTS).then(|| Params::<Self>::of(uri))?;
        asked.get("id").map(|id| Counted::Follower(id.to_owned()))
    }

    type Verdict = StatusCode;

    fn of_core(error: &CoreError) -> StatusCode {
        match error {
            CoreError::Invalid(_)
            | CoreError::WrongCode
            | CoreError::SessionOver
            | CoreError::AlreadyRegistered
            | CoreError::AlreadyBound
            | CoreError::KeyReused
            | CoreError::Conflict
            | CoreError::BadToken(TokenFault::Fresh | TokenFault::Final) => StatusCode::BAD_REQUEST,
            CoreError::Platform(fault) => platform_status(*fault),
            CoreError::WrongCredentials
            | CoreError::NotSignedIn
            | CoreError::BadToken(
                TokenFault::Malformed | TokenFault::Expired | TokenFault::Revoked | TokenFault::Gone,
            ) => StatusCode::UNAUTHORIZED,
            CoreError::Disabled
            | CoreError::Forbidden
            | CoreError::LastAdmin
            | CoreError::OutOfCredits
            | CoreError::OverQuota => StatusCode::FORBIDDEN,
            CoreError::NotFound => StatusCode::NOT_FOUND,
            CoreError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            CoreError::Collided
            | CoreError::Busy
            | CoreError::Unavailable
            | CoreError::NotConfigured(_)
            | CoreError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn of_request(what: &RequestError) -> StatusCode {
        what.status()
    }

    fn render(status: StatusCode, text: String) -> Response {
        Refused::new(text).with(status)
    }
}
