//! One call, described.

use super::error::{ApiError, ErrorClass};
use reqwest::Method;
use serde::Serialize;

/// One call, without its token.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) query: Vec<(&'static str, &'a str)>,
    /// JSON in raw UTF-8: the platform shows `\uXXXX` as it is, or refuses it with 40033.
    pub(super) body: Option<Vec<u8>>,
    is_repeatable: bool,
}

impl<'a> Request<'a> {
    pub(super) fn get(path: &'static str) -> Self {
        Self { method: Method::GET, path, query: Vec::new(), body: None, is_repeatable: true }
    }

    pub(super) fn post(path: &'static str, body: &impl Serialize) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(body).map_err(|_| ApiError::Malformed)?;
        Ok(Self { method: Method::POST, path, query: Vec::new(), body: Some(body), is_repeatable: true })
    }

    pub(super) fn with(mut self, name: &'static str, value: &'a str) -> Self {
        self.query.push((name, value));
        self
    }

    /// Marks a call that must not be carried out twice.
    pub(super) fn once(mut self) -> Self {
        self.is_repeatable = false;
        self
    }

    /// Whether the call may be tried again after `error`. A refusal as busy and a gateway's failure are taken for "not
    /// carried out"; a broken or silent connection says nothing about it.
    pub(super) fn may_repeat_after(&self, error: &ApiError) -> bool {
        match error {
            ApiError::Platform { class: ErrorClass::Retry, .. } | ApiError::Unreachable => true,
            ApiError::Status(status) => *status >= 500,
            ApiError::Timeout | ApiError::Transport => self.is_repeatable,
            ApiError::Platform { .. } | ApiError::Malformed | ApiError::Store(_) => false,
        }
    }
}
