//! Dialect C, as its document has it.

use super::{World, too_large};
use crate::rig::{Database, Engine, Tape};
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
async fn every_call_and_every_refusal_is_as_on_the_tape() {
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

    // What the platform says.
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
    weida::core::account::leave::delete(&world.app.ctx, user, None, "x").await.unwrap();
    tape.ask("verify: the user is gone", bearing(&world, "/api/auth/verify", &fresh)).await;
    tape.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mini_program_it_says_so() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::with(&database, &[("WECHAT_MINI_APPID", ""), ("WECHAT_MINI_SECRET", "")]).await;
    let mut tape = Tape::of(&world.app, "mini_program_not_configured");
    tape.ask("login", world.post("/api/auth/login", &json!({ "code": "x" }))).await;
    tape.end();
    assert_eq!(world.platform.calls(SESSION), 0);
}

/// A platform that is busy for a moment is asked again. (How long one is waited for: `wechat::api::tests::calls`.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_platform_is_asked_again_and_an_absent_one_makes_nobody() {
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
    assert_eq!(world.app.count("SELECT COUNT(*) FROM users").await, users, "nobody was made");
}

/// One human is one user, whichever app they come by, where the platform says so; and never otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_one_by_their_unionid_and_by_nothing_else() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let login = async |openid: &str, name: &str| {
        let body = json!({ "code": world.mini_code(openid).await, "nickName": name });
        let answer = world.post("/api/auth/login", &body).send().await.unwrap().json::<Value>().await.unwrap();
        answer["data"]["userInfo"]["id"].as_i64().unwrap()
    };
    let (one, other) = (world.person("同名").await, world.person("同名").await);
    assert_ne!(login(&one, "同名").await, login(&other, "同名").await, "a name proves nothing");
    // A follower with an account, whose unionid the account has learnt.
    let wei = world.person("小微").await;
    world.platform.set_unionid(&wei, "uWei").await.unwrap();
    world.act(&wei, Act::Follow).await;
    let learnt = crate::rig::eventually(Duration::from_secs(5), async || {
        world.app.count("SELECT COUNT(*) FROM identities WHERE unionid = 'uWei'").await == 1
    });
    assert!(learnt.await);
    let by_mini = login(&wei, "小微").await;
    // Both identities are theirs now, and a sign-in by the account finds the same user.
    let owner = async |sql| world.app.count(sql).await;
    assert_eq!(
        owner("SELECT COALESCE(MAX(user_id), 0) FROM identities WHERE unionid = 'uWei' AND app = 'mini_program'").await,
        by_mini
    );
    let secrets = crate::signin::begin_login(&world.app).await;
    world.act(&wei, Act::text(secrets.code())).await;
    world.act(&wei, Act::text("1")).await;
    let user = weida::core::signin::collect::collect(&world.app.ctx, &secrets).await.unwrap().user;
    assert_eq!(user.id, by_mini);
    assert_eq!(owner("SELECT COUNT(*) FROM identities WHERE user_id IS NOT NULL AND unionid = 'uWei'").await, 2);
}

/// Somebody registered here and came by the mini-program before the platform told that both are one person.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_accounts_of_one_person_become_one() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let ctx = &world.app.ctx;
    let wei = world.person("小微").await;
    let secrets =
        weida::core::signin::begin::register(ctx, "wei", "correct horse", crate::signin::asker()).await.unwrap();
    world.act(&wei, Act::Follow).await;
    world.act(&wei, Act::text(secrets.code())).await;
    let registered = weida::core::signin::collect::collect(ctx, &secrets).await.unwrap().user;
    world.platform.set_unionid(&wei, "uWei").await.unwrap();
    let presented = weida::core::signin::app::Presented::default();
    let came = weida::core::signin::app::by_mini_program(ctx, &world.mini_code(&wei).await, &presented).await.unwrap();
    assert_ne!(came.user.id, registered.id, "nobody could know yet");
    crate::rig::adjust(ctx, came.user.id, 7).await.unwrap();
    quota::add(ctx, came.user.id, "article", 3).await.unwrap();
    quota::add(ctx, registered.id, "article", 2).await.unwrap();
    let strange = world.entered("别人").await;

    unionid::learn(ctx, &wei, "uWei").await.unwrap();
    let credits = credit::totals(ctx, registered.id).await.unwrap();
    assert_eq!((credits.balance, credits.granted - credits.spent), (107, 107));
    assert_eq!(quota::look(ctx, registered.id, "article").await.unwrap().windows[0].used, 5);
    assert!(weida::core::account::find(ctx, came.user.id).await.unwrap().is_none());
    let followed = crate::rig::eventually(Duration::from_secs(1), async || {
        token::verify(ctx, &came.token).await.is_ok_and(|bearer| bearer.user_id == registered.id)
    });
    assert!(followed.await, "the token of the one that went stands for the one that stays");
    let again = weida::core::signin::app::by_mini_program(ctx, &world.mini_code(&wei).await, &presented).await.unwrap();
    assert_eq!(again.user.id, registered.id);
    assert!(token::verify(ctx, &strange.2).await.is_ok(), "nobody else was touched");
    // Two that both have a password stay two: which of them is meant is for their owner to say.
    let (other, _, _) = world.entered("也是我").await;
    let hash = ctx
        .hasher
        .hash("password", weida::core::account::password::Password::typed("correct horse"), None)
        .await
        .unwrap();
    let mut tx = ctx.store.begin().await.unwrap();
    weida::store::user::update_password(&mut tx, other, &hash, ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
    let people = world.platform.people();
    let me = people.iter().find(|p| p.nickname == "也是我").unwrap();
    world.platform.set_unionid(&me.openid, "uWei").await.unwrap();
    let came =
        weida::core::signin::app::by_mini_program(ctx, &world.mini_code(&me.openid).await, &presented).await.unwrap();
    assert_eq!(came.user.id, other);
    assert!(weida::core::account::find(ctx, registered.id).await.unwrap().is_some());
}
