//! The program's own accept loop for HTTP/1 and HTTP/2: no connection stays open for ever, and no peer takes all of them.
//!
//! A connection that does not send a complete request head in time is closed; a request whose body arrives too slowly ends. The number
//! of connections is limited in total and per peer. At a limit, the connection of the lowest class (`entry::Class`) is closed first, so
//! that a new one is accepted. A push with a valid platform signature is exempt from the limit of its address.

mod admit;
mod body;
mod descriptors;
mod entry;
mod io;
mod limits;
mod table;

pub use body::{Paced, TooSlow};
pub use descriptors::raise as raise_descriptors;
pub use limits::{Limits, Pace};

use admit::Gate;
use axum::{Router, extract::ConnectInfo, http::request::Parts};
use entry::{Entry, Outcome};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use io::Watched;
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use table::{Admission, Table};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The size limit of a request's head, and of read and write buffers.
const HEAD_MAX_BYTES: u32 = 64 * 1024;
const HEADERS_MAX: usize = 100;
/// Concurrent requests on one HTTP/2 connection.
const STREAMS_MAX: u32 = 100;
/// Streams that a peer reset before the program accepted them; more end the connection ("rapid reset", CVE-2023-44487).
const PENDING_RESETS_MAX: usize = 20;
/// Streams that the program reset because of a peer's protocol errors; more end the connection.
const FAULT_RESETS_MAX: usize = 128;
const STREAM_BUFFER_BYTES: u32 = 64 * 1024;
/// The interval of HTTP/2 pings, and the time to answer one.
const PING: Duration = Duration::from_secs(20);
/// How long an HTTP/2 peer has to receive the end of its idle connection.
const FAREWELL: Duration = Duration::from_secs(1);
/// The pause after a failed `accept`, for instance without a free descriptor.
const BREATHER: Duration = Duration::from_millis(20);

/// Returns the client's address, given the request's head and the connection's address.
type CallerOf = dyn Fn(&Parts, IpAddr) -> IpAddr + Send + Sync;

/// The program's rules for connections.
pub struct Policy {
    pub limits: Limits,
    /// The multiple of the per-address limits that an address gets.
    pub factor: Box<dyn Fn(IpAddr) -> i64 + Send + Sync>,
    pub is_trusted_proxy: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
    /// The client's address behind declared proxies.
    pub caller: Box<CallerOf>,
    /// True for a push with a valid signature: exempt from the limits of its address.
    pub is_proven: Box<dyn Fn(&Parts) -> bool + Send + Sync>,
}

impl Policy {
    /// For a separate listener without proxies or pushes.
    #[must_use]
    pub fn plain(limits: Limits) -> Self {
        Self {
            limits,
            factor: Box::new(|_| 1),
            is_trusted_proxy: Box::new(|_| false),
            caller: Box::new(|_, peer| peer),
            is_proven: Box::new(|_| false),
        }
    }
}

/// Serves until `stopping` is cancelled and all active requests have ended.
pub async fn serve(listener: TcpListener, router: Router, policy: Policy, stopping: CancellationToken) {
    let (tasks, table) = (TaskTracker::new(), Arc::new(Table::default()));
    let gate = Arc::new(Gate::new(router, policy, table.clone()));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !is_of_one_connection(&error) {
                    tracing::error!(%error, "a connection could not be accepted");
                    table.end_oldest();
                    tokio::time::sleep(BREATHER).await;
                }
                continue;
            }
        };
        match table.admit(&gate.policy, peer.ip()).await {
            Admission::Refused => {}
            Admission::Admitted(ticket) => {
                // Without it a response in two writes would wait 40 ms for the other side's acknowledgement (Nagle's
                // algorithm).
                stream.set_nodelay(true).ok();
                let (gate, stopping) = (gate.clone(), stopping.clone());
                tasks.spawn(async move {
                    let entry = ticket.entry().clone();
                    run(gate, entry, stream, peer, stopping).await;
                    drop(ticket);
                });
                // Reads what has already arrived before accepting the next one: a burst must not close a push before its head is read.
                tokio::task::yield_now().await;
            }
        }
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

/// Errors of `accept` that concern a single connection, not the listener.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // The timeout of a head is checked here: hyper's own would also end kept-alive connections.
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_MAX_BYTES as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEAD_MAX_BYTES)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(FAULT_RESETS_MAX)
        .initial_stream_window_size(STREAM_BUFFER_BYTES)
        .max_send_buf_size(STREAM_BUFFER_BYTES as usize)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}

async fn run(gate: Arc<Gate>, entry: Arc<Entry>, stream: TcpStream, peer: SocketAddr, stopping: CancellationToken) {
    let service = {
        let (gate, entry) = (gate.clone(), entry.clone());
        hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            let (gate, entry) = (gate.clone(), entry.clone());
            request.extensions_mut().insert(ConnectInfo(peer));
            async move { Ok::<_, Infallible>(gate.answer(&entry, request, peer.ip()).await) }
        })
    };
    let builder = builder();
    let connection = builder.serve_connection(TokioIo::new(Watched::new(stream, entry.clone())), service);
    tokio::pin!(connection);
    let mut is_stopping = false;
    loop {
        let check_at = entry.deadline(&gate.policy.limits).0;
        tokio::select! {
            _ = connection.as_mut() => return,
            () = entry.changed() => {}
            () = stopping.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = tokio::time::sleep_until(check_at) => {}
        }
        match entry.outcome(&gate.policy.limits) {
            Outcome::GoesOn => {}
            Outcome::Evicted => return,
            Outcome::TimedOut(reason) => {
                metrics::counter!("weida_connections_ended_total", "reason" => reason).increment(1);
                if entry.is_http2() {
                    connection.as_mut().graceful_shutdown();
                    tokio::time::timeout(FAREWELL, connection.as_mut()).await.ok();
                }
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
