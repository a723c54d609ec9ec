//! What the OpenAPI document says about failures is what the program answers: the words of every example, and every status.

use crate::rig::{Caller, Database, Engine, World};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use weida::{
    core::{CoreError, PlatformFault},
    dialect::{
        assistant::Assistant, cloud_hosting::CloudHosting, follow::Follow, mini_program::MiniProgram, openapi,
        qr_login::QrLogin,
    },
    http::api::{Dialect, Refusal},
    text::Lang,
};

/// An answer on a tape.
struct Recorded {
    method: String,
    path: String,
    status: String,
    body: Value,
}

fn recorded() -> Vec<Recorded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tape");
    let mut found = Vec::new();
    for tape in fs::read_dir(folder).unwrap() {
        for entry in fs::read_to_string(tape.unwrap().path()).unwrap().split("== ").skip(1) {
            let (asked, answered) = entry.split_once("\n--\n").unwrap();
            let (method, address) = asked.lines().nth(1).unwrap().split_once(' ').unwrap();
            let (head, body) = answered.split_once("\n\n").unwrap();
            let path = address.split('?').next().unwrap().trim_end_matches('/');
            found.push(Recorded {
                method: method.to_lowercase(),
                path: if path == "/static/qrimages/x.png" {
                    "/static/qrimages/{pid}.png".to_owned()
                } else {
                    path.to_owned()
                },
                status: head.lines().next().unwrap().to_owned(),
                body: serde_json::from_str(body).unwrap(),
            });
        }
    }
    assert!(found.len() > 250);
    found
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let pointer = value["$ref"].as_str().map(|pointer| pointer.trim_start_matches('#'));
    pointer.map_or(value, |pointer| document.pointer(pointer).expect(pointer))
}

/// Every described answer in JSON, as `(method, path, dialect, status, example)`.
fn examples(document: &Value) -> Vec<(String, String, String, String, Value)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let dialect = call["tags"][0].as_str().unwrap();
            for (status, answer) in call["responses"].as_object().unwrap() {
                let content = &resolved(document, answer)["content"]["application/json"];
                if let Some(example) = content.get("example") {
                    found.push((method.clone(), path.clone(), dialect.to_owned(), status.clone(), example.clone()));
                }
            }
        }
    }
    found
}

/// True for the answer of a call that failed.
fn is_refusal(dialect: &str, status: &str, body: &Value) -> bool {
    let code = body["code"].as_i64();
    match dialect {
        "assistant" => code.is_some_and(|code| code <= 0),
        "cloud_hosting" => code == Some(-1),
        _ => status != "200",
    }
}

type Refuse = fn(&Refusal) -> axum::response::Response;

/// Failures that no tape has, because no request causes them, or only in another configuration: rendered by the dialect itself.
async fn rendered() -> BTreeMap<&'static str, Vec<(String, Value)>> {
    let errors = || {
        [
            CoreError::TooMany(1),
            CoreError::Busy,
            CoreError::Disabled,
            CoreError::Fault(String::new()),
            CoreError::Platform(PlatformFault::Unreachable),
        ]
    };
    let dialects: [(&str, Refuse); 5] = [
        (Follow::NAME, Follow::refuse),
        (Assistant::NAME, Assistant::refuse),
        (MiniProgram::NAME, MiniProgram::refuse),
        (QrLogin::NAME, QrLogin::refuse),
        (CloudHosting::NAME, CloudHosting::refuse),
    ];
    let mut all = BTreeMap::new();
    for (name, refuse) in dialects {
        let mut answers = Vec::new();
        for error in errors() {
            let answer = refuse(&Refusal::Core(error));
            let status = answer.status().as_u16().to_string();
            let bytes = axum::body::to_bytes(answer.into_body(), 10_000).await.unwrap();
            answers.push((status, serde_json::from_slice(&bytes).unwrap()));
        }
        all.insert(name, answers);
    }
    all
}

/// The example of a failure is an answer on a tape: of the same call, or of the same dialect if several calls share the example.
#[tokio::test]
async fn every_example_of_a_failure_is_the_servers_own_answer() {
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let (tapes, rendered, examples) = (recorded(), rendered().await, examples(&document));
    let tag_of = |path: &str| {
        let methods = document["paths"][path].as_object()?;
        methods.values().next()?["tags"][0].as_str()
    };
    let (mut wrong, mut seen) = (BTreeSet::new(), 0);
    for (method, path, dialect, status, example) in &examples {
        if !is_refusal(dialect, status, example) {
            continue;
        }
        seen += 1;
        let is_shared = document["paths"][path][method]["responses"][status].get("$ref").is_some();
        let on_tape = tapes.iter().any(|answer| {
            let is_call = answer.path == *path && answer.method == *method;
            let is_near = is_call || (is_shared && tag_of(&answer.path) == Some(dialect));
            is_near && answer.status == *status && answer.body == *example
        });
        if !on_tape && !rendered[dialect.as_str()].contains(&(status.clone(), example.clone())) {
            wrong.insert(format!("{method} {path} {status}: {example}"));
        }
    }
    assert!(wrong.is_empty() && seen > 150, "{seen} examples: {wrong:#?}");
}

/// Statuses that this test cannot cause, each with the test that does, or the reason.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/api/v1/auth/wechat/verify", "pushes and their signatures: `replay`, `forgery`"),
    ("/api/v1/image/edit 200", "the answer is a picture: `api::follow`"),
    ("/api/v1/image/edit 403", "a level's quota: `api::follow`"),
    ("/api/v1/user/credits 403", "a disabled user named by a gateway: `api::follow`"),
    ("/events", "a stream: `api::qr_login`"),
    ("/finalize_login 403", "a disabled user"),
    ("/static/qrimages/{pid}.png 200", "the answer is a picture: `channel::dialect`"),
];

/// Every described status is answered to some request, and 415 to no other call.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_described_status_occurs() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let tapes = recorded();
    let session = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    let (_, _, user) = world.entered("小微").await;
    let (_, admin) = world.admin("root").await;
    let mut missing = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (name, call) in methods.as_object().unwrap() {
            let method: Method = name.to_uppercase().parse().unwrap();
            let example = &call["requestBody"]["content"]["application/json"]["example"];
            let query = if example.is_null() { "?id=1&key=01&openid=oNobody" } else { "?id=1" };
            let request = |body: &Value| {
                let request = session.world.request(method.clone(), &format!("{}{query}", path.replace("{pid}", "x")));
                if example.is_null() { request } else { request.json(body) }
            };
            let mut strange = example.clone();
            // A user who does not exist, and no consent to delete all users: nothing may be changed by an admin's call.
            for (field, value) in [("openid", "oNobody"), ("confirm", "no")] {
                if strange.get(field).is_some() {
                    strange[field] = json!(value);
                }
            }
            let with_session = |request: RequestBuilder| request.header("cookie", &session.cookie);
            let foreign = |request: RequestBuilder| request.header("sec-fetch-site", "cross-site");
            let junk = |request: RequestBuilder| request.header("content-type", "application/x-rubbish").body("\u{1}");
            let mut seen: BTreeSet<String> = tapes
                .iter()
                .filter(|answer| answer.path == *path && answer.method == *name)
                .map(|answer| answer.status.clone())
                .collect();
            for probe in [
                request(&strange),
                request(&strange).bearer_auth(&user),
                request(&strange).bearer_auth(&admin),
                request(&json!({})).bearer_auth(&admin),
                with_session(request(example)),
                foreign(with_session(request(example))),
                junk(with_session(request(example))).bearer_auth(&user),
            ] {
                seen.insert(probe.send().await.unwrap().status().as_u16().to_string());
            }
            world.app.clock.advance_ms(2_000);
            let described = call["responses"].as_object().unwrap();
            for status in ["401", "403", "404", "415"] {
                let is_elsewhere = ELSEWHERE.iter().any(|(call, _)| format!("{path} {status}").starts_with(call));
                assert!(
                    is_elsewhere || !seen.contains(status) || described.contains_key(status),
                    "{name} {path}: {status} is not described"
                );
            }
            for (status, answer) in described {
                let is_common = answer["$ref"].as_str().is_some_and(|name| name.ends_with(&format!(".{status}")));
                let is_elsewhere = ELSEWHERE.iter().any(|(call, _)| format!("{path} {status}").starts_with(call));
                if !seen.contains(status) && !is_common && !is_elsewhere {
                    missing.push(format!("{name} {path}: {status}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "described, and never answered: {missing:#?}");
}

/// The statuses that all calls of a dialect share occur in it.
#[test]
fn the_shared_statuses_are_those_of_the_dialect() {
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let mut shared: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for name in document["components"]["responses"].as_object().unwrap().keys() {
        let (dialect, status) = name.split_once('.').unwrap();
        if status.parse::<u16>().is_ok() {
            shared.entry(dialect).or_default().insert(status);
        }
    }
    let expected: BTreeMap<&str, BTreeSet<&str>> = [
        ("follow", ["405", "413", "429", "500", "503"].as_slice()),
        ("assistant", &["405", "413", "429"]),
        ("mini_program", &["405", "413", "429", "500"]),
        ("qr_login", &["405", "413", "429", "500"]),
        ("cloud_hosting", &["405", "413", "429"]),
    ]
    .map(|(dialect, statuses)| (dialect, statuses.iter().copied().collect()))
    .into();
    assert_eq!(shared, expected);
}
