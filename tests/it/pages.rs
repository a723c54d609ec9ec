//! Default behaviour of leptos that this program overrides.

use crate::rig::{App, BEGINNING_MS, Browser, Database, Engine};
use futures::future::join_all;
use reqwest::{Method, StatusCode, header};
use std::sync::Arc;
use weida::base::clock::FakeClock;

/// The fallback of `leptos_axum` sent a file with the headers of a page that the same thread was rendering.
#[tokio::test]
async fn a_file_has_no_headers_of_a_page() {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("page.js"), "1").unwrap();
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let root = site.path().to_str().unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(&database, clock, &[("LEPTOS_SITE_ROOT", root)]).await;
    for _ in 0..20 {
        // A page that shows a flash message removes its cookie: a file must not remove it.
        let asked = ["/login", "/page.js", "/register", "/page.js", "/forgot", "/page.js"].map(|path| {
            let browser = Browser::on(&app);
            browser.set_cookie("weida_flash", "x");
            async move { (path, browser.get(path).await) }
        });
        for (path, answer) in join_all(asked).await {
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            let is_page = path != "/page.js";
            assert_eq!(policy.contains("nonce"), is_page, "{path}: {policy}");
            assert_eq!(answer.headers.contains_key(header::SET_COOKIE), is_page, "{path}");
        }
    }
}

/// An unreadable form does not end up in a redirect's address, and a missing field counts as empty.
#[tokio::test]
async fn an_unreadable_form_gets_our_own_error() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let browser = Browser::on(&app);
    let ours = [("sec-fetch-site", "same-origin"), ("referer", "http://127.0.0.1/login")];
    let twice = [("username", "a"), ("username", "b")];
    let answer = browser.send(Method::POST, "/do/login", &twice, &ours).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::BAD_REQUEST, ""));
    assert!(!answer.body.contains("serde") && !answer.body.contains("duplicate"), "{}", answer.body);

    let answer = browser.send(Method::POST, "/do/no-such-thing", &[], &ours).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::NOT_FOUND, ""));

    let answer = browser.send(Method::POST, "/do/register", &[], &ours).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/register"));
    let page = browser.get("/register").await.body;
    assert!(page.contains("请填写用户名") && page.contains("请填写密码"), "{page}");
    assert!(!browser.get("/register").await.body.contains("请填写"), "shown twice");
}
