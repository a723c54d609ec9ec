//! Unknown paths are answered by the dialect they belong to, and every known call takes a trailing slash.

use crate::rig::{Database, Engine, World};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use weida::{dialect::openapi, text::Lang};

const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn asked(world: &World, method: &Method, path: &str, accept: Option<&str>) -> (StatusCode, String, String) {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(accept) = accept {
        request = request.header(header::ACCEPT, accept);
    }
    let answer = world.app.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (status, kind) = (answer.status(), answer.headers().get(header::CONTENT_TYPE).cloned());
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let kind = kind.map_or_else(String::new, |kind| kind.to_str().unwrap().to_owned());
    (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
}

/// The refusal of each dialect.
fn refusal(dialect: &str) -> Value {
    let what = "接口不存在";
    match dialect {
        "follow" => json!({ "detail": what }),
        "assistant" => json!({ "code": 0, "message": "unknow error", "detail": what }),
        "mini_program" => json!({ "code": 404, "msg": what, "data": null }),
        "qr_login" => json!({ "success": false, "error": what }),
        _ => json!({ "code": -1, "errorMsg": what }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_path_belongs_to_its_dialect() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let cases: [(&str, &[&str]); 5] = [
        (
            "follow",
            &["/api/v1", "/api/v1/", "/api/v1/x", "/api/v1/user/creditz", "/api/v1/auth/wechat/", "/api/v1/a/b/c/"],
        ),
        ("mini_program", &["/api/auth", "/api/auth/", "/api/auth/logout", "/api/auth/login/x", "/api/auth/a/b"]),
        ("cloud_hosting", &["/api", "/api/", "/api/counts", "/api/v2/x", "/api/authors", "/api/count/1", "/api/v1x"]),
        (
            "assistant",
            &[
                "/account",
                "/account/",
                "/account/x",
                "/account/info/x",
                "/database",
                "/database/",
                "/database/x",
                "/wechat",
                "/wechat/",
                "/wechat/x/y",
                "/mongodb",
                "/mongodb/",
                "/mongodb/shows",
                "/static/qrimages",
                "/static/qrimages/",
                "/static/qrimages/a/b.png",
            ],
        ),
        (
            "qr_login",
            &[
                "/create_qrs",
                "/validate",
                "/poll2",
                "/admin/list_all",
                "/admin/get_users/",
                "/admin/a/b",
                "/nothing/at/all",
                "/static/x",
                "/accounts",
                "/events/x",
                "/x.php",
            ],
        ),
    ];
    for (dialect, paths) in cases {
        for path in paths {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
                for accept in [None, Some("*/*"), Some("application/json, text/plain, */*")] {
                    let (status, kind, body) = asked(&world, &method, path, accept).await;
                    let what = format!("{method} {path} {accept:?}: {status} {body}");
                    assert_eq!((status, kind.as_str()), (StatusCode::NOT_FOUND, "application/json"), "{what}");
                    assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), refusal(dialect), "{what}");
                }
            }
            let is_page = dialect == "qr_login";
            let (status, kind, _) = asked(&world, &Method::GET, path, Some(PAGE)).await;
            assert_eq!((status, kind.starts_with("text/html")), (StatusCode::NOT_FOUND, is_page), "{path}");
            // The form of a page is a call, too; without a proof of its origin it is refused where a cookie is believed.
            let (status, kind, _) = asked(&world, &Method::POST, path, Some(PAGE)).await;
            let expected = if dialect == "assistant" { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND };
            assert_eq!((status, kind.as_str()), (expected, "application/json"), "{path}");
            world.app.clock.advance_ms(1_000);
        }
    }
    // A page and a file are what they were.
    let (status, kind, _) = asked(&world, &Method::GET, "/", Some("*/*")).await;
    assert_eq!((status, kind.starts_with("text/html")), (StatusCode::OK, true));
    let (status, ..) = asked(&world, &Method::POST, "/do/login", None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a form from elsewhere is refused as such");
}

/// Fields of a JSON value, as a comparison of two answers whose values differ.
fn shape(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    body.as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_takes_a_trailing_slash() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let document = openapi::document(Lang::En, "http://127.0.0.1");
    let mut seen = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{pid}", "3kTMd9");
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            for query in ["", "?id=1&client_id=x"] {
                let (plain, kind, body) = asked(&world, &method, &format!("{path}{query}"), None).await;
                let (slashed, slashed_kind, slashed_body) =
                    asked(&world, &method, &format!("{path}/{query}"), None).await;
                assert_eq!((plain, kind), (slashed, slashed_kind), "{method} {path}{query}: {slashed_body}");
                assert_eq!(shape(&body), shape(&slashed_body), "{method} {path}{query}");
                let is_unknown = plain == StatusCode::NOT_FOUND && body.contains("接口不存在");
                assert!(!is_unknown, "{method} {path}");
                seen += 1;
            }
            // Another method is refused with the same list.
            let (plain, _, body) = asked(&world, &Method::PATCH, &path, None).await;
            let (slashed, _, slashed_body) = asked(&world, &Method::PATCH, &format!("{path}/"), None).await;
            assert_eq!((plain, slashed), (StatusCode::METHOD_NOT_ALLOWED, StatusCode::METHOD_NOT_ALLOWED), "{path}");
            assert_eq!(body, slashed_body);
        }
        world.app.clock.advance_ms(1_000);
    }
    assert!(seen > 80, "{seen}");
}

/// The limits of a path hold with a slash too: a poll is counted for what it follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slash_is_no_way_around_a_limit() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    for path in ["/poll", "/events", "/api/v1/auth/wechat/check-follow"] {
        let limit = async |path: String| {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let answer = world.app.router().oneshot(request).await.unwrap();
            answer.headers()["ratelimit-limit"].to_str().unwrap().to_owned()
        };
        let query = "?id=0123456789abcdefABCDEF&client_id=x";
        assert_eq!(limit(format!("{path}{query}")).await, limit(format!("{path}/{query}")).await, "{path}");
    }
}
