//! The errors of a platform call, classified by what the caller can do about them.

use super::token::TokenStoreError;
use std::fmt;

/// The longest platform message that is passed on, in characters.
const MESSAGE_MAX_CHARS: usize = 300;

/// Why a call failed. Neither its text nor its `Debug` contains a secret or a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The platform refused, with its `errcode` and `errmsg`. The message is worth showing to the administrator: it
    /// names the address missing in the whitelist, or the request's id.
    Platform { code: i64, class: ErrorClass, message: String },
    /// No response in time. The call may have been carried out.
    Timeout,
    /// No connection could be made: the call was certainly not carried out.
    Unreachable,
    /// The connection broke. The call may have been carried out.
    Transport,
    /// An HTTP status other than success, without an `errcode`.
    Status(u16),
    /// A response that is too large, not JSON, or lacks required fields.
    Malformed,
    /// The shared store of tokens failed.
    Store(TokenStoreError),
}

/// What can be done about an `errcode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The token must be replaced; then the call may be retried once.
    Token,
    /// The platform is busy: retry after a pause.
    Retry,
    /// A quota is used up: retry after its reset (a day's at midnight in Beijing, a minute's in the next minute).
    Quota,
    /// A permission or a setting is missing: notify the administrator.
    Permission,
    /// The call itself is wrong. Also every unknown code.
    Caller,
    /// This follower cannot be reached with such a call now.
    User,
}

impl ErrorClass {
    /// The class of an `errcode`, from the platform's list of global return codes and the API pages.
    pub fn of(code: i64) -> Self {
        match code {
            40001 | 40014 | 42001 => Self::Token,
            -1 | 268_487_000..=268_487_099 => Self::Retry,
            45009 | 45011 | 48006 => Self::Quota,
            40013 | 40125 | 40164 | 40243 | 48001 | 48004 | 48008 | 50004 | 50007 | 61004 | 61007 | 89503 | 89506
            | 89507 => Self::Permission,
            40226 | 42007 | 43004 | 43019 | 43101 | 45015 | 45047 | 48002 | 50001 | 50002 | 50005 | 70000 => Self::User,
            _ => Self::Caller,
        }
    }

    /// A stable short name for metric labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Retry => "retry",
            Self::Quota => "quota",
            Self::Permission => "permission",
            Self::Caller => "caller",
            Self::User => "user",
        }
    }
}

impl ApiError {
    /// The platform's error, with `secrets` removed from its message.
    pub(super) fn platform(code: i64, errmsg: &str, secrets: &[&str]) -> Self {
        let mut message = errmsg.to_owned();
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            message = message.replace(secret, "***");
        }
        let message = message.chars().filter(|c| !c.is_control()).take(MESSAGE_MAX_CHARS).collect();
        Self::Platform { code, class: ErrorClass::of(code), message }
    }

    /// Logs a call that failed for good: path and `errcode`. The platform's message may name a user, and is not logged here.
    pub(super) fn log(&self, path: &'static str) {
        match self {
            Self::Platform { code, .. } => tracing::info!(path, errcode = code, "a call to WeChat failed"),
            other => tracing::info!(path, cause = other.name(), "a call to WeChat failed"),
        }
    }

    /// A stable short name for metric labels.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Platform { class, .. } => class.name(),
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Transport => "transport",
            Self::Status(_) => "status",
            Self::Malformed => "malformed",
            Self::Store(_) => "store",
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform { code, message, .. } => write!(f, "the platform refused with {code}: {message}"),
            Self::Timeout => f.write_str("the platform did not answer in time"),
            Self::Unreachable => f.write_str("the platform could not be reached"),
            Self::Transport => f.write_str("the connection to the platform broke"),
            Self::Status(status) => write!(f, "the platform answered with HTTP status {status}"),
            Self::Malformed => f.write_str("the platform's answer is malformed"),
            Self::Store(error) => write!(f, "the token store failed: {error}"),
        }
    }
}

impl std::error::Error for ApiError {}

impl From<TokenStoreError> for ApiError {
    fn from(error: TokenStoreError) -> Self {
        Self::Store(error)
    }
}
