//! Why the domain refuses. Dialects and pages translate these; none carries a text for people.

use super::token::TokenFault;
use crate::{
    store::StoreError,
    wechat::api::{ApiError, ErrorClass},
};

/// What is wrong with one field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Empty,
    /// Fewer than this many characters.
    TooShort(usize),
    /// More than this many characters.
    TooLong(usize),
    /// More than this many bytes of UTF-8.
    TooManyBytes(usize),
    /// More than this many of them.
    TooMany(usize),
    /// A number that is not from the first to the second.
    OutOfRange(i64, i64),
    /// Characters that the field does not take, or the wrong form.
    Malformed,
    /// A regular expression that cannot be read, or is too big.
    BadPattern,
    /// A password that everybody tries first.
    TooCommon,
    /// Somebody has it already.
    Taken,
    /// Not what was set.
    Wrong,
}

/// A field and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flaw {
    /// The field's name in forms and wire formats.
    pub field: &'static str,
    pub problem: Problem,
}

/// Why the platform did not let somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformFault {
    /// 40029: the code is wrong or has expired.
    CodeInvalid,
    /// 40163: the code was used before.
    CodeUsed,
    /// 45011: this person asks too often.
    TooOften,
    /// 40013: the operator's appid is wrong.
    AppidWrong,
    /// 40125: the operator's secret is wrong.
    SecretWrong,
    /// 40226: the platform takes this person for a risk.
    RiskyPerson,
    /// -1, also after several tries.
    Busy,
    /// No answer in time, or none that makes sense.
    Unreachable,
    /// Any other `errcode`.
    Other(i64),
}

/// Why something was not done. Nothing of it was done then.
#[derive(Debug)]
pub enum CoreError {
    /// Fields that cannot be taken as they are.
    Invalid(Vec<Flaw>),
    /// Unknown name or wrong password; which of them is not told.
    WrongCredentials,
    /// A code that is wrong, expired or used; which of them is not told.
    WrongCode,
    /// The sign-in session is over: expired, refused, collected, or out of guesses. Or it never was.
    SessionOver,
    /// This WeChat identity has an account already.
    AlreadyRegistered,
    /// The identity belongs to another user, or the user has another identity.
    AlreadyBound,
    /// The user may not sign in.
    Disabled,
    /// Nobody is signed in.
    NotSignedIn,
    /// A token that proves nothing, and why.
    BadToken(TokenFault),
    /// Somebody is signed in who may not do this.
    Forbidden,
    NotFound,
    /// Somebody else saved in between.
    Conflict,
    /// It would leave nobody to administer the installation.
    LastAdmin,
    /// The same idempotency key came with another request before.
    KeyReused,
    /// More credits than there are.
    OutOfCredits,
    /// More of a feature than the level has, in one of its windows.
    OverQuota,
    /// The operator has not set this up: its name in the settings.
    NotConfigured(&'static str),
    /// The platform refused, or did not answer.
    Platform(PlatformFault),
    /// A limit was reached; seconds until another try makes sense.
    TooMany(i64),
    /// Somebody did the same at the same moment; the same call again may succeed.
    Collided,
    /// Too much is being worked on; another try in a moment makes sense.
    Busy,
    /// The database cannot be reached.
    Unavailable,
    /// A fault of this program; the text is for the log only.
    Fault(String),
}

impl CoreError {
    /// One field, one problem.
    #[must_use]
    pub fn flaw(field: &'static str, problem: Problem) -> Self {
        Self::Invalid(vec![Flaw { field, problem }])
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
            StoreError::Broken(e) => Self::Fault(e.to_string()),
        }
    }
}

/// Why the platform did not do what was asked. What the operator must mend is for the log.
impl From<ApiError> for CoreError {
    fn from(error: ApiError) -> Self {
        let fault = match &error {
            ApiError::Platform { code: 40029 | 42003, .. } => PlatformFault::CodeInvalid,
            ApiError::Platform { code: 40163, .. } => PlatformFault::CodeUsed,
            ApiError::Platform { code: 45011, .. } => PlatformFault::TooOften,
            ApiError::Platform { code: 40013, .. } => PlatformFault::AppidWrong,
            ApiError::Platform { code: 40125 | 40001, .. } => PlatformFault::SecretWrong,
            ApiError::Platform { code: 40226, .. } => PlatformFault::RiskyPerson,
            ApiError::Platform { class: ErrorClass::Retry, .. } => PlatformFault::Busy,
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
            | PlatformFault::RiskyPerson => tracing::debug!(%error, "the platform refused somebody"),
            _ => tracing::warn!(%error, "the platform did not do what was asked"),
        }
        Self::Platform(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_door_hears_the_same_of_the_platform() {
        let of = |code: i64| {
            let error = ApiError::Platform { code, class: ErrorClass::of(code), message: String::new() };
            match CoreError::from(error) {
                CoreError::Platform(fault) => fault,
                other => panic!("{code}: {other}"),
            }
        };
        for (code, fault) in [
            (40029, PlatformFault::CodeInvalid),
            (40163, PlatformFault::CodeUsed),
            (45011, PlatformFault::TooOften),
            (40013, PlatformFault::AppidWrong),
            (40125, PlatformFault::SecretWrong),
            (40001, PlatformFault::SecretWrong),
            (40226, PlatformFault::RiskyPerson),
            (-1, PlatformFault::Busy),
            (268_487_001, PlatformFault::Busy),
            (40164, PlatformFault::Other(40164)),
        ] {
            assert_eq!(of(code), fault, "{code}");
        }
        assert!(matches!(CoreError::from(ApiError::Timeout), CoreError::Platform(PlatformFault::Unreachable)));
    }
}
