//! T-23: authorization. Every route of these dialects, called by every kind of caller, compared with a table.

use crate::rig::{Database, Engine, World, http};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fmt::Write as _};
use weida::core::token;

/// Every route with a valid body.
fn routes(own: &str, code: &str) -> Vec<(Method, String, Option<Value>)> {
    let post = |path: &str, body: Value| (Method::POST, path.to_owned(), Some(body));
    let get = |path: String| (Method::GET, path, None);
    vec![
        post("/api/auth/login", json!({ "code": code })),
        post("/api/auth/verify", json!({})),
        post("/api/auth/refresh", json!({})),
        get("/api/count".to_owned()),
        post("/api/count", json!({ "action": "inc" })),
        get(format!("/api/login?code={code}")),
        post("/create_qr", json!({})),
        get("/poll?id=unknown".to_owned()),
        get("/events?id=unknown".to_owned()),
        post("/finalize_login", json!({ "sessionId": "unknown", "code": code })),
        post("/validate_token", json!({ "token": "x" })),
        post("/get_user_info", json!({ "openid": own })),
        post("/update_usage", json!({ "openid": own, "feature": "image_edit" })),
        post("/update_article_usage", json!({ "openid": own })),
        get(format!("/get_article_usage?openid={own}")),
        post("/check_permission", json!({ "openid": own, "feature": "article" })),
        get("/admin/list_all_keys".to_owned()),
        post("/admin/get_user", json!({ "openid": own })),
        post("/admin/update_user", json!({ "openid": own })),
        post("/admin/update_user_level", json!({ "openid": own, "level": "premium" })),
        post("/admin/delete_user", json!({ "openid": "oUnknown" })),
        post("/admin/clear_all_users", json!({ "confirm": "not meant" })),
        post("/api/v1/auth/wechat/qrcode", json!({ "client_id": "" })),
        get("/api/v1/auth/wechat/check-follow?client_id=unknown".to_owned()),
        get("/api/v1/user/credits".to_owned()),
        post("/api/v1/image/edit", json!({})),
    ]
}

/// Status for: anonymous, the user, another user, an admin, an admin's token from dialect A's QR, an admin's token from before
/// scopes existed, a revoked token, a disabled user's token, a session cookie.
const TABLE: &str = "\
POST /api/auth/login                 400 400 400 400 400 400 400 400 400
POST /api/auth/verify                401 200 200 200 200 200 401 401 401
POST /api/auth/refresh               401 400 400 400 400 400 401 401 401
GET /api/count                       200 200 200 200 200 200 200 200 200
POST /api/count                      200 200 200 200 200 200 200 200 200
GET /api/login                       200 200 200 200 200 200 200 200 200
POST /create_qr                      200 200 200 200 200 200 200 200 200
GET /poll                            404 404 404 404 404 404 404 404 404
GET /events                          404 404 404 404 404 404 404 404 404
POST /finalize_login                 404 404 404 404 404 404 404 404 404
POST /validate_token                 200 200 200 200 200 200 200 200 200
POST /get_user_info                  401 200 403 200 403 403 401 403 401
POST /update_usage                   401 200 403 200 403 403 401 403 401
POST /update_article_usage           401 200 403 200 403 403 401 403 401
GET /get_article_usage               401 200 403 200 403 403 401 403 401
POST /check_permission               401 200 403 200 403 403 401 403 401
GET /admin/list_all_keys             401 403 403 200 403 403 401 403 401
POST /admin/get_user                 401 403 403 200 403 403 401 403 401
POST /admin/update_user              401 403 403 200 403 403 401 403 401
POST /admin/update_user_level        401 403 403 200 403 403 401 403 401
POST /admin/delete_user              401 403 403 404 403 403 401 403 401
POST /admin/clear_all_users          401 403 403 400 403 403 401 403 401
POST /api/v1/auth/wechat/qrcode      400 400 400 400 400 400 400 400 400
GET /api/v1/auth/wechat/check-follow 404 404 404 404 404 404 404 404 404
GET /api/v1/user/credits             401 200 200 200 200 200 401 403 401
POST /api/v1/image/edit              401 415 415 415 415 415 401 403 401
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_routes_access_matches_the_table() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::with(&database, &[("JWT_SECRET", crate::rig::JWT_SECRET)]).await;
    let (_, own, token) = world.entered("小微").await;
    let (_, _, other) = world.entered("别人").await;
    let (root, admin) = world.admin("root").await;
    let (poster, before_scopes) = (world.poster(&admin).await, world.unscoped(root).await);
    let (revoked_user, _, revoked) = world.entered("退出的").await;
    token::revoke_all(&world.app.ctx, revoked_user).await.unwrap();
    let (disabled_user, _, disabled) = world.entered("停用的").await;
    world.disable(&admin, disabled_user).await;
    let cookie = signed_in(&world, root).await;
    let bearers = [&token, &other, &admin, &poster, &before_scopes, &revoked, &disabled];
    let asking = std::iter::once(None).chain(bearers.map(Some));
    let mut table = String::new();
    for (method, path, body) in routes(&own, "wrong") {
        let request = || {
            let request = http().request(method.clone(), world.app.url(&path));
            body.iter().fold(request, reqwest::RequestBuilder::json)
        };
        let plain = path.split('?').next().unwrap();
        write!(table, "{:<37}", format!("{method} {plain}")).unwrap();
        for bearer in asking.clone() {
            let request = bearer.iter().fold(request(), reqwest::RequestBuilder::bearer_auth);
            write!(table, "{} ", request.send().await.unwrap().status().as_u16()).unwrap();
        }
        // An admin's session cookie gives no rights here: these dialects accept tokens only.
        let status = request().header("cookie", &cookie).send().await.unwrap().status().as_u16();
        writeln!(table, "{status}").unwrap();
    }
    assert_eq!(table, TABLE);
}

/// The cookie of a signed-in browser.
async fn signed_in(world: &World, user_id: i64) -> String {
    let session = tower_sessions::Session::new(
        None,
        std::sync::Arc::new(weida::http::session::Sessions((*world.app.ctx).clone())),
        None,
    );
    let client = weida::http::client::Client {
        address: "127.0.0.1".parse().unwrap(),
        browser_label: "test".to_owned(),
        device: weida::http::client::Device::Desk,
        request_id: String::new(),
        known: weida::http::known::Known::default(),
    };
    let user = weida::core::account::find(&world.app.ctx, user_id).await.unwrap().unwrap();
    weida::http::session::sign_in(&session, &user, &client, weida::core::account::session::SignInMethod::Password)
        .await
        .unwrap();
    format!("weida={}", session.id().unwrap())
}

/// Compares the table with the routes in the sources.
#[test]
fn no_route_is_missing_from_the_table() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dialect");
    let mut found = BTreeSet::new();
    for dialect in ["mini_program", "cloud_hosting", "qr_login", "follow"] {
        let text = |file: &str| std::fs::read_to_string(root.join(dialect).join(file));
        // Paths that other files use as well are in a file of their own.
        let text = text("routes.rs").unwrap() + &text("paths.rs").unwrap_or_default();
        for literal in text.split('"').skip(1).step_by(2).filter(|l| l.starts_with('/') && !l.contains('{')) {
            found.insert(literal.to_owned());
        }
    }
    found.retain(|path| !["/api", "/api/auth", "/api/v1", "/api/v1/"].contains(&path.as_str()));
    let listed: BTreeSet<String> =
        routes("x", "x").into_iter().map(|(_, path, _)| path.split('?').next().unwrap().to_owned()).collect();
    assert_eq!(found, listed);
}

/// 50 requests a second, for a token from any address, and for an address without a token.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fifty_first_request_of_a_second_is_refused_in_each_dialect() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (_, own, token) = world.entered("小微").await;
    let ask = async |method: Method, path: &str, from: &str, token: Option<&str>| {
        let request = world.request(method, path).header("x-forwarded-for", from);
        let answer = token.iter().fold(request, reqwest::RequestBuilder::bearer_auth).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let headers = ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after"].map(header);
        (answer.status().as_u16(), headers, answer.json::<Value>().await.unwrap())
    };
    let path = format!("/get_article_usage?openid={own}");
    for n in 0..50 {
        // A token is counted by itself, not by its address.
        let (status, headers, _) = ask(Method::GET, &path, &format!("203.0.113.{n}"), Some(&token)).await;
        assert_eq!(
            (status, headers[0].as_deref(), headers[1].as_deref()),
            (200, Some("50"), Some((49 - n).to_string().as_str()))
        );
    }
    let calls = [(Method::GET, path.as_str()), (Method::POST, "/api/auth/verify"), (Method::GET, "/api/count")];
    for (method, path) in calls.clone() {
        let (status, headers, body) = ask(method, path, "203.0.113.200", Some(&token)).await;
        assert_eq!(status, 429, "{path}: {body}");
        assert_eq!(headers.map(Option::unwrap), ["50", "0", "1", "1"], "{path}");
        assert!(body.to_string().contains("请求过于频繁"), "{path}: {body}");
    }
    // Requests without a token have a separate limit for their address.
    for n in 0..50 {
        assert_eq!(ask(Method::GET, "/api/count", "203.0.113.201", None).await.0, 200, "{n}");
    }
    for token in [None, Some("a.b.c")] {
        assert_eq!(
            ask(Method::GET, "/api/count", "203.0.113.201", token).await.0,
            429,
            "an invalid token does not evade the limit"
        );
    }
    world.app.clock.advance_ms(1_000);
    for (method, path) in calls {
        assert_eq!(ask(method, path, "203.0.113.201", Some(&token)).await.0, 200);
    }
}

/// A user's tokens and browsers share one limit, because a user can get any number of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_tokens_give_no_more_requests() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (user_id, _, first) = world.entered("小微").await;
    let second = crate::rig::token(&world.app.ctx, user_id, None).await.unwrap();
    let cookie = signed_in(&world, user_id).await;
    let mut served = 0;
    for n in 0..80 {
        let request = world.get("/account/info").header("x-forwarded-for", format!("203.0.113.{n}"));
        let request = match n % 3 {
            0 => request.bearer_auth(&first),
            1 => request.bearer_auth(&second),
            _ => request.header("cookie", &cookie),
        };
        served += usize::from(request.send().await.unwrap().status() != 429);
    }
    assert_eq!(served, 50);
}

/// Behind a trusted gateway that sends openids, one address stands for many users.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_gateway_each_openid_has_its_own_limit() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let trust = [("WEIDA_TRUST_OPENID_HEADER", "true"), ("WEIDA_TRUST_WX_HEADERS", "true")];
    let world = World::with(&database, &trust).await;
    let by_openid = |openid: &str| world.get("/api/v1/user/credits").header("openid", openid);
    let by_gateway = |openid: &str| {
        let request =
            world.get("/api/count").header("x-wx-source", "wx_client").header("x-wx-appid", "wxmini0123456789");
        request.header("x-wx-openid", openid)
    };
    let ask = async |request: reqwest::RequestBuilder| {
        request.header("x-forwarded-for", "198.51.100.7").send().await.unwrap().status().as_u16()
    };
    for n in 0..60 {
        assert_eq!(ask(by_openid(&format!("oOne{n}"))).await, 401, "{n}: unknown, and not limited");
        assert_eq!(ask(by_gateway(&format!("oTwo{n}"))).await, 200, "{n}");
    }
    for _ in 0..50 {
        assert_eq!(ask(by_gateway("oGreedy")).await, 200);
    }
    assert_eq!((ask(by_gateway("oGreedy")).await, ask(by_gateway("oModest")).await), (429, 200));
}

/// A server that waits for many sessions polls often, but each session rarely.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_are_counted_for_each_session() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let ask = async |path: String| {
        world.get(&path).header("x-forwarded-for", "198.51.100.8").send().await.unwrap().status().as_u16()
    };
    for n in 0..120 {
        assert_eq!(ask(format!("/poll?id=session{n}")).await, 404);
        assert_eq!(ask(format!("/api/v1/auth/wechat/check-follow?client_id=client{n}")).await, 404);
    }
    for _ in 0..5 {
        assert_eq!(ask("/poll?id=one".to_owned()).await, 404);
    }
    assert_eq!(ask("/poll?id=one".to_owned()).await, 429);
    // Invented ids do not evade the limit: an address has ten times as many polls as other requests.
    let mut served = 245;
    while ask(format!("/events?id=made-up-{served}")).await != 429 {
        served += 1;
    }
    // The poll that its session's limit refused counted for the address.
    assert_eq!(served, 500 - 1);
}

/// A refusal by a limit of the core has that limit in its headers, not the request limit.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_that_refuses_is_the_one_in_the_headers() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    for n in 0..31 {
        let request = world.request(Method::POST, "/create_qr").header("x-forwarded-for", "198.51.100.9");
        let answer = request.send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        if n < 30 {
            assert_eq!((answer.status().as_u16(), header("ratelimit-limit").as_str()), (200, "50"), "{n}");
            world.app.clock.advance_ms(100);
            continue;
        }
        assert_eq!(answer.status(), 429);
        assert_eq!((header("ratelimit-limit").as_str(), header("ratelimit-remaining").as_str()), ("30", "0"));
        assert_eq!(header("ratelimit-reset"), header("retry-after"));
    }
}
