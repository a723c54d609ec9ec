//! Tapes: recorded requests and answers, compared with the checked-in files.
//!
//! A value that differs between runs has a name in the tape (`<token>`). `WEIDA_TEST_TAPE=record` writes the tapes again; their
//! changes need a review like any other.

use super::App;
use reqwest::{RequestBuilder, header};
use serde_json::Value;
use std::{fmt::Write as _, path::PathBuf};

/// The headers that are recorded.
const SHOWN: [&str; 3] = ["content-type", "allow", "retry-after"];
/// Of longer bodies only the length is recorded.
const BODY_MAX: usize = 600;

/// One tape during a test.
pub struct Tape {
    name: String,
    text: String,
    names: Vec<(String, String)>,
    base: String,
}

impl Tape {
    pub fn of(app: &App, name: &str) -> Self {
        Self { name: name.to_owned(), text: String::new(), names: Vec::new(), base: app.url("") }
    }

    /// Replaces this value by this name in the tape.
    pub fn name(&mut self, value: impl Into<String>, name: &str) {
        self.names.push((value.into(), format!("<{name}>")));
        // Longer values first, because one value may be part of another.
        self.names.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    /// Sends a request and records the answer only, for a request that is too long or differs between runs.
    pub async fn answer(&mut self, title: &str, request: RequestBuilder) -> (u16, Value) {
        let request = request.build().unwrap();
        let asked = format!("{} {}\n", request.method(), request.url().as_str().replacen(&self.base, "", 1));
        self.take(title, asked, request).await
    }

    /// Sends a request and records both sides. Every answer must be JSON with rate-limit headers.
    pub async fn ask(&mut self, title: &str, request: RequestBuilder) -> (u16, Value) {
        let request = request.build().unwrap();
        let mut asked = format!("{} {}\n", request.method(), request.url().as_str().replacen(&self.base, "", 1));
        for name in ["authorization", "content-type", "x-wx-source", "x-wx-appid", "x-wx-openid", "x-wx-unionid"] {
            if let Some(value) = request.headers().get(name) {
                writeln!(asked, "{name}: {}", String::from_utf8_lossy(value.as_bytes())).unwrap();
            }
        }
        if let Some(body) = request.body().and_then(|body| body.as_bytes()) {
            match body.len() {
                0..=BODY_MAX => writeln!(asked, "\n{}", String::from_utf8_lossy(body)).unwrap(),
                long => writeln!(asked, "\n({long} bytes)").unwrap(),
            }
        }
        self.take(title, asked, request).await
    }

    async fn take(&mut self, title: &str, asked: String, request: reqwest::Request) -> (u16, Value) {
        let answer = super::http().execute(request).await.unwrap();
        let status = answer.status().as_u16();
        let mut answered = format!("{status}\n");
        for name in SHOWN {
            if let Some(value) = answer.headers().get(name) {
                writeln!(answered, "{name}: {}", value.to_str().unwrap()).unwrap();
            }
        }
        for name in ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] {
            assert!(answer.headers().contains_key(name), "{title}: no {name}");
        }
        let kind = answer.headers().get(header::CONTENT_TYPE).map_or("", |v| v.to_str().unwrap()).to_owned();
        assert!(kind.starts_with("application/json"), "{title}: {status} {kind}");
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        writeln!(answered, "\n{}", serde_json::to_string_pretty(&body).unwrap()).unwrap();
        writeln!(self.text, "== {title}\n{asked}--\n{answered}").unwrap();
        (status, body)
    }

    /// Compares the tape with the checked-in file.
    pub fn end(self) {
        let mut text = self.text;
        for (value, name) in &self.names {
            text = text.replace(value, name);
        }
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/tape/{}.tape", self.name));
        if std::env::var("WEIDA_TEST_TAPE").is_ok_and(|word| word == "record") {
            std::fs::write(&path, &text).unwrap();
            return;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        let part = |text: &str, title: &str| {
            text.split("== ").find(|part| part.lines().next() == Some(title)).map(str::to_owned)
        };
        for recorded in text.split("== ").skip(1) {
            let title = recorded.lines().next().unwrap();
            assert_eq!(Some(recorded.to_owned()), part(&expected, title), "{} — {title}", self.name);
        }
        assert_eq!(text, expected, "{}: the same answers, in another order or number", self.name);
    }
}
