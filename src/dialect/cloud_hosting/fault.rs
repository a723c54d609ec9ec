//! Why a client of this dialect got which status. Its own refusals come with 200: clients of the platform's template look at `code`.

use super::wire::Envelope;
use crate::{
    core::CoreError,
    http::api::{Dialect, Refusal, Unreadable, words},
};
use axum::{http::StatusCode, response::Response};

/// Dialect E.
#[derive(Debug)]
pub struct CloudHosting;

impl Dialect for CloudHosting {
    const NAME: &'static str = "cloud_hosting";

    fn refuse(refusal: &Refusal) -> Response {
        let status = match refusal {
            Refusal::Core(error) => of_core(error),
            Refusal::Request(what) => of_request(what),
        };
        Envelope::refused(status, words::told(refusal))
    }
}

fn of_core(error: &CoreError) -> StatusCode {
    match error {
        CoreError::Invalid(_) => StatusCode::BAD_REQUEST,
        CoreError::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        CoreError::WrongCredentials
        | CoreError::WrongCode
        | CoreError::SessionOver
        | CoreError::AlreadyRegistered
        | CoreError::AlreadyBound
        | CoreError::Disabled
        | CoreError::NotSignedIn
        | CoreError::BadToken(_)
        | CoreError::Forbidden
        | CoreError::LastAdmin
        | CoreError::KeyReused
        | CoreError::OutOfCredits
        | CoreError::OverQuota
        | CoreError::NotConfigured(_)
        | CoreError::Platform(_)
        | CoreError::NotFound
        | CoreError::Conflict
        | CoreError::Collided
        | CoreError::Busy
        | CoreError::Unavailable
        | CoreError::Fault(_) => StatusCode::OK,
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
        Unreadable::TimedOut | Unreadable::Broke => StatusCode::OK,
    }
}
