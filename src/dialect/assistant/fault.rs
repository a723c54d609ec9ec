//! Maps failures to the codes of this dialect. Its clients check `code`; only a few failures have an HTTP status of their own
//! ([`STATUSES`]).

use super::{
    code::{NOT_FOLLOWING, NOT_YOURS, PARAMETER, TAKEN, UNKNOWN, WRONG_CREDENTIALS, word},
    wire,
};
use crate::{
    core::{CoreError, FieldError, Problem, rule::rejection},
    http::api::{ApiFailure, Dialect, RequestError},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Every HTTP status of this dialect.
pub const STATUSES: [StatusCode; 7] = [
    StatusCode::OK,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::TOO_MANY_REQUESTS,
];

/// Dialect B.
#[derive(Debug)]
pub struct Assistant;

impl Dialect for Assistant {
    const NAME: &'static str = "assistant";
    const HAS_COOKIES: bool = true;
    const TAKES_FORMS: bool = true;

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

    fn of_request(what: &RequestError) -> (StatusCode, i64) {
        match what {
            RequestError::NotJson | RequestError::Missing { .. } | RequestError::IllTyped { .. } => {
                (StatusCode::OK, PARAMETER)
            }
            RequestError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, PARAMETER),
            RequestError::Foreign => (StatusCode::FORBIDDEN, UNKNOWN),
            RequestError::NoSuchCall => (StatusCode::NOT_FOUND, UNKNOWN),
            RequestError::Method => (StatusCode::METHOD_NOT_ALLOWED, UNKNOWN),
            RequestError::TimedOut | RequestError::Broke => (StatusCode::OK, UNKNOWN),
        }
    }

    fn render((status, code): (StatusCode, i64), text: String) -> Response {
        wire::refused(status, code, word(code), &text)
    }
}

/// Every failure of a call of this dialect.
#[derive(Debug)]
pub enum Fault {
    /// The failures that all dialects share.
    Common(ApiFailure<Assistant>),
    /// Keywords that exist already, or occur twice in one request.
    Duplicates(Vec<String>),
}

impl<T: Into<ApiFailure<Assistant>>> From<T> for Fault {
    fn from(failed: T) -> Self {
        Self::Common(failed.into())
    }
}

impl Fault {
    /// Why rules were not saved.
    pub fn of_rules(refused: rejection::RuleRejection) -> Self {
        if let rejection::RuleRejection::Drafts(faults) = &refused {
            let mut keywords = Vec::new();
            for keyword in faults.iter().flat_map(|fault| &fault.duplicates).map(|duplicate| &duplicate.keyword) {
                if !keywords.contains(keyword) {
                    keywords.push(keyword.clone());
                }
            }
            if !keywords.is_empty() {
                return Self::Duplicates(keywords);
            }
        }
        match CoreError::from(refused) {
            // A pair has no field names: the document calls its sides so.
            CoreError::Invalid(mut flaws) => {
                for flaw in &mut flaws {
                    flaw.field = if flaw.field == "text" { "回复内容" } else { "收到内容" };
                }
                CoreError::Invalid(flaws).into()
            }
            error => error.into(),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Common(failed) => failed.into_response(),
            Self::Duplicates(keywords) => {
                wire::refused(StatusCode::OK, PARAMETER, word(PARAMETER), &repeated(&keywords))
            }
        }
    }
}

/// Names the keywords that exist already.
pub fn repeated(keywords: &[String]) -> String {
    format!("重复：{}", keywords.join("、"))
}

fn of_flaws(flaws: &[FieldError]) -> i64 {
    let is = |field: &str, problem: Problem| flaws.iter().any(|flaw| flaw.field == field && flaw.problem == problem);
    if is("username", Problem::Taken) {
        TAKEN
    } else if is("old_password", Problem::Wrong) {
        WRONG_CREDENTIALS
    } else {
        PARAMETER
    }
}
