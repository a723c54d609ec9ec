//! Dialect D's admin calls: for admins only, audited, and never disabling the last admin.

use crate::rig::{Database, Engine, Tape, World};
use reqwest::Method;
use serde_json::{Value, json};
use weida::core::token;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_admin_call_matches_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "qr_login_admin");
    let (_, admin) = world.admin("root").await;
    let (user, openid, users_token) = world.entered("小微").await;
    let (_, other, _) = world.entered("小明").await;
    for (value, name) in [(&openid, "openid"), (&other, "other"), (&users_token, "token"), (&admin, "admin's token")] {
        tape.name(value, name);
    }
    let call = |path: &str, body: Value| world.post(path, &body).bearer_auth(&admin);
    let list = |query: &str| world.get(&format!("/admin/list_all_keys{query}")).bearer_auth(&admin);
    let (_, page) = tape.ask("list_all_keys: the first two", list("?limit=2")).await;
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    tape.name(&cursor, "cursor");
    tape.ask("list_all_keys: the rest", list(&format!("?limit=2&cursor={cursor}"))).await;
    tape.ask("list_all_keys: by a fragment", list("?q=%E5%BE%AE")).await;
    for limit in ["0", "-1", "101", "many", "2147483648"] {
        tape.ask(&format!("list_all_keys: limit {limit}"), list(&format!("?limit={limit}"))).await;
    }
    tape.ask("list_all_keys: a foreign cursor", list("?cursor=1%27%3Bdrop")).await;
    tape.ask("get_user", call("/admin/get_user", json!({ "openid": openid }))).await;
    tape.ask("get_user: by number", call("/admin/get_user", json!({ "userid": user }))).await;
    tape.ask("get_user: two names of one user", call("/admin/get_user", json!({ "openid": openid, "userid": user })))
        .await;
    tape.ask("get_user: names of two users", call("/admin/get_user", json!({ "openid": other, "userid": user }))).await;
    tape.ask("delete_user: names of two users", call("/admin/delete_user", json!({ "openid": other, "userid": user })))
        .await;
    tape.ask("get_user: nobody", call("/admin/get_user", json!({ "openid": "oNobody" }))).await;
    tape.ask("get_user: whom?", call("/admin/get_user", json!({}))).await;
    tape.ask("get_user: an openid that is a number", call("/admin/get_user", json!({ "openid": 7 }))).await;
    tape.ask("update_user_level", call("/admin/update_user_level", json!({ "openid": openid, "level": "vip" }))).await;
    tape.ask(
        "update_user_level: no such level",
        call("/admin/update_user_level", json!({ "openid": openid, "level": "gold" })),
    )
    .await;
    let profile = json!({ "openid": openid, "nickname": "新名字", "phone": "13800138000", "email": "a@b.cn", "real_name": "王微", "level": "premium" });
    tape.ask("update_user", call("/admin/update_user", profile)).await;
    let flawed = json!({ "openid": openid, "nickname": "又一个", "email": "nothing", "phone": "x", "enabled": false });
    tape.ask("update_user: two flaws, and nothing is changed", call("/admin/update_user", flawed)).await;
    tape.ask(
        "update_user: shut out",
        call("/admin/update_user", json!({ "openid": openid, "enabled": false, "reason": "滥用" })),
    )
    .await;
    assert!(token::verify(&world.app.ctx, &users_token).await.is_err(), "the token is void immediately");
    tape.ask("update_user: let in again", call("/admin/update_user", json!({ "openid": openid, "enabled": true })))
        .await;
    let root = token::verify(&world.app.ctx, &admin).await.unwrap().user_id;
    tape.ask(
        "update_user: the last admin",
        call("/admin/update_user", json!({ "userid": root, "enabled": false, "nickname": "x" })),
    )
    .await;
    tape.ask("delete_user: the last admin", call("/admin/delete_user", json!({ "userid": root }))).await;
    tape.ask("delete_user", call("/admin/delete_user", json!({ "openid": openid }))).await;
    tape.ask("delete_user: again", call("/admin/delete_user", json!({ "openid": openid }))).await;
    let no_body = world.request(Method::POST, "/admin/clear_all_users").bearer_auth(&admin);
    tape.ask("clear_all_users: no body", no_body).await;
    tape.ask("clear_all_users: not meant", call("/admin/clear_all_users", json!({ "confirm": "yes" }))).await;
    tape.ask("clear_all_users", call("/admin/clear_all_users", json!({ "confirm": "DELETE ALL USERS" }))).await;
    tape.ask("clear_all_users: GET", world.request(Method::GET, "/admin/clear_all_users").bearer_auth(&admin)).await;
    tape.end();
    assert_eq!(world.app.count("SELECT COUNT(*) FROM users").await, 1, "the admin stays");
    // Level, profile and level, disable, enable, two deletions: each has an audit entry.
    let written = world.app.count("SELECT COUNT(*) FROM audit_entries WHERE actor_id IS NOT NULL").await;
    assert!(written >= 7, "{written}");
}
