//! Requests over HTTP: one try, and several.

use super::error::ApiError;
use super::request::Request;
use crate::core::chance::Chance;
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
        let mut call = self.http.request(request.method.clone(), self.url(request, token));
        if let Some(body) = &request.body {
            call = call.header(header::CONTENT_TYPE, "application/json; charset=utf-8").body(body.clone());
        }
        let response = call.send().await.map_err(failure)?;
        let status = response.status();
        judge(status, &read(response).await?, token)
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

/// Reads an answer up to its largest size.
async fn read(mut response: Response) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if bytes.len() + chunk.len() > BODY_MAX_BYTES {
            return Err(ApiError::Malformed);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Tells an answer from a refusal. Refusals come with status 200, answers often without any `errcode`, and some of both
/// as `text/plain`: only the JSON counts.
fn judge(status: StatusCode, bytes: &[u8], token: &str) -> Result<Value, ApiError> {
    let answer = serde_json::from_slice(bytes).ok().filter(Value::is_object);
    let code = answer.as_ref().and_then(|answer| answer["errcode"].as_i64()).unwrap_or_default();
    match answer {
        Some(answer) if code != 0 => {
            Err(ApiError::platform(code, answer["errmsg"].as_str().unwrap_or_default(), &[token]))
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
fn note(path: &'static str, outcome: &Result<Value, ApiError>, started: Instant) {
    let name = outcome.as_ref().map_or_else(ApiError::name, |_| "ok");
    metrics::counter!("weida_wechat_calls_total", "path" => path, "outcome" => name).increment(1);
    metrics::histogram!("weida_wechat_call_seconds", "path" => path).record(started.elapsed());
    tracing::debug!(path, outcome = name, elapsed_ms = started.elapsed().as_millis(), "called the platform");
}
