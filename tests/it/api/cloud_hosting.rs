//! Dialect E, as documented.

use crate::rig::{Database, Engine, Tape, World, too_large};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use weida::{core::token, sandbox::platform::Injection};

const VECTORS: &str = include_str!("../../vectors/cloudrun.json");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_and_every_refusal_matches_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "cloud_hosting");
    let change = |body: Value| world.post("/api/count", &body);
    tape.ask("count: at first", world.get("/api/count")).await;
    tape.ask("count: one more", change(json!({ "action": "inc" }))).await;
    tape.ask("count: one more; unknown fields", change(json!({ "action": "inc", "by": 5 }))).await;
    tape.ask("count: look", world.get("/api/count")).await;
    tape.ask("count: clear", change(json!({ "action": "clear" }))).await;
    tape.ask("count: no action", change(json!({}))).await;
    tape.ask("count: another action", change(json!({ "action": "double" }))).await;
    tape.ask("count: an action that is a number", change(json!({ "action": 1 }))).await;
    let sent =
        |kind: &str, body: String| world.request(Method::POST, "/api/count").header("content-type", kind).body(body);
    tape.ask("count: not JSON", sent("application/json", "{".to_owned())).await;
    tape.ask("count: plain text", sent("text/plain", r#"{"action":"inc"}"#.to_owned())).await;
    tape.ask("count: too large by one byte", sent("application/json", too_large())).await;
    tape.ask("count: DELETE", world.request(Method::DELETE, "/api/count")).await;
    tape.ask("no such call", world.get("/api/nothing")).await;

    let wei = world.person("小微").await;
    let code = world.mini_code(&wei).await;
    tape.name(&code, "code");
    let (_, done) = tape.ask("login", world.get(&format!("/api/login?code={code}"))).await;
    let token = done["data"]["token"].as_str().unwrap().to_owned();
    tape.name(&token, "token");
    let bearer = token::verify(&world.app.ctx, &token).await.unwrap();
    assert_eq!(bearer.openid, Some(world.mini_openid(&wei)));
    assert_eq!(bearer.expires_at_secs - world.app.clock_secs(), 7 * 24 * 3600);
    tape.ask("login: a code that was used", world.get(&format!("/api/login?code={code}"))).await;
    tape.ask("login: no code", world.get("/api/login")).await;
    tape.ask("login: an empty code", world.get("/api/login?code=")).await;
    tape.ask("login: POST", world.post("/api/login", &json!({ "code": "x" }))).await;
    for errcode in [40029, 40163, 45011, 40013, 40125, 40226] {
        world.platform.inject("/sns/jscode2session", Injection::Errcode(errcode), 1);
        tape.ask(&format!("login: the platform says {errcode}"), world.get("/api/login?code=x")).await;
    }
    tape.ask(
        "login: a browser that says it is the gateway",
        world
            .get("/api/login")
            .header("x-wx-source", "wx_client")
            .header("x-wx-appid", "wxmini0123456789")
            .header("x-wx-openid", "oVICTIM"),
    )
    .await;
    tape.end();
}

/// Every vector: requests through the gateway, and imitations.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_is_trusted_only_if_so_configured() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let trusting = World::with(&database, &[("WEIDA_TRUST_WX_HEADERS", "true")]).await;
    let mut tape = Tape::of(&trusting.app, "cloud_hosting_behind_the_gateway");
    let asked = |pairs: &[(&'static str, &'static str)]| {
        pairs.iter().fold(trusting.get("/api/login"), |request, (name, value)| request.header(*name, *value))
    };
    let (source, app) = (("x-wx-source", "wx_client"), ("x-wx-appid", "wxmini0123456789"));
    let (_, done) = tape.ask("login: named by the gateway", asked(&[source, app, ("x-wx-openid", "oABC")])).await;
    let text = done["data"]["token"].as_str().unwrap().to_owned();
    tape.name(&text, "token 1");
    let first = token::verify(&trusting.app.ctx, &text).await.unwrap();
    assert_eq!(first.openid.as_deref(), Some("oABC"));
    let pairs = [source, app, ("x-wx-openid", "oABC"), ("x-wx-unionid", "uABC")];
    let (_, done) = tape.ask("login: with a unionid", asked(&pairs)).await;
    tape.name(done["data"]["token"].as_str().unwrap(), "token 2");
    tape.ask("login: another owner's app", asked(&[source, ("x-wx-appid", "wxother"), ("x-wx-openid", "oABC")])).await;
    tape.ask("login: no person", asked(&[source, app])).await;
    tape.end();

    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let samples = vectors["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 4);
    for sample in samples {
        let headers = sample["headers"].as_object().unwrap();
        let with = |request| {
            headers.iter().fold(request, |request: reqwest::RequestBuilder, (name, value)| {
                request.header(name.as_str(), value.as_str().unwrap())
            })
        };
        if headers.contains_key("x-wx-openid") {
            // Only a request with the gateway's mark identifies a user.
            let is_marked = headers.contains_key("x-wx-source");
            let users = trusting.app.count("SELECT COUNT(*) FROM users").await;
            let answer = with(trusting.get("/api/login")).send().await.unwrap();
            assert_eq!(
                answer.json::<Value>().await.unwrap()["code"],
                if is_marked { 0 } else { -1 },
                "{}",
                sample["id"]
            );
            let made = trusting.app.count("SELECT COUNT(*) FROM users").await - users;
            assert_eq!(made, i64::from(is_marked), "{}", sample["id"]);
        }
        // Pushes without a signature are refused: the account's pushes are signed.
        let body = sample["body"].as_str().unwrap().to_owned();
        let push = with(trusting.request(Method::POST, "/api/v1/auth/wechat/verify")).body(body);
        assert_eq!(push.send().await.unwrap().status(), 403, "{}", sample["id"]);
    }
    assert_eq!(trusting.app.count("SELECT COUNT(*) FROM messages").await, 0);
}

crate::every_engine!(two_hundred_callers_count_to_two_hundred);

async fn two_hundred_callers_count_to_two_hundred(database: &Database) {
    let world = World::open(database).await;
    let calls = (0..200).map(|_| async {
        let answer = world.post("/api/count", &json!({ "action": "inc" })).send().await.unwrap();
        let body = answer.json::<Value>().await.unwrap();
        body["data"].as_i64().unwrap_or_else(|| panic!("{body}"))
    });
    let mut seen = join_all(calls).await;
    seen.sort_unstable();
    assert_eq!(seen, (1..=200).collect::<Vec<i64>>());
}
