//! HTTP requests, with and without retries.

use super::egress;
use super::error::ApiError;
use super::request::Request;
use crate::base::{json, rng::Rng, tls};
use reqwest::multipart::{Form, Part};
use reqwest::{Response, StatusCode, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// The timeout of establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The largest response, in bytes. The largest documented one (10 000 openids) is about 300 KiB.
const BODY_MAX_BYTES: usize = 4 * 1024 * 1024;

/// What follows each failed attempt: a pause in milliseconds, or giving up.
const PAUSES_MS: [Option<u64>; 3] = [Some(200), Some(400), None];

/// Up to this many milliseconds are added to a pause, so that instances do not retry in step.
const JITTER_MS: u64 = 100;

/// The response to a file download.
pub(super) enum Fetched {
    File(Vec<u8>),
    Json(Value),
}

/// The connections to the platform.
pub(super) struct Transport {
    http: reqwest::Client,
    /// For files at URLs in a response.
    files: reqwest::Client,
    base: Url,
    chance: Arc<dyn Rng>,
}

impl Transport {
    pub(super) fn new(base: Url, timeout: Duration, chance: Arc<dyn Rng>) -> Result<Self, ApiError> {
        let http = tls::http_client()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            // The platform never redirects, and a redirect would send the token elsewhere.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_| ApiError::Transport)?;
        let files = egress::client(egress::PublicOnly::of_system(), CONNECT_TIMEOUT, timeout)?;
        Ok(Self { http, files, base, chance })
    }

    /// Makes the call, with up to three attempts if retrying is safe and may help.
    pub(super) async fn send(&self, request: &Request<'_>, token: Option<&SecretString>) -> Result<Value, ApiError> {
        let mut pauses = PAUSES_MS.iter().flatten();
        loop {
            let started = Instant::now();
            let outcome = self.attempt(request, token).await;
            note(request.path, &outcome, started);
            match (outcome, pauses.next()) {
                (Err(error), Some(pause)) if request.may_repeat_after(&error) => {
                    tokio::time::sleep(Duration::from_millis(pause + self.chance.below(JITTER_MS))).await;
                }
                (outcome, _) => return outcome,
            }
        }
    }

    /// Makes one attempt.
    async fn attempt(&self, request: &Request<'_>, token: Option<&SecretString>) -> Result<Value, ApiError> {
        let token = token.map_or("", SecretString::expose_secret);
        let response = self.open(request, token).await?;
        let status = response.status();
        judge(status, &read(response, BODY_MAX_BYTES).await?, request.path, &secrets(request, token))
    }

    /// Makes one attempt of a call that returns a file, or JSON if there is none.
    pub(super) async fn fetch(
        &self,
        request: &Request<'_>,
        token: &SecretString,
        max_bytes: usize,
    ) -> Result<Fetched, ApiError> {
        let started = Instant::now();
        let fetched = self.attempt_fetch(request, token.expose_secret(), max_bytes).await;
        note(request.path, &fetched, started);
        fetched
    }

    async fn attempt_fetch(&self, request: &Request<'_>, token: &str, max_bytes: usize) -> Result<Fetched, ApiError> {
        let response = self.open(request, token).await?;
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        // Errors and the URL of a video are JSON, whatever their content type; files are never labelled as text.
        let is_text = kind.contains("json") || kind.starts_with("text/");
        let bytes = read(response, max_bytes).await?;
        if is_text || !status.is_success() {
            return judge(status, &bytes, request.path, &secrets(request, token)).map(Fetched::Json);
        }
        Ok(Fetched::File(bytes))
    }

    /// Downloads a file from a URL in a response, without a token and without following redirects. Only the platform's own address,
    /// which the operator configured, may be private.
    pub(super) async fn download(&self, url: &Url, timeout: Duration, max_bytes: usize) -> Result<Vec<u8>, ApiError> {
        let client = match url {
            url if self.is_at(url) => &self.http,
            url if egress::may_be_fetched(url) => &self.files,
            _ => return Err(ApiError::Malformed),
        };
        let response = client.get(url.clone()).timeout(timeout).send().await.map_err(failure)?;
        match response.status() {
            status if status.is_success() => read(response, max_bytes).await,
            status => Err(ApiError::Status(status.as_u16())),
        }
    }

    /// The server's clock in epoch seconds, from the header `Date` of its answer to its bare address.
    pub(super) async fn server_time(&self) -> Result<i64, ApiError> {
        let answer = self.http.head(self.base.clone()).send().await.map_err(failure)?;
        let date = answer.headers().get(header::DATE).and_then(|date| date.to_str().ok());
        // RFC 9110, 5.6.7: always in GMT.
        let format = time::macros::format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        let date = date.and_then(|date| time::PrimitiveDateTime::parse(date, format).ok());
        date.map(|date| date.assume_utc().unix_timestamp()).ok_or(ApiError::Malformed)
    }

    async fn open(&self, request: &Request<'_>, token: &str) -> Result<Response, ApiError> {
        let mut call = self.http.request(request.method.clone(), self.url(request, token));
        if let Some(body) = &request.body {
            call = call.header(header::CONTENT_TYPE, "application/json; charset=utf-8").body(body.clone());
        }
        if let Some(file) = &request.file {
            let part = Part::bytes(file.bytes.to_vec()).file_name(file.name.to_owned());
            let part = part.mime_str(file.media_type).map_err(|_| ApiError::Malformed)?;
            call = call.multipart(Form::new().part("media", part));
        }
        if let Some(timeout) = request.timeout {
            call = call.timeout(timeout);
        }
        call.send().await.map_err(failure)
    }

    /// True if a URL has the platform's own scheme, host and port.
    fn is_at(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    fn url(&self, request: &Request<'_>, token: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.base.path().trim_end_matches('/'), request.path));
        if !token.is_empty() {
            url.query_pairs_mut().append_pair("access_token", token);
        }
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        url
    }
}

/// Secrets to remove from an error.
fn secrets<'a>(request: &Request<'a>, token: &'a str) -> Vec<&'a str> {
    request.secrets.iter().copied().chain([token]).collect()
}

/// Reads a response up to the size limit.
async fn read(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if bytes.len() + chunk.len() > max_bytes {
            return Err(ApiError::Malformed);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Distinguishes results from errors. Errors have status 200, results often no `errcode`, and either may be
/// `text/plain`: only the JSON counts.
fn judge(status: StatusCode, bytes: &[u8], path: &'static str, secrets: &[&str]) -> Result<Value, ApiError> {
    let answer = json::read(bytes, path).filter(Value::is_object);
    let code = answer.as_ref().and_then(|answer| answer["errcode"].as_i64()).unwrap_or_default();
    match answer {
        Some(answer) if code != 0 => {
            Err(ApiError::platform(code, answer["errmsg"].as_str().unwrap_or_default(), secrets))
        }
        // The gateway timed out: the call may have been carried out.
        _ if status == StatusCode::GATEWAY_TIMEOUT => Err(ApiError::Timeout),
        _ if !status.is_success() => Err(ApiError::Status(status.as_u16())),
        answer => answer.ok_or(ApiError::Malformed),
    }
}

/// Keeps only the kind of the error: its text may contain the URL, and with it the token.
fn failure(error: reqwest::Error) -> ApiError {
    let kind = if error.is_connect() {
        ApiError::Unreachable
    } else if error.is_timeout() {
        ApiError::Timeout
    } else {
        ApiError::Transport
    };
    tracing::debug!(error = %error.without_url(), kind = kind.name(), "a call to the platform failed in transport");
    kind
}

/// Counts and logs one attempt; of the URL only the path.
fn note<T>(path: &'static str, outcome: &Result<T, ApiError>, started: Instant) {
    let name = outcome.as_ref().map_or_else(ApiError::name, |_| "ok");
    metrics::counter!("weida_wechat_calls_total", "path" => path, "outcome" => name).increment(1);
    metrics::histogram!("weida_wechat_call_seconds", "path" => path).record(started.elapsed());
    tracing::debug!(path, outcome = name, elapsed_ms = started.elapsed().as_millis(), "called the platform");
}
