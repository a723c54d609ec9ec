//! A level with an end: every read is right from the moment of the end on, and the level is lowered once.

use crate::rig::{App, Database, admin, browser_by_password, new_user, register, two_apps};
use futures::TryStreamExt as _;
use weida::{
    base::{beijing, clock::Clock as _},
    core::{
        CoreError,
        account::{self, directory, export},
        message::level_end,
        quota, token,
    },
};

crate::every_engine!(
    a_level_ends_for_every_reader_at_the_same_moment,
    a_level_is_lowered_once_by_one_of_two_instances,
    an_admin_sets_the_last_day_of_a_level,
);

const LAST_DAY: &str = "2025-09-20";

async fn a_level_ends_for_every_reader_at_the_same_moment(database: &Database) {
    let app = App::on(database).await;
    let user = register(&app, &app.phone("oEnds"), "ends").await;
    let root = admin(&app, "root").await;
    directory::set_level_until(&app.ctx, &root, user, "vip", LAST_DAY).await.unwrap();
    let bearer = crate::rig::token(&app.ctx, user, None).await.unwrap();
    // What each reader says, read without waiting for the lowering.
    let seen = async || {
        let found = account::find(&app.ctx, user).await.unwrap().unwrap();
        let by_token = token::verify(&app.ctx, &bearer).await.unwrap().level;
        let usage = quota::look(&app.ctx, user, "article").await.unwrap();
        let query = directory::Query { level: Some("vip"), ..directory::Query::default() };
        let listed = directory::search(&app.ctx, &root, &query).await.unwrap().entries.len();
        let query = directory::Query { text: "ends".to_owned(), ..directory::Query::default() };
        let entry = directory::search(&app.ctx, &root, &query).await.unwrap().entries.remove(0).level;
        (found.level, by_token, usage.windows[0].limit, listed, entry)
    };
    let end = beijing::start_of(LAST_DAY).unwrap() + beijing::DAY_MS;
    // A token lives for seven days: renewed by the test, so that it does not end before the level.
    app.clock.advance_ms(6 * beijing::DAY_MS);
    let bearer_of_then = crate::rig::token(&app.ctx, user, None).await.unwrap();
    assert_eq!(seen().await, ("vip".into(), "vip".into(), None, 1, "vip".into()));
    app.clock.advance_ms(end - app.clock.now_ms() - 1);
    assert_eq!(account::find(&app.ctx, user).await.unwrap().unwrap().level, "vip");
    assert_eq!(token::verify(&app.ctx, &bearer_of_then).await.unwrap().level, "vip");
    app.clock.advance_ms(1);
    let found = account::find(&app.ctx, user).await.unwrap().unwrap();
    assert_eq!((found.level.as_str(), found.level_until), ("normal", None));
    assert_eq!(token::verify(&app.ctx, &bearer_of_then).await.unwrap().level, "normal");
    assert_eq!(quota::look(&app.ctx, user, "article").await.unwrap().windows[0].limit, Some(10));
    let query = directory::Query { level: Some("vip"), ..directory::Query::default() };
    assert!(directory::search(&app.ctx, &root, &query).await.unwrap().entries.is_empty());
    let query = directory::Query { text: "ends".to_owned(), level: Some("normal"), ..directory::Query::default() };
    assert_eq!(directory::search(&app.ctx, &root, &query).await.unwrap().entries.remove(0).level, "normal");
}

async fn a_level_is_lowered_once_by_one_of_two_instances(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let root = admin(&one, "root").await;
    let mut users = Vec::new();
    for n in 0..5 {
        users.push(new_user(&one, &format!("oLowered{n}")).await);
        directory::set_level_until(&one.ctx, &root, users[n], "premium", LAST_DAY).await.unwrap();
    }
    let stays = new_user(&one, "oStays").await;
    directory::set_level(&one.ctx, &root, stays, "vip").await.unwrap();
    level_end::end_due(&one.ctx).await.unwrap();
    assert_eq!(one.count("SELECT COUNT(*) FROM users WHERE level = 'premium'").await, 5);
    one.clock.advance_ms(30 * beijing::DAY_MS);
    // One is given a new level after the end: the end is recorded first.
    directory::set_level(&one.ctx, &root, users[0], "premium").await.unwrap();
    let (first, second) = tokio::join!(level_end::end_due(&one.ctx), level_end::end_due(&other.ctx));
    first.unwrap();
    second.unwrap();
    level_end::end_due(&one.ctx).await.unwrap();
    let ended = "SELECT COUNT(*) FROM audit_entries WHERE action = 'user.level_end' AND detail = 'premium → normal'";
    assert_eq!(one.count(ended).await, 5);
    assert_eq!(one.count("SELECT COUNT(*) FROM users WHERE level = 'premium' AND level_until IS NULL").await, 1);
    assert_eq!(one.count("SELECT COUNT(*) FROM users WHERE level_until IS NOT NULL").await, 0);
    assert_eq!(account::find(&one.ctx, stays).await.unwrap().unwrap().level, "vip");
}

async fn an_admin_sets_the_last_day_of_a_level(database: &Database) {
    let app = App::on(database).await;
    let user = register(&app, &app.phone("oLast"), "last").await;
    let root = admin(&app, "root").await;
    let set = async |level, day| directory::set_level_until(&app.ctx, &root, user, level, day).await;
    for wrong in ["2025-09-11", "20.9.2025", "2025-09-31", "x"] {
        assert!(matches!(set("vip", wrong).await, Err(CoreError::Invalid(_))), "{wrong}");
    }
    set("vip", LAST_DAY).await.unwrap();
    set("vip", LAST_DAY).await.unwrap();
    let changes = "SELECT COUNT(*) FROM audit_entries WHERE action = 'user.level'";
    assert_eq!(app.count(changes).await, 1, "the second changes nothing");
    set("vip", "").await.unwrap();
    set("normal", LAST_DAY).await.unwrap();
    let found = account::find(&app.ctx, user).await.unwrap().unwrap();
    assert_eq!((found.level.as_str(), found.level_until, app.count(changes).await), ("normal", None, 3));

    let browser = browser_by_password(&app, "root").await;
    let (page, id) = (format!("/admin/users/{user}"), user.to_string());
    let post = async |level: &str, day: &str| {
        let fields = [("user", id.as_str()), ("level", level), ("level_until", day)];
        assert_eq!(browser.post("/do/user-level", &fields).await.location(), page);
        browser.get(&page).await.body
    };
    let refused = post("vip", "2025-09-11").await;
    assert!(refused.contains("到期日期要写成") && refused.contains("value=\"2025-09-11\""), "{refused}");
    let done = post("premium", LAST_DAY).await;
    assert!(done.contains("等级已改为高级用户，到 2025-09-20") && done.contains("value=\"2025-09-20\""), "{done}");
    assert!(done.contains("普通用户 → 高级用户，到 2025-09-20"), "the audit log: {done}");
    let own = browser_by_password(&app, "last").await;
    assert!(own.get("/me").await.body.contains("到 2025-09-20"));
    assert!(app.phone("oLast").ask("我的").await.contains("高级用户（到 2025-09-20）"));
    let parts: Vec<String> = export::export(&app.ctx, user).await.unwrap().try_collect().await.unwrap();
    let whole: serde_json::Value = serde_json::from_str(&parts.concat()).unwrap();
    assert!(!whole["user"]["level_until"].is_null(), "{whole}");
}
