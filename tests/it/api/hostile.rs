//! T-25: malformed requests to every documented call. Each is answered in its dialect's envelope, never with a server error.

use crate::rig::{Database, Engine, World, rounds};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;
use weida::{
    base::rng::{Rng as _, SeededRng},
    dialect::openapi,
    text::Lang,
};

/// Texts that are known to cause errors.
const TEXTS: [&str; 18] = [
    "",
    " ",
    "0",
    "-1",
    "9223372036854775808",
    "1e400",
    "null",
    "true",
    "'; DROP TABLE users; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\u{0}",
    "\u{202e}\u{200b}",
    "%00%ff%c0%ae",
    "𝕊𝕞𝕠𝕝 😀 中文",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "a\r\nSet-Cookie: x=1",
];
/// Invalid or unusual JSON bodies.
const BODIES: [&str; 14] = [
    "",
    "{",
    "[]",
    "null",
    "7",
    "\"x\"",
    "{\"a\":1,\"a\":2}",
    "{\"code\":\"\\ud800\"}",
    "{\"code\":1e999}",
    "{\"openid\":{\"$gt\":\"\"}}",
    "--edge\r\n\r\n--edge--",
    "code=x&openid=y",
    "\u{feff}{}",
    "{} {}",
];
const KINDS: [&str; 7] = [
    "application/json",
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "multipart/form-data; boundary=edge",
    "multipart/form-data",
    "application/x-www-form-urlencoded",
];

struct Dice(SeededRng);

impl Dice {
    fn of<'a, T: ?Sized>(&self, list: &[&'a T]) -> &'a T {
        list[usize::try_from(self.0.below(list.len() as u64)).unwrap()]
    }

    fn one_in(&self, n: u64) -> bool {
        self.0.below(n) == 0
    }

    /// A random JSON value.
    fn value(&self) -> Value {
        match self.0.below(9) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(i64::MIN),
            3 => json!(u64::MAX),
            4 => json!(-0.5),
            5 => json!([[["x"]]]),
            6 => json!({ "x": { "y": [] } }),
            7 => json!("长".repeat(5_000)),
            _ => json!(self.of(&TEXTS)),
        }
    }

    /// The call's example with one random change, or another body.
    fn body(&self, example: &Value) -> Vec<u8> {
        if self.one_in(3) {
            return self.of(&BODIES).as_bytes().to_vec();
        }
        let mut body = example.clone();
        if let Some(map) = body.as_object_mut() {
            let keys: Vec<String> = map.keys().cloned().collect();
            if let Some(key) = keys.get(usize::try_from(self.0.below(keys.len().max(1) as u64)).unwrap()) {
                map.insert(key.clone(), self.value());
            }
        }
        let mut bytes = body.to_string().into_bytes();
        match self.0.below(6) {
            0 => bytes.truncate(bytes.len() / 2),
            1 if !bytes.is_empty() => {
                let at = usize::try_from(self.0.below(bytes.len() as u64)).unwrap();
                bytes[at] = 0xff;
            }
            2 => bytes = "[".repeat(30_000).into_bytes(),
            _ => {}
        }
        bytes
    }
}

/// A request to a call with mostly wrong parts.
fn request(dice: &Dice, method: &str, path: &str, call: &Value, token: &str) -> Request<Body> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for parameter in call["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
        if !dice.one_in(4) {
            query.append_pair(parameter["name"].as_str().unwrap(), dice.of(&TEXTS));
        }
    }
    let slash = if dice.one_in(5) { "/" } else { "" };
    let mut request = Request::builder().method(method).uri(format!("{path}{slash}?{}", query.finish()));
    request = request.header("content-type", dice.of(&KINDS));
    if dice.one_in(2) {
        request = request.header("authorization", format!("Bearer {token}"));
    } else if dice.one_in(3) {
        request = request.header("authorization", dice.of(&["Bearer", "Bearer x", "Basic eDp4", "Bearer a.b.c", ""]));
    }
    if dice.one_in(6) {
        request = request.header("idempotency-key", dice.of(&["k", "a b", ""]));
    }
    if dice.one_in(6) {
        request = request.header("openid", dice.of(&["o", "", "oX oY"]));
    }
    let example = call["requestBody"]["content"].as_object().and_then(|kinds| kinds.values().next());
    request.body(Body::from(dice.body(example.map_or(&Value::Null, |content| &content["example"])))).unwrap()
}

/// Returns true if the body has the dialect's envelope.
fn has_envelope(tag: &str, status: StatusCode, body: &Value) -> bool {
    let has = |field: &str| body.get(field).is_some();
    match tag {
        "follow" => status.is_success() || body["detail"].is_string(),
        "assistant" => {
            has("code")
                && body["message"].is_string()
                && (body["code"].as_i64() > Some(0) || body["detail"].is_string())
        }
        "mini_program" => body["code"] == status.as_u16() && body["msg"].is_string(),
        "qr_login" => has("status") || (has("success") && (body["success"] == true || body["error"].is_string())),
        _ => body["code"] == 0 || (body["code"] == -1 && body["errorMsg"].is_string()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_gets_a_server_error_or_another_envelope() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (_, _, token) = world.entered("小敌").await;
    let document = openapi::document(Lang::En, "http://127.0.0.1");
    let calls: Vec<(&str, &str, &Value)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(m, call)| (path.as_str(), m.as_str(), call))
        })
        .collect();
    let (dice, router) = (Dice(SeededRng::new(25)), world.app.router());
    let (all, mut slowest) = (rounds(2_000, 10_000), Duration::ZERO);
    for n in 0..all {
        let (path, method, call) = calls[n % calls.len()];
        let tag = call["tags"][0].as_str().unwrap();
        let asked = request(&dice, &method.to_uppercase(), path, call, &token);
        let is_push = asked.uri().path().trim_end_matches('/') == "/api/v1/auth/wechat/verify";
        let what = format!("{n}: {} {} {:?}", asked.method(), asked.uri(), asked.headers());
        // A second later: this test is not about rate limits.
        world.app.clock.advance_ms(1_000);
        let begun = Instant::now();
        let answer = router.clone().oneshot(asked).await.unwrap();
        let status = answer.status();
        let kind = answer.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
        assert!(status.as_u16() < 500, "{what}: {status}");
        let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
        slowest = slowest.max(begun.elapsed());
        if is_push {
            assert!(status == StatusCode::FORBIDDEN || status == StatusCode::PAYLOAD_TOO_LARGE, "{what}: {status}");
            continue;
        }
        assert_eq!(kind, "application/json", "{what}: {status}");
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        let is_bare = path == "/database/show" && status.is_success();
        assert!(is_bare || has_envelope(tag, status, &body), "{what}: {status} {body}");
    }
    eprintln!("{all} requests, the slowest {slowest:?}");
    assert_eq!(world.app.count("SELECT COUNT(*) FROM users").await, 1, "no user was created or deleted");
}
