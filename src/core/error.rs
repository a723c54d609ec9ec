//! Errors of the domain. Dialects and pages translate them; none contains text for users.

use crate::{
    store::{StoreError, TxError},
    wechat::api::{ApiError, ErrorClass},
};

/// The problem with one field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Empty,
    /// Fewer than this many characters.
    TooShort(usize),
    /// More than this many characters.
    TooLong(usize),
    /// More than this many bytes of UTF-8.
    TooManyBytes(usize),
    /// More than this many items.
    TooMany(usize),
    /// A number outside this inclusive range.
    OutOfRange(i64, i64),
    /// Characters that the field does not accept, or the wrong format.
    Malformed,
    /// An invalid or too large regular expression.
    BadPattern,
    /// One of the most common passwords.
    TooCommon,
    /// Another user has it.
    Taken,
    /// Does not match the stored value.
    Wrong,
}

/// A field and its problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in forms and wire formats.
    pub field: &'static str,
    pub problem: Problem,
}

/// Why the platform refused a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformFault {
    /// 40029: the code is wrong or has expired.
    CodeInvalid,
    /// 42003: the code has expired.
    CodeExpired,
    /// 40163: the code was used before.
    CodeUsed,
    /// 45011: this user calls too often.
    TooOften,
    /// 40013: the operator's appid is wrong.
    AppidWrong,
    /// 40125: the operator's secret is wrong.
    SecretWrong,
    /// 40001: the operator's secret is wrong, or the `access_token` was replaced by another program.
    CredentialWrong,
    /// 40226: the platform considers this user a risk.
    RiskyPerson,
    /// A visitor of a page preview (`is_snapshotuser`), who has no identity.
    SnapshotVisitor,
    /// -1 or another code of a busy platform, also after several retries.
    Busy(i64),
    /// No answer in time, or a malformed one.
    Unreachable,
    /// Any other `errcode`.
    Other(i64),
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// Not one of ours, or modified.
    Malformed,
    Expired,
    /// Its user signed out everywhere, or the token itself was revoked.
    Revoked,
    /// Its user was deleted.
    Gone,
    /// It is valid for more than a day: renewal is not due.
    Fresh,
    /// It is a trial token, which cannot be renewed.
    Final,
}

/// Why an operation failed. It then changed nothing.
#[derive(Debug)]
pub enum CoreError {
    /// Fields with invalid values.
    Invalid(Vec<FieldError>),
    /// Unknown name or wrong password; the error does not say which.
    WrongCredentials,
    /// A wrong, expired or used code; the error does not say which.
    WrongCode,
    /// The sign-in session is over (expired, refused, collected, or out of guesses), or never existed.
    SessionOver,
    /// This WeChat identity has an account already.
    AlreadyRegistered,
    /// The identity belongs to another user, or the user has another identity.
    AlreadyBound,
    /// The user is disabled.
    Disabled,
    /// The client is not signed in.
    NotSignedIn,
    /// An invalid token, and why.
    BadToken(TokenFault),
    /// The user may not do this.
    Forbidden,
    NotFound,
    /// A concurrent transaction saved first.
    Conflict,
    /// The installation would have no admin left.
    LastAdmin,
    /// The idempotency key was used with another request before.
    KeyReused,
    /// More credits than the balance.
    OutOfCredits,
    /// More uses of a feature than the level allows in one of its windows.
    OverQuota,
    /// A feature that the operator has not configured: its name in the settings.
    NotConfigured(&'static str),
    /// The platform refused, or did not answer.
    Platform(PlatformFault),
    /// A limit was reached; seconds until a retry may succeed.
    TooMany(i64),
    /// A concurrent transaction collided; a retry may succeed.
    Collided,
    /// Too much work in progress; a retry in a moment may succeed.
    Busy,
    /// The database cannot be reached.
    Unavailable,
    /// A bug in this program; the text is for the log only.
    Fault(String),
}

impl CoreError {
    /// A single field error.
    #[must_use]
    pub fn field_error(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(vec![FieldError { field, problem }])
    }

    /// [`Self::Busy`] for work that collided with concurrent transactions at every attempt.
    #[must_use]
    pub fn busy_if_collided(self) -> Self {
        if matches!(self, Self::Collided) { Self::Busy } else { self }
    }
}

impl std::fmt::Display for CoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for CoreError {}

impl From<StoreError> for CoreError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Unavailable(e) => {
                tracing::error!(error = %e, "the database cannot be reached");
                Self::Unavailable
            }
            StoreError::Duplicate | StoreError::Collision => Self::Collided,
            StoreError::Unstorable => Self::NotFound,
            StoreError::Broken(e) => Self::Fault(e.to_string()),
        }
    }
}

impl TxError for CoreError {
    fn is_collision(&self) -> bool {
        matches!(self, Self::Collided)
    }
}

/// Why the platform refused a call. Problems that the operator must fix are logged.
impl From<ApiError> for CoreError {
    fn from(error: ApiError) -> Self {
        let fault = match &error {
            ApiError::Platform { code: 40029, .. } => PlatformFault::CodeInvalid,
            ApiError::Platform { code: 42003, .. } => PlatformFault::CodeExpired,
            ApiError::Platform { code: 40163, .. } => PlatformFault::CodeUsed,
            ApiError::Platform { code: 45011, .. } => PlatformFault::TooOften,
            ApiError::Platform { code: 40013, .. } => PlatformFault::AppidWrong,
            ApiError::Platform { code: 40125, .. } => PlatformFault::SecretWrong,
            ApiError::Platform { code: 40001, .. } => PlatformFault::CredentialWrong,
            ApiError::Platform { code: 40226, .. } => PlatformFault::RiskyPerson,
            ApiError::Platform { class: ErrorClass::Retry, code, .. } => PlatformFault::Busy(*code),
            ApiError::Platform { code, .. } => PlatformFault::Other(*code),
            ApiError::Store(_) => {
                tracing::error!(%error, "the database cannot be reached");
                return Self::Unavailable;
            }
            ApiError::Timeout
            | ApiError::Unreachable
            | ApiError::Transport
            | ApiError::Status(_)
            | ApiError::Malformed => PlatformFault::Unreachable,
        };
        match fault {
            PlatformFault::CodeInvalid
            | PlatformFault::CodeUsed
            | PlatformFault::TooOften
            | PlatformFault::RiskyPerson => tracing::debug!(%error, "the platform refused a user"),
            _ => tracing::warn!(%error, "a call to the platform failed"),
        }
        Self::Platform(fault)
    }
}

#[cfg(test)]
mod tests;
