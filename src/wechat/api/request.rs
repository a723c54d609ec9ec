//! The description of one call.

use super::error::{ApiError, ErrorClass};
use reqwest::Method;
use serde::Serialize;
use std::time::Duration;

/// One call, without its token.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) query: Vec<(&'static str, &'a str)>,
    /// JSON in raw UTF-8: the platform shows `\uXXXX` unchanged, or refuses it with 40033.
    pub(super) body: Option<Vec<u8>>,
    /// Values that must be removed from errors and logs.
    pub(super) secrets: Vec<&'a str>,
    /// A file to send as a part of the form.
    pub(super) file: Option<File<'a>>,
    /// The timeout of one attempt, if it is not the default.
    pub(super) timeout: Option<Duration>,
    is_repeatable: bool,
}

/// A file to upload.
#[derive(Debug, Clone, Copy)]
pub(super) struct File<'a> {
    /// The platform checks its extension.
    pub(super) name: &'a str,
    pub(super) media_type: &'static str,
    pub(super) bytes: &'a [u8],
}

impl<'a> Request<'a> {
    pub(super) fn get(path: &'static str) -> Self {
        Self::new(Method::GET, path, None)
    }

    pub(super) fn post(path: &'static str, body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(body).map_err(|_| ApiError::Malformed)?;
        Ok(Self::new(Method::POST, path, Some(body)))
    }

    /// Uploads a file. A retry may count twice against the day's quota, but does no other harm.
    pub(super) fn file(path: &'static str, file: File<'a>) -> Self {
        Self { file: Some(file), ..Self::new(Method::POST, path, None) }
    }

    fn new(method: Method, path: &'static str, body: Option<Vec<u8>>) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body,
            secrets: Vec::new(),
            file: None,
            timeout: None,
            is_repeatable: true,
        }
    }

    /// For calls with large payloads.
    pub(super) fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub(super) fn with(mut self, name: &'static str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    /// A parameter that is a secret.
    pub(super) fn with_secret(mut self, name: &'static str, value: &'a str) -> Self {
        self.secrets.push(value);
        self.with(name, value)
    }

    /// Marks a call that must not be retried if it may have been carried out.
    pub(super) fn once(mut self) -> Self {
        self.is_repeatable = false;
        self
    }

    /// Whether the call may be retried after `error`. A busy response and a gateway's error mean "not carried out"; a
    /// broken or silent connection leaves it open.
    pub(super) fn may_repeat_after(&self, error: &ApiError) -> bool {
        match error {
            ApiError::Platform { class: ErrorClass::Retry, .. } | ApiError::Unreachable => true,
            ApiError::Status(status) => *status >= 500,
            ApiError::Timeout | ApiError::Transport => self.is_repeatable,
            ApiError::Platform { .. } | ApiError::Malformed | ApiError::Store(_) => false,
        }
    }
}
