//! JSON bodies: read whatever their content type, never from a list, and only from pages of this site where a cookie is believed.

use crate::rig::{Caller, Database, Engine, World};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use weida::{dialect::openapi, text::Lang};

/// What clients send JSON as: nothing at all, `fetch` with a text, jQuery and old axios, `curl -d`, and mistakes.
const KINDS: [Option<&str>; 9] = [
    None,
    Some("application/json"),
    Some("application/json;charset=utf-8"),
    Some("text/plain;charset=UTF-8"),
    Some("application/x-www-form-urlencoded"),
    Some("application/x-www-form-urlencoded; charset=UTF-8"),
    Some("application/octet-stream"),
    Some("application/vnd.api+json"),
    Some("rubbish"),
];

/// Every call with a JSON body, as `(method, path, dialect, example)`.
fn calls(document: &Value) -> Vec<(Method, &str, &str, &Value)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let example = &call["requestBody"]["content"]["application/json"]["example"];
            if !example.is_null() {
                let method = method.to_uppercase().parse().unwrap();
                found.push((method, path.as_str(), call["tags"][0].as_str().unwrap(), example));
            }
        }
    }
    assert!(found.len() > 20);
    found
}

/// A caller who may make every call: an admin with a session and a token.
struct Everyone<'a> {
    caller: Caller<'a>,
    token: String,
    id: i64,
}

impl<'a> Everyone<'a> {
    async fn on(world: &'a World) -> Self {
        let (_, root) = world.admin("root").await;
        let caller = Caller::registered(world, &world.app.phone("oMing"), "ming").await;
        let id = world.app.count("SELECT user_id FROM identities WHERE openid = 'oMing'").await;
        world.promote(&root, id).await;
        let caller = Caller { cookie: Caller::signed_in(world, "ming").await.cookie, ..caller };
        let token = crate::rig::token(&world.app.ctx, id, Some("oMing")).await.unwrap();
        Self { caller, token, id }
    }

    fn call(&self, method: &Method, path: &str, kind: Option<&str>, body: &str) -> RequestBuilder {
        let request = self.caller.request(method.clone(), &format!("{path}?id={}", self.id)).bearer_auth(&self.token);
        let request = match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        };
        request.body(body.to_owned())
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Bodies that change nothing: each call refuses them, under every content type alike. A list with the values of the fields is refused as
/// any list is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_reads_json_under_every_content_type_and_no_list() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let everyone = Everyone::on(&world).await;
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let before = world.app.fingerprint().await;
    for (method, path, dialect, example) in calls(&document) {
        let values: Vec<&Value> = example.as_object().unwrap().values().collect();
        let list = serde_json::to_string(&values).unwrap();
        let within = serde_json::to_string(&[example]).unwrap();
        let keyed: Vec<(&String, &Value)> = example.as_object().unwrap().iter().collect();
        let keyed = serde_json::to_string(&keyed).unwrap();
        let json = Some("application/json");
        let of_list = answer(everyone.call(&method, path, json, "[]")).await;
        assert!(of_list.1.to_string().contains("不是有效的 JSON 对象"), "{path}: {of_list:?}");
        for body in ["[]", &list, &within, &keyed, "7", "null", "\"x\"", "{", "", " ", "{}"] {
            let expected = answer(everyone.call(&method, path, json, body)).await;
            assert_ne!(expected.0, 415, "{path}");
            for kind in KINDS {
                // A dialect with forms reads these as forms under their content type.
                let is_form = kind.is_some_and(|kind| kind.contains("urlencoded")) && dialect == "assistant";
                if is_form && !body.trim().is_empty() && !body.starts_with(['{', '[']) {
                    continue;
                }
                let got = answer(everyone.call(&method, path, kind, body)).await;
                assert_eq!(got, expected, "{method} {path} {kind:?} {body}");
            }
            if body.starts_with('[') {
                assert_eq!(expected, of_list, "{method} {path} {body}");
            }
            if matches!(body, "" | " ") {
                let empty_object = answer(everyone.call(&method, path, json, "{}")).await;
                assert_eq!(expected, empty_object, "{method} {path}: no body is an empty object");
            }
            world.app.clock.advance_ms(2_000);
        }
        // An object in place of each field's text, number or bool; `null` for a word.
        for field in example.as_object().unwrap().keys() {
            for value in [json!({ "inc": null }), json!([example[field]]), json!({ "0": example[field] }), json!([[]])]
            {
                let mut body = example.clone();
                body[field] = value;
                let (status, got) = answer(everyone.call(&method, path, json, &body.to_string())).await;
                let names_it = got.to_string().contains(field.as_str());
                let is_refused = status == 400 || got["code"].as_i64().is_some_and(|code| code < 0);
                assert!(is_refused && names_it, "{method} {path} {body}: {status} {got}");
            }
            // The same field twice.
            let pair = format!("{}:{}", Value::from(field.as_str()), example[field]);
            let twice = format!("{{{pair},{}", &example.to_string()[1..]);
            let (status, got) = answer(everyone.call(&method, path, json, &twice)).await;
            let is_refused = status == 400 || got["code"].as_i64().is_some_and(|code| code < 0);
            assert!(is_refused && got.to_string().contains(field.as_str()), "{method} {path} {twice}: {got}");
            world.app.clock.advance_ms(2_000);
        }
    }
    assert_eq!(world.app.fingerprint().await, before, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_clients_bodies_are_read() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let phone = world.app.phone("oMing");
    let plain = |path: &str, kind: &str, body: &str| {
        world.request(Method::POST, path).header("content-type", kind.to_owned()).body(body.to_owned())
    };
    let (text, form) = ("text/plain;charset=UTF-8", "application/x-www-form-urlencoded");
    for (n, kind) in [text, form, "application/json"].into_iter().enumerate() {
        let qr = answer(plain("/api/v1/auth/wechat/qrcode", kind, r#"{"client_id":"c"}"#)).await;
        assert_eq!(qr.0, 200, "{kind}: {qr:?}");
        let counted = answer(plain("/api/count", kind, r#"{"action":"inc"}"#)).await;
        assert_eq!(counted, (200, json!({ "code": 0, "data": n + 1 })), "{kind}");
        let wei = world.person(&format!("小微{n}")).await;
        let body = format!(r#"{{"code":"{}"}}"#, world.mini_code(&wei).await);
        assert_eq!(answer(plain("/api/auth/login", kind, &body)).await.0, 200, "{kind}");
        let valid = answer(plain("/validate_token", kind, r#"{"token":"x"}"#)).await;
        assert_eq!(valid, (200, json!({ "success": true, "valid": false })), "{kind}");
    }
    // A form of a program registers, signs in, adds rules and switches.
    let code = crate::rig::digits(&phone.ask("验证码").await).unwrap();
    let body = format!("username=ming&password=correct+horse&last_name={code}");
    assert_eq!(answer(plain("/account/register", form, &body)).await.1["code"], 200);
    let ming = Caller::signed_in(&world, "ming").await;
    let sent = |path: &str, kind: &str, body: &str| {
        ming.request(Method::POST, path).header("content-type", kind.to_owned()).body(body.to_owned())
    };
    let added = sent("/database/add", form, "%E4%BB%B7%E6%A0%BC=100+%E5%85%83&%E5%9C%B0%E5%9D%80=%26%3D");
    assert_eq!(answer(added).await.1["code"], 200);
    let twice = answer(sent("/database/add", form, "a=1&a=2")).await.1;
    assert_eq!((&twice["code"], &twice["detail"]), (&json!(-4), &json!("重复：a")));
    assert_eq!(answer(sent("/database/add", form, "%B5%E7=1")).await.1["code"], -4, "GBK");
    assert_eq!(answer(sent("/database/add", text, r#"{"电话":"1"}"#)).await.1["code"], 200);
    let shown = ming.shown().await;
    assert_eq!(shown, json!({ "01": { "价格": "100 元" }, "02": { "地址": "&=" }, "03": { "电话": "1" } }));
    assert_eq!(answer(sent("/wechat/autoreply", form, "enabled=false")).await.1["code"], 200);
    assert_eq!(answer(ming.get("/wechat/autoreply")).await.1["data"], json!({ "enabled": false }));
    for wrong in ["enabled=no", "enabled=", "enabled=0", "enabled", "", "enabled=true&enabled=false"] {
        assert_eq!(answer(sent("/wechat/autoreply", form, wrong)).await.1["code"], -4, "{wrong}");
    }
}

/// T-24: what a page of another site can send with the user's cookie, without a preflight request, changes nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_another_site_sends_no_body_to_a_session() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::with(&database, &[("WEIDA_CORS_ORIGINS", "https://app.example")]).await;
    let everyone = Everyone::on(&world).await;
    let document = openapi::document(Lang::Zh, "http://127.0.0.1");
    let before = world.app.fingerprint().await;
    let browser = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36");
    let foreign: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://app.example")],
        &[("origin", "https://app.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("referer", "https://evil.example/")],
        &[browser],
        &[("accept-language", "zh-CN")],
        &[("accept", "text/html"), ("sec-fetch-mode", "no-cors")],
    ];
    // The content types that need no preflight request.
    let kinds =
        [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("multipart/form-data; boundary=x")];
    let mut asked = 0;
    for (method, path, _, example) in calls(&document).into_iter().filter(|(_, _, dialect, _)| *dialect == "assistant")
    {
        for headers in foreign {
            for kind in kinds {
                for body in [example.to_string(), "a=b".to_owned()] {
                    let request = everyone.call(&method, path, kind, &body);
                    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                    let answer = request.send().await.unwrap();
                    assert_eq!(answer.status().as_u16(), 403, "{path} {headers:?} {kind:?}");
                    assert!(!answer.headers().contains_key("set-cookie"), "{path} {headers:?}");
                    asked += 1;
                }
            }
            world.app.clock.advance_ms(2_000);
        }
    }
    assert!(asked > 500);
    assert_eq!(world.app.fingerprint().await, before);
    // Our own page may, under any content type.
    for kind in kinds {
        let request = everyone.call(&Method::POST, "/wechat/autoreply", kind, r#"{"enabled":false}"#);
        let (status, body) = answer(request.header("sec-fetch-site", "same-origin").header(browser.0, browser.1)).await;
        assert_eq!((status, &body["code"]), (200, &json!(200)), "{kind:?}");
    }
}
