//! T-181: a text with a NUL, which some databases cannot store, is not found or refused on every engine; never a server error.

use crate::rig::{Browser, Database, World, register};
use reqwest::Method;
use serde_json::json;

crate::every_engine!(a_null_character_is_no_fault);

const NUL: &str = "a\0b";

async fn a_null_character_is_no_fault(database: &Database) {
    let world = World::open(database).await;
    let app = &world.app;
    register(app, &app.phone("oNull"), "user-null").await;
    let (_, openid, token) = world.entered("小空").await;
    let (_, root) = world.admin("root").await;
    let mut bad = Vec::new();
    // Calls of the dialects.
    let calls = [
        ("/account/login", json!({ "username": NUL, "password": NUL })),
        ("/account/register", json!({ "username": NUL, "password": NUL, "last_name": NUL })),
        ("/account/password", json!({ "code": NUL, "new_password": "correct horse" })),
        ("/validate_token", json!({ "token": NUL })),
        ("/get_user_info", json!({ "openid": NUL })),
        ("/update_usage", json!({ "openid": openid, "feature": NUL, "amount": 1 })),
        ("/check_permission", json!({ "openid": NUL, "feature": NUL })),
        ("/finalize_login", json!({ "sessionId": NUL, "code": NUL })),
        ("/admin/get_user", json!({ "openid": NUL })),
        (
            "/admin/update_user",
            json!({ "openid": openid, "nickname": NUL, "email": NUL, "phone": NUL, "real_name": NUL }),
        ),
        ("/admin/update_user", json!({ "openid": openid, "enabled": false, "reason": NUL })),
        ("/admin/update_user_level", json!({ "openid": openid, "level": NUL })),
        ("/admin/clear_all_users", json!({ "confirm": NUL })),
        ("/api/v1/auth/wechat/qrcode", json!({ "client_id": NUL })),
        ("/api/auth/login", json!({ "code": NUL, "nickName": NUL, "avatarUrl": NUL })),
    ];
    for (path, body) in &calls {
        for token in [&token, &root] {
            let answer = world.post(path, body).bearer_auth(token).send().await.unwrap();
            if answer.status().as_u16() >= 500 {
                bad.push(format!("{path} {body}: {} {}", answer.status(), answer.text().await.unwrap()));
            }
        }
    }
    for path in [
        "/admin/list_all_keys?q=a%00b",
        "/admin/list_all_keys?cursor=a%00b",
        "/get_article_usage?openid=a%00b",
        "/poll?id=a%00b",
        "/api/v1/auth/wechat/check-follow?client_id=a%00b",
        "/api/login?code=a%00b",
    ] {
        let answer = world.get(path).bearer_auth(&root).send().await.unwrap();
        if answer.status().as_u16() >= 500 {
            bad.push(format!("{path}: {}", answer.status()));
        }
    }
    // Pages and their forms, as an admin.
    let browser = Browser::on(app);
    browser.post("/do/login", &[("username", "root"), ("password", "correct horse battery")]).await;
    for path in [
        "/replies?q=a%00b",
        "/replies?q=a%00b&owner=account",
        "/admin/users?q=a%00b",
        "/admin/users?cursor=a%00b",
        "/replies/messages?q=a%00b",
        "/admin/replies?q=a%00b",
        "/admin/replies/messages?q=a%00b",
        "/admin/replies/try?say=a%00b",
        "/replies/try?say=a%00b",
        "/setup?key=a%00b",
        "/media/a%00b",
    ] {
        let answer = browser.get(path).await;
        if answer.status.as_u16() >= 500 {
            bad.push(format!("{path}: {}", answer.status));
        }
    }
    let forms: &[(&str, &[(&str, &str)])] = &[
        ("/do/login", &[("username", NUL), ("password", NUL)]),
        ("/do/register", &[("username", NUL), ("password", "correct horse")]),
        ("/do/revoke", &[("session", NUL)]),
        ("/do/reply-ignore", &[("text", NUL)]),
        ("/do/reply-ignore", &[("text", NUL), ("owner", "account")]),
        ("/do/profile", &[("nickname", NUL), ("email", NUL), ("phone", NUL)]),
        ("/do/user-credits", &[("user", "1001"), ("way", "give"), ("amount", "1"), ("reason", NUL)]),
        ("/do/user-disable", &[("user", "1001"), ("disable_reason", NUL)]),
        ("/do/user-session", &[("user", "1001"), ("session", NUL)]),
        ("/do/setup", &[("key", NUL), ("username", "abc"), ("password", "correct horse")]),
        ("/do/password", &[("old_password", NUL), ("new_password", "another horse \0 battery")]),
        ("/replies", &[("form", "quick"), ("new_keyword", NUL), ("new_text", NUL)]),
    ];
    for (path, fields) in forms {
        let sent = browser.send(Method::POST, path, fields, &[("sec-fetch-site", "same-origin")]).await;
        let page = browser.get(if sent.location().is_empty() { "/me" } else { sent.location() }).await;
        let is_fault = page.body.contains("服务出错") || page.body.contains("暂时") || page.status.as_u16() >= 500;
        if sent.status.as_u16() >= 500 || is_fault {
            bad.push(format!("{path} {fields:?}: {} → {} {}", sent.status, sent.location(), page.status));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
