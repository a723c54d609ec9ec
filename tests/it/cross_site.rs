//! T-24: cross-site requests change nothing.

use crate::rig::{App, Browser, CHANGES, Database, asker, register};
use reqwest::{Method, StatusCode, header};
use std::{collections::BTreeSet, time::Duration};
use weida::core::signin::{Purpose, begin};

/// Headers of a request that another site caused: over https and on loopback, then over plain http, where there is no
/// `Sec-Fetch-*` and the other site may suppress the `Referer`.
const FROM_ELSEWHERE: &[&[(&str, &str)]] = &[
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    // A link in a mail or a chat.
    &[("sec-fetch-site", "none")],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("referer", "https://evil.example/")],
    &[("user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36")],
    &[("accept-language", "zh-CN,zh;q=0.9"), ("user-agent", "MicroMessenger")],
    &[("upgrade-insecure-requests", "1")],
    &[("sec-fetch-dest", "document")],
    // Every request of these tests has the accept header of a page.
    &[],
];

/// Every address for GET: the pages, and the path literals in the route files.
fn addresses() -> BTreeSet<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files: Vec<_> =
        ["app.rs", "server/router.rs", "http/media.rs", "web/page/mod.rs"].map(|file| root.join(file)).into();
    for dialect in std::fs::read_dir(root.join("dialect")).unwrap() {
        let dialect = dialect.unwrap().path();
        // Paths that other files use as well are in a file of their own.
        files.extend(["routes.rs", "paths.rs"].map(|file| dialect.join(file)).into_iter().filter(|file| file.exists()));
    }
    let mut found = BTreeSet::new();
    for text in files.iter().map(|file| std::fs::read_to_string(file).unwrap()) {
        let literals = text.split('"').skip(1).step_by(2);
        let paths = literals.filter(|path| path.starts_with('/') && !path.contains(' ') && !path.contains("{*"));
        found.extend(paths.map(|path| {
            let parts = path.split('/').map(|part| if part.starts_with([':', '{']) { "1" } else { part });
            parts.collect::<Vec<_>>().join("/")
        }));
    }
    for list in ["/replies", "/admin/replies"] {
        found.extend([format!("{list}/export.csv"), format!("{list}/export.json")]);
    }
    found
}

/// T-24: no form and no link of another site changes anything, also where the browser sends no origin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_changes_nothing() {
    let database = Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    // Every server function must be in the table, so that no new action is missed.
    for action in leptos::server_fn::axum::server_fn_paths() {
        assert!(CHANGES.iter().any(|(path, _)| *path == action.0), "{} is not in the table", action.0);
    }
    register(&app, &app.phone("oCsrf"), "csrf").await;
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "csrf"), ("password", "correct horse")]).await;
    browser.post("/replies", &[("form", "quick"), ("new_keyword", "first"), ("new_text", "x")]).await;
    // The user has confirmed a sign-in in the chat, and this browser has not collected it yet.
    let secrets = begin::login(&app.ctx, Purpose::Login, asker()).await.unwrap();
    app.phone("oCsrf").ask(secrets.code()).await;
    app.phone("oCsrf").ask("1").await;
    browser.set_cookie("weida_signin", &secrets.to_cookie());
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
        // The same request by GET is refused as well.
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(*fields).finish();
        let answer = browser.send(Method::GET, &format!("{path}?{query}"), &[], &[]).await;
        // A page that takes its own form is shown; the check below proves that this changes nothing.
        let is_page = path.starts_with("/replies");
        let is_refused = matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND);
        assert!(is_page || is_refused || answer.location() == "/signin?go", "GET {path}: {}", answer.status);
    }
    assert_eq!(app.fingerprint().await, before);
    let addresses = addresses();
    for known in [
        "/account/logout",
        "/database/delete",
        "/signin/done",
        "/replies/1",
        "/media/1",
        "/api/v1/user/credits",
        "/poll",
    ] {
        assert!(addresses.contains(known), "{known} is not covered");
    }
    for path in addresses.iter().chain([&format!("/mongodb/delete?id=1001&key={}", 1)]) {
        let address = if path.contains('?') { path.clone() } else { format!("{path}?id=1") };
        for headers in FROM_ELSEWHERE {
            for method in [Method::GET, Method::HEAD] {
                let asked = browser.send(method, &address, &[], headers);
                if path.ends_with("/events") {
                    // An event stream does not end; a second is enough to change something.
                    tokio::time::timeout(Duration::from_secs(1), asked).await.ok();
                } else {
                    asked.await;
                }
            }
        }
        app.clock.advance_ms(2_000);
    }
    assert_eq!(app.fingerprint().await, before);

    // Our own pages may change data, and so may a program that is not a browser.
    let ours = app.url("/replies");
    let own: &[&[(&str, &str)]] = &[&[("sec-fetch-site", "same-origin")], &[("referer", &ours)]];
    for (n, headers) in own.iter().enumerate() {
        browser.post("/replies", &[("form", "quick"), ("new_keyword", "again"), ("new_text", "x")]).await;
        let rules = app.count("SELECT COUNT(*) FROM reply_rules").await;
        browser.send(Method::GET, &format!("/database/delete?id={}", n + 2), &[], headers).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, rules - 1, "{headers:?}");
    }
    let program = crate::rig::http().get(app.url("/database/delete?id=1"));
    let session = format!("weida={}", browser.cookie("weida").unwrap());
    assert_eq!(program.header("cookie", session).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(app.count("SELECT COUNT(*) FROM reply_rules").await, 0);
    // A cross-site link to the result of a sign-in shows a page with a button instead.
    let page = browser.send(Method::GET, "/signin?go", &[], FROM_ELSEWHERE[0]).await.body;
    assert!(page.contains("action=\"/signin/done\""), "{page}");
    // The first sign-in by WeChat leads to the review of earlier settings.
    assert_eq!(browser.post("/signin/done", &[]).await.location(), "/me/review");
}
