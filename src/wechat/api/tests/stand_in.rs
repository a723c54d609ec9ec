//! A fake platform: answers as configured and records the requests.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use url::Url;

/// A request that the platform received.
#[derive(Clone)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub query: HashMap<String, String>,
    pub content_type: String,
    pub body: Bytes,
}

impl Seen {
    pub fn token(&self) -> &str {
        self.query.get("access_token").map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A response of the platform.
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    pub delay: Duration,
}

impl Answer {
    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: "text/html", body: body.into(), delay: Duration::ZERO }
    }

    /// JSON labelled as text, as in some of the platform's responses.
    pub fn json(value: &Value) -> Self {
        Self { status: 200, content_type: "text/plain", body: value.to_string().into_bytes(), delay: Duration::ZERO }
    }

    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Does not answer within any client's timeout.
    pub fn hang() -> Self {
        Self::text(200, "").after(Duration::from_mins(1))
    }
}

type Answering = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

#[derive(Clone)]
struct StandInState {
    answering: Answering,
    seen: Arc<Mutex<Vec<Seen>>>,
}

pub struct StandIn {
    pub base: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: tokio::task::JoinHandle<()>,
}

impl StandIn {
    pub async fn start(answer: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let state = StandInState { answering: Arc::new(answer), seen: Arc::clone(&seen) };
        let app = axum::Router::new().fallback(serve).with_state(state);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base, seen, server }
    }

    /// All requests to `path`, in order.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// The number of requests to `path`.
    pub fn count(&self, path: &str) -> usize {
        self.seen(path).len()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    State(state): State<StandInState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let content_type = headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().unwrap()).to_owned();
    let seen = Seen { method, path: uri.path().to_owned(), query, content_type, body };
    state.seen.lock().unwrap().push(seen.clone());
    let answer = (state.answering)(&seen);
    tokio::time::sleep(answer.delay).await;
    (StatusCode::from_u16(answer.status).unwrap(), [(header::CONTENT_TYPE, answer.content_type)], answer.body)
        .into_response()
}
