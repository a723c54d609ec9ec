//! HTTP requests: headers, timeouts, the size limit of responses, and what their JSON says about success.

use super::error::{Error, MESSAGE_MAX_CHARS, TransportFailure};
use super::message::integer;
use crate::base::{json, rng::Rng, tls};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::body::Bytes;
use reqwest::{Method, RequestBuilder, Response, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// The version of the protocol: that of the reference client (npm @tencent-weixin/openclaw-weixin), whose fields are used here.
pub(super) const CHANNEL_VERSION: &str = "2.4.9";
/// The same version as `0x00MMmmpp`.
const CLIENT_VERSION: &str = "132105";

/// The timeout of establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// An unused connection is closed after this time.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);
/// The largest response to a call, in bytes.
const BODY_MAX_BYTES: usize = 1024 * 1024;

/// One call to the API.
pub(super) struct Call<'a> {
    pub method: Method,
    /// The path, for logs and metrics: it has no secrets.
    pub path: &'static str,
    pub url: Url,
    pub body: Option<Vec<u8>>,
    pub token: Option<&'a SecretString>,
    /// What must not appear in an error, besides the token.
    pub secrets: Vec<&'a str>,
    pub timeout: Duration,
}

/// The connections to the platform.
pub(super) struct Transport {
    http: reqwest::Client,
    rng: Arc<dyn Rng>,
}

impl Transport {
    pub(super) fn new(rng: Arc<dyn Rng>) -> Result<Self, Error> {
        let http = tls::http_client()
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            // A redirect would send the token elsewhere.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_| Error::Transport(TransportFailure::Broken))?;
        Ok(Self { http, rng })
    }

    pub(super) fn rng(&self) -> &dyn Rng {
        self.rng.as_ref()
    }

    /// Makes a call; a `ret` or `errcode` other than 0 is an error.
    pub(super) async fn call(&self, call: Call<'_>) -> Result<Value, Error> {
        let (path, started) = (call.path, Instant::now());
        let outcome = self.attempt(call).await;
        note(path, &outcome, started);
        outcome
    }

    async fn attempt(&self, call: Call<'_>) -> Result<Value, Error> {
        let Call { method, path, url, body, token, secrets, timeout } = call;
        let token = token.map_or("", SecretString::expose_secret);
        let mut request = self.http.request(method, url).timeout(timeout);
        request = request.header("iLink-App-Id", "bot").header("iLink-App-ClientVersion", CLIENT_VERSION);
        if let Some(body) = body {
            request = self.with_body(request, body, token);
        }
        let response = request.send().await.map_err(failure)?;
        let status = response.status();
        let bytes = read(response, BODY_MAX_BYTES).await?;
        if !status.is_success() {
            return Err(Error::Transport(TransportFailure::Status(status.as_u16())));
        }
        let answer = json::read(&bytes, path).filter(Value::is_object).ok_or(Error::Unreadable)?;
        judge(answer, secrets.into_iter().chain([token]))
    }

    fn with_body(&self, mut request: RequestBuilder, body: Vec<u8>, token: &str) -> RequestBuilder {
        let mut random = [0; 4];
        self.rng.fill(&mut random);
        let uin = STANDARD.encode(u32::from_be_bytes(random).to_string());
        if !token.is_empty() {
            // Marked as sensitive: not printed by the HTTP library either.
            request = request.bearer_auth(token);
        }
        request
            .header(header::CONTENT_TYPE, "application/json")
            .header("AuthorizationType", "ilink_bot_token")
            .header("X-WECHAT-UIN", uin)
            .body(body)
    }

    /// Uploads bytes; returns the value of a response header.
    pub(super) async fn upload(
        &self,
        url: Url,
        bytes: Bytes,
        timeout: Duration,
        answer: &'static str,
    ) -> Result<String, Error> {
        let started = Instant::now();
        let sent = async {
            let request = self.http.post(url).timeout(timeout).header(header::CONTENT_TYPE, "application/octet-stream");
            let response = request.body(bytes).send().await.map_err(failure)?;
            if !response.status().is_success() {
                return Err(Error::Transport(TransportFailure::Status(response.status().as_u16())));
            }
            let value = response.headers().get(answer).and_then(|value| value.to_str().ok());
            value.filter(|value| !value.is_empty()).map(str::to_owned).ok_or(Error::Unreadable)
        }
        .await;
        note("cdn/upload", &sent, started);
        sent
    }

    /// Downloads a file of at most `max_bytes`.
    pub(super) async fn download(&self, url: Url, timeout: Duration, max_bytes: usize) -> Result<Vec<u8>, Error> {
        let started = Instant::now();
        let fetched = async {
            let response = self.http.get(url).timeout(timeout).send().await.map_err(failure)?;
            if !response.status().is_success() {
                return Err(Error::Transport(TransportFailure::Status(response.status().as_u16())));
            }
            read(response, max_bytes).await.map_err(|error| match error {
                Error::Unreadable => Error::FileSize,
                error => error,
            })
        }
        .await;
        note("cdn/download", &fetched, started);
        fetched
    }
}

/// Reads a response up to the size limit; a larger one is [`Error::Unreadable`].
async fn read(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, Error> {
    let is_too_large = |length: u64| length > u64::try_from(max_bytes).unwrap_or(u64::MAX);
    if response.content_length().is_some_and(is_too_large) {
        return Err(Error::Unreadable);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if bytes.len() + chunk.len() > max_bytes {
            return Err(Error::Unreadable);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Distinguishes results from errors. The code may be in `ret` or in `errcode`; neither is there in many results.
fn judge<'a>(answer: Value, secrets: impl Iterator<Item = &'a str>) -> Result<Value, Error> {
    let mut codes = [0; 2];
    for (code, name) in codes.iter_mut().zip(["ret", "errcode"]) {
        *code = match &answer[name] {
            Value::Null => 0,
            value => integer(value).ok_or(Error::Unreadable)?,
        };
    }
    let code = if codes.contains(&-14) { -14 } else { codes.into_iter().find(|code| *code != 0).unwrap_or_default() };
    Err(match code {
        0 => return Ok(answer),
        -14 => Error::Stale,
        -2 => Error::Limited,
        -12 => Error::Frequency,
        -1 => Error::BadRecipient,
        ret => Error::Other { ret, message: message(answer["errmsg"].as_str().unwrap_or_default(), secrets) },
    })
}

/// The platform's message without secrets and control characters, cut.
fn message<'a>(text: &str, secrets: impl Iterator<Item = &'a str>) -> String {
    let mut text = text.to_owned();
    for secret in secrets.filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "***");
    }
    text.chars().filter(|c| !c.is_control()).take(MESSAGE_MAX_CHARS).collect()
}

/// Keeps only the kind of the error: its text may contain the URL, and with it a QR code's handle or a file's parameter.
fn failure(error: reqwest::Error) -> Error {
    let kind = if error.is_connect() {
        TransportFailure::Unreachable
    } else if error.is_timeout() {
        TransportFailure::Timeout
    } else {
        TransportFailure::Broken
    };
    let kind = Error::Transport(kind);
    tracing::debug!(error = %error.without_url(), kind = kind.name(), "a call to iLink failed in transport");
    kind
}

/// Counts and logs one call; of the URL only the path.
fn note<T>(path: &'static str, outcome: &Result<T, Error>, started: Instant) {
    let name = outcome.as_ref().map_or_else(Error::name, |_| "ok");
    metrics::counter!("weida_ilink_calls_total", "path" => path, "outcome" => name).increment(1);
    metrics::histogram!("weida_ilink_call_seconds", "path" => path).record(started.elapsed());
    tracing::debug!(path, outcome = name, elapsed_ms = started.elapsed().as_millis(), "called iLink");
}
