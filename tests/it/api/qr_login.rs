//! Dialect D, as documented: a program that waits for a phone, and its calls with the token.

use crate::rig::{Database, Engine, Tape, World, eventually, http, too_large};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use weida::{
    core::{signin::api_session, token},
    sandbox::platform::{AccountKind, Act, Injection},
};

const MINUTE_MS: i64 = 60_000;

/// A sign-in session begun by a program.
struct Session {
    id: String,
    qr_url: String,
    code: String,
}

impl World {
    async fn begin(&self) -> Session {
        let answer = self.request(Method::POST, "/create_qr").send().await.unwrap().json::<Value>().await.unwrap();
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Session { id: text("sessionId"), qr_url: text("qrUrl"), code: text("code") }
    }

    async fn poll(&self, id: &str) -> (u16, Value) {
        let answer = self.get(&format!("/poll?id={id}")).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_step_of_a_session_matches_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "qr_login");
    let wei = world.person("小微").await;
    tape.name(&wei, "openid");
    tape.name(world.platform.mp_base().as_str().trim_end_matches('/'), "mp");
    let (_, begun) = tape.ask("create_qr", world.request(Method::POST, "/create_qr")).await;
    let (id, qr_url) = (begun["sessionId"].as_str().unwrap(), begun["qrUrl"].as_str().unwrap());
    tape.name(id, "session 1");
    tape.name(qr_url.split("ticket=").nth(1).unwrap(), "ticket 1");
    tape.name(begun["code"].as_str().unwrap(), "digits");
    let poll = |id: &str| world.get(&format!("/poll?id={id}"));
    tape.ask("poll: nobody was there", poll(id)).await;
    world.act(&wei, Act::FollowAndScan { code: qr_url.to_owned() }).await;
    tape.ask("poll: scanned; the phone is asked", poll(id)).await;
    world.act(&wei, Act::text("1")).await;
    let (_, done) = tape.ask("poll: the phone agreed", poll(id)).await;
    let token = done["token"].as_str().unwrap().to_owned();
    tape.name(&token, "token 1");
    world.app.clock.advance_ms(MINUTE_MS);
    let (_, again) = tape.ask("poll: a minute later, the same", poll(id)).await;
    assert_eq!(again["token"].as_str(), Some(token.as_str()), "one token, not two");
    world.app.clock.advance_ms(1);
    tape.ask("poll: later than that", poll(id)).await;
    tape.ask("poll: no id", world.get("/poll")).await;
    tape.ask("poll: a wait that says nothing", world.get("/poll?id=0123456789abcdefABCDEF&wait=")).await;
    tape.ask("poll: an unknown id", poll("0123456789abcdefABCDEF")).await;
    tape.ask("poll: a wait that is no number", world.get("/poll?id=x&wait=long")).await;
    tape.ask("poll: POST", world.post("/poll?id=x", &json!({}))).await;

    let refused = world.begin().await;
    tape.name(&refused.id, "session 2");
    world.act(&wei, Act::Scan { code: refused.qr_url.clone() }).await;
    world.act(&wei, Act::text("取消")).await;
    tape.ask("poll: the phone refused", poll(&refused.id)).await;
    let late = world.begin().await;
    tape.name(&late.id, "session 3");
    world.app.clock.advance_ms(10 * MINUTE_MS);
    tape.ask("poll: nobody came in ten minutes", poll(&late.id)).await;

    let web = world.begin().await;
    tape.name(&web.id, "session 4");
    let finalize = |id: &str, code: &str| world.post("/finalize_login", &json!({ "sessionId": id, "code": code }));
    let code = world.platform.new_web_code(&wei).await.unwrap();
    tape.name(&code, "web code 1");
    tape.name(world.mini_openid(&wei).replacen('o', "w", 1), "web openid");
    tape.ask("finalize_login: a wrong code", finalize(&web.id, "wrong")).await;
    tape.ask("poll: it still waits", poll(&web.id)).await;
    let (_, done) = tape.ask("finalize_login", finalize(&web.id, &code)).await;
    tape.name(done["token"].as_str().unwrap(), "token 2");
    tape.ask("finalize_login: it is over", finalize(&web.id, "another")).await;
    tape.ask("finalize_login: an unknown session", finalize("0123456789abcdefABCDEF", "x")).await;
    tape.ask("finalize_login: no code", world.post("/finalize_login", &json!({ "sessionId": "x" }))).await;
    let down = world.begin().await;
    tape.name(&down.id, "session 5");
    for errcode in [40029, 40163, 40013, 40125] {
        world.platform.inject("/sns/oauth2/access_token", Injection::Errcode(errcode), 1);
        tape.ask(&format!("finalize_login: the platform says {errcode}"), finalize(&down.id, "x")).await;
    }
    world.platform.inject("/sns/oauth2/access_token", Injection::Status(502), 3);
    tape.ask("finalize_login: the platform's gateway fails", finalize(&down.id, "x")).await;
    tape.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_with_a_token_matches_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "qr_login_usage");
    let (user, openid, token) = world.entered("小微").await;
    let (_, unrelated, _) = world.entered("别人").await;
    let (_, admin) = world.admin("root").await;
    for (value, name) in [(&openid, "openid"), (&unrelated, "stranger"), (&token, "token"), (&admin, "admin's token")] {
        tape.name(value, name);
    }
    let by = |token: &str, path: &str, body: &Value| world.post(path, body).bearer_auth(token);
    let own = |path: &str, body: Value| by(&token, path, &body);

    tape.ask("validate_token: by the header", world.request(Method::POST, "/validate_token").bearer_auth(&token)).await;
    tape.ask("validate_token: in the body", world.post("/validate_token", &json!({ "token": token }))).await;
    tape.ask("validate_token: not one", world.post("/validate_token", &json!({ "token": "a.b.c" }))).await;
    tape.ask("validate_token: none", world.request(Method::POST, "/validate_token")).await;
    tape.ask(
        "validate_token: a header without a token",
        world.request(Method::POST, "/validate_token").header("authorization", "Bearer"),
    )
    .await;
    tape.ask("validate_token: a number", world.post("/validate_token", &json!({ "token": 7 }))).await;
    tape.ask("validate_token: an empty object, by the header", own("/validate_token", json!({}))).await;
    let another = crate::rig::token(&world.app.ctx, user, None).await.unwrap();
    tape.name(&another, "another token");
    tape.ask(
        "validate_token: the body's is none, the header's is one",
        own("/validate_token", json!({ "token": "x" })),
    )
    .await;
    tape.ask("validate_token: the header's is none", by("a.b.c", "/validate_token", &json!({ "token": another })))
        .await;
    tape.ask("validate_token: the header's is an admin's", by(&admin, "/validate_token", &json!({ "token": another })))
        .await;

    tape.ask("get_user_info: own", own("/get_user_info", json!({ "openid": openid }))).await;
    tape.ask("get_user_info: somebody else's", own("/get_user_info", json!({ "openid": unrelated }))).await;
    tape.ask("get_user_info: nobody's", own("/get_user_info", json!({ "openid": "oNobody" }))).await;
    tape.ask("get_user_info: an admin", by(&admin, "/get_user_info", &json!({ "openid": openid }))).await;
    tape.ask("get_user_info: an admin, nobody's", by(&admin, "/get_user_info", &json!({ "openid": "oNobody" }))).await;
    tape.ask("get_user_info: no token", world.post("/get_user_info", &json!({ "openid": openid }))).await;
    tape.ask("get_user_info: no openid", own("/get_user_info", json!({}))).await;
    tape.ask("get_user_info: an empty openid", own("/get_user_info", json!({ "openid": "" }))).await;

    let feature = |feature: &str, amount: i64| json!({ "openid": openid, "feature": feature, "amount": amount });
    tape.ask("check_permission: yes", own("/check_permission", feature("article", 0))).await;
    tape.ask("update_usage: one, by default", own("/update_usage", json!({ "openid": openid, "feature": "article" })))
        .await;
    tape.ask(
        "update_usage: nine more; unknown fields",
        own("/update_usage", json!({ "openid": openid, "feature": "article", "amount": 9, "why": "x" })),
    )
    .await;
    tape.ask("update_usage: over the limit", own("/update_usage", feature("article", 1))).await;
    tape.ask("check_permission: used up", own("/check_permission", feature("article", 0))).await;
    tape.ask("get_article_usage", world.get(&format!("/get_article_usage?openid={openid}")).bearer_auth(&token)).await;
    tape.ask("get_article_usage: no openid", world.get("/get_article_usage").bearer_auth(&token)).await;
    tape.ask("update_usage: another feature", own("/update_usage", feature("image_edit", 3))).await;
    tape.ask("update_usage: no such feature", own("/update_usage", feature("nothing", 1))).await;
    tape.ask("check_permission: no such feature", own("/check_permission", feature("nothing", 1))).await;
    tape.ask("check_permission: no feature", own("/check_permission", feature("", 1))).await;
    for amount in [json!(0), json!(-1), json!("1"), json!(1.5), json!(10_000_000)] {
        let body = json!({ "openid": openid, "feature": "article", "amount": amount });
        tape.ask(&format!("update_usage: amount {amount}"), own("/update_usage", body)).await;
    }
    world.app.clock.advance_ms(24 * 60 * MINUTE_MS);
    tape.ask(
        "update_article_usage: the next day",
        own("/update_article_usage", json!({ "openid": openid, "amount": 2 })),
    )
    .await;
    tape.ask(
        "update_article_usage: over the limit",
        own("/update_article_usage", json!({ "openid": openid, "amount": 9 })),
    )
    .await;
    tape.ask("update_article_usage: somebody else's", own("/update_article_usage", json!({ "openid": unrelated })))
        .await;
    tape.ask("update_usage: an admin, for somebody", by(&admin, "/update_usage", &feature("article", 1))).await;

    let sent = |kind: &str, body: String| {
        world.request(Method::POST, "/update_usage").bearer_auth(&token).header("content-type", kind).body(body)
    };
    tape.ask("update_usage: not JSON", sent("application/json", "[".to_owned())).await;
    tape.ask("update_usage: plain text", sent("text/plain", "{}".to_owned())).await;
    tape.ask("update_usage: too large by one byte", sent("application/json", too_large())).await;
    tape.ask("update_usage: GET", world.get("/update_usage").bearer_auth(&token)).await;
    token::revoke_all(&world.app.ctx, user).await.unwrap();
    tape.ask("update_usage: a revoked token", own("/update_usage", feature("article", 1))).await;
    tape.ask("validate_token: a revoked one", world.post("/validate_token", &json!({ "token": token }))).await;
    tape.end();
}

/// A long poll is held until the state changes, at most as long as requested.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_waits_answers_when_the_phone_acts() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    world.act(&wei, Act::Follow).await;
    let session = world.begin().await;
    let wait = async |secs: u64| {
        let begun = Instant::now();
        let answer = world.get(&format!("/poll?id={}&wait={secs}", session.id)).send().await.unwrap();
        (begun.elapsed(), answer.json::<Value>().await.unwrap())
    };
    let (took, answer) = wait(1).await;
    assert_eq!(answer["status"], "waiting");
    assert!(took >= Duration::from_millis(900), "{took:?}");
    // The phone acts only while the poll is held.
    let ctx = &world.app.ctx;
    let id = api_session::state(ctx, &session.id).await.unwrap().id;
    let acting = async {
        assert!(eventually(Duration::from_mins(1), async || ctx.status_broadcast.followers(id) == 1).await);
        world.act(&wei, Act::Scan { code: session.qr_url.clone() }).await;
    };
    let ((_, answer), ()) = tokio::join!(wait(25), acting);
    assert_eq!(answer["status"], "scanned");
    let ((_, answer), ()) = tokio::join!(wait(25), world.act(&wei, Act::text("1")));
    assert_eq!(answer["status"], "success");
}

/// Long polls are limited for each session and end when the session expires.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_polls_are_limited_and_end_with_the_session() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let session = world.begin().await;
    let state = api_session::state(&world.app.ctx, &session.id).await.unwrap();
    let url = format!("/poll?id={}&wait=25", session.id);
    let held = || async { world.get(&url).send().await.unwrap() };
    let four = futures::future::join_all((0..4).map(|_| held()));
    let fifth = async {
        let full = async || world.app.ctx.status_broadcast.followers(state.id) == 4;
        assert!(eventually(Duration::from_mins(1), full).await);
        let refused = held().await;
        assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "5"));
        world.app.clock.advance_ms(10 * MINUTE_MS);
        weida::core::cleanup::expire(&world.app.ctx).await.unwrap();
    };
    let (answers, ()) = tokio::join!(four, fifth);
    for answer in answers {
        assert_eq!(answer.json::<Value>().await.unwrap()["status"], "expired");
    }
    // Also without a notification, because the expiry is known.
    let session = world.begin().await;
    world.app.clock.advance_ms(10 * MINUTE_MS - 1);
    let begun = Instant::now();
    world.get(&format!("/poll?id={}&wait=25", session.id)).send().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_sends_every_state_and_ends_with_the_last() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    world.act(&wei, Act::Follow).await;
    let session = world.begin().await;
    let mut stream = world.get(&format!("/events?id={}", session.id)).send().await.unwrap();
    assert!(stream.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let mut received = String::new();
    let mut until = async |state: &str| {
        while !received.contains(&format!(r#""status":"{state}""#)) {
            let chunk = tokio::time::timeout(Duration::from_secs(5), stream.chunk()).await.unwrap().unwrap();
            received.push_str(std::str::from_utf8(&chunk.expect("the stream stays open")).unwrap());
        }
        received.clone()
    };
    until("waiting").await;
    world.act(&wei, Act::Scan { code: session.qr_url.clone() }).await;
    until("scanned").await;
    world.act(&wei, Act::text("1")).await;
    let received = until("success").await;
    let last: Value =
        serde_json::from_str(received.lines().rfind(|l| l.starts_with("data: ")).unwrap().trim_start_matches("data: "))
            .unwrap();
    // A poll within the minute gives the same.
    assert_eq!(last, world.poll(&session.id).await.1);
    assert!(token::verify(&world.app.ctx, last["token"].as_str().unwrap()).await.is_ok());
    let missing = world.get("/events?id=nothing").send().await.unwrap();
    assert_eq!(
        (missing.status().as_u16(), missing.json::<Value>().await.unwrap()["success"].as_bool()),
        (404, Some(false))
    );
}

/// A page's poll secret is not accepted here, a program's session id opens no page, and the QR's scene is accepted nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_polled_by_its_own_id_only() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    world.act(&wei, Act::Follow).await;
    let page = crate::rig::begin_login(&world.app).await;
    world.act(&wei, Act::text(page.code())).await;
    world.act(&wei, Act::text("1")).await;
    assert_eq!(world.poll(page.poll()).await.0, 404, "a page's script must not get a token");
    let session = world.begin().await;
    let scene = world.platform.codes()[0].scene.to_string();
    assert_ne!(scene, session.id);
    for other in [scene.as_str(), session.code.as_str(), session.qr_url.split('=').nth(1).unwrap()] {
        assert_eq!(world.poll(other).await.0, 404);
    }
    let cookie = format!("weida_signin={}.{}.{}", session.id, session.id, session.code);
    let stream = http().get(world.app.url(&format!("/signin/events?poll={}", session.id))).header("cookie", cookie);
    assert_eq!(stream.send().await.unwrap().status(), 404);
    // Its digits, sent in the chat, need the phone's confirmation as usual, and a hundred polls get one token.
    world.act(&wei, Act::text(&session.code)).await;
    assert_eq!(world.poll(&session.id).await.1["status"], "scanned");
    world.act(&wei, Act::text("1")).await;
    let polls = futures::future::join_all((0..100).map(|_| world.poll(&session.id))).await;
    let tokens: std::collections::BTreeSet<&str> =
        polls.iter().map(|(_, body)| body["token"].as_str().unwrap()).collect();
    assert_eq!(tokens.len(), 1);
}

/// If the account may not create QR codes, the program shows the account's own QR and the digits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_scene_qr_codes_the_digits_sign_in() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    world.platform.set_kind(AccountKind::PersonalSubscription).await;
    let wei = world.person("小微").await;
    let session = world.begin().await;
    assert!(session.qr_url.ends_with("/signin/account.png"), "{}", session.qr_url);
    world.act(&wei, Act::Follow).await;
    world.act(&wei, Act::text(&session.code)).await;
    world.act(&wei, Act::text("1")).await;
    assert_eq!(world.poll(&session.id).await.1["status"], "success");
}
