//! Dialect B, as documented: a session, and rules that the account then answers with.

use crate::rig::{Browser, Caller, Database, Engine, Ilink, Tape, World, digits, too_large};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;
use weida::core::rule::{
    Content, Keyword, MatchType,
    draft::Draft,
    edit::{self, Editor},
    search,
};

crate::every_engine!(replies_are_added_all_or_none_and_answer_immediately, an_update_keeps_what_this_client_cannot_see,);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_in_and_profile_match_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "assistant_account");
    let phone = world.app.phone("oMing");
    phone.push(&phone.event("subscribe", "")).await;
    let register = |code: &str, name: &str, password: &str| {
        world.post("/account/register", &json!({ "username": name, "password": password, "last_name": code, "x": 1 }))
    };
    let right = digits(&phone.ask("验证码").await).unwrap();
    tape.name(&right, "code");
    tape.ask("register: a wrong code", register("000000", "小明", "correct horse")).await;
    tape.ask("register: no code", world.post("/account/register", &json!({ "username": "a", "password": "b" }))).await;
    tape.ask("register: no digits", register("abc", "小明", "correct horse")).await;
    tape.ask("register: a short password", register(&right, "小明", "short")).await;
    tape.ask("register: a name of digits", register(&right, "12345", "correct horse")).await;
    tape.ask(
        "register: a number",
        world.post("/account/register", &json!({ "username": 7, "password": "b", "last_name": "c" })),
    )
    .await;
    tape.ask("register; unknown fields", register(&right, "小明", "correct horse")).await;
    tape.ask("register: the name is taken", register(&right, "小明", "correct horse")).await;
    let again = digits(&phone.ask("验证码").await).unwrap();
    tape.name(&again, "code 2");
    tape.ask("register: has an account already", register(&again, "小红", "correct horse")).await;

    let login =
        |name: &str, password: &str| world.post("/account/login/", &json!({ "username": name, "password": password }));
    tape.ask("login: a wrong password", login("小明", "wrong horse")).await;
    tape.ask("login: an unknown name", login("小刚", "wrong horse")).await;
    tape.ask("login: no password", world.post("/account/login", &json!({ "username": "小明" }))).await;
    let sent = |kind: &str, body: String| {
        world.request(Method::POST, "/account/login").header("content-type", kind).body(body)
    };
    tape.ask("login: not JSON", sent("application/json", "{".to_owned())).await;
    let form = |body: &str| sent("application/x-www-form-urlencoded", body.to_owned());
    tape.ask("login: a form without a password", form("username=a")).await;
    tape.ask("login: a form", form("username=%E5%B0%8F%E6%98%8E&password=correct+horse")).await;
    tape.ask("login: plain text", sent("text/plain", r#"{"username":"小明","password":"x"}"#.to_owned())).await;
    tape.ask("login: a list", sent("application/json", r#"["小明","correct horse"]"#.to_owned())).await;
    tape.ask("login: no body", world.request(Method::POST, "/account/login")).await;
    tape.ask("login: too large by one byte", sent("application/json", too_large())).await;
    tape.ask("login: GET", world.get("/account/login")).await;
    tape.ask("login: from another site", login("小明", "correct horse").header("sec-fetch-site", "cross-site")).await;
    tape.ask("login; slash", login("小明", "correct horse")).await;

    let ming = Caller::signed_in(&world, "小明").await;
    tape.ask("info: nobody", world.get("/account/info")).await;
    tape.ask("info", ming.get("/account/info/")).await;
    tape.ask("info: a token is no session", world.get("/account/info").bearer_auth("a.b.c")).await;
    tape.ask("email", ming.post("/account/email", &json!({ "email": "ming@example.com" }))).await;
    tape.ask("email: none of it", ming.post("/account/email", &json!({ "email": "ming" }))).await;
    tape.ask("email: a list", ming.post("/account/email", &json!({ "email": [] }))).await;
    let password = |body: Value| ming.post("/account/password", &body);
    tape.ask(
        "password: the old one is wrong",
        password(json!({ "old_password": "x", "new_password": "another horse" })),
    )
    .await;
    tape.ask("password: too short", password(json!({ "old_password": "correct horse", "new_password": "x" }))).await;
    tape.ask("password: neither old one nor code", password(json!({ "new_password": "another horse" }))).await;
    tape.ask("password: both", password(json!({ "old_password": "a", "code": "1", "new_password": "another horse" })))
        .await;
    tape.ask("password: nobody", world.post("/account/password", &json!({ "old_password": "a", "new_password": "b" })))
        .await;
    tape.ask(
        "password: a wrong code",
        world.post("/account/password", &json!({ "code": "000000", "new_password": "another horse" })),
    )
    .await;
    tape.ask("password", password(json!({ "old_password": "correct horse", "new_password": "another horse" }))).await;
    let reset = digits(&phone.ask("改密").await).unwrap();
    tape.name(&reset, "reset code");
    tape.ask(
        "password: by a code",
        world.post("/account/password", &json!({ "code": reset, "new_password": "correct horse" })),
    )
    .await;
    tape.ask("info: signed out by it", ming.get("/account/info")).await;
    let ming = Caller::signed_in(&world, "小明").await;
    tape.ask("logout: another site", ming.get("/account/logout").header("sec-fetch-site", "cross-site")).await;
    tape.ask("logout: a page of another site", ming.get("/account/logout").header("referer", "https://evil.example/x"))
        .await;
    tape.ask("logout", ming.get("/account/logout")).await;
    tape.ask("info: signed out", ming.get("/account/info")).await;
    tape.ask("logout: again", ming.get("/account/logout/")).await;
    tape.ask("no such call", world.get("/account/nothing")).await;
    tape.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_match_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let ilink = Ilink::start().await;
    let world = World::with(&database, &ilink.settings()).await;
    let mut tape = Tape::of(&world.app, "assistant_replies");
    let phone = world.app.phone("oMing");
    let ming = Caller::registered(&world, &phone, "小明").await;
    let id = world.app.count("SELECT MAX(id) FROM users").await;
    let sent = |path: &str, body: &str| {
        ming.request(Method::POST, path).header("content-type", "application/json").body(body.to_owned())
    };
    tape.ask("show: nothing yet", ming.get("/database/show")).await;
    tape.ask("show: nobody", world.get("/database/show")).await;
    tape.ask("add: two", sent("/database/add", r#"{"价格":"100 元","地址":"人民路 1 号"}"#)).await;
    tape.ask(
        "add: duplicates of what is there",
        sent("/database/add/", r#"{"电话":"1","价格":"2","地 址":"3","地址":"4"}"#),
    )
    .await;
    tape.ask("add: a key twice in one body", sent("/database/add", r#"{"电话":"1","电话":"2"}"#)).await;
    tape.ask("add: nothing", sent("/database/add", "{}")).await;
    tape.ask("add: a list", sent("/database/add", "[]")).await;
    tape.ask("add: a number", sent("/database/add", r#"{"电话":1}"#)).await;
    tape.ask("add: an empty key", sent("/database/add", r#"{"":"1"}"#)).await;
    tape.ask("add: an empty reply", sent("/database/add", r#"{"电话":""}"#)).await;
    tape.ask("add: nobody", world.post("/database/add", &json!({ "a": "b" }))).await;
    tape.ask("add: another site", sent("/database/add", r#"{"a":"b"}"#).header("origin", "https://evil.example")).await;
    tape.ask("show; slash", ming.get("/database/show/")).await;
    tape.ask("update: what it says", ming.get("/database/update/?id=1")).await;
    tape.ask("update", sent("/database/update/?id=1", r#"{"价格":"120 元"}"#)).await;
    tape.ask("update: a duplicate", sent("/database/update?id=1", r#"{"地址":"x"}"#)).await;
    tape.ask("update: two pairs", sent("/database/update?id=1", r#"{"a":"b","c":"d"}"#)).await;
    tape.ask("update: not mine", sent("/database/update?id=99", r#"{"a":"b"}"#)).await;
    tape.ask("update: no id", sent("/database/update", r#"{"a":"b"}"#)).await;
    tape.ask("update: no number", sent("/database/update?id=x", r#"{"a":"b"}"#)).await;
    tape.ask("delete: GET from another site", ming.get("/database/delete/?id=2").header("sec-fetch-site", "same-site"))
        .await;
    tape.ask("delete: GET", ming.get("/database/delete/?id=2")).await;
    tape.ask("delete: again", ming.request(Method::DELETE, "/database/delete?id=2")).await;
    tape.ask("delete: POST, not mine", ming.request(Method::POST, "/database/delete?id=-1")).await;
    tape.ask("delete: PUT", ming.request(Method::PUT, "/database/delete?id=1")).await;
    tape.ask("autoreply", ming.get("/wechat/autoreply")).await;
    tape.ask("autoreply: off", ming.post("/wechat/autoreply/", &json!({ "enabled": false }))).await;
    tape.ask("autoreply: a text", ming.post("/wechat/autoreply", &json!({ "enabled": "no" }))).await;
    tape.ask("autoreply: is off", ming.get("/wechat/autoreply")).await;
    let (_, made) = tape.ask("testlogin", ming.get("/wechat/testlogin")).await;
    tape.name(made["pid"].as_str().unwrap(), "pid");
    let status = format!("/wechat/testlogin/status?pid={}", made["pid"].as_str().unwrap());
    tape.ask("testlogin: status", ming.get(&status)).await;
    tape.ask("testlogin: a number too early", ming.post(&status, &json!({ "number": "42" }))).await;
    tape.ask("testlogin: no number", ming.post(&status, &json!({ "number": "x" }))).await;
    tape.ask("testlogin: another site", ming.get("/wechat/testlogin").header("sec-fetch-site", "same-site")).await;
    tape.ask("testlogin: nobody", world.get("/wechat/testlogin")).await;
    tape.ask("testlogin: status of another", ming.get("/wechat/testlogin/status?pid=x")).await;
    tape.ask("testlogin: a number without a session", world.request(Method::POST, "/wechat/testlogin/status?pid=x"))
        .await;
    tape.ask("testlogin: picture", ming.get("/static/qrimages/x.png")).await;
    tape.ask("mongodb: show", ming.get(&format!("/mongodb/show?id={id}"))).await;
    tape.ask("mongodb: add", sent(&format!("/mongodb/add?id={id}"), r#"{"电话":"1"}"#)).await;
    tape.ask("mongodb: duplicates", sent(&format!("/mongodb/add/?id={id}"), r#"{"电话":"1"}"#)).await;
    tape.ask("mongodb: a list", sent(&format!("/mongodb/add?id={id}"), r#"["电话","1"]"#)).await;
    let delete = |query: String| ming.request(Method::DELETE, &format!("/mongodb/delete?id={id}{query}"));
    tape.ask("mongodb: delete", delete("&key=03".to_owned())).await;
    tape.ask("mongodb: no such key", delete("&key=03".to_owned())).await;
    tape.ask("mongodb: the text is no key", delete("&key=价格".to_owned())).await;
    tape.ask("mongodb: no key", delete(String::new())).await;
    tape.ask("mongodb: another user", ming.get("/mongodb/show?id=1")).await;
    tape.ask("mongodb: no number", ming.get("/mongodb/show?id=ming")).await;
    tape.ask("mongodb: no id", ming.get("/mongodb/show")).await;
    tape.ask("mongodb: add for another user", sent("/mongodb/add?id=1", r#"{"a":"b"}"#)).await;
    tape.ask("mongodb: delete of another user", ming.request(Method::DELETE, "/mongodb/delete?id=1&key=01")).await;
    tape.ask("mongodb: nobody", world.get(&format!("/mongodb/show?id={id}"))).await;
    tape.ask("mongodb: too large by one byte", sent(&format!("/mongodb/add?id={id}"), &too_large())).await;
    for prefix in ["account", "database", "wechat", "mongodb", "static/qrimages/x.png"] {
        tape.ask(&format!("no such call: {prefix}"), ming.get(&format!("/{prefix}/nothing"))).await;
    }
    tape.end();
}

async fn replies_are_added_all_or_none_and_answer_immediately(database: &Database) {
    let world = World::open(database).await;
    let phone = world.app.phone("oMing");
    let ming = Caller::registered(&world, &phone, "ming").await;
    let two = json!({ "价格": "100 元", "地址": "人民路 1 号" });
    assert_eq!(ming.code(ming.post("/database/add", &two)).await, 200);
    assert_eq!(phone.ask("价格").await, "100 元");
    // One of three exists already: none is added.
    let three = json!({ "电话": "123", "价格": "200 元", "网址": "x" });
    let answer: Value = ming.post("/database/add", &three).send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer["code"], &answer["message"]), (&json!(-4), &json!("参数错误")));
    let detail = answer["detail"].as_str().unwrap();
    assert!(detail.contains("价格") && !detail.contains("电话"), "{detail}");
    assert_eq!(ming.shown().await, json!({ "01": { "价格": "100 元" }, "02": { "地址": "人民路 1 号" } }));
    assert_eq!(ming.code(ming.post("/database/update?id=1", &json!({ "多少钱": "120 元" }))).await, 200);
    assert_eq!(phone.ask("多少钱").await, "120 元");
    assert_ne!(phone.say("价格").await.unwrap_or_default(), "120 元");

    // Another user cannot see or change them; an admin can, at the older addresses.
    let id = world.app.count("SELECT user_id FROM identities WHERE openid = 'oMing'").await;
    let hong = Caller::registered(&world, &world.app.phone("oHong"), "hong").await;
    assert_eq!(hong.shown().await, json!({}));
    for request in [
        hong.post("/database/update?id=1", &json!({ "a": "b" })),
        hong.get("/database/delete?id=1"),
        hong.request(Method::DELETE, "/database/delete?id=1"),
    ] {
        assert_eq!(hong.code(request).await, -5);
    }
    assert_eq!(hong.code(hong.get(&format!("/mongodb/show?id={id}"))).await, -1);
    assert_eq!(hong.code(hong.post(&format!("/mongodb/add?id={id}"), &json!({ "a": "b" }))).await, -1);
    world.admin("root").await;
    let body = json!({ "username": "root", "password": "correct horse battery" });
    let answer = world.post("/account/login", &body).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let root = Caller { world: &world, cookie };
    let shown: Value = root.get(&format!("/mongodb/show?id={id}")).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown["data"], json!({ "01": { "多少钱": "120 元" }, "02": { "地址": "人民路 1 号" } }));
    assert_eq!(root.code(root.get("/mongodb/show?id=999999")).await, -1);
    assert_eq!(root.code(root.post(&format!("/mongodb/add?id={id}"), &json!({ "营业": "九点" }))).await, 200);
    assert_eq!(phone.ask("营业").await, "九点");
    let rules = search::list(&world.app.ctx, id).await.unwrap();
    assert_eq!(rules.len(), 3);
    // Switched off and on.
    assert_eq!(ming.code(ming.post("/wechat/autoreply", &json!({ "enabled": false }))).await, 200);
    assert_ne!(phone.say("营业").await.unwrap_or_default(), "九点");
    assert_eq!(ming.code(ming.post("/wechat/autoreply", &json!({ "enabled": true }))).await, 200);
    assert_eq!(phone.ask("营业").await, "九点");
}

async fn an_update_keeps_what_this_client_cannot_see(database: &Database) {
    let world = World::open(database).await;
    let phone = world.app.phone("oMing");
    let ming = Caller::registered(&world, &phone, "ming").await;
    let id = world.app.count("SELECT user_id FROM identities WHERE openid = 'oMing'").await;
    let keyword = |text: &str, matching| Keyword { text: text.to_owned(), matching };
    let picture = Content::Image { media: "MEDIA".to_owned() };
    let draft = Draft {
        keywords: vec![keyword("价格", MatchType::Contains), keyword("多少钱", MatchType::Exact)],
        contents: vec![picture.clone(), Content::text("100 元")],
        ..Draft::default()
    };
    let editor = Editor { owner_id: id, actor_id: id, ..Editor::default() };
    edit::add(&world.app.ctx, &editor, &draft).await.unwrap();
    assert_eq!(ming.code(ming.post("/database/update?id=1", &json!({ "价格": "120 元" }))).await, 200);
    let rule = search::find(&world.app.ctx, id, 1).await.unwrap();
    assert_eq!((rule.keywords, rule.contents), (draft.keywords, vec![picture, Content::text("120 元")]));
}

/// Unsolicited codes: an address may send ten wrong ones an hour; right codes are not counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_ten_guesses_an_hour() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let guess = async |from: &str, name: &str, code: &str| {
        let body = json!({ "username": name, "password": "correct horse", "last_name": code });
        let answer = world.post("/account/register", &body).header("x-forwarded-for", from).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].as_i64().unwrap())
    };
    let right = digits(&world.app.phone("oRight").ask("验证码").await).unwrap();
    let wrong = if right == "000000" { "111111" } else { "000000" };
    for n in 0..9 {
        assert_eq!(guess("203.0.113.7", &format!("name{n}"), wrong).await, (200, -1), "{n}");
    }
    assert_eq!(guess("203.0.113.7", "newname", &right).await, (200, 200), "the tenth is right and not counted");
    assert_eq!(guess("203.0.113.7", "other", wrong).await, (200, -1));
    let fresh = digits(&world.app.phone("oFresh").ask("验证码").await).unwrap();
    assert_eq!(guess("203.0.113.7", "other", &fresh).await, (429, 0), "refused before the check");
    world.app.clock.advance_ms(50 * 60_000);
    assert_eq!(guess("203.0.113.7", "other", wrong).await.0, 429, "an hour, not a minute");
    world.app.clock.advance_ms(10 * 60_000);
    let fresh = digits(&world.app.phone("oFresh").ask("验证码").await).unwrap();
    assert_eq!(guess("203.0.113.7", "other", &fresh).await, (200, 200));
}

/// T-23 for the calls of dialects A and B: anonymous, a token, a session, another user's session, an ended session.
const TABLE: &str = "\
GET /account/info                   401 401 200 200 401
POST /account/password              200 200 200 200 200
POST /account/email                 401 401 200 200 401
GET /database/show                  401 401 200 200 401
POST /database/add                  401 401 200 200 401
GET /database/update?id=1           401 401 200 200 401
POST /database/update?id=1          401 401 200 200 401
GET /database/delete?id=9           401 401 200 200 401
GET /wechat/autoreply               401 401 200 200 401
POST /wechat/autoreply              401 401 200 200 401
GET /wechat/testlogin               401 401 200 200 401
GET /wechat/testlogin/status        401 401 200 200 401
POST /wechat/testlogin/status       401 401 200 200 401
GET /static/qrimages/3kTMd9.png     401 401 404 404 401
GET /mongodb/show?id=1              401 401 200 200 401
POST /mongodb/add?id=1              401 401 200 200 401
DELETE /mongodb/delete?id=1&key=x   401 401 200 200 401
POST /account/register              200 200 200 200 200
POST /account/login                 200 200 200 200 200
GET /api/v1/user/credits            401 200 401 401 401
POST /api/v1/image/edit             401 415 401 401 401
POST /api/v1/auth/wechat/qrcode     400 400 400 400 400
GET /api/v1/auth/wechat/check-follow 400 400 400 400 400
GET /account/logout                 200 200 200 200 200
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_routes_access_matches_the_table() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    let hong = Caller::registered(&world, &world.app.phone("oHong"), "hong").await;
    let gone = Caller::signed_in(&world, "hong").await;
    assert_eq!(gone.code(gone.get("/account/logout")).await, 200);
    let id = world.app.count("SELECT user_id FROM identities WHERE openid = 'oMing'").await;
    let token = crate::rig::token(&world.app.ctx, id, None).await.unwrap();
    let mut table = String::new();
    for line in TABLE.lines() {
        let mut words = line.split_whitespace();
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let asked = || {
            let request = world.request(method.parse().unwrap(), path);
            if method == "POST" { request.json(&json!({})) } else { request }
        };
        let statuses = [
            asked(),
            asked().bearer_auth(&token),
            asked().header("cookie", &ming.cookie),
            asked().header("cookie", &hong.cookie),
            asked().header("cookie", &gone.cookie),
        ];
        let mut seen = String::new();
        for request in statuses {
            write!(seen, " {}", request.send().await.unwrap().status().as_u16()).unwrap();
        }
        let head = format!("{method} {path}");
        writeln!(table, "{head:<35}{seen}").unwrap();
    }
    assert_eq!(table, TABLE);
}

/// The pages and this API share one session.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_and_calls_share_one_session() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let ming = Caller::registered(&world, &world.app.phone("oMing"), "ming").await;
    let browser = Browser::on(&world.app);
    browser.set_cookie("weida", ming.cookie.split_once('=').unwrap().1);
    assert_eq!(browser.get("/me").await.status.as_u16(), 200);
    browser.post("/do/sign-out", &[]).await;
    assert_eq!(ming.get("/account/info").send().await.unwrap().status().as_u16(), 401);
}
