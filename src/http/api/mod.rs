//! What the public APIs share below their envelopes: reading a request, knowing who asks, and that every failure — of the domain, of
//! the request, or of this shell — speaks the dialect that was asked in.
//!
//! A dialect is a type that implements [`Dialect`]: one function that renders a [`Refusal`]. Its handlers return [`Answer`], read
//! their input with [`Body`], [`Params`] and [`Caller`], and are put behind [`seal`].

mod body;
mod caller;
mod params;
mod refusal;
mod seal;

pub mod words;

pub use body::{BODY_MAX_BYTES, Body, Json, MaybeBody};
pub use caller::{Bearing, Caller};
pub use params::Params;
pub use refusal::{Failed, Refusal, Unreadable};
pub use seal::{own_site, seal, slashed};

use axum::response::Response;

/// A public API's way of saying that something was not done.
pub trait Dialect: Send + Sync + 'static {
    /// Names the dialect in logs and metrics.
    const NAME: &'static str;
    /// True where a cookie says who asks: then nothing that another site caused may change something.
    const HAS_COOKIES: bool = false;
    /// The largest body that any call takes; a call may take less.
    const BODY_MAX_BYTES: usize = BODY_MAX_BYTES;
    /// The longest that a request may take until its answer begins, in seconds.
    const PATIENCE_SECS: u64 = 20;

    /// The refusal in this dialect's envelope, status included. Headers that all dialects share (`Retry-After`, `Allow`) are added.
    fn refuse(refusal: &Refusal) -> Response;
}

/// What a handler gives.
pub type Answer<D> = Result<Response, Failed<D>>;
