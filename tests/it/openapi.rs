//! The OpenAPI document matches the program: every route of every dialect is described, and every described call exists.

use crate::rig::{App, Database, Engine};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::Value;
use std::collections::BTreeSet;
use tower::ServiceExt as _;
use weida::{
    dialect::{self, openapi},
    text::Lang,
};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Every path of the dialects' router, from its `Debug` output, so that none is missed. Without the catch-all routes and without
/// the optional trailing slash. A router cannot say `{pid}.png`, the document can.
fn routed(app: &App) -> BTreeSet<String> {
    let text = format!("{:?}", dialect::routes(&app.state).merge(dialect::pushes()));
    let quoted = text.split('"').skip(1).step_by(2).filter(|found| found.starts_with('/'));
    let nothing =
        ["", "/api/v1", "/api/auth", "/api", "/account", "/database", "/wechat", "/mongodb", "/static/qrimages"];
    quoted
        .filter(|path| !path.contains("{*"))
        .map(|path| path.trim_end_matches('/').replace("{picture}", "{pid}.png"))
        .filter(|path| !nothing.contains(&path.as_str()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_is_described_and_every_described_call_exists() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(routed(&app), paths.keys().cloned().collect());
    for (path, methods) in paths {
        let described: BTreeSet<&str> = methods.as_object().unwrap().keys().map(String::as_str).collect();
        for method in METHODS {
            let request =
                Request::builder().method(method.to_uppercase().as_str()).uri(path).body(Body::empty()).unwrap();
            let answer = app.router().oneshot(request).await.unwrap();
            let is_there = answer.status() != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(is_there, described.contains(method), "{method} {path}: {}", answer.status());
            if is_there {
                continue;
            }
            let allowed = answer.headers()[header::ALLOW].to_str().unwrap().to_lowercase();
            let allowed: BTreeSet<&str> = allowed.split(',').map(str::trim).filter(|m| *m != "head").collect();
            assert_eq!(allowed, described, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_is_served_in_the_callers_language() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let get = async |query: &str, accept: &str| -> Value {
        let url = app.url(&format!("/api/openapi.json{query}"));
        let answer = crate::rig::http().get(url).header("accept-language", accept).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        answer.json().await.unwrap()
    };
    let server = app.ctx.settings.public_url.as_str().trim_end_matches('/').to_owned();
    assert_eq!(get("", "fr").await, openapi::document(Lang::Zh, &server));
    assert_eq!(get("", "en-GB").await, openapi::document(Lang::En, &server));
    assert_eq!(get("?lang=zh", "en").await, openapi::document(Lang::Zh, &server));
}
