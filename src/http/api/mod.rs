//! What the public APIs share: extractors for requests and callers, and failures (of the core, the request or this layer) that every
//! dialect renders in its own format.
//!
//! A dialect implements [`Dialect`]: its name for each [`Refusal`], and its envelope. Its handlers return [`Answer`], extract their input
//! with [`Body`], [`Params`] and [`Caller`], and are wrapped by [`layer()`].

mod body;
mod caller;
mod cors;
mod error;
mod json;
mod layer;
mod params;

pub mod error_text;

pub use body::{BODY_MAX_BYTES, Body, Entries, has_cause};
pub use caller::{Bearing, Caller};
pub use error::{ApiFailure, Refusal, RequestError, platform_status};
pub use json::Json;
pub use layer::{calls, layer, no_such_call, own_site, slashed, unknown_below};
pub use params::Params;

use crate::core::{CoreError, Ctx, rate::Caller as Counted};
use axum::{
    http::{HeaderMap, Uri},
    response::Response,
};

/// A public API's error format.
pub trait Dialect: Send + Sync + 'static {
    /// Names the dialect in logs and metrics.
    const NAME: &'static str;
    /// True if a cookie may identify the caller: cross-site requests must then not change anything.
    const HAS_COOKIES: bool = false;
    /// True if a body may also be a form (`application/x-www-form-urlencoded`).
    const TAKES_FORMS: bool = false;
    /// The largest body of any call; single calls may accept less.
    const BODY_MAX_BYTES: usize = BODY_MAX_BYTES;
    /// The longest time until the response begins, in seconds, including receiving the body.
    const PATIENCE_SECS: u64 = 20;

    /// Whom a request without a valid token or cookie is counted for. `None`: its address.
    fn counted(_ctx: &Ctx, _uri: &Uri, _headers: &HeaderMap) -> Option<Counted> {
        None
    }

    /// The dialect's form of an error: an HTTP status, possibly with a code.
    type Verdict;

    /// Maps an error of the core. Matched without `_`: a new error must be mapped in every dialect.
    fn of_core(error: &CoreError) -> Self::Verdict;

    /// Maps an invalid request.
    fn of_request(what: &RequestError) -> Self::Verdict;

    /// Wraps an error text in the dialect's envelope.
    fn say(verdict: Self::Verdict, words: String) -> Response;

    /// Renders a failure, status included. Adds the headers that all dialects share (`Retry-After`, `Allow`).
    fn refuse(refusal: &Refusal) -> Response {
        let verdict = match refusal {
            Refusal::Core(error) => Self::of_core(error),
            Refusal::Request(what) => Self::of_request(what),
        };
        Self::say(verdict, error_text::describe(refusal))
    }
}

/// The return type of handlers.
pub type Answer<D> = Result<Response, ApiFailure<D>>;
