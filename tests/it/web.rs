//! The pages over HTTP: sign-up and sign-in by forms, session cookies, response headers.

use crate::rig::{App, Browser, Database, asker, register};
use reqwest::{Method, StatusCode};
use weida::core::signin::{Purpose, begin};

crate::every_engine!(register_sign_in_and_add_a_rule_by_forms_alone, a_session_id_from_before_a_sign_in_is_refused);

async fn register_sign_in_and_add_a_rule_by_forms_alone(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oForms");
    let browser = Browser::on(&app);

    // A faulty form: the field is marked, the input is kept, nothing is created.
    let back = browser.post("/do/register", &[("username", "小明 😀"), ("password", "short")]).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/register"));
    let page = browser.get("/register").await.body;
    assert!(page.contains("value=\"小明 😀\"") && page.contains("aria-invalid") && !page.contains("short\""), "{page}");
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions").await, 0);

    let begun = browser.post("/do/register", &[("username", "小明"), ("password", "correct horse")]).await;
    assert_eq!(begun.location(), "/signin");
    let waiting = browser.get("/signin").await.body;
    let code = browser.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
    assert!(waiting.replace(|c: char| !c.is_ascii_digit(), "").contains(&code));
    assert!(phone.ask(&code).await.contains("用 小明 注册吗？"));
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0, "nothing exists before the phone confirms");
    assert!(phone.ask("1").await.contains("注册成功"));
    assert_eq!(browser.get("/signin").await.location(), "/signin/done");
    assert_eq!(browser.get("/signin/done").await.location(), "/me");
    let me = browser.get("/me").await;
    assert_eq!(me.status, StatusCode::OK);
    assert!(me.body.contains("小明") && me.body.contains("100"), "{}", me.body);

    assert_eq!(browser.post("/do/sign-out", &[]).await.location(), "/");
    assert!(browser.get("/me").await.location().starts_with("/login"));
    let wrong = browser.post("/do/login", &[("username", "小明"), ("password", "wrong horse")]).await;
    assert_eq!(wrong.location(), "/login");
    let right = browser
        .post("/do/login", &[("username", "小明"), ("password", "correct horse"), ("next", "//evil.example")])
        .await;
    assert_eq!(right.location(), "/me");

    let added =
        browser.post("/replies", &[("form", "quick"), ("new_keyword", "价格"), ("new_text", "<b>100 元</b>")]).await;
    assert_eq!(added.location(), "/replies");
    assert_eq!(phone.ask("价格").await, "<b>100 元</b>");
    let list = browser.get("/replies").await.body;
    assert!(list.contains("&lt;b&gt;100 元") && !list.contains("<b>100"), "{list}");
}

/// T-16: every sign-in sets a new session id, and the old one is void.
async fn a_session_id_from_before_a_sign_in_is_refused(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oFixed");
    register(&app, &phone, "fixed").await;
    let victim = Browser::on(&app);
    victim.set_cookie("weida", "AAAAAAAAAAAAAAAAAAAAAA");
    let mut seen = vec!["AAAAAAAAAAAAAAAAAAAAAA".to_owned()];
    for round in 0..20 {
        victim.post("/do/login", &[("username", "fixed"), ("password", "correct horse")]).await;
        let now = victim.cookie("weida").unwrap();
        assert!(!seen.contains(&now), "round {round}");
        for old in &seen {
            let thief = Browser::on(&app);
            thief.set_cookie("weida", old);
            assert!(thief.get("/me").await.location().starts_with("/login"), "an old id is accepted");
        }
        seen.push(now);
    }
    // Signing out ends the session itself, not only the cookie.
    let last = victim.cookie("weida").unwrap();
    victim.post("/do/sign-out", &[]).await;
    let thief = Browser::on(&app);
    thief.set_cookie("weida", &last);
    assert!(thief.get("/me").await.location().starts_with("/login"));
}

/// T-34: every answer has the security headers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_the_security_headers() {
    let database = Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let browser = Browser::on(&app);
    let paths = [
        "/",
        "/register",
        "/login",
        "/forgot",
        "/signin",
        "/signin/done",
        "/signin/qr.png",
        "/signin/account.png",
        "/signin/events",
        "/signin/status",
        "/setup?key=x",
        "/me",
        "/me/profile",
        "/me/linked",
        "/me/password",
        "/me/devices",
        "/me/credits",
        "/me/usage",
        "/me/data.json",
        "/replies",
        "/replies/new",
        "/admin/replies",
        "/admin",
        "/admin/users",
        "/admin/users/1001",
        "/admin/users/1001/delete",
        "/sandbox",
        "/sandbox/personal",
        "/no-such-page",
        "/docs",
        "/docs/follow",
        "/api/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
        "/favicon.svg",
        "/api/v1/auth/wechat/verify",
        "/do/login",
        "/prefs",
    ];
    for path in paths {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
            let answer = browser.send(method.clone(), path, &[], &[("sec-fetch-site", "same-origin")]).await;
            let header =
                |name: &str| answer.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
            assert_eq!(header("x-content-type-options"), "nosniff", "{method} {path}");
            assert_eq!(header("referrer-policy"), "same-origin", "{method} {path}");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{method} {path}");
            let policy = header("content-security-policy");
            assert!(
                policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
                "{method} {path}: {policy}"
            );
            assert!(
                !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
                "{method} {path}: {policy}"
            );
            assert!(!header("cache-control").is_empty() && !header("x-request-id").is_empty(), "{method} {path}");
            assert!(answer.status.as_u16() < 500, "{method} {path}: {}", answer.status);
        }
    }
    // The sandbox exists only without a configured account.
    assert_eq!(browser.get("/sandbox").await.status, StatusCode::NOT_FOUND);
}

/// T-15 over HTTP: only the cookie of the browser that began signs in; every other cookie gets the same refusal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_browser_that_began_is_signed_in() {
    let database = Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let phone = app.phone("oBound");
    register(&app, &phone, "bound").await;
    let secrets = begin::login(&app.ctx, Purpose::Login, asker()).await.unwrap();
    phone.ask(secrets.code()).await;
    phone.ask("1").await;
    let other = begin::login(&app.ctx, Purpose::Login, asker()).await.unwrap();
    let cookie = secrets.to_cookie();
    let parts: Vec<&str> = cookie.split('.').collect();
    let mixed = other.to_cookie();
    let foreign: Vec<&str> = mixed.split('.').collect();
    let forged = [
        String::new(),
        mixed.clone(),
        format!("{}.{}.{}", foreign[0], parts[1], parts[2]),
        format!("{}.{}.{}", parts[1], parts[0], parts[2]),
        format!("{}.{}", parts[0], parts[1]),
        "x".repeat(4_000),
    ];
    let mut answers = Vec::new();
    for value in &forged {
        let thief = Browser::on(&app);
        if !value.is_empty() {
            thief.set_cookie("weida_signin", value);
        }
        let answer = thief.get("/signin/done").await;
        assert!(thief.cookie("weida").is_none(), "{value}");
        answers.push((answer.status, answer.location().to_owned(), answer.body));
    }
    assert!(answers.iter().all(|a| a == &answers[0]), "{answers:?}");
    let owner = Browser::on(&app);
    owner.set_cookie("weida_signin", &cookie);
    // Signed in by WeChat to an account whose password a browser chose: the review comes first.
    assert_eq!(owner.get("/signin/done").await.location(), "/me/review");
    assert_eq!(owner.get("/me").await.status, StatusCode::OK);
    // A used cookie is refused like any other.
    let late = Browser::on(&app);
    late.set_cookie("weida_signin", &cookie);
    assert_eq!(late.get("/signin/done").await.location(), answers[0].1);
    assert!(late.cookie("weida").is_none());
}
