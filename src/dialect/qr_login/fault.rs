//! Why a client of this dialect got which status.

use super::wire::Refused;
use crate::{
    core::{CoreError, PlatformFault, token::TokenFault},
    http::api::{Dialect, Refusal, Unreadable, words},
};
use axum::{http::StatusCode, response::Response};

/// Dialect D.
#[derive(Debug)]
pub struct QrLogin;

impl Dialect for QrLogin {
    const NAME: &'static str = "qr_login";
    /// A poll may be held for 25 s.
    const PATIENCE_SECS: u64 = 40;

    fn refuse(refusal: &Refusal) -> Response {
        let status = match refusal {
            Refusal::Core(error) => of_core(error),
            Refusal::Request(what) => of_request(what),
        };
        Refused::new(words::told(refusal)).with(status)
    }
}

fn of_core(error: &CoreError) -> StatusCode {
    match error {
        CoreError::Invalid(_)
        | CoreError::WrongCode
        | CoreError::SessionOver
        | CoreError::AlreadyRegistered
        | CoreError::AlreadyBound
        | CoreError::KeyReused
        | CoreError::NotConfigured(_)
        | CoreError::Conflict
        | CoreError::BadToken(TokenFault::Fresh | TokenFault::Final) => StatusCode::BAD_REQUEST,
        CoreError::Platform(fault) => of_platform(*fault),
        CoreError::WrongCredentials
        | CoreError::NotSignedIn
        | CoreError::BadToken(TokenFault::Malformed | TokenFault::Expired | TokenFault::Revoked | TokenFault::Gone) => {
            StatusCode::UNAUTHORIZED
        }
        CoreError::Disabled
        | CoreError::Forbidden
        | CoreError::LastAdmin
        | CoreError::OutOfCredits
        | CoreError::OverQuota => StatusCode::FORBIDDEN,
        CoreError::NotFound => StatusCode::NOT_FOUND,
        CoreError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        CoreError::Collided | CoreError::Busy | CoreError::Unavailable | CoreError::Fault(_) => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

fn of_platform(fault: PlatformFault) -> StatusCode {
    match fault {
        PlatformFault::CodeInvalid | PlatformFault::CodeUsed | PlatformFault::TooOften | PlatformFault::RiskyPerson => {
            StatusCode::BAD_REQUEST
        }
        PlatformFault::AppidWrong
        | PlatformFault::SecretWrong
        | PlatformFault::Busy
        | PlatformFault::Unreachable
        | PlatformFault::Other(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_request(what: &Unreadable) -> StatusCode {
    match what {
        Unreadable::NotJson | Unreadable::Missing { .. } | Unreadable::IllTyped { .. } | Unreadable::ContentType => {
            StatusCode::BAD_REQUEST
        }
        Unreadable::Foreign => StatusCode::FORBIDDEN,
        Unreadable::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Unreadable::NoSuchCall => StatusCode::NOT_FOUND,
        Unreadable::Method => StatusCode::METHOD_NOT_ALLOWED,
        Unreadable::TimedOut | Unreadable::Broke => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
