//! T-35: secrets do not leak. The program runs with a canary for each secret and logs everything at trace level; the test calls
//! everything that touches a secret, then searches answers, logs, metrics and the database.

use crate::rig::{
    ACCESS_TOKEN, APPID, App, Database, Engine, OAUTH_TOKEN, Phone, Platform, Program, Push, SESSION_KEY, environment,
    http,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};
use weida::{
    base::clock::{Clock as _, FakeClock, SystemClock},
    core::{
        account::login::by_password,
        signin::{Purpose, begin, collect::collect, enter_code::enter_code, reset},
    },
    wechat::{
        crypto::{AesKey, encrypt},
        signature::sign,
    },
};

const TOKEN: &str = "Can4ryToken";
const AES_KEY: &str = "Can4ryAesKeyCan4ryAesKeyCan4ryAesKeyCan4ryA";
const APP_SECRET: &str = "canary-app-secret-0c1f";
const JWT_SECRET: &str = "canary-jwt-secret-canary-jwt-secret-9d2e";
const PASSWORD: &str = "canary horse battery";
const MINI_SECRET: &str = "canary-mini-secret-77aa";
const WEB_SECRET: &str = "canary-web-secret-31fe";
const JS_CODE: &str = "canary-js-code-b21";

/// A push encrypted and signed with the canary keys.
fn push(document: &str) -> Push {
    let sealed = encrypt(&AesKey::parse(AES_KEY).unwrap(), APPID, document, [3; 16]);
    let push = Push::of_envelope(&sealed, SystemClock.now_secs());
    let (stamp, nonce) = (push.get("timestamp").to_owned(), push.get("nonce").to_owned());
    let (address, message) = (sign(&[TOKEN, &stamp, &nonce]), sign(&[TOKEN, &stamp, &nonce, &sealed]));
    push.with("signature", &address).with("msg_signature", &message)
}

/// Decrypts an answer, the only place where a code may be.
fn opened(body: &str) -> String {
    let envelope = weida::wechat::xml::parse(body.as_bytes(), 100_000).unwrap();
    let sealed = envelope.field("Encrypt").unwrap_or_default();
    weida::wechat::crypto::decrypt(&[AesKey::parse(AES_KEY).unwrap()], sealed, APPID).unwrap().0
}

/// Secrets by name.
type Canaries = BTreeMap<String, String>;

fn search(source: &str, text: &str, canaries: &Canaries) {
    assert!(!text.is_empty(), "{source} is empty: there is nothing to search");
    for (name, value) in canaries {
        let found = text.match_indices(value.as_str()).find(|(at, _)| stands_alone(text, *at, value));
        let around = found.map(|(at, _)| {
            let from = text[..at].char_indices().rev().nth(160).map_or(0, |(i, _)| i);
            text[from..].chars().take(320).collect::<String>()
        });
        assert_eq!(around, None, "{name} is in {source}");
    }
}

/// Six digits may also be part of a time or a hash; a leaked code would be a separate word.
fn stands_alone(text: &str, at: usize, value: &str) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
    let is_code = value.bytes().all(|b| b.is_ascii_digit());
    !is_code || !(joins(text[..at].chars().next_back()) || joins(text[at + value.len()..].chars().next()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_any_log_metric_or_answer() {
    let platform = Platform::answering().await;
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    let mut canaries: Canaries = [
        ("the app secret", APP_SECRET),
        ("the token", TOKEN),
        ("the AES key", AES_KEY),
        ("the JWT secret", JWT_SECRET),
        ("the access token", ACCESS_TOKEN),
        ("a password", PASSWORD),
        ("the mini-program's secret", MINI_SECRET),
        ("web login's secret", WEB_SECRET),
        ("a session_key", SESSION_KEY),
        ("an OAuth token", OAUTH_TOKEN),
        ("a login code", JS_CODE),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let environment = environment(
        folder.path(),
        &[
            ("WECHAT_SECRET", APP_SECRET),
            ("WECHAT_TOKEN", TOKEN),
            ("WECHAT_AES_KEY", AES_KEY),
            ("JWT_SECRET", JWT_SECRET),
            ("WECHAT_API_BASE", &platform.base),
            ("WECHAT_MINI_APPID", "wxmini"),
            ("WECHAT_MINI_SECRET", MINI_SECRET),
            ("WECHAT_WEB_APPID", "wxweb"),
            ("WECHAT_WEB_SECRET", WEB_SECRET),
            ("WEIDA_LOG_DIR", logs.to_str().unwrap()),
            ("RUST_LOG", "trace"),
        ],
    );
    let mut program = Program::start(folder.path(), &environment);
    let mut bodies = String::new();
    let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
    let phone = Phone::new(program.address, clock.clone(), "oCanary");
    let address = program.address;
    let say = async |document: String| push(&document).send(address).await;

    // An instance in this process, on the same file, acts for the browser.
    let mut database = Database::open(Engine::Sqlite).await.unwrap();
    database.url = environment["DATABASE_URL"].clone();
    let more = [("WECHAT_TOKEN", TOKEN), ("WECHAT_AES_KEY", AES_KEY), ("WECHAT_API_BASE", platform.base.as_str())];
    let app = App::with(&database, clock, &more).await;
    let secrets = begin::register(&app.ctx, "canary", PASSWORD, crate::rig::asker()).await.unwrap();
    remember(&mut canaries, "a registration", &secrets.to_cookie());
    follow(&program, &secrets, &mut bodies).await;
    say(phone.event("subscribe", &format!("qrscene_{}", platform.last_scene().unwrap()))).await;
    say(phone.text("1")).await;
    collect(&app.ctx, &secrets).await.unwrap();
    canaries.insert("a scene".to_owned(), platform.last_scene().unwrap());

    // A sign-in by a sent code, one by a code from the chat, and a password reset.
    let secrets = begin::login(&app.ctx, Purpose::Login, crate::rig::asker()).await.unwrap();
    remember(&mut canaries, "a sign-in", &secrets.to_cookie());
    follow(&program, &secrets, &mut bodies).await;
    say(phone.text(secrets.code())).await;
    say(phone.text("1")).await;
    collect(&app.ctx, &secrets).await.unwrap();
    for (word, purpose) in [("验证码", Purpose::Login), ("改密", Purpose::Reset)] {
        let answer = opened(&say(phone.text(word)).await.1);
        let code = crate::rig::digits(answer.split_once("验证码").unwrap().1).unwrap();
        canaries.insert(format!("the code for {word}"), code.clone());
        let secrets = begin::login(&app.ctx, purpose, crate::rig::asker()).await.unwrap();
        if purpose == Purpose::Login {
            enter_code(&app.ctx, &secrets, &code, crate::rig::HERE).await.unwrap();
        } else {
            reset::set_password(&app.ctx, &secrets, &code, PASSWORD, crate::rig::HERE).await.unwrap();
        }
    }
    let home: std::net::IpAddr = "127.0.0.1".parse().unwrap();
    by_password(&app.ctx, "canary", PASSWORD, home.into()).await.unwrap();

    // A wrong code, a push without a signature, pages and missing pages.
    say(phone.text("000000")).await;
    push(&phone.text("x")).with("signature", "").send(address).await;
    let get = async |path: &str| {
        let answer =
            http().get(format!("http://{address}{path}")).header("cookie", "weida=unknown").send().await.unwrap();
        format!("{path} {:?}\n{}", answer.headers().clone(), answer.text().await.unwrap())
    };
    for path in ["/", "/healthz", "/readyz", "/nowhere", "/signin/events", "/api/v1/auth/wechat/verify?signature=x"] {
        bodies.push_str(&get(path).await);
    }
    assert!(platform.first("/cgi-bin/user/info", Duration::from_secs(10)).await.is_some());

    let handed = call_apis(address, &mut bodies).await;
    search("the answers", &bodies, &canaries);
    // From here on, the tokens that callers received must not appear either.
    canaries.extend(handed);
    search("/metrics", &get("/metrics").await, &canaries);
    let mut stdout = program.end();
    stdout.push_str("(end)");
    search("stdout", &stdout, &canaries);
    let stderr = program.stderr();
    let is_trace = stderr.contains("TRACE") && stderr.contains("sqlx::query") && stderr.lines().count() > 100;
    assert!(is_trace, "the log is not at trace level");
    search("stderr", &stderr, &canaries);
    let mut files = String::new();
    for entry in std::fs::read_dir(&logs).unwrap() {
        files.push_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    search("the log files", &files, &canaries);
    // Every cell of every table, and the bytes of the files: no secret is stored in plain text.
    search("the database", &database.dump().await, &canaries);
    eprintln!("{} canaries, {} lines of log", canaries.len(), stderr.lines().count());
}

/// A server without password authentication accepts any password, so the test can pass one; it must not be in the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_databases_password_is_in_no_log() {
    let Some(database) = Database::open(Engine::Postgres).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut url = url::Url::parse(&database.url).unwrap();
    url.set_password(Some("canary-db-password")).unwrap();
    let more = [("DATABASE_URL", url.as_str()), ("RUST_LOG", "trace")];
    let mut program = Program::start(folder.path(), &environment(folder.path(), &more));
    let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
    Phone::new(program.address, clock, "oPassword").ask("验证码").await;
    let output = program.end() + &program.stderr();
    search("the output", &output, &[("the password".to_owned(), "canary-db-password".to_owned())].into());
    assert!(output.contains("sqlx::query"));
    database.close().await;
}

/// Makes good and bad API calls. Appends the answers to `bodies` without the secrets meant for the caller, and returns these.
async fn call_apis(address: SocketAddr, bodies: &mut String) -> Canaries {
    let mut handed = Canaries::new();
    let post = async |path: &str, body: Value, token: &str| {
        let request = http().post(format!("http://{address}{path}")).bearer_auth(token).json(&body);
        let answer = request.send().await.unwrap();
        let headers = format!("{:?}", answer.headers());
        (headers, answer.json::<Value>().await.unwrap())
    };
    let mut note = |name: &str, (headers, body): (String, Value), parts: &[&str]| {
        let mut text = format!("{headers} {body}");
        for part in parts {
            let value = body.pointer(part).and_then(Value::as_str).unwrap_or_else(|| panic!("{name}: {body}"));
            text = text.replace(value, "");
            handed.insert(format!("{name}{part}"), value.to_owned());
        }
        bodies.push_str(&text);
        parts.first().and_then(|part| body.pointer(part)).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let login = post("/api/auth/login", json!({ "code": JS_CODE, "encryptedData": "AAAA", "iv": "AAAA" }), "x").await;
    note("a login with invalid encrypted data", login, &[]);
    let login = post("/api/auth/login", json!({ "code": JS_CODE, "nickName": "小微" }), "x").await;
    let token = note("a mini-program's login", login, &["/data/token"]);
    note("a verification", post("/api/auth/verify", json!({}), &token).await, &[]);
    note("a refresh", post("/api/auth/refresh", json!({}), &token).await, &[]);
    let begun = post("/create_qr", json!({}), "x").await;
    let session = note("a program's session", begun, &["/sessionId", "/code"]);
    let looked = http().get(format!("http://{address}/poll?id={session}")).send().await.unwrap().text().await.unwrap();
    note("a poll", (looked, Value::Null), &[]);
    let done = post("/finalize_login", json!({ "sessionId": session, "code": JS_CODE }), "x").await;
    let token = note("a web login", done, &["/token"]);
    note(
        "an end of a session",
        post("/finalize_login", json!({ "sessionId": session, "code": JS_CODE }), "x").await,
        &[],
    );
    note("a token check", post("/validate_token", json!({ "token": token }), &token).await, &[]);
    note("a user", post("/get_user_info", json!({ "openid": "oWeb" }), &token).await, &[]);
    handed
}

/// Adds the parts of a browser's cookie; its code is the one on the page.
fn remember(canaries: &mut Canaries, owner: &str, cookie: &str) {
    for (part, name) in cookie.split('.').zip(["browser secret", "poll secret", "code"]) {
        canaries.insert(format!("{name} of {owner}"), part.to_owned());
    }
}

/// Opens the page's event stream at the program that logs.
async fn follow(program: &Program, secrets: &weida::core::signin::Secrets, bodies: &mut String) {
    let url = format!("http://{}/signin/events?poll={}", program.address, secrets.poll());
    let cookie = format!("weida_signin={}", secrets.to_cookie());
    let mut answer = http().get(url).header("cookie", cookie).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let first = answer.chunk().await.unwrap().unwrap();
    bodies.extend([format!("{:?}", answer.headers()), String::from_utf8_lossy(&first).into_owned()]);
}
