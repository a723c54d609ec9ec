//! Request bodies with a minimum transfer rate, and response bodies that keep their request counted until they end.

use super::{
    entry::{Phase, Serving},
    limits::Pace,
    table::Share,
};
use axum::{BoxError, body::HttpBody};
use hyper::body::{Bytes, Frame, SizeHint};
use std::{
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::time::{Instant, Sleep};

/// The request's body arrived too slowly; the rest is not received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSlow;

impl std::fmt::Display for TooSlow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body arrived too slowly")
    }
}

impl std::error::Error for TooSlow {}

/// The body of a request, which fails with [`TooSlow`] below the minimum rate. Only time in which the handler reads the body counts: a
/// request that waits in a queue may wait.
pub struct Paced<B> {
    body: B,
    pace: Pace,
    timer: Option<Pin<Box<Sleep>>>,
    waits_since: Option<Instant>,
    /// Time waited in this window before the present wait, and bytes received in it.
    waited: Duration,
    received: u64,
    is_over: bool,
    serving: Weak<Serving>,
}

impl<B> Paced<B> {
    pub fn new(body: B, pace: Pace) -> Self {
        Self {
            body,
            pace,
            timer: None,
            waits_since: None,
            waited: Duration::ZERO,
            received: 0,
            is_over: false,
            serving: Weak::new(),
        }
    }

    /// Wraps the body of this request; its end marks the request as received.
    pub(super) fn of(body: B, pace: Pace, serving: &Arc<Serving>) -> Self {
        Self { serving: Arc::downgrade(serving), ..Self::new(body, pace) }
    }

    fn ended(&mut self) {
        self.is_over = true;
        if let Some(serving) = self.serving.upgrade() {
            serving.goes_on(Phase::Working);
        }
    }

    /// The reason for a timeout; pending while there is time left.
    fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<&'static str> {
        loop {
            let now = Instant::now();
            let since = *self.waits_since.get_or_insert(now);
            let window_at = since + self.pace.window.saturating_sub(self.waited);
            let at = window_at.min(since + self.pace.silence);
            if now >= at {
                if now >= since + self.pace.silence {
                    return Poll::Ready("body-silent");
                }
                if self.received < self.pace.least() {
                    return Poll::Ready("body-slow");
                }
                // The window is complete: start the next one here.
                (self.waited, self.received) = (Duration::ZERO, 0);
                self.waits_since = Some(now);
                continue;
            }
            let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
            if timer.deadline() != at {
                timer.as_mut().reset(at);
            }
            ready!(timer.as_mut().poll(cx));
        }
    }

    fn arrived(&mut self, bytes: usize) {
        if let Some(since) = self.waits_since.take() {
            self.waited += since.elapsed();
        }
        self.received = self.received.saturating_add(bytes as u64);
        if self.waited >= self.pace.window && self.received >= self.pace.least() {
            (self.waited, self.received) = (Duration::ZERO, 0);
        }
    }
}

impl<B> HttpBody for Paced<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if this.is_over {
            return Poll::Ready(None);
        }
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                this.arrived(frame.data_ref().map_or(0, Bytes::len));
                if this.body.is_end_stream() {
                    this.ended();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.is_over = true;
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Ready(None) => {
                this.ended();
                Poll::Ready(None)
            }
            Poll::Pending => {
                let reason = ready!(this.poll_wait(cx));
                this.is_over = true;
                metrics::counter!("weida_requests_ended_total", "reason" => reason).increment(1);
                Poll::Ready(Some(Err(TooSlow.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.is_over || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of a response. Its request counts as active, for its address too, until this is dropped.
pub struct Answering<B> {
    pub(super) body: B,
    pub(super) serving: Arc<Serving>,
    pub(super) _share: Option<Share>,
}

impl<B: HttpBody + Unpin> HttpBody for Answering<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        self.serving.progressed();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
