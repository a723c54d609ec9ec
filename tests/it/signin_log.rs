//! The log of sign-ins: every door is walked, and the log is read.

use crate::rig::{Browser, Database, Engine, Log, Program, World, browser_by_wechat, environment, register};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use weida::{core::account, sandbox::platform::Injection};

/// The lines about sign-ins and failed calls since the last time: what they say after the level.
fn lines(log: &Log) -> Vec<String> {
    let is_ours = |line: &&str| {
        ["signed in", "a sign-in was refused", "a call to WeChat failed"].iter().any(|what| line.contains(what))
    };
    let text = log.take();
    // The platform does not know the followers of these phones: it refuses what is asked and sent in the background.
    let is_foreground =
        |line: &&str| !["/cgi-bin/user/info", "/message/custom/send"].iter().any(|path| line.contains(path));
    let fields = text.lines().filter(is_ours).filter(is_foreground).map(|line| {
        assert!(line.contains(" INFO "), "{line}");
        // After the span and the module.
        line.rsplit_once("weida::").unwrap().1.split_once(": ").unwrap().1.to_owned()
    });
    fields.collect()
}

fn signed_in(door: &str, user: i64) -> String {
    format!("signed in door=\"{door}\" user={user}")
}

fn refused(door: &str, user: Option<i64>, cause: &str) -> String {
    let user = user.map_or(String::new(), |user| format!(" user={user}"));
    format!("a sign-in was refused door=\"{door}\"{user} cause=\"{cause}\"")
}

fn failed(path: &str, code: i64) -> String {
    format!("a call to WeChat failed path=\"{path}\" errcode={code}")
}

async fn answer(request: reqwest::RequestBuilder) -> Value {
    request.send().await.unwrap().json().await.unwrap()
}

const MINI: &str = "/sns/jscode2session";
const WEB: &str = "/sns/oauth2/access_token";

#[expect(clippy::too_many_lines, reason = "one walk past every door")]
#[tokio::test]
async fn each_sign_in_and_each_refused_one_is_one_line_at_every_door() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let log = Log::default();
    let _collecting = log.collect();
    let world = World::with(&database, &[("WEIDA_TRUST_WX_HEADERS", "true")]).await;
    let app = &world.app;
    // The openids, codes and names that no line may have.
    let mut secret: Vec<String> = vec!["127.0.0.1".to_owned(), "oOwner".to_owned(), "owner-name".to_owned()];
    let mut all = Vec::new();
    let mut expect = |what: &str, expected: &[String]| {
        let lines = lines(&log);
        assert_eq!(lines, expected, "{what}");
        all.extend(lines);
    };

    // Browsers: password, chat, registration.
    let owner = app.phone("oOwner");
    let user = register(app, &owner, "owner-name").await;
    expect("a registration that no browser collected by HTTP", &[]);
    let login = async |name: &str, password: &str| {
        Browser::on(app).post("/do/login", &[("username", name), ("password", password)]).await
    };
    login("owner-name", "correct horse").await;
    expect("password", &[signed_in("password", user)]);
    login("owner-name", "wrong horse").await;
    expect("a wrong password", &[refused("password", Some(user), "wrong-credentials")]);
    login("no-such-name", "wrong horse").await;
    expect("an unknown name", &[refused("password", None, "wrong-credentials")]);
    browser_by_wechat(app, &owner).await;
    expect("the chat", &[signed_in("wechat", user)]);
    {
        let browser = Browser::on(app);
        browser.post("/do/wechat", &[]).await;
        let code = browser.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
        owner.ask(&code).await;
        owner.ask("取消").await;
        secret.push(code);
        expect("declined in the chat", &[refused("wechat", Some(user), "declined")]);
        browser.post("/do/wechat", &[]).await;
        browser.post("/do/code", &[("code", "000000")]).await;
        expect("a wrong typed code", &[refused("code", None, "wrong-code")]);
        let code = crate::rig::digits(&owner.ask("验证码").await).unwrap();
        browser.post("/do/code", &[("code", &code)]).await;
        browser.get("/signin/done").await;
        secret.push(code);
        expect("a typed code", &[signed_in("wechat", user)]);
    }
    owner.say("111222").await;
    secret.push("111222".to_owned());
    expect("wrong digits in the chat", &[refused("wechat", Some(user), "wrong-code")]);
    {
        let (browser, phone) = (Browser::on(app), app.phone("oNewcomer"));
        browser.post("/do/register", &[("username", "newcomer"), ("password", "correct horse")]).await;
        let code = browser.cookie("weida_signin").unwrap().rsplit('.').next().unwrap().to_owned();
        phone.ask(&code).await;
        phone.ask("1").await;
        browser.get("/signin/done").await;
        secret.extend([code, "oNewcomer".to_owned(), "newcomer".to_owned()]);
        let newcomer = account::identity::find_owner(&app.ctx, "oNewcomer").await.unwrap().unwrap().id;
        expect("a registration", &[signed_in("register", newcomer)]);
    }
    Browser::on(app).post("/do/setup", &[("key", "x"), ("username", "root"), ("password", "correct horse")]).await;
    expect("a wrong setup link", &[refused("setup", None, "forbidden")]);
    Browser::on(app).post("/do/forgot", &[("code", "333444"), ("new_password", "another horse")]).await;
    expect("a wrong code for a password", &[refused("reset", None, "wrong-code")]);

    // Dialect B.
    let body = json!({ "username": "owner-name", "password": "correct horse" });
    answer(world.post("/account/login", &body)).await;
    expect("B", &[signed_in("password", user)]);
    answer(world.post("/account/login", &json!({ "username": "owner-name", "password": "x horse" }))).await;
    expect("B: a wrong password", &[refused("password", Some(user), "wrong-credentials")]);
    let body = json!({ "username": "another-name", "password": "correct horse", "last_name": "555666" });
    answer(world.post("/account/register", &body)).await;
    expect("B: a registration with a wrong code", &[refused("register", None, "wrong-code")]);

    // Dialects C and E, by a code and by the gateway.
    let wei = world.person("小微").await;
    let code = world.mini_code(&wei).await;
    secret.extend([world.mini_openid(&wei), wei.clone(), code.clone()]);
    let done = answer(world.post("/api/auth/login", &json!({ "code": code }))).await;
    let mini = done["data"]["userInfo"]["id"].as_i64().unwrap();
    expect("C", &[signed_in("mini-program", mini)]);
    for (code, cause) in
        [(40029, "wechat-code-invalid"), (40125, "wechat-secret-wrong"), (40226, "wechat-risky-person")]
    {
        world.platform.inject(MINI, Injection::Errcode(code), 1);
        answer(world.post("/api/auth/login", &json!({ "code": "x" }))).await;
        expect("C: refused by WeChat", &[failed(MINI, code), refused("mini-program", None, cause)]);
        world.platform.inject(MINI, Injection::Errcode(code), 1);
        answer(world.get("/api/login?code=x")).await;
        expect("E: refused by WeChat", &[failed(MINI, code), refused("mini-program", None, cause)]);
    }
    let code = world.mini_code(&wei).await;
    answer(world.get(&format!("/api/login?code={code}"))).await;
    secret.push(code);
    expect("E", &[signed_in("mini-program", mini)]);
    let headers = [("x-wx-source", "wx_client"), ("x-wx-appid", "wxmini0123456789"), ("x-wx-openid", "oOfGateway")];
    let request = headers.iter().fold(world.get("/api/login"), |request, (name, value)| request.header(*name, *value));
    answer(request).await;
    secret.push("oOfGateway".to_owned());
    let by_gateway = app.count("SELECT MAX(id) FROM users").await;
    expect("E: the gateway", &[signed_in("gateway", by_gateway)]);
    let (_, admin) = world.admin("root").await;
    world.disable(&admin, mini).await;
    let code = world.mini_code(&wei).await;
    answer(world.post("/api/auth/login", &json!({ "code": code }))).await;
    secret.push(code);
    expect("C: disabled", &[refused("mini-program", Some(mini), "disabled")]);

    // Dialect D: the chat, and web login.
    let begun = answer(world.post("/create_qr", &json!({}))).await;
    let (id, code) = (begun["sessionId"].as_str().unwrap().to_owned(), begun["code"].as_str().unwrap().to_owned());
    owner.ask(&code).await;
    owner.ask("1").await;
    secret.extend([id.clone(), code]);
    for _ in 0..3 {
        answer(world.get(&format!("/poll?id={id}"))).await;
    }
    expect("D: polled three times", &[signed_in("program", user)]);
    for (errcode, cause) in [(42003, "wechat-code-expired"), (40001, "wechat-credential-wrong")] {
        let begun = answer(world.post("/create_qr", &json!({}))).await;
        world.platform.inject(WEB, Injection::Errcode(errcode), 1);
        let body = json!({ "sessionId": begun["sessionId"], "code": "x" });
        answer(world.post("/finalize_login", &body)).await;
        expect("D: refused by WeChat", &[failed(WEB, errcode), refused("web-login", None, cause)]);
    }
    let begun = answer(world.post("/create_qr", &json!({}))).await;
    let other = world.person("小网").await;
    let code = world.platform.new_web_code(&other).await.unwrap();
    let body = json!({ "sessionId": begun["sessionId"], "code": code });
    answer(world.request(Method::POST, "/finalize_login").json(&body)).await;
    secret.extend([other, code]);
    let by_web = app.count("SELECT MAX(id) FROM users").await;
    expect("D: web login", &[signed_in("web-login", by_web)]);

    // Dialect A.
    let qr = world.qr("desktop").await;
    world.scan(&app.phone("oScanner"), &qr).await;
    for _ in 0..3 {
        world.polled(&qr).await;
    }
    secret.push("oScanner".to_owned());
    let scanner = account::identity::find_owner(&app.ctx, "oScanner").await.unwrap().unwrap().id;
    expect("A: polled three times", &[signed_in("follow-qr", scanner)]);
    world.disable(&admin, scanner).await;
    let qr = world.qr("laptop").await;
    let phone = app.phone("oScanner");
    phone.push(&phone.event("SCAN", qr["scene_id"].as_str().unwrap())).await;
    expect("A: disabled", &[refused("follow-qr", Some(scanner), "disabled")]);
    world.platform.inject("/cgi-bin/qrcode/create", Injection::Errcode(45009), 1);
    answer(world.post(crate::rig::QR, &json!({ "client_id": "x" }))).await;
    expect("A: no QR code", &[failed("/cgi-bin/qrcode/create", 45009)]);

    for line in &all {
        for secret in &secret {
            assert!(!line.contains(secret.as_str()), "{secret} in {line}");
        }
    }
    assert!(all.len() > 30);
}

/// Colours are for terminals: a log that is a file has none.
#[test]
fn a_log_in_a_file_has_no_colours() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    let more = [("RUST_LOG", "debug"), ("WEIDA_LOG_DIR", logs.to_str().unwrap())];
    let mut program = Program::start(folder.path(), &environment(folder.path(), &more));
    program.kill();
    let mut texts = vec![program.stderr()];
    texts.extend(std::fs::read_dir(&logs).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()));
    assert!(texts.len() > 1 && texts[0].lines().count() > 3, "{texts:?}");
    for text in texts {
        assert!(!text.contains('\u{1b}'), "{text}");
    }
    let environment: BTreeMap<_, _> = environment(folder.path(), &[("RUST_LOG", "debug")]);
    for arguments in [&["doctor"][..], &["token", "rotate"], &["rules", "export"], &["--help"], &["no-such-command"]] {
        let ended = Program::run(folder.path(), arguments, &environment);
        assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "{arguments:?}: {ended:?}");
    }
}
