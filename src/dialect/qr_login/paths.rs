//! Paths that the routes and the rate limits share.

/// Polled until the session is final.
pub const POLL: &str = "/poll";
/// The same as a stream.
pub const EVENTS: &str = "/events";
