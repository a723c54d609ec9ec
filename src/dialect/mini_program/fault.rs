//! Maps failures to the codes of this dialect.

use super::wire::Envelope;
use crate::{
    core::{CoreError, TokenFault},
    http::api::{Dialect, RequestError, platform_status},
};
use axum::{http::StatusCode, response::Response};

/// Dialect C.
#[derive(Debug)]
pub struct MiniProgram;

impl Dialect for MiniProgram {
    const NAME: &'static str = "mini_program";

    type Verdict = StatusCode;

    /// 400 if the caller can fix the request, 401 if a new login helps, 500 if neither.
    fn of_core(error: &CoreError) -> StatusCode {
        match error {
            CoreError::Invalid(_)
            | CoreError::WrongCode
            | CoreError::SessionOver
            | CoreError::AlreadyRegistered
            | CoreError::AlreadyBound
            | CoreError::LastAdmin
            | CoreError::KeyReused
            | CoreError::OutOfCredits
            | CoreError::OverQuota
            | CoreError::NotFound
            | CoreError::Conflict
            | CoreError::BadToken(TokenFault::Fresh | TokenFault::Final) => StatusCode::BAD_REQUEST,
            CoreError::Platform(fault) => platform_status(*fault),
            CoreError::WrongCredentials
            | CoreError::Disabled
            | CoreError::NotSignedIn
            | CoreError::Forbidden
            | CoreError::BadToken(
                TokenFault::Malformed | TokenFault::Expired | TokenFault::Revoked | TokenFault::Gone,
            ) => StatusCode::UNAUTHORIZED,
            CoreError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            CoreError::Collided
            | CoreError::Busy
            | CoreError::Unavailable
            | CoreError::NotConfigured(_)
            | CoreError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn of_request(what: &RequestError) -> StatusCode {
        match what {
            RequestError::Foreign => StatusCode::BAD_REQUEST,
            other => other.status(),
        }
    }

    fn render(status: StatusCode, text: String) -> Response {
        Envelope::refused(status, text)
    }
}
