//! Everything that can go wrong with a call, before it is put into a dialect's words.

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
/// Seconds until work that found no room is worth another try.
const BUSY_SECS: i64 = 2;

/// Why a call was not carried out.
#[derive(Debug)]
pub enum Refusal {
    /// The domain refused.
    Core(CoreError),
    /// The request itself cannot be taken.
    Request(Unreadable),
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// The body is not JSON.
    NotJson,
    /// A field is not there.
    Missing { field: String },
    /// A field is there, and is not what it must be.
    IllTyped { field: String },
    /// The body says that it is something else, or not what it is.
    ContentType,
    /// More than so many bytes.
    TooLarge(usize),
    /// Another site made a browser send it.
    Foreign,
    /// There is no such call.
    NoSuchCall,
    /// The call exists, but not with this method.
    Method,
    /// It took too long.
    TimedOut,
    /// This program failed.
    Broke,
}

impl Unreadable {
    /// The HTTP status where a dialect has no other: 400 is what the caller can mend, 500 what only we can.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotJson | Self::Missing { .. } | Self::IllTyped { .. } | Self::ContentType => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::NoSuchCall => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TimedOut | Self::Broke => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The HTTP status of what the platform refused, where 400 is what the caller can mend and 500 what neither side can.
#[must_use]
pub fn platform_status(fault: PlatformFault) -> StatusCode {
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

/// A refusal on its way to a dialect's envelope.
#[derive(Debug)]
pub struct Failed<D>(pub Refusal, pub PhantomData<D>);

impl<D> Failed<D> {
    pub fn new(refusal: Refusal) -> Self {
        Self(refusal, PhantomData)
    }

    /// A parameter that is not there.
    pub fn missing(field: &str) -> Self {
        Unreadable::Missing { field: field.to_owned() }.into()
    }

    /// A parameter that is not what it must be.
    pub fn ill_typed(field: &str) -> Self {
        Unreadable::IllTyped { field: field.to_owned() }.into()
    }
}

impl<D> From<CoreError> for Failed<D> {
    fn from(error: CoreError) -> Self {
        Self::new(Refusal::Core(error))
    }
}

impl<D> From<Unreadable> for Failed<D> {
    fn from(what: Unreadable) -> Self {
        Self::new(Refusal::Request(what))
    }
}

impl<D: Dialect> IntoResponse for Failed<D> {
    fn into_response(self) -> Response {
        if let Refusal::Core(error @ CoreError::Fault(_)) = &self.0 {
            tracing::error!(%error, dialect = D::NAME, "a call failed");
        }
        let mut response = D::refuse(&self.0);
        let headers = response.headers_mut();
        match &self.0 {
            Refusal::Core(CoreError::TooMany(secs)) => {
                set(headers, header::RETRY_AFTER, *secs);
                set(headers, REMAINING, 0);
                set(headers, RESET, *secs);
            }
            Refusal::Core(CoreError::Busy | CoreError::Unavailable) | Refusal::Request(Unreadable::TimedOut) => {
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
