//! Why a client of this dialect got which status.

use super::{routes, wire::Refused};
use crate::{
    core::{CoreError, Ctx, rate::Caller as Counted, token::TokenFault},
    http::api::{Dialect, Params, Unreadable, platform_status},
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
    /// A poll may be held for 25 s.
    const PATIENCE_SECS: u64 = 40;

    /// A program that follows many sessions is counted for each of them.
    fn counted(_: &Ctx, uri: &Uri, _: &HeaderMap) -> Option<Counted> {
        let asked = matches!(uri.path(), routes::POLL | routes::EVENTS).then(|| Params::<Self>::of(uri))?;
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

    fn of_request(what: &Unreadable) -> StatusCode {
        what.status()
    }

    fn say(status: StatusCode, words: String) -> Response {
        Refused::new(words).with(status)
    }
}
