//! Dialect C, as documented.

use crate::rig::{Database, Engine, Tape, World, too_large};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use weida::{
    core::{account::unionid, credit, quota, token},
    sandbox::platform::{Act, Injection},
};

const SESSION: &str = "/sns/jscode2session";
const DAY_MS: i64 = 24 * 3_600_000;

fn bearing(world: &World, path: &str, token: &str) -> reqwest::RequestBuilder {
    world.request(Method::POST, path).bearer_auth(token)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_and_every_refusal_matches_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "mini_program");
    let wei = world.person("小微").await;
    let login = |code: &str| world.post("/api/auth/login", &json!({ "code": code }));

    let code = world.mini_code(&wei).await;
    tape.name(&code, "code 1");
    let (_, first) = tape.ask("login: a new person", login(&code)).await;
    tape.name(first["data"]["token"].as_str().unwrap(), "token 1");
    let code = world.mini_code(&wei).await;
    tape.name(&code, "code 2");
    let body = json!({ "code": code, "nickName": "小微", "avatarUrl": "https://thirdwx.qlogo.cn/a/132", "other": [1] });
    let (_, second) =
        tape.ask("login: again, with a name; slash; unknown fields", world.post("/api/auth/login/", &body)).await;
    assert_eq!(second["data"]["userInfo"]["id"], first["data"]["userInfo"]["id"]);
    let token = second["data"]["token"].as_str().unwrap().to_owned();
    tape.name(&token, "token 2");
    tape.ask("login: a code that was used", login(&code)).await;

    // Requests that cannot be read.
    tape.ask("login: no code", world.post("/api/auth/login", &json!({}))).await;
    tape.ask("login: an empty code", login("")).await;
    tape.ask("login: a code with spaces", login("a b")).await;
    tape.ask("login: a code that is a number", world.post("/api/auth/login", &json!({ "code": 7 }))).await;
    tape.ask("login: a name that is a list", world.post("/api/auth/login", &json!({ "code": "x", "nickName": [] })))
        .await;
    let sent = |kind: &str, body: String| {
        world.request(Method::POST, "/api/auth/login").header("content-type", kind).body(body)
    };
    tape.ask("login: not JSON", sent("application/json", "code=x".to_owned())).await;
    tape.ask("login: an empty body", sent("application/json", String::new())).await;
    tape.ask("login: a form", sent("application/x-www-form-urlencoded", "code=x".to_owned())).await;
    tape.ask("login: too large by one byte", sent("application/json", too_large())).await;
    tape.ask("verify: too large by one byte", bearing(&world, "/api/auth/verify", &token).body(too_large())).await;
    tape.ask("login: GET", world.get("/api/auth/login")).await;
    tape.ask("login: PUT", world.request(Method::PUT, "/api/auth/login/")).await;
    tape.ask("no such call", world.post("/api/auth/logout", &json!({}))).await;
    tape.ask("nothing at all", world.get("/api/auth")).await;

    // Errors of the platform.
    for errcode in [40029, 40163, 45011, 40013, 40125, 40226, 41008] {
        world.platform.inject(SESSION, Injection::Errcode(errcode), 1);
        tape.ask(&format!("login: the platform says {errcode}"), login("x")).await;
    }
    world.platform.inject(SESSION, Injection::Errcode(-1), 3);
    tape.ask("login: the platform is busy three times", login("x")).await;
    world.platform.inject(SESSION, Injection::Status(502), 3);
    tape.ask("login: the platform's gateway fails", login("x")).await;

    // Tokens.
    tape.ask("verify", bearing(&world, "/api/auth/verify", &token)).await;
    tape.ask("verify: slash", bearing(&world, "/api/auth/verify/", &token)).await;
    tape.ask("verify: no token", world.request(Method::POST, "/api/auth/verify")).await;
    tape.ask("verify: not a token", bearing(&world, "/api/auth/verify", "a.b.c")).await;
    tape.ask(
        "verify: another scheme",
        world.request(Method::POST, "/api/auth/verify").header("authorization", "Basic eDp4"),
    )
    .await;
    tape.ask("verify: GET", world.get("/api/auth/verify")).await;
    tape.ask("refresh: too early", bearing(&world, "/api/auth/refresh", &token)).await;
    tape.ask("refresh: no token", world.request(Method::POST, "/api/auth/refresh")).await;
    world.app.clock.advance_ms(6 * DAY_MS);
    let (_, renewed) = tape.ask("refresh: in the last day", bearing(&world, "/api/auth/refresh", &token)).await;
    let renewed = renewed["data"]["token"].as_str().unwrap().to_owned();
    tape.name(&renewed, "token 3");
    world.app.clock.advance_ms(DAY_MS);
    tape.ask("verify: expired", bearing(&world, "/api/auth/verify", &token)).await;
    tape.ask("refresh: expired", bearing(&world, "/api/auth/refresh/", &token)).await;
    tape.ask("verify: the new one", bearing(&world, "/api/auth/verify", &renewed)).await;
    let user = first["data"]["userInfo"]["id"].as_i64().unwrap();
    token::revoke_all(&world.app.ctx, user).await.unwrap();
    tape.ask("verify: revoked", bearing(&world, "/api/auth/verify", &renewed)).await;
    let fresh = crate::rig::token(&world.app.ctx, user, None).await.unwrap();
    tape.name(&fresh, "token 4");
    let (_, admin) = world.admin("root").await;
    world.disable(&admin, user).await;
    tape.ask("verify: disabled", bearing(&world, "/api/auth/verify", &fresh)).await;
    let code = world.mini_code(&wei).await;
    tape.name(&code, "code 3");
    tape.ask("login: disabled", login(&code)).await;
    weida::core::account::deletion::delete(&world.app.ctx, user, None, "x").await.unwrap();
    tape.ask("verify: the user is gone", bearing(&world, "/api/auth/verify", &fresh)).await;
    tape.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mini_program_a_login_is_refused() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::with(&database, &[("WECHAT_MINI_APPID", ""), ("WECHAT_MINI_SECRET", "")]).await;
    let mut tape = Tape::of(&world.app, "mini_program_not_configured");
    tape.ask("login", world.post("/api/auth/login", &json!({ "code": "x" }))).await;
    tape.end();
    assert_eq!(world.platform.calls(SESSION), 0);
}

/// A busy platform is called again. (`wechat::api::tests::calls` tests how long.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_platform_is_called_again_and_a_failing_one_creates_no_user() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let wei = world.person("小微").await;
    let login = async |code: &str| {
        let answer = world.post("/api/auth/login", &json!({ "code": code })).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    world.platform.inject(SESSION, Injection::Errcode(-1), 2);
    assert_eq!(login(&world.mini_code(&wei).await).await.0, 200);
    assert_eq!(world.platform.calls(SESSION), 3);
    world.platform.inject(SESSION, Injection::Status(504), 9);
    let users = world.app.count("SELECT COUNT(*) FROM users").await;
    let (status, body) = login(&world.mini_code(&world.person("小慢").await).await).await;
    assert_eq!((status, body["code"].as_i64(), body["data"].is_null()), (500, Some(500), true));
    assert!(body["msg"].as_str().unwrap().contains("微信"), "{body}");
    assert_eq!(world.app.count("SELECT COUNT(*) FROM users").await, users, "no user was created");
}

/// Sign-ins from several WeChat apps belong to one user only if they have the same unionid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_unionid_identifies_a_person() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let login = async |openid: &str, name: &str| {
        let body = json!({ "code": world.mini_code(openid).await, "nickName": name });
        let answer = world.post("/api/auth/login", &body).send().await.unwrap().json::<Value>().await.unwrap();
        answer["data"]["userInfo"]["id"].as_i64().unwrap()
    };
    let (one, other) = (world.person("同名").await, world.person("同名").await);
    assert_ne!(login(&one, "同名").await, login(&other, "同名").await, "a name proves nothing");
    // A follower whose unionid the official account has learned.
    let wei = world.person("小微").await;
    world.platform.set_unionid(&wei, "uWei").await.unwrap();
    world.act(&wei, Act::Follow).await;
    let learnt = crate::rig::eventually(Duration::from_secs(5), async || {
        world.app.count("SELECT COUNT(*) FROM identities WHERE unionid = 'uWei'").await == 1
    });
    assert!(learnt.await);
    let by_mini = login(&wei, "小微").await;
    // Both identities belong to this user now, and a sign-in by the official account finds the same user.
    let owner = async |sql| world.app.count(sql).await;
    assert_eq!(
        owner("SELECT COALESCE(MAX(user_id), 0) FROM identities WHERE unionid = 'uWei' AND app = 'mini_program'").await,
        by_mini
    );
    let secrets = crate::rig::begin_login(&world.app).await;
    world.act(&wei, Act::text(secrets.code())).await;
    world.act(&wei, Act::text("1")).await;
    let user = weida::core::signin::collect::collect(&world.app.ctx, &secrets).await.unwrap().user;
    assert_eq!(user.id, by_mini);
    assert_eq!(owner("SELECT COUNT(*) FROM identities WHERE user_id IS NOT NULL AND unionid = 'uWei'").await, 2);
}

/// A person registered here and signed in by the mini-program before the platform reported the common unionid.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_accounts_of_one_person_are_joined_after_consent() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let ctx = &world.app.ctx;
    let wei = world.person("小微").await;
    let secrets = weida::core::signin::begin::register(ctx, "wei", "correct horse", crate::rig::asker()).await.unwrap();
    world.act(&wei, Act::Follow).await;
    world.act(&wei, Act::text(secrets.code())).await;
    world.act(&wei, Act::text("1")).await;
    let registered = weida::core::signin::collect::collect(ctx, &secrets).await.unwrap().user;
    world.platform.set_unionid(&wei, "uWei").await.unwrap();
    let presented = weida::core::signin::wechat_apps::PresentedProfile::default();
    let came =
        weida::core::signin::wechat_apps::by_mini_program(ctx, &world.mini_code(&wei).await, &presented).await.unwrap();
    assert_ne!(came.user.id, registered.id, "the unionid is not known yet");
    crate::rig::adjust(ctx, came.user.id, 7).await.unwrap();
    quota::add(ctx, came.user.id, "article", 3).await.unwrap();
    quota::add(ctx, registered.id, "article", 2).await.unwrap();
    let unrelated = world.entered("别人").await;

    unionid::learn(ctx, &wei, "uWei").await.unwrap();
    assert!(weida::core::account::find(ctx, registered.id).await.unwrap().is_some(), "no consent yet");
    world.act(&wei, Act::text("合并账号")).await;
    world.act(&wei, Act::text("1")).await;
    // The account created by a WeChat sign-in stays, with the data of both.
    let credits = credit::totals(ctx, came.user.id).await.unwrap();
    assert_eq!((credits.balance, credits.granted - credits.spent), (107, 107));
    assert_eq!(quota::look(ctx, came.user.id, "article").await.unwrap().windows[0].used, 5);
    assert!(weida::core::account::find(ctx, registered.id).await.unwrap().is_none());
    assert!(token::verify(ctx, &came.token).await.is_err(), "a token from before the join");
    let again =
        weida::core::signin::wechat_apps::by_mini_program(ctx, &world.mini_code(&wei).await, &presented).await.unwrap();
    assert_eq!(again.user.id, came.user.id);
    assert!(token::verify(ctx, &again.token).await.is_ok());
    assert!(token::verify(ctx, &unrelated.2).await.is_ok(), "other users are not affected");
}
