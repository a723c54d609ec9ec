//! CORS: pages of the configured origins may call the dialects without a cookie, and no page may use a cookie.

use crate::rig::{Caller, Database, Engine, World};
use reqwest::{Method, Response, header::HeaderMap};
use serde_json::{Value, json};
use weida::{dialect::openapi, text::Lang};

const APP: &str = "https://app.example";
const DEV: &str = "http://localhost:5173";

/// Every call, as `(method, path, dialect)`; without the address of WeChat's pushes, which is no API for pages.
fn calls() -> Vec<(Method, String, String)> {
    let document = openapi::document(Lang::En, "http://127.0.0.1");
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            found.push((method, path.replace("{pid}", "x"), call["tags"][0].as_str().unwrap().to_owned()));
        }
    }
    found.retain(|(_, path, _)| path != "/api/v1/auth/wechat/verify");
    found
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

/// True if `Vary` names the origin, in any case and position.
fn varies(headers: &HeaderMap) -> bool {
    let all = headers.get_all("vary").iter().flat_map(|value| value.to_str().unwrap().split(','));
    all.into_iter().any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

async fn preflight(world: &World, method: &Method, path: &str, origin: &str) -> Response {
    let request = world
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", method.as_str())
        .header("access-control-request-headers", "authorization,content-type");
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listed_origins_may_call_what_believes_no_cookie() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let origins = format!("{APP}, {DEV}/");
    let world = World::with(&database, &[("WEIDA_CORS_ORIGINS", &origins)]).await;
    for (method, path, dialect) in calls() {
        for slash in ["", "/"] {
            let path = format!("{path}{slash}");
            let is_open = dialect != "assistant";
            for origin in
                [APP, DEV, "https://evil.example", "https://app.example.evil.example", "null", "http://app.example"]
            {
                let expected = (is_open && [APP, DEV].contains(&origin)).then_some(origin);
                let answer = world.request(method.clone(), &path).header("origin", origin).send().await.unwrap();
                let headers = answer.headers();
                assert_eq!(text(headers, "access-control-allow-origin"), expected, "{method} {path} {origin}");
                assert_eq!(headers.get("access-control-allow-credentials"), None, "{method} {path}");
                assert!(!is_open || varies(headers), "{method} {path}: {headers:?}");
                if expected.is_some() {
                    let exposed = text(headers, "access-control-expose-headers").unwrap().to_lowercase();
                    for name in [
                        "x-credits-remaining",
                        "x-credits-cost",
                        "ratelimit-limit",
                        "ratelimit-remaining",
                        "ratelimit-reset",
                        "retry-after",
                    ] {
                        assert!(exposed.split(',').any(|one| one.trim() == name), "{name}: {exposed}");
                    }
                }
                let answer = preflight(&world, &method, &path, origin).await;
                let (status, headers) = (answer.status().as_u16(), answer.headers());
                assert_eq!(text(headers, "access-control-allow-origin"), expected, "OPTIONS {path} {origin}");
                assert_eq!(headers.get("access-control-allow-credentials"), None, "OPTIONS {path}");
                assert_eq!(headers.get("set-cookie"), None, "OPTIONS {path}");
                if expected.is_some() {
                    assert_eq!(status, 200, "OPTIONS {path}");
                    let allowed = |name: &str| text(headers, name).unwrap().to_lowercase();
                    let methods = allowed("access-control-allow-methods");
                    assert!(methods.contains(&method.as_str().to_lowercase()), "{path}: {methods}");
                    let sent = allowed("access-control-allow-headers");
                    for name in ["authorization", "content-type", "idempotency-key"] {
                        assert!(sent.split(',').any(|one| one.trim() == name), "{name}: {sent}");
                    }
                    assert!(!sent.contains("openid") && !sent.contains('*'), "{sent}");
                    assert!(varies(headers) && headers.contains_key("access-control-max-age"), "{headers:?}");
                } else if !is_open {
                    assert!([403, 405].contains(&status), "OPTIONS {path}: {status}");
                }
            }
            world.app.clock.advance_ms(2_000);
        }
    }
    // Pages and other files are for no other site.
    for path in ["/", "/signin", "/docs", "/healthz", "/api/openapi.json", "/api/v1/auth/wechat/verify"] {
        let answer = world.get(path).header("origin", APP).header("accept", "text/html").send().await.unwrap();
        assert_eq!(answer.headers().get("access-control-allow-origin"), None, "{path}");
    }
    // A page can read why it was refused: unknown calls, no token, too many requests.
    for path in ["/api/v1/nothing", "/api/auth/nothing", "/api/nothing", "/nothing", "/api/v1/user/credits"] {
        let answer = world.get(path).header("origin", APP).send().await.unwrap();
        assert!(answer.status().is_client_error());
        assert_eq!(text(answer.headers(), "access-control-allow-origin"), Some(APP), "{path}");
    }
    world.app.clock.advance_ms(2_000);
    let mut refused = None;
    for _ in 0..20_000 {
        let request = world.get("/poll?id=x").header("origin", APP).header("x-forwarded-for", "203.0.113.9");
        let answer = request.send().await.unwrap();
        if answer.status() == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a limit");
    assert_eq!(text(refused.headers(), "access-control-allow-origin"), Some(APP));
    assert!(refused.headers().contains_key("retry-after"));
    // A preflight request counts for no limit.
    let request = world.request(Method::OPTIONS, "/poll?id=x").header("origin", APP);
    let request = request.header("access-control-request-method", "GET").header("x-forwarded-for", "203.0.113.9");
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_setting_no_page_of_another_site_may_call() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    for (method, path, _) in calls() {
        let answer = world.request(method.clone(), &path).header("origin", APP).send().await.unwrap();
        let refused = preflight(&world, &method, &path, APP).await;
        assert!([403, 405].contains(&refused.status().as_u16()), "{path}: {}", refused.status());
        for headers in [answer.headers(), refused.headers()] {
            assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{path}: {headers:?}");
        }
        world.app.clock.advance_ms(2_000);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_star_allows_every_page_and_no_cookie() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::with(&database, &[("WEIDA_CORS_ORIGINS", "*")]).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    for (method, path, dialect) in calls() {
        let expected = (dialect != "assistant").then_some("*");
        for answer in [
            ming.request(method.clone(), &path).header("origin", "https://any.example").send().await.unwrap(),
            preflight(&world, &method, &path, "https://any.example").await,
        ] {
            assert_eq!(text(answer.headers(), "access-control-allow-origin"), expected, "{method} {path}");
            assert_eq!(answer.headers().get("access-control-allow-credentials"), None, "{method} {path}");
        }
        world.app.clock.advance_ms(2_000);
    }
    // The cookie of a session is believed by no dialect that pages of other sites may call.
    let credits = ming.get("/api/v1/user/credits").header("origin", APP).send().await.unwrap();
    assert_eq!(credits.status(), 401);
    // A page with a token, as `fetch` sends it.
    let (_, openid, token) = world.entered("小微").await;
    let request = world.post("/get_user_info", &json!({ "openid": openid })).bearer_auth(token).header("origin", APP);
    let answer = request.send().await.unwrap();
    assert_eq!(text(answer.headers(), "access-control-allow-origin"), Some("*"));
    assert_eq!(answer.json::<Value>().await.unwrap()["success"], true);
}
