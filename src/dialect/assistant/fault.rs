//! Why a client of this dialect got which code. Its clients look at `code`: only what they could not send, or are not, has an HTTP
//! status of its own.

use super::wire;
use crate::{
    core::{CoreError, Flaw, Problem, reply::refusal},
    http::api::{Dialect, Failed, Unreadable},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Dialect B.
#[derive(Debug)]
pub struct Assistant;

/// The codes of this dialect.
pub const OK: i64 = 200;
pub const DATA: i64 = 1;
pub const UNKNOWN: i64 = 0;
pub const NOT_FOLLOWING: i64 = -1;
pub const TAKEN: i64 = -2;
pub const WRONG_CREDENTIALS: i64 = -3;
pub const PARAMETER: i64 = -4;
pub const NOT_YOURS: i64 = -5;

impl Dialect for Assistant {
    const NAME: &'static str = "assistant";
    const HAS_COOKIES: bool = true;

    type Verdict = (StatusCode, i64);

    fn of_core(error: &CoreError) -> (StatusCode, i64) {
        match error {
            CoreError::Invalid(flaws) => (StatusCode::OK, of_flaws(flaws)),
            CoreError::WrongCode | CoreError::SessionOver => (StatusCode::OK, NOT_FOLLOWING),
            CoreError::AlreadyRegistered | CoreError::AlreadyBound => (StatusCode::OK, TAKEN),
            CoreError::WrongCredentials | CoreError::Disabled => (StatusCode::OK, WRONG_CREDENTIALS),
            CoreError::NotFound | CoreError::Forbidden => (StatusCode::OK, NOT_YOURS),
            CoreError::NotSignedIn | CoreError::BadToken(_) => (StatusCode::UNAUTHORIZED, UNKNOWN),
            CoreError::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, UNKNOWN),
            CoreError::Conflict
            | CoreError::LastAdmin
            | CoreError::KeyReused
            | CoreError::OutOfCredits
            | CoreError::OverQuota
            | CoreError::NotConfigured(_)
            | CoreError::Platform(_)
            | CoreError::Collided
            | CoreError::Busy
            | CoreError::Unavailable
            | CoreError::Fault(_) => (StatusCode::OK, UNKNOWN),
        }
    }

    fn of_request(what: &Unreadable) -> (StatusCode, i64) {
        match what {
            Unreadable::NotJson
            | Unreadable::Missing { .. }
            | Unreadable::IllTyped { .. }
            | Unreadable::ContentType => (StatusCode::OK, PARAMETER),
            Unreadable::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, PARAMETER),
            Unreadable::Foreign => (StatusCode::FORBIDDEN, UNKNOWN),
            Unreadable::NoSuchCall => (StatusCode::NOT_FOUND, UNKNOWN),
            Unreadable::Method => (StatusCode::METHOD_NOT_ALLOWED, UNKNOWN),
            Unreadable::TimedOut | Unreadable::Broke => (StatusCode::OK, UNKNOWN),
        }
    }

    fn say((status, code): (StatusCode, i64), words: String) -> Response {
        wire::answer(status, code, &words)
    }
}

/// Everything that a call of this dialect may fail with.
#[derive(Debug)]
pub enum Fault {
    /// What all dialects share.
    Common(Failed<Assistant>),
    /// Keywords that are there already, or twice in one request; with the code that this address has for them.
    Duplicates(i64, Vec<String>),
    /// An older address was asked for somebody else's replies.
    UnknownUser,
    /// An older address was asked for a key that is not there.
    NoSuchKey,
}

impl<T: Into<Failed<Assistant>>> From<T> for Fault {
    fn from(failed: T) -> Self {
        Self::Common(failed.into())
    }
}

impl Fault {
    /// Why rules were not saved; duplicates have this code.
    pub fn of_rules(refused: refusal::Refusal, duplicates: i64) -> Self {
        if let refusal::Refusal::Drafts(faults) = &refused {
            let mut keywords = Vec::new();
            for keyword in faults.iter().flat_map(|fault| &fault.duplicates).map(|duplicate| &duplicate.keyword) {
                if !keywords.contains(keyword) {
                    keywords.push(keyword.clone());
                }
            }
            if !keywords.is_empty() {
                return Self::Duplicates(duplicates, keywords);
            }
        }
        CoreError::from(refused).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let said = |code, message: &str| wire::answer(StatusCode::OK, code, message);
        match self {
            Self::Common(failed) => failed.into_response(),
            Self::Duplicates(code, keywords) => said(code, &format!("重复：{}", keywords.join("、"))),
            Self::UnknownUser => said(NOT_FOLLOWING, "没有这个用户"),
            Self::NoSuchKey => said(TAKEN, "没有这个主键"),
        }
    }
}

fn of_flaws(flaws: &[Flaw]) -> i64 {
    let is = |field: &str, problem: Problem| flaws.iter().any(|flaw| flaw.field == field && flaw.problem == problem);
    if is("username", Problem::Taken) {
        TAKEN
    } else if is("old_password", Problem::Wrong) {
        WRONG_CREDENTIALS
    } else {
        PARAMETER
    }
}
