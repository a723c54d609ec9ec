//! Why a client of this dialect got which code.

use super::wire::Envelope;
use crate::{
    core::{CoreError, PlatformFault, token::TokenFault},
    http::api::{Dialect, Refusal, Unreadable, words},
};
use axum::{http::StatusCode, response::Response};

/// Dialect C.
#[derive(Debug)]
pub struct MiniProgram;

impl Dialect for MiniProgram {
    const NAME: &'static str = "mini_program";

    fn refuse(refusal: &Refusal) -> Response {
        let status = match refusal {
            Refusal::Core(error) => of_core(error),
            Refusal::Request(what) => of_request(what),
        };
        Envelope::refused(status, words::told(refusal))
    }
}

/// 400 is what the caller can mend, 401 what a new login mends, 500 what neither can.
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
        | CoreError::NotConfigured(_)
        | CoreError::NotFound
        | CoreError::Conflict
        | CoreError::BadToken(TokenFault::Fresh | TokenFault::Final) => StatusCode::BAD_REQUEST,
        CoreError::Platform(fault) => of_platform(*fault),
        CoreError::WrongCredentials
        | CoreError::Disabled
        | CoreError::NotSignedIn
        | CoreError::Forbidden
        | CoreError::BadToken(TokenFault::Malformed | TokenFault::Expired | TokenFault::Revoked | TokenFault::Gone) => {
            StatusCode::UNAUTHORIZED
        }
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
        Unreadable::NotJson
        | Unreadable::Missing { .. }
        | Unreadable::IllTyped { .. }
        | Unreadable::ContentType
        | Unreadable::Foreign => StatusCode::BAD_REQUEST,
        Unreadable::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Unreadable::NoSuchCall => StatusCode::NOT_FOUND,
        Unreadable::Method => StatusCode::METHOD_NOT_ALLOWED,
        Unreadable::TimedOut | Unreadable::Broke => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
