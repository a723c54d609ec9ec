//! T-140, T-141, T-142: timeouts and limits of connections, over a real socket and with short timeouts.

use super::*;
use axum::{
    body::{Body, to_bytes},
    http::{Method, StatusCode},
    response::{
        IntoResponse as _,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
};

const SHORT: Duration = Duration::from_millis(300);
/// Longer than any wait in these tests.
const LONG: Duration = Duration::from_mins(1);
const PROOF: &str = "/push?signed";

fn limits() -> Limits {
    let pace = Pace { silence: LONG, bytes_per_second: 0, window: LONG };
    Limits { header: LONG, idle: LONG, pace, total: 100, per_address: 100 }
}

async fn take(begun: Arc<AtomicUsize>, body: Body) -> axum::response::Response {
    begun.fetch_add(1, Ordering::Relaxed);
    match to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes.len().to_string().into_response(),
        Err(error) if crate::http::api::has_cause::<TooSlow>(&error) => StatusCode::REQUEST_TIMEOUT.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Answers once `open` is set.
async fn held(begun: Arc<AtomicUsize>, open: Arc<AtomicBool>) -> &'static str {
    begun.fetch_add(1, Ordering::Relaxed);
    while !open.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    "held"
}

struct Site {
    address: SocketAddr,
    stopping: CancellationToken,
    /// Lets requests to `/held` be answered.
    open: Arc<AtomicBool>,
    /// Requests to `/held`, `/take` and `/push` that have begun.
    begun: Arc<AtomicUsize>,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

async fn site(limits: Limits) -> Site {
    site_with(limits, &[]).await
}

async fn site_with(limits: Limits, proxies: &[&str]) -> Site {
    let (open, begun) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let for_held = (begun.clone(), open.clone());
    let takes = || {
        let begun = begun.clone();
        post(move |body| take(begun.clone(), body))
    };
    let beats = || async {
        let never = futures::stream::pending::<Result<Event, Infallible>>();
        Sse::new(never).keep_alive(KeepAlive::new().interval(Duration::from_millis(50)))
    };
    let router = Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/take", takes())
        .route("/push", takes())
        .route("/held", get(move || held(for_held.0.clone(), for_held.1.clone())))
        .route("/events", get(beats));
    let proxies: Vec<IpAddr> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
    let policy = Policy {
        is_trusted_proxy: Box::new(move |peer| proxies.contains(&peer)),
        caller: Box::new(|parts, peer| {
            let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
            forwarded.map_or(peer, |address| address.parse().unwrap())
        }),
        is_proven: Box::new(|parts| parts.method == Method::POST && parts.uri == PROOF),
        ..Policy::plain(limits)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stopping) = (listener.local_addr().unwrap(), CancellationToken::new());
    let served = tokio::spawn(serve(listener, router, policy, stopping.clone()));
    Site { address, stopping, open, begun, served }
}

impl Site {
    async fn connect(&self, from: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        socket.connect(self.address).await.unwrap()
    }

    /// A connection on which this text was sent.
    async fn sent(&self, from: &str, text: &str) -> TcpStream {
        let mut stream = self.connect(from).await;
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// A connection whose request has begun and is not answered yet.
    async fn busy(&self, from: &str, text: &str) -> TcpStream {
        let before = self.begun.load(Ordering::Relaxed);
        let stream = self.sent(from, text).await;
        eventually(async || self.begun.load(Ordering::Relaxed) > before).await;
        stream
    }

    /// A connection that is idle after an answer.
    async fn idle(&self, from: &str) -> TcpStream {
        let mut stream = self.sent(from, &ask("/")).await;
        assert!(answer(&mut stream).await.ends_with("ok"));
        stream
    }
}

fn ask(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

fn send(path: &str, length: usize, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// The first bytes that arrive.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let read = tokio::time::timeout(LONG, stream.read(&mut bytes)).await.unwrap().unwrap_or(0);
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

/// Everything that arrives until the other side closes, and how long that took.
async fn rest(stream: &mut TcpStream) -> (String, Duration) {
    let (begun, mut bytes) = (Instant::now(), Vec::new());
    tokio::time::timeout(LONG / 2, stream.read_to_end(&mut bytes)).await.expect("it ends").ok();
    (String::from_utf8_lossy(&bytes).into_owned(), begun.elapsed())
}

/// True if the other side has not closed the connection.
async fn is_open(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    match tokio::time::timeout(Duration::from_millis(50), stream.read(&mut byte)).await {
        Err(_) => true,
        Ok(read) => read.is_ok_and(|n| n > 0),
    }
}

async fn eventually(mut question: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !question().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG / 2, asking).await.expect("it happens in time");
}

#[tokio::test]
async fn half_a_head_and_no_head_at_all_are_cut() {
    let site = site(Limits { header: SHORT, ..limits() }).await;
    let begun = Instant::now();
    let mut cut = vec![site.connect("127.0.0.1").await];
    cut.push(site.sent("127.0.0.1", "GET / HTTP/1.1\r\nhost: ").await);
    cut.push(site.sent("127.0.0.1", "PRI * HTTP/2.0\r\n\r\n").await);
    cut.push(site.sent("127.0.0.1", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0").await);
    let mut kept = site.idle("127.0.0.1").await;
    for stream in &mut cut {
        rest(stream).await;
    }
    assert!(begun.elapsed() >= SHORT);
    // The head timeout does not apply to a kept-alive connection until its next head begins.
    assert!(is_open(&mut kept).await);
    kept.write_all(b"GET /").await.unwrap();
    assert!(rest(&mut kept).await.1 >= SHORT / 2);
}

#[tokio::test]
async fn an_idle_connection_is_cut_and_an_event_stream_is_not() {
    let site = site(Limits { idle: SHORT, ..limits() }).await;
    let mut stream = site.sent("127.0.0.1", &ask("/events")).await;
    let mut held = site.sent("127.0.0.1", &ask("/held")).await;
    let mut idle = site.idle("127.0.0.1").await;
    let (_, took) = rest(&mut idle).await;
    assert!(took >= SHORT / 2, "{took:?}");
    // It has sent bytes since, and sends more.
    for _ in 0..10 {
        assert!(!answer(&mut stream).await.is_empty());
    }
    // A connection with an active request is not idle.
    assert!(is_open(&mut held).await);
    site.open.store(true, Ordering::Relaxed);
    assert!(answer(&mut held).await.ends_with("held"));
}

#[tokio::test]
async fn a_body_that_stops_or_is_too_slow_ends_its_request() {
    let stops = Pace { silence: SHORT, bytes_per_second: 0, window: LONG };
    let quiet = site(Limits { pace: stops, ..limits() }).await;
    let mut stream = quiet.sent("127.0.0.1", &send("/take", 10, "12345")).await;
    let (answered, took) = rest(&mut stream).await;
    assert!(answered.starts_with("HTTP/1.1 408") && took >= SHORT / 2, "{answered} {took:?}");
    // A byte now and then is not silence, but too slow.
    let slow = Pace { silence: LONG, bytes_per_second: 4096, window: SHORT };
    let slow = site(Limits { pace: slow, ..limits() }).await;
    let stream = slow.sent("127.0.0.1", &send("/take", 1000, "1")).await;
    let (mut inward, mut outward) = stream.into_split();
    let dripping = tokio::spawn(async move {
        while outward.write_all(b"1").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut bytes = vec![0; 100];
    let read = tokio::time::timeout(LONG / 2, inward.read(&mut bytes)).await.unwrap().unwrap();
    assert!(bytes[..read].starts_with(b"HTTP/1.1 408"));
    dripping.abort();
    // A body that arrives in time is accepted.
    let mut whole = quiet.sent("127.0.0.1", &send("/take", 5, "12345")).await;
    assert!(answer(&mut whole).await.ends_with('5'));
}

#[tokio::test]
async fn a_body_that_is_not_read_yet_may_wait() {
    use axum::body::HttpBody as _;
    use futures::{FutureExt as _, StreamExt as _};
    let pace =
        Pace { silence: Duration::from_millis(20), bytes_per_second: 1_000_000, window: Duration::from_millis(20) };
    let parts = futures::stream::iter(["a", "b"]).map(|part| Ok::<_, Infallible>(hyper::body::Bytes::from(part)));
    let mut body = Paced::new(Body::from_stream(parts), pace);
    let mut next = || futures::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).now_or_never();
    assert!(matches!(next(), Some(Some(Ok(_)))));
    std::thread::sleep(Duration::from_millis(60));
    assert!(matches!(next(), Some(Some(Ok(_)))));
    assert!(matches!(next(), Some(None)));
}

#[tokio::test]
async fn beyond_the_total_the_one_with_the_least_to_lose_makes_room() {
    let site = site(Limits { total: 4, ..limits() }).await;
    let mut receiving = site.busy("127.0.0.2", &send("/take", 10, "1")).await;
    let mut head = site.sent("127.0.0.3", "GET / HT").await;
    let mut first = site.idle("127.0.0.4").await;
    let mut second = site.idle("127.0.0.5").await;
    let mut third = site.idle("127.0.0.6").await;
    assert_eq!(rest(&mut first).await.0, "");
    assert!(is_open(&mut second).await && is_open(&mut head).await && is_open(&mut third).await);
    let mut at_work = [site.busy("127.0.0.7", &ask("/held")).await, site.busy("127.0.0.7", &ask("/held")).await];
    assert_eq!((rest(&mut second).await.0, rest(&mut third).await.0), (String::new(), String::new()));
    assert!(is_open(&mut head).await && is_open(&mut receiving).await);
    let mut more = [site.busy("127.0.0.7", &ask("/held")).await, site.busy("127.0.0.7", &ask("/held")).await];
    rest(&mut head).await;
    rest(&mut receiving).await;
    // All are busy: a new one is refused, and none of them is closed.
    assert_eq!(rest(&mut site.sent("127.0.0.8", &ask("/")).await).await.0, "");
    site.open.store(true, Ordering::Relaxed);
    for stream in at_work.iter_mut().chain(&mut more) {
        assert!(answer(stream).await.ends_with("held"));
    }
    site.idle("127.0.0.8").await;
}

#[tokio::test]
async fn one_peer_has_its_limit_and_a_signed_push_passes_it() {
    let site = site(Limits { per_address: 2, ..limits() }).await;
    let mut own = site.idle("127.0.0.2").await;
    let _held = [site.busy("127.0.0.2", &ask("/held")).await, site.busy("127.0.0.2", &ask("/held")).await];
    // Its own idle one is closed first, then it is refused; another peer is not affected.
    assert_eq!(rest(&mut own).await.0, "");
    let refused = rest(&mut site.sent("127.0.0.2", &ask("/")).await).await.0;
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("connection: close"), "{refused}");
    site.idle("127.0.0.3").await;
    let mut forged = site.sent("127.0.0.2", &send("/push?forged", 2, "ab")).await;
    assert!(rest(&mut forged).await.0.starts_with("HTTP/1.1 429"));
    let mut push = site.sent("127.0.0.2", &send(PROOF, 2, "ab")).await;
    assert!(answer(&mut push).await.ends_with('2'));
    // Also while many silent connections wait for a head.
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(site.connect("127.0.0.2").await);
    }
    let mut push = site.sent("127.0.0.2", &send(PROOF, 4, "ab")).await;
    for _ in 0..40 {
        silent.push(site.connect("127.0.0.2").await);
    }
    push.write_all(b"cd").await.unwrap();
    assert!(answer(&mut push).await.ends_with('4'));
}

#[tokio::test]
async fn behind_a_declared_proxy_each_address_is_counted_by_its_requests() {
    let site = site_with(Limits { per_address: 2, ..limits() }, &["127.0.0.9"]).await;
    let ask = |path: &str, of: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {of}\r\n\r\n");
    let mut held = Vec::new();
    for of in ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        held.push(site.busy("127.0.0.9", &ask("/held", of)).await);
    }
    let refused = async || {
        let mut stream = site.sent("127.0.0.9", &ask("/", "192.0.2.1")).await;
        answer(&mut stream).await.starts_with("HTTP/1.1 429")
    };
    assert!(refused().await);
    let mut other = site.sent("127.0.0.9", &ask("/", "192.0.2.2")).await;
    assert!(answer(&mut other).await.ends_with("ok"));
    drop(held);
    eventually(async || !refused().await).await;
}

#[tokio::test]
async fn many_requests_of_one_http2_connection_are_counted_and_resets_end_it() {
    let site = site(Limits { per_address: 3, ..limits() }).await;
    let client = crate::base::tls::http_client().no_proxy().http2_prior_knowledge().build().unwrap();
    let url = |path: &str| format!("http://{}{path}", site.address);
    let held: Vec<_> = (0..3).map(|_| tokio::spawn(client.get(url("/held")).send())).collect();
    eventually(async || client.get(url("/")).send().await.unwrap().status() == StatusCode::TOO_MANY_REQUESTS).await;
    site.open.store(true, Ordering::Relaxed);
    for held in held {
        assert_eq!(held.await.unwrap().unwrap().status(), StatusCode::OK);
    }
    eventually(async || client.get(url("/")).send().await.unwrap().status() == StatusCode::OK).await;
}

#[tokio::test]
async fn what_is_under_way_is_finished_at_the_end_and_what_is_idle_is_not_waited_for() {
    let mut site = site(limits()).await;
    let mut idle = site.idle("127.0.0.2").await;
    let mut held = site.busy("127.0.0.3", &ask("/held")).await;
    site.stopping.cancel();
    rest(&mut idle).await;
    site.open.store(true, Ordering::Relaxed);
    assert!(rest(&mut held).await.0.ends_with("held"));
    tokio::time::timeout(LONG / 2, &mut site.served).await.unwrap().unwrap();
}
