//! T-135: malformed addresses get one of our own answers and never a server error.

use crate::rig::{App, Browser, Database, Engine};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use reqwest::{Method, StatusCode};
use tower::ServiceExt as _;

/// Path parts that are known to cause errors in web servers.
fn parts() -> Vec<String> {
    let mut parts: Vec<String> = [
        "%00",
        "a%00b",
        "%ff",
        "%c0%ae%c0%ae",
        "%",
        "%2",
        "%zz",
        "..",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "%2F%2F",
        ".",
        "~",
        "con",
        "%0d%0aSet-Cookie:x=1",
        "%E2%80%AE",
        "%F0%9F%98%80",
        ";",
        "a:b",
        "*",
        "a\\b",
        "%5c..%5c",
        "%u0041",
        "'",
        "%22%3E%3Cx-mark%3E",
        "-1",
        "9223372036854775808",
        "1e9",
        "0x1",
        "+1",
    ]
    .map(str::to_owned)
    .into();
    for length in [200, 250, 251, 255, 256, 1_000, 4_000, 20_000] {
        parts.push("a".repeat(length));
    }
    parts.push("%61".repeat(300));
    parts.push("长".bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02X}")).repeat(100));
    parts.push("a/".repeat(2_500));
    parts.push("/".repeat(300));
    parts
}

const BEFORE: &[&str] = &[
    "/",
    "/pkg/",
    "/page.js/",
    "/docs/",
    "/replies/",
    "/admin/users/",
    "/replies/history/",
    "/replies/import/",
    "/replies/messages/",
    "/media/",
    "/avatars/",
    "/signin/",
    "/do/",
    "/api/",
    "/api/v1/",
    "/api/auth/",
    "/account/",
    "/database/",
    "/mongodb/",
    "/wechat/",
    "/static/qrimages/",
    "/admin/",
    "/me/",
    "/prefs/",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_odd_path_is_refused_with_a_text() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    weida::core::account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let session = format!("weida={}", browser.cookie("weida").unwrap());
    let mut asked = 0;
    for before in BEFORE {
        for part in parts() {
            for (method, path) in [
                (Method::GET, format!("{before}{part}")),
                (Method::HEAD, format!("{before}{part}")),
                (Method::POST, format!("{before}{part}")),
                (Method::GET, format!("{before}?{part}={part}&id={part}")),
            ] {
                // An invalid URI does not reach the router.
                let Ok(request) = Request::builder()
                    .method(method.clone())
                    .uri(&path)
                    .header("cookie", &session)
                    .header("accept-encoding", "br, gzip")
                    .header("sec-fetch-site", "same-origin")
                    .header("host", "127.0.0.1")
                    .body(Body::empty())
                else {
                    continue;
                };
                let answer = app.router().oneshot(request).await.unwrap();
                let (status, shown) = (answer.status(), path.chars().take(80).collect::<String>());
                assert!(!status.is_server_error(), "{method} {shown}: {status}");
                let has_text = !to_bytes(answer.into_body(), 1 << 20).await.unwrap().is_empty();
                let needs_text = status.is_client_error() && method != Method::HEAD;
                assert!(has_text || !needs_text, "{method} {shown}: {status} without a text");
                asked += 1;
            }
        }
        app.clock.advance_ms(60_000);
    }
    eprintln!("{asked} addresses");
    // Over the network a browser gets an HTML error page.
    for part in ["a".repeat(256), "%00".to_owned(), "a%00".to_owned()] {
        let answer = browser.get(&format!("/{part}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{part}");
        assert!(answer.body.contains("<title>"), "{}", answer.body);
    }
}
