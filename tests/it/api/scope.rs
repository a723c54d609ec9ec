//! T-130, T-131, T-132: the rights that a QR of dialect A gives. It may hang on a poster for 30 days, so anyone can photograph it, scan
//! it, and know its `client_id`.

use crate::rig::{APPID, Database, JWT_SECRET, World, claims_of};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use weida::{
    core::{
        account::{identity, unionid},
        token,
    },
    store::Link as _,
};

crate::every_engine!(
    a_token_of_a_qr_gives_no_admin_rights_also_when_renewed,
    knowing_a_client_id_gives_no_token_and_replaces_no_user,
    an_admin_is_asked_first,
    a_qr_from_before_the_upgrade_shows_no_token,
);

const DAY_MS: i64 = 24 * 3_600_000;

/// Every call for admins only.
fn admin_calls(openid: &str) -> Vec<(Method, &'static str, Value)> {
    vec![
        (Method::GET, "/admin/list_all_keys", Value::Null),
        (Method::POST, "/admin/get_user", json!({ "openid": openid })),
        (Method::POST, "/admin/update_user", json!({ "openid": openid, "nickname": "changed" })),
        (Method::POST, "/admin/update_user_level", json!({ "openid": openid, "level": "vip" })),
        (Method::POST, "/admin/delete_user", json!({ "openid": openid })),
        (Method::POST, "/admin/clear_all_users", json!({ "confirm": "DELETE ALL USERS" })),
        // An admin may make these calls for any user.
        (Method::POST, "/get_user_info", json!({ "openid": openid })),
        (Method::POST, "/update_usage", json!({ "openid": openid, "feature": "article" })),
        (Method::POST, "/check_permission", json!({ "openid": openid, "feature": "article" })),
    ]
}

async fn status(world: &World, (method, path, body): (Method, &str, Value), token: &str) -> StatusCode {
    let request = world.request(method.clone(), path).bearer_auth(token);
    let request = if method == Method::POST { request.json(&body) } else { request };
    request.send().await.unwrap().status()
}

/// Counts of what the admin calls would change.
async fn counts(world: &World) -> Vec<i64> {
    let mut found = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM users",
        "SELECT COUNT(*) FROM users WHERE level <> 'normal' OR nickname = 'changed' OR is_enabled = 0",
        "SELECT COUNT(*) FROM usage_counters",
        "SELECT COUNT(*) FROM audit_entries",
    ] {
        found.push(world.app.count(sql).await);
    }
    found
}

/// T-130.
async fn a_token_of_a_qr_gives_no_admin_rights_also_when_renewed(database: &Database) {
    let world = World::with(database, &[("JWT_SECRET", JWT_SECRET)]).await;
    let (victim, openid, _) = world.entered("别人").await;
    let (root, admin) = world.admin("root").await;
    let of_qr = world.poster(&admin).await;
    assert_eq!(claims_of(&of_qr)["scope"], "follow");
    let before = counts(&world).await;
    for token in [of_qr.clone(), world.unscoped(root).await] {
        for call in admin_calls(&openid) {
            let path = call.1;
            assert_eq!(status(&world, call, &token).await, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(counts(&world).await, before);
    assert!(weida::core::account::find(&world.app.ctx, victim).await.unwrap().is_some());
    // Calls about the token's own user still work: credits, profile, quota.
    let own = |path, body| (Method::POST, path, body);
    assert_eq!(status(&world, (Method::GET, "/api/v1/user/credits", Value::Null), &of_qr).await, StatusCode::OK);
    for call in [
        own("/api/auth/verify", json!({})),
        own("/get_user_info", json!({ "openid": "oPoster" })),
        own("/update_usage", json!({ "openid": "oPoster", "feature": "article" })),
    ] {
        let path = call.1;
        assert_eq!(status(&world, call, &of_qr).await, StatusCode::OK, "{path}");
    }
    // A token from a real sign-in has admin rights, and renewing adds none to a token without them.
    assert_eq!(status(&world, (Method::GET, "/admin/list_all_keys", Value::Null), &admin).await, StatusCode::OK);
    let before_scopes = world.unscoped(root).await;
    world.app.clock.advance_ms(6 * DAY_MS + 1000);
    for (token, expected) in [(of_qr, false), (before_scopes, false), (admin, true)] {
        let answer = world.post("/api/auth/refresh", &json!({})).bearer_auth(&token).send().await.unwrap();
        let renewed = answer.json::<Value>().await.unwrap()["data"]["token"].as_str().unwrap().to_owned();
        assert_eq!(claims_of(&renewed).get("scope"), claims_of(&token).get("scope"));
        let listed = status(&world, (Method::GET, "/admin/list_all_keys", Value::Null), &renewed).await;
        assert_eq!(listed == StatusCode::OK, expected, "{listed}");
    }
}

/// T-131.
async fn knowing_a_client_id_gives_no_token_and_replaces_no_user(database: &Database) {
    let world = World::open(database).await;
    let (wei, mallory) = (world.app.phone("oWei"), world.app.phone("oMallory"));
    let (own, theirs) = (world.qr("desktop").await, world.qr("desktop").await);
    world.scan(&wei, &own).await;
    // Another program requests a QR of the same client, scans it, and polls with everything that it knows.
    world.scan(&mallory, &theirs).await;
    for _ in 0..2 {
        let seen = world.checked("desktop").await;
        assert_eq!((seen["openid"].as_str(), seen["status"].as_str()), (Some("oWei"), Some("completed")));
        assert!(seen["token"].is_null(), "{seen}");
        world.app.clock.advance_ms(1_000);
    }
    let seen = world.polled(&theirs).await;
    assert_eq!(seen["openid"], "oMallory");
    let of = async |seen: &Value| token::verify(&world.app.ctx, seen["token"].as_str().unwrap()).await.unwrap();
    assert_eq!(of(&seen).await.openid.as_deref(), Some("oMallory"));
    let seen = world.polled(&own).await;
    assert_eq!(of(&seen).await.openid.as_deref(), Some("oWei"));
    // A scene or a ticket is not a poll token, and a poll token is valid for its own client only.
    let elsewhere = world.qr("laptop").await;
    let [scene, ticket] = ["scene_id", "ticket"].map(|name| own[name].as_str().unwrap());
    for wrong in [scene, ticket, "x", elsewhere["poll_token"].as_str().unwrap()] {
        let asked = world.get(&format!("/api/v1/auth/wechat/check-follow?client_id=desktop&poll_token={wrong}"));
        assert_eq!(asked.send().await.unwrap().status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    assert!(world.checked("desktop&poll_token=").await["token"].is_null());
    // An unscanned QR shows no user, also if the client had one before.
    let later = world.qr("desktop").await;
    assert_eq!(world.polled(&later).await["status"], "pending");
    // The first user undoes the bind: then the other one is shown, still without a token.
    assert!(wei.ask("取消").await.contains("已撤销"));
    let seen = world.checked("desktop").await;
    assert_eq!((seen["openid"].as_str(), seen["token"].is_null()), (Some("oMallory"), true));
    assert_eq!(world.polled(&own).await["status"], "expired");
}

/// T-132: with every value of `WEIDA_LOGIN_CONFIRM`.
async fn an_admin_is_asked_first(database: &Database) {
    let world = World::with(database, &[("WEIDA_LOGIN_CONFIRM", "never")]).await;
    let (_, admin) = world.admin("root").await;
    let (admin_id, phone) = world.promoted(&admin, "oPower").await;
    let qr = world.qr("poster").await;
    let is_pending = async || {
        let seen = [world.checked("poster").await, world.polled(&qr).await];
        seen.iter().all(|seen| seen["status"] == "pending" && seen["token"].is_null() && seen["openid"].is_null())
    };
    let asked = world.scan(&phone, &qr).await;
    assert!(asked.contains("程序的二维码") && asked.contains(">是我") && !asked.contains("绑定成功"), "{asked}");
    assert!(is_pending().await);
    // A refusal; then there is no question left to confirm.
    phone.ask("取消").await;
    assert!(is_pending().await);
    assert!(!phone.say("1").await.unwrap_or_default().contains("绑定成功"));
    assert!(is_pending().await);
    // A late confirmation.
    world.scan(&phone, &qr).await;
    world.app.clock.advance_ms(5 * 60_000);
    assert!(!phone.say("1").await.unwrap_or_default().contains("绑定成功"));
    assert!(is_pending().await);
    // `1` answers the latest question.
    world.scan(&phone, &qr).await;
    phone.ask("添加 词=答").await;
    phone.ask("删除 01").await;
    phone.ask("1").await;
    assert!(is_pending().await);
    world.scan(&phone, &qr).await;
    let done = phone.ask("1").await;
    assert!(done.contains("绑定成功"), "{done}");
    let seen = world.polled(&qr).await;
    assert_eq!(token::verify(&world.app.ctx, seen["token"].as_str().unwrap()).await.unwrap().user_id, admin_id);
    // A WeChat that is new here and belongs to an admin by its unionid.
    let proven = identity::Proven {
        app: identity::App::MiniProgram,
        appid: "wxmini0123456789".to_owned(),
        openid: "oMiniOfAdmin".to_owned(),
        unionid: Some("uAdmin".to_owned()),
        nickname: None,
        avatar_url: None,
    };
    let other = identity::meet(&world.app.ctx, &proven).await.unwrap().id;
    world.promote(&admin, other).await;
    let phone = world.app.phone("oNewToUs");
    phone.follow().await;
    unionid::learn(&world.app.ctx, "oNewToUs", "uAdmin").await.unwrap();
    let qr = world.qr("poster-2").await;
    let asked = world.scan(&phone, &qr).await;
    assert!(asked.contains("程序的二维码"), "{asked}");
    assert!(world.checked("poster-2").await["openid"].is_null());
    phone.ask("1").await;
    let seen = world.polled(&qr).await;
    assert_eq!(token::verify(&world.app.ctx, seen["token"].as_str().unwrap()).await.unwrap().user_id, other);
    assert_eq!(world.app.count("SELECT COUNT(*) FROM identities WHERE openid = 'oNewToUs'").await, 1, "{APPID}");
}

async fn a_qr_from_before_the_upgrade_shows_no_token(database: &Database) {
    let world = World::open(database).await;
    let (qr, phone) = (world.qr("desktop").await, world.app.phone("oBefore"));
    world.scan(&phone, &qr).await;
    let mut tx = world.app.ctx.store.begin().await.unwrap();
    tx.sql("UPDATE follow_scenes SET poll_hash = NULL, user_id = NULL").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    let seen = world.checked("desktop").await;
    assert_eq!((seen["openid"].as_str(), seen["credits"].as_i64()), (Some("oBefore"), Some(100)));
    assert!(seen["token"].is_null());
    assert_eq!(
        world
            .get(&format!(
                "/api/v1/auth/wechat/check-follow?client_id=desktop&poll_token={}",
                qr["poll_token"].as_str().unwrap()
            ))
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::NOT_FOUND
    );
}
