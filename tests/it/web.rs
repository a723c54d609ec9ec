//! The pages over HTTP: who is let in, who may change something, and what every answer carries.

use crate::{
    rig::{App, Database},
    signin::{asker, register},
};
use reqwest::{Method, StatusCode, header};
use std::fmt::Write as _;
use weida::core::signin::{Purpose, begin};

crate::every_engine!(the_whole_way_by_forms_alone, an_id_known_before_never_opens_what_came_after);

/// A browser: cookies of its own, no redirects followed, and the headers that a browser adds to its own page's requests.
pub struct Browser {
    client: reqwest::Client,
    base: String,
    cookies: std::sync::Mutex<std::collections::BTreeMap<String, String>>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }
}

impl Browser {
    pub fn on(app: &App) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { client, base: app.url(""), cookies: std::sync::Mutex::default() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], &[]).await
    }

    /// Posts a form from a page of the site's own.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, path, fields, &[("sec-fetch-site", "same-origin")]).await
    }

    pub async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if method == Method::POST {
            request = request.form(fields);
        }
        self.answer(request).await
    }

    /// Sends a file from a page of the site's own.
    pub async fn upload(&self, path: &str, name: &str, bytes: Vec<u8>) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", "same-origin");
        self.answer(request.multipart(form)).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookies = self.cookies.lock().unwrap().iter().fold(String::new(), |mut all, (k, v)| {
            let _ = write!(all, "{k}={v}; ");
            all
        });
        let answer = request.header("accept", "text/html").header("cookie", cookies).send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        for set in headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap();
            let (name, rest) = pair.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if pair.contains("Max-Age=0") {
                cookies.remove(name)
            } else {
                cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        Answer { status, headers, body: answer.text().await.unwrap() }
    }
}

async fn the_whole_way_by_forms_alone(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oForms");
    let browser = Browser::on(&app);

    // A flawed form: the field is named, what was typed is kept, nothing exists.
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
    assert!(phone.ask(&code).await.contains("注册成功"));
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

/// T-16: the cookie changes at every sign-in, and the old one is dead.
async fn an_id_known_before_never_opens_what_came_after(database: &Database) {
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
            assert!(thief.get("/me").await.location().starts_with("/login"), "an old id opens something");
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

/// Every address that changes something, with fields that would work.
pub const CHANGES: &[(&str, &[(&str, &str)])] = &[
    ("/do/register", &[("username", "csrf-new"), ("password", "correct horse")]),
    ("/do/login", &[("username", "csrf"), ("password", "correct horse")]),
    ("/do/wechat", &[]),
    ("/do/bind", &[]),
    ("/do/code", &[("code", "123456")]),
    ("/do/renew", &[]),
    ("/do/forgot", &[("code", "123456"), ("new_password", "another horse")]),
    ("/do/setup", &[("key", "x"), ("username", "root-2"), ("password", "correct horse")]),
    ("/do/sign-out", &[]),
    ("/do/profile", &[("nickname", "changed")]),
    ("/do/password", &[("old_password", "correct horse"), ("new_password", "another horse")]),
    ("/do/auto-reply", &[("on", "0")]),
    ("/do/revoke", &[("session", "x")]),
    ("/do/revoke-others", &[]),
    ("/do/unbind", &[]),
    ("/do/delete-account", &[("confirm", "csrf")]),
    ("/do/try-token", &[]),
    ("/do/rules", &[("act", "delete-1")]),
    ("/do/rules-place", &[("number", "1"), ("spot", "after-2")]),
    ("/do/rules-undo", &[("change", "1")]),
    ("/do/rules-restore", &[("number", "1"), ("change", "1")]),
    ("/replies", &[("form", "quick"), ("new_keyword", "a"), ("new_text", "b")]),
    ("/replies/new", &[("cause", "keyword"), ("keyword", "a"), ("kind", "text"), ("text", "b"), ("enabled", "on")]),
    ("/replies/1", &[("number", "1"), ("revision", "1"), ("keyword", "a"), ("kind", "text"), ("text", "c")]),
    ("/replies/several", &[("lines", "a=b")]),
    ("/replies/history", &[]),
    ("/replies/history/1", &[]),
    ("/replies/1/history", &[]),
    ("/do/user-level", &[("user", "1001"), ("level", "vip")]),
    ("/do/user-credits", &[("user", "1001"), ("way", "give"), ("amount", "5"), ("reason", "x")]),
    ("/do/user-disable", &[("user", "1001"), ("disable_reason", "x")]),
    ("/do/user-enable", &[("user", "1001")]),
    ("/do/user-role", &[("user", "1001"), ("role", "admin")]),
    ("/do/user-sign-out", &[("user", "1001")]),
    ("/do/user-end-session", &[("user", "1001"), ("session", "x")]),
    ("/do/user-profile", &[("user", "1001"), ("nickname", "changed")]),
    ("/do/user-delete", &[("user", "1001"), ("confirm_user", "1001")]),
    ("/do/reply-ignore", &[("text", "a")]),
    ("/replies/bench", &[("say", "first")]),
    ("/replies/unanswered", &[]),
    ("/replies/messages", &[]),
    ("/replies/messages/1", &[]),
    ("/replies/numbers", &[]),
    ("/replies/import", &[("from", "platform")]),
    ("/replies/import/1", &[("mode", "replace"), ("mark", "x"), ("partial", "on")]),
    ("/prefs", &[("theme", "dark")]),
];

/// T-24: nothing changes unless our own page caused it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_changes_nothing() {
    let database = Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    // New actions cannot be missed: every server function stands in the table.
    for action in leptos::server_fn::axum::server_fn_paths() {
        assert!(CHANGES.iter().any(|(path, _)| *path == action.0), "{} is not in the table", action.0);
    }
    register(&app, &app.phone("oCsrf"), "csrf").await;
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "csrf"), ("password", "correct horse")]).await;
    browser.post("/replies", &[("form", "quick"), ("new_keyword", "first"), ("new_text", "x")]).await;
    let before = app.fingerprint().await;
    let senders: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &app.url(""))],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[],
    ];
    for (path, fields) in CHANGES {
        for headers in senders {
            let answer = browser.send(Method::POST, path, fields, headers).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
            assert!(answer.headers.get(header::SET_COOKIE).is_none(), "{path} {headers:?}");
        }
        // The same by GET is no way round.
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(*fields).finish();
        let answer = browser.get(&format!("{path}?{query}")).await;
        // A page that takes a form itself is shown: that it changes nothing is asked below.
        let is_page = path.starts_with("/replies");
        let is_refused = matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND);
        assert!(is_page || is_refused, "GET {path}: {}", answer.status);
    }
    assert_eq!(app.fingerprint().await, before);
}

/// T-34: what every answer carries, whatever it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_carries_the_headers() {
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
        "/setup?key=x",
        "/me",
        "/me/data.json",
        "/replies",
        "/replies/new",
        "/admin/replies",
        "/admin",
        "/admin/users",
        "/admin/users/1001",
        "/admin/users/1001/delete",
        "/sandbox",
        "/no-such-page",
        "/docs",
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
    // Without an account there is a sandbox; with one there is none.
    assert_eq!(browser.get("/sandbox").await.status, StatusCode::NOT_FOUND);
}

/// T-15 over HTTP: only the cookie of the browser that began opens anything, and all other ways look alike.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_browser_that_began_is_let_in() {
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
    assert_eq!(owner.get("/signin/done").await.location(), "/me");
    assert_eq!(owner.get("/me").await.status, StatusCode::OK);
    // A second time it is an old cookie like any other.
    let late = Browser::on(&app);
    late.set_cookie("weida_signin", &cookie);
    assert_eq!(late.get("/signin/done").await.location(), answers[0].1);
    assert!(late.cookie("weida").is_none());
}
