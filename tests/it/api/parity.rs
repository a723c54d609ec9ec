//! The same refusal in every dialect: its own envelope, the same words, and never anything internal.

use axum::response::Response;
use reqwest::header;
use serde_json::Value;
use weida::{
    core::{CoreError, Flaw, PlatformFault, Problem, token::TokenFault},
    dialect::{
        assistant::Assistant, cloud_hosting::CloudHosting, follow::Follow, mini_program::MiniProgram, qr_login::QrLogin,
    },
    http::api::{Dialect, Refusal, Unreadable, words},
};

/// Every refusal of the domain. The match below has no `_`: a new one must come into the list.
fn every_core() -> Vec<CoreError> {
    let all = vec![
        CoreError::Invalid(vec![Flaw { field: "amount", problem: Problem::Malformed }]),
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
        Unreadable::NotJson,
        Unreadable::Missing { field: field() },
        Unreadable::IllTyped { field: field() },
        Unreadable::ContentType,
        Unreadable::TooLarge(65_536),
        Unreadable::Foreign,
        Unreadable::NoSuchCall,
        Unreadable::Method,
        Unreadable::TimedOut,
        Unreadable::Broke,
    ];
    every_core().into_iter().map(Refusal::Core).chain(requests.into_iter().map(Refusal::Request)).collect()
}

/// How a dialect says it: where the words are, and which statuses it has.
struct Accent {
    name: &'static str,
    refuse: fn(&Refusal) -> Response,
    words: &'static str,
    statuses: &'static [u16],
    /// Holds for every refusal of this dialect.
    holds: fn(u16, &Value) -> bool,
}

const ACCENTS: [Accent; 5] = [
    Accent {
        name: Follow::NAME,
        refuse: Follow::refuse,
        words: "detail",
        statuses: &[400, 401, 402, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503],
        holds: |_, body| body.as_object().unwrap().len() == 1,
    },
    Accent {
        name: Assistant::NAME,
        refuse: Assistant::refuse,
        words: "message",
        statuses: &[200, 401, 403, 404, 405, 413, 429],
        holds: |_, body| (-5..=0).contains(&body["code"].as_i64().unwrap()) && body.as_object().unwrap().len() == 2,
    },
    Accent {
        name: MiniProgram::NAME,
        refuse: MiniProgram::refuse,
        words: "msg",
        statuses: &[400, 401, 404, 405, 413, 429, 500],
        holds: |status, body| body["code"] == status && body["data"].is_null() && body.as_object().unwrap().len() == 3,
    },
    Accent {
        name: QrLogin::NAME,
        refuse: QrLogin::refuse,
        words: "error",
        statuses: &[400, 401, 403, 404, 405, 413, 429, 500],
        holds: |_, body| body["success"] == false && body.as_object().unwrap().len() == 2,
    },
    Accent {
        name: CloudHosting::NAME,
        refuse: CloudHosting::refuse,
        words: "errorMsg",
        statuses: &[200, 400, 404, 405, 413, 429],
        holds: |_, body| body["code"] == -1 && body.as_object().unwrap().len() == 2,
    },
];

#[tokio::test]
async fn every_refusal_has_each_dialects_envelope_and_the_same_words() {
    for accent in &ACCENTS {
        for refusal in every() {
            let answer = (accent.refuse)(&refusal);
            let (status, case) = (answer.status().as_u16(), format!("{}: {refusal:?}", accent.name));
            assert!(accent.statuses.contains(&status), "{case}: {status}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json", "{case}");
            let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            let body: Value = serde_json::from_slice(&bytes).unwrap();
            assert!((accent.holds)(status, &body), "{case}: {body}");
            assert_eq!(body[accent.words], words::told(&refusal), "{case}");
            assert!(!body.to_string().contains("SELECT"), "{case}");
            // What a limit refuses is 429 in every tongue, and what is too large 413.
            assert_eq!(status == 429, matches!(refusal, Refusal::Core(CoreError::TooMany(_))), "{case}");
            assert_eq!(status == 413, matches!(refusal, Refusal::Request(Unreadable::TooLarge(_))), "{case}");
        }
    }
}
