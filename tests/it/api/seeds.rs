//! The examples of the original documents hold: method, path, names, nesting, codes and words, character by character. Texts like `…` and
//! numbers of an example stand for values; equal keys of an example stand for different ones.

use crate::rig::{Caller, Database, Engine, Ilink, World, digits};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use weida::sandbox::platform::Act;

crate::every_engine!(the_reply_assistants_database_calls_hold, the_reply_assistants_older_calls_hold,);

async fn sent(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn said(request: RequestBuilder) -> Value {
    let (status, body) = sent(request).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// True if the answer has every field of the example, nested alike. In the example `"…"` stands for any text, a number for any number
/// and `{}` for any object.
fn holds(example: &Value, answer: &Value) -> bool {
    match (example, answer) {
        (Value::Object(wanted), Value::Object(given)) => {
            wanted.iter().all(|(name, one)| given.get(name).is_some_and(|other| holds(one, other)))
        }
        (Value::String(text), Value::String(_)) if text == "…" => true,
        (Value::Number(_), Value::Number(_)) => true,
        _ => example == answer,
    }
}

fn as_in(example: &Value, answer: &Value) {
    assert!(holds(example, answer), "{example}\n{answer}");
}

/// `curl -X POST …/qrcode -H "Content-Type: application/json" -d '{"client_id": "test_001"}'`, then `check-follow`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_follow_apis_calls_work() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    for slash in ["", "/"] {
        let client = if slash.is_empty() { "test_001" } else { "test_002" };
        let qr = said(
            world
                .request(Method::POST, &format!("/api/v1/auth/wechat/qrcode{slash}"))
                .header("content-type", "application/json")
                .body(format!(r#"{{"client_id": "{client}"}}"#)),
        )
        .await;
        assert_eq!(qr["expires_in"], 30 * 24 * 3600, "valid for 30 days");
        let check = || said(world.get(&format!("/api/v1/auth/wechat/check-follow{slash}?client_id={client}")));
        assert_eq!(check().await["followed"], false);
        world.scan(&world.app.phone(&format!("o{client}")), &qr).await;
        let followed = check().await;
        assert_eq!((&followed["followed"], &followed["credits"]), (&json!(true), &json!(100)), "{followed}");
        let token = world.polled(&qr).await["token"].as_str().unwrap().to_owned();
        let credits = said(world.get(&format!("/api/v1/user/credits{slash}")).bearer_auth(token)).await;
        assert_eq!(credits["credits"], 100);
    }
    // WeChat verifies the address, and pushes to it.
    for slash in ["", "/"] {
        let (status, _) = {
            let answer = world.get(&format!("/api/v1/auth/wechat/verify{slash}?signature=x")).send().await.unwrap();
            (answer.status().as_u16(), answer.bytes().await.unwrap())
        };
        assert_eq!(status, 403, "a wrong signature, not an unknown path");
    }
}

const OK: &str = r#"{"code":200,"message":"ok"}"#;

fn ok() -> Value {
    serde_json::from_str(OK).unwrap()
}

/// What a client of dialect B compares: the code and the word. The explanation stands beside them.
fn refused(code: i64, word: &str, answer: &Value) {
    assert_eq!((&answer["code"], &answer["message"]), (&json!(code), &json!(word)), "{answer}");
    assert!(answer["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{answer}");
    assert_eq!(answer.as_object().unwrap().len(), 3, "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reply_assistants_account_calls_hold() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let ilink = Ilink::start().await;
    let world = World::with(&database, &ilink.settings()).await;
    let phone = world.app.phone("oMing");
    let right = digits(&phone.ask("验证码").await).unwrap();
    let wrong = if right == "000000" { "111111" } else { "000000" };
    let register = |slash: &str, name: &str, code: &str| {
        let body = json!({ "username": name, "password": "correct horse", "last_name": code });
        said(world.post(&format!("/account/register{slash}"), &body))
    };
    refused(-1, "用户未关注公众号", &register("", "username", wrong).await);
    assert_eq!(register("", "username", &right).await, ok());
    let code = digits(&world.app.phone("oHong").ask("验证码").await).unwrap();
    refused(-2, "用户名被使用", &register("/", "username", &code).await);
    let code = digits(&phone.ask("验证码").await).unwrap();
    refused(-2, "用户名被使用", &register("", "another", &code).await);
    refused(-4, "参数错误", &said(world.post("/account/register", &json!({ "username": "x" }))).await);

    for slash in ["", "/"] {
        let login = |body: Value| said(world.post(&format!("/account/login{slash}"), &body));
        assert_eq!(login(json!({ "username": "username", "password": "correct horse" })).await, ok());
        let body = json!({ "csrf_token": "csrf", "username": "username", "password": "correct horse" });
        assert_eq!(login(body).await, ok());
        refused(-3, "invalid login", &login(json!({ "username": "username", "password": "pwd" })).await);
        refused(-3, "invalid login", &login(json!({ "username": "nobody", "password": "pwd" })).await);
        assert_eq!(said(world.get(&format!("/account/logout{slash}"))).await, ok());
        let (status, answer) = sent(world.get(&format!("/account/info{slash}"))).await;
        assert_eq!(status, 401);
        refused(0, "unknow error", &answer);
    }
    let ming = Caller::signed_in(&world, "username").await;
    let info = said(ming.get("/account/info")).await;
    assert_eq!((&info["code"], &info["message"]), (&json!(1), &json!("ok")));
    // 用户的微信名称，openID，用户的ID，用户昵称，用户的邮箱
    for name in ["wechat_name", "openid", "id", "nickname", "email"] {
        assert!(info["data"].get(name).is_some(), "{name}: {info}");
    }
    refused(
        -3,
        "invalid login",
        &said(ming.post("/account/password", &json!({ "old_password": "x", "new_password": "another horse" }))).await,
    );
    for path in ["/wechat/testlogin", "/wechat/testlogin/"] {
        let made = said(ming.get(path)).await;
        assert_eq!((&made["code"], &made["message"]), (&json!(200), &json!("ok")), "{made}");
        assert!(made["pid"].is_string(), "{made}");
    }
    assert_eq!(said(ming.get("/account/logout")).await, ok());
}

/// `wechat_name` is what WeChat says, not the nickname of the account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_in_wechat_is_given() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (id, _, _) = world.entered("小微").await;
    assert_eq!(weida::core::account::identity::wechat_name(&world.app.ctx, id).await.unwrap().as_deref(), Some("小微"));
    let (admin, _) = world.admin("root").await;
    assert_eq!(weida::core::account::identity::wechat_name(&world.app.ctx, admin).await.unwrap(), None);
}

async fn the_reply_assistants_database_calls_hold(database: &Database) {
    let world = World::open(database).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    let (status, answer) = sent(world.get("/database/show")).await;
    assert_eq!(status, 401);
    refused(0, "unknow error", &answer);
    assert_eq!(said(ming.get("/database/show")).await, json!({}));
    let add = |slash: &str, body: &str| {
        said(ming.request(Method::POST, &format!("/database/add{slash}")).body(body.to_owned()))
    };
    assert_eq!(add("", r#"{"苹果": "梨子", "收到内容": "回复内容"}"#).await, ok());
    assert_eq!(add("/", r#"{"第三个": "回复"}"#).await, ok());
    let shown = json!({ "01": { "苹果": "梨子" }, "02": { "收到内容": "回复内容" }, "03": { "第三个": "回复" } });
    assert_eq!(said(ming.get("/database/show")).await, shown);
    assert_eq!(said(ming.get("/database/show/")).await, shown);
    refused(-4, "参数错误", &add("", r#"{"苹果": "樱桃"}"#).await);
    refused(-4, "参数错误", &add("", r#"{"": "樱桃"}"#).await);
    // The document writes the pair of an update the other way around by a slip.
    let update = |path: &str, body: Value| said(ming.post(path, &body));
    assert_eq!(update("/database/update/?id=1", json!({ "new收到": "new回复" })).await, ok());
    assert_eq!(update("/database/update?id=01", json!({ "new收到": "新回复" })).await, ok());
    assert_eq!(said(ming.get("/database/show")).await["01"], json!({ "new收到": "新回复" }));
    refused(-5, "用户不匹配", &update("/database/update/?id=2123", json!({ "a": "b" })).await);
    refused(-5, "用户不匹配", &said(ming.get("/database/update/?id=2123")).await);
    refused(-5, "用户不匹配（删除）", &said(ming.get("/database/delete/?id=2123")).await);
    refused(-4, "参数错误", &said(ming.get("/database/delete/?id=n")).await);
    assert_eq!(said(ming.get("/database/delete/?id=2")).await, ok());
    assert_eq!(said(ming.request(Method::POST, "/database/delete?id=03")).await, ok());
    assert_eq!(said(ming.request(Method::DELETE, "/database/delete/?id=1")).await, ok());
    assert_eq!(said(ming.get("/database/show")).await, json!({}));
}

async fn the_reply_assistants_older_calls_hold(database: &Database) {
    let world = World::open(database).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    let id = world.app.count("SELECT user_id FROM identities WHERE openid = 'oMing'").await;
    for slash in ["", "/"] {
        let path = |call: &str, query: &str| format!("/mongodb/{call}{slash}?{query}");
        let add = |query: &str, body: Value| said(ming.post(&path("add", query), &body));
        let delete = |query: &str| said(ming.request(Method::DELETE, &path("delete", query)));
        let own = format!("id={id}");
        assert_eq!(add(&own, json!({ "收到内容": "回复内容", "苹果": "樱桃" })).await, ok());
        let numbers = if slash.is_empty() { ["01", "02"] } else { ["03", "04"] };
        let shown = said(ming.get(&path("show", &own))).await;
        let data = json!({ numbers[0]: { "收到内容": "回复内容" }, numbers[1]: { "苹果": "樱桃" } });
        assert_eq!(shown, json!({ "code": 200, "message": "ok", "data": data }));
        refused(-2, "'收到内容'有重复，请检查", &add(&own, json!({ "苹果": "梨子" })).await);
        refused(-3, "其他错误", &add(&own, json!({})).await);
        refused(-3, "其他错误", &add(&own, json!(["苹果", "梨子"])).await);
        refused(-3, "其他错误", &add(&own, json!({ "梨子": 1 })).await);
        refused(-3, "其他错误", &add(&own, json!({ "梨子": "" })).await);
        refused(-3, "其他错误", &delete(&own).await);
        for key in ["99", "苹果", "x", "-1", "1.0", "0"] {
            refused(-2, "主键不存在", &delete(&format!("{own}&key={key}")).await);
        }
        for unknown in ["id=999999", "id=1", "id=userid", "id=", "id=1.5", "id=99999999999999999999", ""] {
            refused(-1, "用户不存在", &said(ming.get(&path("show", unknown))).await);
            refused(-1, "用户不存在", &add(unknown, json!({ "a": "b" })).await);
            refused(-1, "用户不存在", &delete(&format!("{unknown}&key=01")).await);
        }
        // 主键 as it is shown, and without its zero.
        assert_eq!(delete(&format!("{own}&key={}", numbers[0])).await, ok());
        assert_eq!(delete(&format!("{own}&key={}", numbers[1].trim_start_matches('0'))).await, ok());
        assert_eq!(said(ming.get(&path("show", &own))).await["data"], json!({}));
        let (status, answer) = sent(world.get(&path("show", &own))).await;
        assert_eq!(status, 401);
        refused(0, "unknow error", &answer);
    }
}

/// HTTP is 200 also where the program fails; the code says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_the_reply_assistant_keeps_its_statuses() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    world.app.ctx.store.close().await;
    for (request, code, word) in [
        (ming.get("/account/info"), 0, "unknow error"),
        (ming.post("/account/login", &json!({ "username": "ming", "password": "correct horse" })), 0, "unknow error"),
        (ming.get("/database/show"), 0, "unknow error"),
        (ming.post("/database/add", &json!({ "a": "b" })), 0, "unknow error"),
        (ming.get("/mongodb/show?id=1001"), -2, "其他错误"),
        (ming.post("/mongodb/add?id=1001", &json!({ "a": "b" })), -3, "其他错误"),
        (ming.request(Method::DELETE, "/mongodb/delete?id=1001&key=01"), -3, "其他错误"),
    ] {
        refused(code, word, &said(request).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mini_programs_calls_hold() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    for slash in ["", "/"] {
        let code = world.mini_code(&wei).await;
        let asked = json!({ "code": code, "avatarUrl": "https://thirdwx.qlogo.cn/a/132", "nickName": "用户昵称" });
        let example = json!({
            "code": 200,
            "msg": "登录成功",
            "data": { "token": "…", "userInfo": { "id": 1, "nickName": "用户昵称", "avatarUrl": "https://thirdwx.qlogo.cn/a/132" } }
        });
        let answer = said(world.post(&format!("/api/auth/login{slash}"), &asked)).await;
        as_in(&example, &answer);
        let token = answer["data"]["token"].as_str().unwrap();
        let example = json!({
            "code": 200,
            "msg": "Token有效",
            "data": { "userId": 1, "userInfo": { "nickName": "用户昵称", "avatarUrl": "https://thirdwx.qlogo.cn/a/132" } }
        });
        let verified = said(world.request(Method::POST, &format!("/api/auth/verify{slash}")).bearer_auth(token)).await;
        as_in(&example, &verified);
        assert_eq!(verified["data"]["userId"], answer["data"]["userInfo"]["id"]);
        for (request, status) in [
            (world.post(&format!("/api/auth/login{slash}"), &json!({})), 400),
            (world.request(Method::POST, &format!("/api/auth/verify{slash}")), 401),
            (world.request(Method::POST, &format!("/api/auth/verify{slash}")).bearer_auth("x"), 401),
        ] {
            let (got, answer) = sent(request).await;
            assert_eq!((u64::from(got), answer["code"].as_u64()), (status, Some(status)), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_qr_logins_calls_hold() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    world.act(&wei, Act::Follow).await;
    for slash in ["", "/"] {
        let post = |path: &str, body: Value| world.post(&format!("{path}{slash}"), &body);
        let begun = said(world.request(Method::POST, &format!("/create_qr{slash}"))).await;
        as_in(&json!({ "success": true, "sessionId": "…", "qrUrl": "…" }), &begun);
        let id = begun["sessionId"].as_str().unwrap();
        let poll = || said(world.get(&format!("/poll{slash}?id={id}")));
        assert_eq!(poll().await["status"], "waiting");
        world.act(&wei, Act::Scan { code: begun["qrUrl"].as_str().unwrap().to_owned() }).await;
        assert_eq!(poll().await["status"], "scanned");
        world.act(&wei, Act::text("1")).await;
        let done = poll().await;
        let example = json!({
            "status": "success",
            "userInfo": { "openid": wei, "nickname": "…", "userid": 1, "level": "normal", "wechatInfo": {} },
            "token": "…"
        });
        as_in(&example, &done);
        assert!(done["userInfo"].get("avatar").is_some(), "{done}");
        let token = done["token"].as_str().unwrap();
        let own = |path: &str, body: Value| post(path, body).bearer_auth(token);
        let valid = said(own("/validate_token", json!({ "token": token }))).await;
        let user = json!({ "openid": wei, "nickname": "…", "level": "normal", "usage": {} });
        as_in(&json!({ "success": true, "valid": true, "user": user }), &valid);
        as_in(
            &json!({ "success": true, "user": { "openid": wei } }),
            &said(own("/get_user_info", json!({ "openid": wei }))).await,
        );
        for (path, body) in [
            ("/update_usage", json!({ "openid": wei, "feature": "article", "amount": 1 })),
            ("/update_article_usage", json!({ "openid": wei, "amount": 1 })),
        ] {
            as_in(&json!({ "success": true, "usage": {} }), &said(own(path, body)).await);
        }
        let usage = world.get(&format!("/get_article_usage{slash}?openid={wei}")).bearer_auth(token);
        as_in(&json!({ "success": true, "usage": {} }), &said(usage).await);
        let allowed = said(own("/check_permission", json!({ "openid": wei, "feature": "article" }))).await;
        as_in(&json!({ "success": true, "allowed": true }), &allowed);
        let finalize = json!({ "sessionId": "uuid-string", "code": "微信授权码" });
        assert_eq!(sent(post("/finalize_login", finalize)).await.0, 404, "an unknown session, not an unknown call");

        // 400, 401, 403, 404.
        let refused = |(status, answer): (u16, Value), expected: u16| {
            assert_eq!(status, expected, "{answer}");
            assert!(answer["success"] == false && answer["error"].is_string(), "{answer}");
        };
        refused(sent(own("/get_user_info", json!({}))).await, 400);
        refused(sent(post("/get_user_info", json!({ "openid": wei }))).await, 401);
        refused(sent(own("/get_user_info", json!({ "openid": "xxx" }))).await, 403);
        let unknown = sent(post("/no_such_call", json!({}))).await;
        assert_eq!(unknown.1["error"], "接口不存在");
        refused(unknown, 404);
        refused(sent(own("/admin/get_user", json!({ "openid": wei }))).await, 403);
        world.app.clock.advance_ms(1_000);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_qr_logins_admin_calls_hold() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (_, admin) = world.admin("root").await;
    for slash in ["", "/"] {
        let (_, openid, _) = world.entered(&format!("小微{slash}")).await;
        let call =
            |path: &str, body: Value| said(world.post(&format!("/admin/{path}{slash}"), &body).bearer_auth(&admin));
        let listed = said(world.get(&format!("/admin/list_all_keys{slash}")).bearer_auth(&admin)).await;
        assert!(listed["success"] == true && listed["users"].is_array(), "{listed}");
        let user = json!({ "success": true, "user": { "openid": openid } });
        as_in(&user, &call("get_user", json!({ "openid": openid })).await);
        as_in(&user, &call("update_user", json!({ "openid": openid, "nickname": "新" })).await);
        let promoted = call("update_user_level", json!({ "openid": openid, "level": "premium" })).await;
        as_in(&json!({ "success": true, "user": { "openid": openid, "level": "premium" } }), &promoted);
        as_in(&user, &call("delete_user", json!({ "openid": openid })).await);
        as_in(&json!({ "success": true }), &call("clear_all_users", json!({ "confirm": "DELETE ALL USERS" })).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cloud_hostings_calls_hold() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    for slash in ["", "/"] {
        let count = format!("/api/count{slash}");
        let change = |action: &str| said(world.post(&count, &json!({ "action": action })));
        assert_eq!(change("clear").await, json!({ "code": 0, "data": 0 }));
        for n in 1..=43 {
            assert_eq!(change("inc").await, json!({ "code": 0, "data": n }));
        }
        assert_eq!(said(world.get(&count)).await, json!({ "code": 0, "data": 43 }));
        let code = world.mini_code(&wei).await;
        let login = said(world.get(&format!("/api/login{slash}?code={code}"))).await;
        as_in(&json!({ "code": 0, "data": { "token": "…" } }), &login);
        let (_, refused) = sent(world.post(&count, &json!({ "action": "double" }))).await;
        as_in(&json!({ "code": -1, "errorMsg": "…" }), &refused);
    }
}
