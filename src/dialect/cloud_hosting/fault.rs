//! Maps failures to HTTP statuses. The core's refusals use 200: clients built from the platform's template check `code`.

use super::{gateway, wire::Envelope};
use crate::{
    core::{CoreError, Ctx, rate::Caller as Counted},
    http::api::{Dialect, RequestError},
};
use axum::{
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};

/// Dialect E.
#[derive(Debug)]
pub struct CloudHosting;

impl Dialect for CloudHosting {
    const NAME: &'static str = "cloud_hosting";

    fn counted(ctx: &Ctx, _: &Uri, headers: &HeaderMap) -> Option<Counted> {
        gateway::named(ctx, headers).map(|caller| Counted::Openid(caller.openid))
    }

    type Verdict = StatusCode;

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

    fn of_request(what: &RequestError) -> StatusCode {
        match what {
            RequestError::Foreign => StatusCode::BAD_REQUEST,
            RequestError::TimedOut | RequestError::Broke => StatusCode::OK,
            other => other.status(),
        }
    }

    fn render(status: StatusCode, text: String) -> Response {
        Envelope::refused(status, text)
    }
}
