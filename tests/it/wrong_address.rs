//! Pages under another address than the public URL say so, and their forms are refused with that cause.

use crate::rig::{App, BEGINNING_MS, Database, Engine, Log, http};
use reqwest::{Method, RequestBuilder, StatusCode};
use std::sync::Arc;
use weida::base::clock::FakeClock;

async fn app(database: &Database, public_url: &str) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_PUBLIC_URL", public_url)]).await
}

/// A request as a browser that opened this host sends it through a proxy or directly.
fn request(app: &App, method: Method, path: &str, host: &str) -> RequestBuilder {
    let client =
        weida::base::tls::http_client().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    client
        .request(method, app.url(path))
        .header("host", host)
        .header("accept", "text/html")
        .header("accept-language", "zh-CN")
}

async fn page(app: &App, path: &str, host: &str) -> String {
    request(app, Method::GET, path, host).send().await.unwrap().text().await.unwrap()
}

/// Submits the form of the sign-in page that was opened under this address.
async fn submit(app: &App, scheme: &str, host: &str, more: &[(&str, &str)]) -> (StatusCode, String) {
    let form = request(app, Method::POST, "/do/login", host).header("origin", format!("{scheme}://{host}"));
    let form = more.iter().fold(form, |form, (name, value)| form.header(*name, *value));
    let answer = form.form(&[("username", "a-name"), ("password", "a password")]).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_public_name_or_address_is_named_wrong_before_anything_is_typed() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = app(&database, "https://weida.example").await;
    for host in ["www.weida.example", "weida.example.cn", "203.0.113.9:3000", "[2001:db8::7]:3000", "old-name.test"] {
        for path in ["/", "/login", "/register", "/forgot", "/setup?key=x", "/docs", "/no-such-page"] {
            let body = page(&app, path, host).await;
            let said = format!("你打开的是 {host}，本站的地址是 https://weida.example。");
            assert!(body.contains(&said) && body.contains("href=\"https://weida.example/"), "{host} {path}: {body}");
            let fields = body.find("<form method=\"post\" action=\"/do/").unwrap_or(body.len());
            assert!(body.find(&said) < Some(fields), "before every field: {host} {path}");
        }
        for same_origin in [&[][..], &[("sec-fetch-site", "same-origin")]] {
            for scheme in ["http", "https"] {
                let (status, text) = submit(&app, scheme, host, same_origin).await;
                assert_eq!(status, StatusCode::FORBIDDEN, "{host}");
                assert!(text.contains(host) && text.contains("https://weida.example"), "{host}: {text}");
            }
        }
        // A cross-site form is not blamed on the address.
        let (status, text) = submit(&app, "https", host, &[("sec-fetch-site", "cross-site")]).await;
        assert!(status == StatusCode::FORBIDDEN && text.contains("不是从本站页面发出"), "{text}");
    }
    // The right one, also as plain proxies pass it on.
    for host in ["weida.example", "weida.example:443", "127.0.0.1:3000", "weida:3000", "10.0.0.7"] {
        assert!(!page(&app, "/login", host).await.contains("你打开的是"), "{host}");
        let right = [("origin", "https://weida.example"), ("sec-fetch-site", "same-origin")];
        let form = right.iter().fold(request(&app, Method::POST, "/do/login", host), |f, (n, v)| f.header(*n, *v));
        let answer = form.form(&[("username", "a-name"), ("password", "a password")]).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{host}: {}", answer.status());
    }
    // Programs, pushes and probes may use any name.
    for path in ["/healthz", "/readyz", "/api/openapi.json", "/api/v1/auth/wechat/check-follow?client_id=x"] {
        let answer = http().get(app.url(path)).header("host", "probe.test").send().await.unwrap();
        assert_ne!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_addresses_of_an_http_installation_go_on_working() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = app(&database, "http://192.168.1.5:3000").await;
    for host in
        ["192.168.1.5:3000", "127.0.0.1:3000", "localhost:3000", "10.1.2.3:3000", "[fd00::5]:3000", "box.local:3000"]
    {
        assert!(!page(&app, "/login", host).await.contains("你打开的是"), "{host}");
        let status = submit(&app, "http", host, &[]).await.0;
        assert!(status.is_redirection(), "{host}: {status}");
    }
    for host in ["198.51.100.9:3000", "rebound.test:3000", "box.local.test"] {
        assert!(page(&app, "/login", host).await.contains("本站的地址是 http://192.168.1.5:3000。"), "{host}");
        let (status, text) = submit(&app, "http", host, &[]).await;
        assert!(status == StatusCode::FORBIDDEN && text.contains("http://192.168.1.5:3000"), "{host}: {text}");
    }
}

#[tokio::test]
async fn the_log_names_each_wrong_address_once_and_not_endlessly_many() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let log = Log::default();
    let _collecting = log.collect();
    let app = app(&database, "https://weida.example").await;
    for _ in 0..3 {
        page(&app, "/login", "www.weida.example").await;
        submit(&app, "https", "www.weida.example", &[]).await;
        page(&app, "/login", "weida.example").await;
    }
    let count = |text: &str, what: &str| {
        text.lines().filter(|line| line.contains("that is not the public URL") && line.contains(what)).count()
    };
    let text = log.take();
    assert_eq!((count(&text, "www.weida.example"), count(&text, "https://weida.example")), (1, 1), "{text}");
    for n in 0..60 {
        page(&app, "/", &format!("name{n}.test")).await;
    }
    assert!(count(&log.take(), "") < 20);
}
