//! The same refusal in every dialect: the dialect's envelope, the same text, and no internal detail.

use axum::response::Response;
use reqwest::header;
use serde_json::Value;
use weida::{
    core::{CoreError, FieldError, PlatformFault, Problem, TokenFault},
    dialect::{
        assistant::Assistant, cloud_hosting::CloudHosting, follow::Follow, mini_program::MiniProgram, qr_login::QrLogin,
    },
    http::api::{Dialect, Refusal, RequestError, error_text},
};

/// Every error of the core. The match below has no `_`, so a new error must be added to the list.
fn every_core() -> Vec<CoreError> {
    let all = vec![
        CoreError::Invalid(vec![FieldError { field: "amount", problem: Problem::Malformed }]),
        CoreError::WrongCredentials,
        CoreError::WrongCode,
        CoreError::SessionOver,
        CoreError::AlreadyRegistered,
        CoreError::AlreadyBound,
        CoreError::Disabled,
        CoreError::NotSignedIn,
        CoreError::BadToken(TokenFault::Expired),
        CoreError::Forbidden,
        CoreError::LastAdmin,
        CoreError::KeyReused,
        CoreError::OutOfCredits,
        CoreError::OverQuota,
        CoreError::NotConfigured("mini-program"),
        CoreError::Platform(PlatformFault::CodeInvalid),
        CoreError::NotFound,
        CoreError::Conflict,
        CoreError::TooMany(7),
        CoreError::Collided,
        CoreError::Busy,
        CoreError::Unavailable,
        CoreError::Fault("SELECT secret FROM facts".to_owned()),
    ];
    let mut numbers: Vec<usize> = all.iter().map(number).collect();
    numbers.dedup();
    assert_eq!(numbers, (0..all.len()).collect::<Vec<_>>());
    all
}

fn number(error: &CoreError) -> usize {
    match error {
        CoreError::Invalid(_) => 0,
        CoreError::WrongCredentials => 1,
        CoreError::WrongCode => 2,
        CoreError::SessionOver => 3,
        CoreError::AlreadyRegistered => 4,
        CoreError::AlreadyBound => 5,
        CoreError::Disabled => 6,
        CoreError::NotSignedIn => 7,
        CoreError::BadToken(_) => 8,
        CoreError::Forbidden => 9,
        CoreError::LastAdmin => 10,
        CoreError::KeyReused => 11,
        CoreError::OutOfCredits => 12,
        CoreError::OverQuota => 13,
        CoreError::NotConfigured(_) => 14,
        CoreError::Platform(_) => 15,
        CoreError::NotFound => 16,
        CoreError::Conflict => 17,
        CoreError::TooMany(_) => 18,
        CoreError::Collided => 19,
        CoreError::Busy => 20,
        CoreError::Unavailable => 21,
        CoreError::Fault(_) => 22,
    }
}

fn every() -> Vec<Refusal> {
    let field = || "amount".to_owned();
    let requests = [
        RequestError::NotJson,
        RequestError::Missing { field: field() },
        RequestError::IllTyped { field: field() },
        RequestError::TooLarge(65_536),
        RequestError::Foreign,
        RequestError::NoSuchCall,
        RequestError::Method,
        RequestError::TimedOut,
        RequestError::Broke,
    ];
    every_core().into_iter().map(Refusal::Core).chain(requests.into_iter().map(Refusal::Request)).collect()
}

/// A dialect's envelope: the field with the text, and the possible statuses.
struct Envelope {
    name: &'static str,
    refuse: fn(&Refusal) -> Response,
    text_field: &'static str,
    statuses: &'static [u16],
    /// Holds for every refusal of this dialect.
    holds: fn(u16, &Value) -> bool,
}

/// The word of dialect B for each code of a refusal, as in its original document.
fn word(code: i64) -> &'static str {
    match code {
        0 => "unknow error",
        -1 => "用户未关注公众号",
        -2 => "用户名被使用",
        -3 => "invalid login",
        -4 => "参数错误",
        -5 => "用户不匹配",
        other => panic!("{other} is no code of a refusal"),
    }
}

const ENVELOPES: [Envelope; 5] = [
    Envelope {
        name: Follow::NAME,
        refuse: Follow::refuse,
        text_field: "detail",
        statuses: &[400, 401, 402, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503],
        holds: |_, body| body.as_object().unwrap().len() == 1,
    },
    Envelope {
        name: Assistant::NAME,
        refuse: Assistant::refuse,
        text_field: "detail",
        statuses: &[200, 401, 403, 404, 405, 413, 429],
        holds: |_, body| {
            body["message"] == word(body["code"].as_i64().unwrap()) && body.as_object().unwrap().len() == 3
        },
    },
    Envelope {
        name: MiniProgram::NAME,
        refuse: MiniProgram::refuse,
        text_field: "msg",
        statuses: &[400, 401, 404, 405, 413, 429, 500],
        holds: |status, body| body["code"] == status && body["data"].is_null() && body.as_object().unwrap().len() == 3,
    },
    Envelope {
        name: QrLogin::NAME,
        refuse: QrLogin::refuse,
        text_field: "error",
        statuses: &[400, 401, 403, 404, 405, 413, 429, 500],
        holds: |_, body| body["success"] == false && body.as_object().unwrap().len() == 2,
    },
    Envelope {
        name: CloudHosting::NAME,
        refuse: CloudHosting::refuse,
        text_field: "errorMsg",
        statuses: &[200, 400, 404, 405, 413, 429],
        holds: |_, body| body["code"] == -1 && body.as_object().unwrap().len() == 2,
    },
];

#[tokio::test]
async fn every_refusal_has_each_dialects_envelope_and_the_same_text() {
    for envelope in &ENVELOPES {
        for refusal in every() {
            let answer = (envelope.refuse)(&refusal);
            let (status, case) = (answer.status().as_u16(), format!("{}: {refusal:?}", envelope.name));
            assert!(envelope.statuses.contains(&status), "{case}: {status}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json", "{case}");
            let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            assert!((envelope.holds)(status, &body), "{case}: {body}");
            assert_eq!(body[envelope.text_field], error_text::describe(&refusal), "{case}");
            assert!(!body.to_string().contains("SELECT"), "{case}");
            // In every dialect a rate limit is 429 and a too large body is 413.
            assert_eq!(status == 429, matches!(refusal, Refusal::Core(CoreError::TooMany(_))), "{case}");
            assert_eq!(status == 413, matches!(refusal, Refusal::Request(RequestError::TooLarge(_))), "{case}");
        }
    }
}
