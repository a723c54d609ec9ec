//! Every failure of an API call, before a dialect turns it into its own error format.

use super::Dialect;
use crate::core::{CoreError, PlatformFault};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::marker::PhantomData;

pub(super) const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
pub(super) const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
pub(super) const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
/// `Retry-After` in seconds when all workers are busy.
const BUSY_SECS: i64 = 2;

/// Why a call failed.
#[derive(Debug)]
pub enum Refusal {
    /// The core refused.
    Core(CoreError),
    /// The request is invalid.
    Request(RequestError),
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestError {
    /// The body is not a JSON object.
    NotJson,
    /// A field is missing.
    Missing { field: String },
    /// A field has the wrong type or format.
    IllTyped { field: String },
    /// The body has more than this many bytes.
    TooLarge(usize),
    /// Another site caused the request.
    Foreign,
    /// No route has this path.
    NoSuchCall,
    /// The route exists, but not for this method.
    Method,
    /// It took too long.
    TimedOut,
    /// The handler panicked or an internal error occurred.
    Broke,
}

impl RequestError {
    /// The default HTTP status: 400 if the caller can fix the request, 500 if only the operator can fix the program.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotJson | Self::Missing { .. } | Self::IllTyped { .. } => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::NoSuchCall => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TimedOut | Self::Broke => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The HTTP status of a platform fault: 400 if the caller can fix it, 500 if neither side can.
#[must_use]
pub fn platform_status(fault: PlatformFault) -> StatusCode {
    match fault {
        PlatformFault::CodeInvalid
        | PlatformFault::CodeExpired
        | PlatformFault::CodeUsed
        | PlatformFault::TooOften
        | PlatformFault::RiskyPerson
        | PlatformFault::SnapshotVisitor => StatusCode::BAD_REQUEST,
        PlatformFault::AppidWrong
        | PlatformFault::SecretWrong
        | PlatformFault::CredentialWrong
        | PlatformFault::Busy(_)
        | PlatformFault::Unreachable
        | PlatformFault::Other(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A failure that the dialect `D` has yet to render.
#[derive(Debug)]
pub struct ApiFailure<D>(pub Refusal, pub PhantomData<D>);

impl<D> ApiFailure<D> {
    pub fn new(refusal: Refusal) -> Self {
        Self(refusal, PhantomData)
    }

    /// A missing parameter.
    pub fn missing(field: &str) -> Self {
        RequestError::Missing { field: field.to_owned() }.into()
    }

    /// A parameter with an invalid value.
    pub fn ill_typed(field: &str) -> Self {
        RequestError::IllTyped { field: field.to_owned() }.into()
    }
}

impl<D> From<CoreError> for ApiFailure<D> {
    fn from(error: CoreError) -> Self {
        Self::new(Refusal::Core(error))
    }
}

impl<D> From<RequestError> for ApiFailure<D> {
    fn from(what: RequestError) -> Self {
        Self::new(Refusal::Request(what))
    }
}

impl<D: Dialect> IntoResponse for ApiFailure<D> {
    fn into_response(self) -> Response {
        if let Refusal::Core(error @ CoreError::Fault(_)) = &self.0 {
            tracing::error!(%error, dialect = D::NAME, "an API call failed");
        }
        let mut response = D::refuse(&self.0);
        let headers = response.headers_mut();
        match &self.0 {
            Refusal::Core(CoreError::TooMany(secs)) => {
                set(headers, header::RETRY_AFTER, *secs);
                set(headers, REMAINING, 0);
                set(headers, RESET, *secs);
            }
            Refusal::Core(CoreError::Busy | CoreError::Unavailable) | Refusal::Request(RequestError::TimedOut) => {
                set(headers, header::RETRY_AFTER, BUSY_SECS);
            }
            _ => {}
        }
        response
    }
}

pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: i64) {
    headers.insert(name, HeaderValue::from(value));
}
