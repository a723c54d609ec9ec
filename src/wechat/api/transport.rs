//! Requests over HTTP: one try, and several.

use super::error::ApiError;
use super::request::Request;
use crate::core::chance::Chance;
use reqwest::multipart::{Form, Part};
use reqwest::{Response, StatusCode, header, redirect};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// The longest that making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The largest answer, in bytes. The largest one documented (10 000 openids) is about 300 KiB.
const BODY_MAX_BYTES: usize = 4 * 1024 * 1024;

/// What comes after each failed try: a pause in milliseconds, or giving up.
const PAUSES_MS: [Option<u64>; 3] = [Some(200), Some(400), None];

/// Up to this many milliseconds are added to a pause, so that instances do not repeat in step.
const JITTER_MS: u64 = 100;

/// What a call for a file is answered with.
pub(super) enum Fetched {
    File(Vec<u8>),
    Json(Value),
}

/// The connections to the platform.
pub(super) struct Transport {
    http: reqwest::Client,
    base: Url,
    chance: Arc<dyn Chance>,
}

impl Transport {
    pub(super) fn new(base: Url, timeout: Duration, chance: Arc<dyn Chance>) -> Result<Self, ApiError> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            // The platform never redirects, and a redirection would carry the token elsewhere.
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_| ApiError::Transport)?;
        Ok(Self { http, base, chance })
    }

    /// Makes the call, up to three times where that is safe and may help.
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

    /// Makes the call once.
    async fn attempt(&self, request: &Request<'_>, token: Option<&SecretString>) -> Result<Value, ApiError> {
        let token = token.map_or("", SecretString::expose_secret);
        let response = self.open(request, token).await?;
        let status = response.status();
        judge(status, &read(response, BODY_MAX_BYTES).await?, &secrets(request, token))
    }

    /// Makes a call once that is answered with a file, or with JSON where there is none.
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
        // Refusals and the address of a video come as JSON, whatever they call it; files never call themselves text.
        let is_text = kind.contains("json") || kind.starts_with("text/");
        let bytes = read(response, max_bytes).await?;
        if is_text || !status.is_success() {
            return judge(status, &bytes, &secrets(request, token)).map(Fetched::Json);
        }
        Ok(Fetched::File(bytes))
    }

    /// Fetches a file from elsewhere: no token goes there, and no redirection is followed.
    pub(super) async fn download(&self, url: &Url, timeout: Duration, max_bytes: usize) -> Result<Vec<u8>, ApiError> {
        let response = self.http.get(url.clone()).timeout(timeout).send().await.map_err(failure)?;
        match response.status() {
            status if status.is_success() => read(response, max_bytes).await,
            status => Err(ApiError::Status(status.as_u16())),
        }
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

    /// True where an address is the platform's own: scheme, host and port.
    pub(super) fn is_at(&self, url: &Url) -> bool {
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

/// What a refusal may not repeat.
fn secrets<'a>(request: &Request<'a>, token: &'a str) -> Vec<&'a str> {
    request.secrets.iter().copied().chain([token]).collect()
}

/// Reads an answer up to its largest size.
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

/// Tells an answer from a refusal. Refusals come with status 200, answers often without any `errcode`, and some of both
/// as `text/plain`: only the JSON counts.
fn judge(status: StatusCode, bytes: &[u8], secrets: &[&str]) -> Result<Value, ApiError> {
    let answer = serde_json::from_slice(bytes).ok().filter(Value::is_object);
    let code = answer.as_ref().and_then(|answer| answer["errcode"].as_i64()).unwrap_or_default();
    match answer {
        Some(answer) if code != 0 => {
            Err(ApiError::platform(code, answer["errmsg"].as_str().unwrap_or_default(), secrets))
        }
        // The gateway waited in vain: what it waited for may have been done.
        _ if status == StatusCode::GATEWAY_TIMEOUT => Err(ApiError::Timeout),
        _ if !status.is_success() => Err(ApiError::Status(status.as_u16())),
        answer => answer.ok_or(ApiError::Malformed),
    }
}

/// Keeps only the kind of the error: its text may hold the address, and that the token.
fn failure(error: reqwest::Error) -> ApiError {
    let kind = if error.is_connect() {
        ApiError::Unreachable
    } else if error.is_timeout() {
        ApiError::Timeout
    } else {
        ApiError::Transport
    };
    tracing::debug!(error = %error.without_url(), kind = kind.name(), "a call to the platform failed on its way");
    kind
}

/// Counts and logs one try; of the address only the path.
fn note<T>(path: &'static str, outcome: &Result<T, ApiError>, started: Instant) {
    let name = outcome.as_ref().map_or_else(ApiError::name, |_| "ok");
    metrics::counter!("weida_wechat_calls_total", "path" => path, "outcome" => name).increment(1);
    metrics::histogram!("weida_wechat_call_seconds", "path" => path).record(started.elapsed());
    tracing::debug!(path, outcome = name, elapsed_ms = started.elapsed().as_millis(), "called the platform");
}
