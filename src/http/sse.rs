//! What all event streams have in common, so that they pass proxies that were not set up for them.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{Stream, StreamExt as _, stream};
use std::{convert::Infallible, time::Duration};

/// Interval of keep-alive lines: proxies close connections that are silent for half a minute.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// nginx collects a response before it passes it on, unless this header says `no`
/// (<https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering>); others follow it too.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The keep-alive of streams that programs read: a comment.
pub fn comments() -> KeepAlive {
    KeepAlive::new().interval(KEEP_ALIVE)
}

/// A response with these events. It begins with a comment, so that headers and a first line are sent before the first event.
pub fn respond(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static, alive: KeepAlive) -> Response {
    let first = stream::iter([Ok(Event::default().comment("ok"))]);
    let mut response = Sse::new(first.chain(events)).keep_alive(alive).into_response();
    let headers = response.headers_mut();
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    // A proxy that compresses the stream also holds it back.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    response
}
