//! One connection: its phase, since when, and whether it may go on.

use super::limits::Limits;
use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{sync::Notify, time::Instant};

/// How much closing a connection would lose, from the least. At a limit, the oldest connection of the lowest class is
/// closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Kept alive after an answer.
    Idle,
    /// Its first request has not arrived completely.
    Head,
    /// Still sending the body of a request.
    Receiving,
    /// Receiving a response, for instance an event stream.
    Sending,
}

/// The phase of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Receiving,
    Working,
    Sending,
}

/// Whether a connection goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    GoesOn,
    /// Closed to make room for another.
    Evicted,
    TimedOut(&'static str),
}

#[derive(Debug)]
struct State {
    /// When bytes last moved in either direction.
    moved_at: Instant,
    /// When the first byte of an incomplete request head arrived.
    head_since: Option<Instant>,
    has_asked: bool,
    is_http2: bool,
    receiving: usize,
    working: usize,
    sending: usize,
    /// Active requests with a valid push signature.
    proven: usize,
}

impl State {
    fn requests(&self) -> usize {
        self.receiving + self.working + self.sending
    }
}

/// One connection.
#[derive(Debug)]
pub struct Entry {
    pub peer: IpAddr,
    /// Admitted above its peer's limit: only for requests with a valid push signature.
    pub is_beyond: bool,
    opened_at: Instant,
    evicted: AtomicBool,
    woken: Notify,
    state: Mutex<State>,
}

impl Entry {
    pub fn new(peer: IpAddr, is_beyond: bool) -> Self {
        let now = Instant::now();
        let state = State {
            moved_at: now,
            head_since: None,
            has_asked: false,
            is_http2: false,
            receiving: 0,
            working: 0,
            sending: 0,
            proven: 0,
        };
        Self {
            peer,
            is_beyond,
            opened_at: now,
            evicted: AtomicBool::new(false),
            woken: Notify::new(),
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_http2(&self) -> bool {
        self.state().is_http2
    }

    /// True if the connection was chosen to be closed.
    pub fn is_evicted(&self) -> bool {
        self.evicted.load(Ordering::Acquire)
    }

    /// Closes the connection soon.
    pub fn evict(&self) {
        self.evicted.store(true, Ordering::Release);
        self.woken.notify_one();
    }

    /// Waits until the outcome may have changed.
    pub async fn changed(&self) {
        self.woken.notified().await;
    }

    /// Records that bytes moved. Inbound bytes without an active request begin a request head.
    pub fn moved(&self, is_inward: bool) {
        let mut state = self.state();
        if state.is_http2 {
            // HTTP/2 pings and their replies are not activity; response bodies are (`progressed`).
            return;
        }
        state.moved_at = Instant::now();
        if is_inward && state.requests() == 0 && state.head_since.is_none() {
            state.head_since = Some(state.moved_at);
            drop(state);
            self.woken.notify_one();
        }
    }

    /// Records that the peer received more of a response.
    pub fn progressed(&self) {
        self.state().moved_at = Instant::now();
    }

    /// When the connection times out, unless something changes before, and why.
    pub fn deadline(&self, limits: &Limits) -> (Instant, &'static str) {
        let state = self.state();
        if state.working > 0 || state.receiving > 0 {
            // Handlers and bodies have timeouts of their own.
            return (Instant::now() + limits.idle, "none");
        }
        let idle_at = state.moved_at + limits.idle;
        if state.sending > 0 {
            return (idle_at, "idle");
        }
        let head_since = if state.has_asked { state.head_since } else { Some(self.opened_at) };
        match head_since.map(|since| since + limits.header) {
            Some(header_at) if header_at < idle_at => (header_at, "header"),
            _ => (idle_at, "idle"),
        }
    }

    pub fn outcome(&self, limits: &Limits) -> Outcome {
        if self.is_evicted() {
            return Outcome::Evicted;
        }
        match self.deadline(limits) {
            (at, reason) if at <= Instant::now() => Outcome::TimedOut(reason),
            _ => Outcome::GoesOn,
        }
    }

    /// The connection's class, and since when; `None` if it must not be closed.
    pub fn class(&self) -> Option<(Class, Instant)> {
        let state = self.state();
        if state.proven > 0 || state.working > 0 || self.is_evicted() {
            return None;
        }
        Some(if state.receiving > 0 {
            (Class::Receiving, state.moved_at)
        } else if state.sending > 0 {
            (Class::Sending, state.moved_at)
        } else if !state.has_asked {
            (Class::Head, self.opened_at)
        } else {
            state.head_since.map_or((Class::Idle, state.moved_at), |since| (Class::Head, since))
        })
    }

    /// Begins a request whose head is complete.
    pub fn begin(self: &Arc<Self>, is_http2: bool, has_body: bool, is_proven: bool) -> Arc<Serving> {
        let phase = if has_body { Phase::Receiving } else { Phase::Working };
        let mut state = self.state();
        (state.head_since, state.has_asked, state.is_http2) = (None, true, is_http2);
        state.moved_at = Instant::now();
        state.proven += usize::from(is_proven);
        *state.count(phase) += 1;
        drop(state);
        Arc::new(Serving { entry: self.clone(), phase: Mutex::new(phase), is_proven })
    }
}

impl State {
    fn count(&mut self, phase: Phase) -> &mut usize {
        match phase {
            Phase::Receiving => &mut self.receiving,
            Phase::Working => &mut self.working,
            Phase::Sending => &mut self.sending,
        }
    }
}

/// An active request; it ends on drop.
#[derive(Debug)]
pub struct Serving {
    entry: Arc<Entry>,
    phase: Mutex<Phase>,
    is_proven: bool,
}

impl Serving {
    /// Moves the request to another phase.
    pub fn goes_on(&self, to: Phase) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        // A request being answered stays in that phase, even if its body arrives only now.
        if *phase == Phase::Sending {
            return;
        }
        let mut state = self.entry.state();
        *state.count(*phase) -= 1;
        *state.count(to) += 1;
        state.moved_at = Instant::now();
        *phase = to;
    }

    /// The peer received more of the response.
    pub fn progressed(&self) {
        self.entry.progressed();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let phase = *self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.entry.state();
        *state.count(phase) -= 1;
        state.proven -= usize::from(self.is_proven);
        state.moved_at = Instant::now();
        drop(state);
        // The idle timeout starts now.
        self.entry.woken.notify_one();
    }
}
