//! What the public APIs share below their envelopes: reading a request, knowing who asks, and that every failure — of the domain, of
//! the request, or of this shell — speaks the dialect that was asked in.
//!
//! A dialect is a type that implements [`Dialect`]: what it calls each [`Refusal`], and its envelope. Its handlers return [`Answer`], read
//! their input with [`Body`], [`Params`] and [`Caller`], and are put behind [`seal`].

mod body;
mod caller;
mod params;
mod refusal;
mod seal;

pub mod words;

pub use body::{BODY_MAX_BYTES, Body, Json, MaybeBody, has_cause};
pub use caller::{Bearing, Caller};
pub use params::Params;
pub use refusal::{Failed, Refusal, Unreadable, platform_status};
pub use seal::{own_site, seal, slashed};

use crate::core::{CoreError, Ctx, rate::Caller as Counted};
use axum::{
    http::{HeaderMap, Uri},
    response::Response,
};

/// A public API's way of saying that something was not done.
pub trait Dialect: Send + Sync + 'static {
    /// Names the dialect in logs and metrics.
    const NAME: &'static str;
    /// True where a cookie says who asks: then nothing that another site caused may change something.
    const HAS_COOKIES: bool = false;
    /// The largest body that any call takes; a call may take less.
    const BODY_MAX_BYTES: usize = BODY_MAX_BYTES;
    /// The longest that a request may take until its answer begins, in seconds; receiving its body is a part of it.
    const PATIENCE_SECS: u64 = 20;

    /// Whom a request is counted for that neither a token nor a cookie vouches for. None: its address.
    fn counted(_ctx: &Ctx, _uri: &Uri, _headers: &HeaderMap) -> Option<Counted> {
        None
    }

    /// What this dialect calls a kind of refusal: an HTTP status, or more than that.
    type Verdict;

    /// What a refusal of the domain is called. Matched without `_`: a new one needs a word in every dialect.
    fn of_core(error: &CoreError) -> Self::Verdict;

    /// What a request is called that cannot be taken.
    fn of_request(what: &Unreadable) -> Self::Verdict;

    /// The dialect's envelope around what a person is told.
    fn say(verdict: Self::Verdict, words: String) -> Response;

    /// The refusal in this dialect's envelope, status included. Headers that all dialects share (`Retry-After`, `Allow`) are added.
    fn refuse(refusal: &Refusal) -> Response {
        let verdict = match refusal {
            Refusal::Core(error) => Self::of_core(error),
            Refusal::Request(what) => Self::of_request(what),
        };
        Self::say(verdict, words::told(refusal))
    }
}

/// What a handler gives.
pub type Answer<D> = Result<Response, Failed<D>>;
