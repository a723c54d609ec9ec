//! Limits on connections, large forms and proxies: one client cannot exhaust the server for the others. The limits of a single
//! connection are tested in `src/http/connection/tests.rs`.

use crate::rig::{
    App, BEGINNING_MS, Browser, Database, Engine, Program, Push, begin_login, environment, eventually, http, register,
};
use reqwest::StatusCode;
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use weida::{
    base::clock::FakeClock,
    core::{
        account,
        limit::{self, Limit},
    },
};

/// Starts an app with this settings file.
async fn configured(database: &Database, file: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Leptos.toml");
    std::fs::write(&path, file).unwrap();
    App::configured(database, Arc::new(FakeClock::at(BEGINNING_MS)), &path).await
}

/// Sends bytes and returns the answer until it contains `until` or the server closes the connection.
async fn exchange(app: &App, text: &str, until: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let (mut said, mut bytes) = (String::new(), [0; 1024]);
    let reading = async {
        while !said.contains(until) {
            match stream.read(&mut bytes).await {
                Ok(read) if read > 0 => said.push_str(&String::from_utf8_lossy(&bytes[..read])),
                _ => break,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reading).await.expect("the server answers");
    said
}

/// T-141: a push without a signature is refused before its body is sent, so it takes neither time nor memory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unsigned_push_is_refused_before_its_body() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let signed = Push::safe(&app.phone("oLate").text("hi"), app.clock_secs());
    for path in [
        "/api/v1/auth/wechat/verify".to_owned(),
        signed.clone().with("signature", "0000000000000000000000000000000000000000").path(),
        signed.clone().with("timestamp", "1").path(),
        signed.clone().without("nonce").path(),
        format!("{}&{}", signed.path(), "a&".repeat(100)),
    ] {
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 400000\r\n\r\n<xml>");
        assert!(exchange(&app, &head, "\r\n\r\n").await.starts_with("HTTP/1.1 403"), "{path}");
    }
    assert_eq!(signed.send(app.address).await.0, 200);
    database.close().await;
}

/// T-142: while an address is at its limit, its signed pushes are answered and its other requests are refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_push_is_answered_while_its_address_is_at_its_limit() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = configured(&database, "[limits]\nconnections-per-address = 3\nloopback-factor = 1\n").await;
    let phone = app.phone("oCrowded");
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        // The request stays open until the rest of its body arrives.
        stream
            .write_all(
                b"POST /do/login HTTP/1.1\r\nhost: x\r\nsec-fetch-site: same-origin\r\ncontent-length: 9\r\n\r\na",
            )
            .await
            .unwrap();
        held.push(stream);
    }
    let login = "GET /login HTTP/1.1\r\nhost: x\r\n\r\n";
    let is_answered =
        async |status: &str| exchange(&app, login, "\r\n\r\n").await.starts_with(&format!("HTTP/1.1 {status}"));
    // The accept loop may need a moment to count all three.
    assert!(eventually(Duration::from_secs(20), async || is_answered("429").await).await);
    for _ in 0..5 {
        let push = Push::safe(&phone.text("hi"), app.clock_secs());
        assert_eq!(push.send(app.address).await.0, 200);
    }
    drop(held);
    // And a moment to notice that they closed.
    assert!(eventually(Duration::from_secs(20), async || is_answered("200").await).await);
    database.close().await;
}

/// T-144: one cookie holds four event streams, not a thousand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_follows_its_session_four_times_at_most() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let (secrets, others) = (begin_login(&app).await, begin_login(&app).await);
    let follow = async |secrets: &weida::core::signin::Secrets| {
        let request = http().get(app.url("/signin/events")).query(&[("poll", secrets.poll())]);
        request.header("cookie", format!("weida_signin={}", secrets.to_cookie())).send().await.unwrap()
    };
    let mut streams = Vec::new();
    for _ in 0..4 {
        let stream = follow(&secrets).await;
        assert_eq!(stream.status(), StatusCode::OK);
        streams.push(stream);
    }
    let refused = follow(&secrets).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(follow(&others).await.status(), StatusCode::OK);
    drop(streams);
    let again =
        crate::rig::eventually(Duration::from_secs(20), async || follow(&secrets).await.status() == StatusCode::OK);
    assert!(again.await);
    database.close().await;
}

/// T-145: fields are counted before a form is parsed, for every sender and address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_very_many_fields_is_refused_unparsed() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    register(&app, &app.phone("oFields"), "fields").await;
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "fields"), ("password", "correct horse")]).await;
    let cookie = format!("weida={}", browser.cookie("weida").unwrap());
    let send = async |path: &str, cookie: &str, body: String| {
        // A new client for each: the server closes a connection whose request it refused.
        let client =
            weida::base::tls::http_client().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let request = client.post(app.url(path)).header("sec-fetch-site", "same-origin").header("cookie", cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
        request.body(body).send().await.unwrap().status()
    };
    assert_eq!(send("/replies", &cookie, "a&".repeat(3_000_000)).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send("/replies", &cookie, "a".repeat(13_000_000)).await, StatusCode::PAYLOAD_TOO_LARGE);
    for path in ["/do/login", "/do/rules", "/do/no-such-action"] {
        assert_eq!(send(path, "", "a&".repeat(3_000)).await, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        // Too large regardless of its content: leptos would read a body of any length.
        assert_eq!(send(path, "", "a".repeat(1024 * 1024 + 1)).await, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let others: Vec<String> = (0..100).map(|n| format!("a{n}=1")).collect();
    let login = format!("{}&username=fields&password=correct+horse", others.join("&"));
    assert!(send("/do/login", "", login).await.is_redirection());
    // Cookies that no browser sends are not read.
    let many = format!("{}weida={}", "a=b; ".repeat(500), browser.cookie("weida").unwrap());
    assert!(send("/replies", &many, "a=b".to_owned()).await.is_redirection());
    let address = format!("/login?{}", "a&".repeat(10_000));
    assert!(!http().get(app.url(&address)).send().await.unwrap().status().is_server_error());
    database.close().await;
}

/// T-146: where the public URL is public, loopback requests come from a proxy and have no privilege; admins see a notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undeclared_proxy_gives_no_local_privilege_and_is_reported() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let loopback = "127.0.0.1".parse().unwrap();
    for (url, is_private) in [("http://192.168.1.9:3000", true), ("http://weida.example", false)] {
        let app = App::with(&database, clock.clone(), &[("WEIDA_PUBLIC_URL", url)]).await;
        let metrics = http().get(app.url("/metrics")).send().await.unwrap().status();
        assert_eq!(metrics == StatusCode::OK, is_private, "{url}: {metrics}");
        let most = app.ctx.settings.settings.limits.password_failures_per_minute;
        let mut taken = 0;
        while taken <= most && limit::take_for_address(&app.ctx, Limit::PasswordFailures, loopback).await.is_ok() {
            taken += 1;
        }
        assert_eq!(taken > most, is_private, "{url}: {taken}");
        clock.advance_ms(60_000);
        if !is_private {
            account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
            let root = Browser::on(&app);
            root.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
            for page in ["/admin/users", "/admin/replies"] {
                let body = root.get(page).await.body;
                assert!(body.contains("检测到未声明的反向代理") && body.contains("127.0.0.1"), "{page}: {body}");
            }
            assert!(!root.get("/me").await.body.contains("检测到未声明的反向代理"));
        }
    }
    // A private installation behind an undeclared proxy, and behind a declared one.
    for (proxies, is_named) in [("", true), ("127.0.0.1", false)] {
        let app = App::with(&database, clock.clone(), &[("WEIDA_TRUSTED_PROXIES", proxies)]).await;
        let forwarded = http().get(app.url("/login")).header("x-forwarded-for", "203.0.113.7").send().await.unwrap();
        assert_eq!(forwarded.status(), StatusCode::OK);
        assert_eq!(app.state.proxy.seen(app.ctx.now()).is_some(), is_named, "{proxies:?}");
    }
    database.close().await;
}

/// T-146
#[test]
fn doctor_reports_an_undeclared_proxy() {
    let folder = tempfile::tempdir().unwrap();
    for (url, proxies, expected) in [
        ("https://weida.example", "", "not declared: https"),
        ("https://weida.example", "10.0.0.1", "declared"),
        ("http://127.0.0.1:3000", "", "none declared"),
    ] {
        let more = [("WEIDA_PUBLIC_URL", url), ("WEIDA_TRUSTED_PROXIES", proxies)];
        let said = Program::run(folder.path(), &["doctor"], &environment(folder.path(), &more)).stdout;
        let line = said.lines().find(|line| line.contains(" proxy ")).unwrap_or_default();
        let words = line.split_whitespace().skip(2).collect::<Vec<_>>().join(" ");
        assert!(words.starts_with(expected), "{said}");
    }
}
