//! One person has one account across WeChat apps, instances, deletion and return.

use crate::rig::{App, BEGINNING_MS, Database, Phone, Platform, eventually, register, rounds, two_apps};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};
use weida::core::account::ProfileColumn;
use weida::{
    base::clock::FakeClock,
    core::{
        account::{
            self, User, deletion,
            directory::{self, Admin},
            identity::{self, App as Kind, Proven},
            unionid,
        },
        quota,
        signin::follow,
        token,
    },
    store,
};

crate::every_engine!(
    the_joined_account_has_the_data_of_both,
    a_token_from_before_a_join_is_refused,
    a_clients_token_from_before_a_join_is_refused,
    two_instances_create_one_user_for_one_person,
    the_unionid_of_an_old_follower_is_queried_once_a_day,
    used_quota_survives_deleting_the_account,
    a_cancellation_deletes_all_data_also_without_an_account,
);

const DAY_MS: i64 = 24 * 3_600_000;

fn by_mini_program(openid: &str, unionid: Option<&str>) -> Proven {
    Proven {
        app: Kind::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: openid.to_owned(),
        unionid: unionid.map(str::to_owned),
        nickname: None,
        avatar_url: None,
    }
}

async fn come(app: &App, openid: &str, unionid: Option<&str>) -> User {
    identity::meet(&app.ctx, &by_mini_program(openid, unionid)).await.unwrap()
}

async fn user(app: &App, id: i64) -> User {
    account::find(&app.ctx, id).await.unwrap().unwrap()
}

async fn the_joined_account_has_the_data_of_both(database: &Database) {
    let app = App::on(database).await;
    let id = account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let admin = Admin::of(&user(&app, id).await, "test").unwrap();
    let registered = register(&app, &app.phone("oWei"), "wei").await;
    let phone = app.phone("oOther");
    let came = come(&app, "oMini", None).await.id;
    directory::set_level(&app.ctx, &admin, registered, "vip").await.unwrap();
    let fields =
        [(ProfileColumn::RealName, "王微"), (ProfileColumn::Phone, "13800138000"), (ProfileColumn::Email, "wei@a.cn")];
    directory::update_fields(&app.ctx, &admin, registered, &fields).await.unwrap();
    let own = [(ProfileColumn::Email, "w@b.cn")];
    directory::update_fields(&app.ctx, &admin, came, &own).await.unwrap();
    phone.say("在吗").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    weida::store::Link::sql(&tx, "UPDATE messages SET user_id = ? WHERE openid = 'oOther'")
        .bind(registered)
        .execute(weida::store::Link::conn(&mut tx))
        .await
        .unwrap();
    tx.commit().await.unwrap();

    come(&app, "oMini", Some("uWei")).await;
    unionid::learn(&app.ctx, "oWei", "uWei").await.unwrap();
    join(&app.phone("oWei")).await;
    // The account created by a WeChat sign-in stays.
    assert!(account::find(&app.ctx, registered).await.unwrap().is_none());
    let stays = user(&app, came).await;
    assert_eq!((stays.level.as_str(), stays.real_name.as_deref()), ("vip", Some("王微")));
    // Existing fields are not overwritten, and missing ones are filled in.
    assert_eq!((stays.phone.as_deref(), stays.email.as_deref()), (Some("13800138000"), Some("w@b.cn")));
    assert_eq!((stays.username.as_deref(), stays.has_password), (Some("wei"), false));
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE detail LIKE '%level: normal → vip%'").await, 1);
    let mut db = app.ctx.store.read().await.unwrap();
    assert_eq!(store::message::list_messages(&mut db, registered, 9).await.unwrap().len(), 0);
    assert!(!store::message::list_messages(&mut db, came, 9).await.unwrap().is_empty());
    drop(db);
    let query = directory::Query { text: "王微".to_owned(), ..directory::Query::default() };
    let found = directory::search(&app.ctx, &admin, &query).await.unwrap();
    assert_eq!(found.entries.iter().map(|e| e.id).collect::<Vec<_>>(), [came]);
}

/// Agrees to join the two accounts of this phone's person.
async fn join(phone: &Phone) {
    assert!(phone.ask("合并账号").await.contains("两个账号"));
    assert!(phone.ask("1").await.contains("合并好了"));
}

async fn a_token_from_before_a_join_is_refused(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let registered = register(&one, &one.phone("oWei"), "wei").await;
    let came = come(&one, "oMini", Some("uWei")).await;
    let tokens = [
        token::issue(&one.ctx, &came, Some("oMini")).await.unwrap(),
        crate::rig::token(&one.ctx, registered, Some("oWei")).await.unwrap(),
    ];
    unionid::learn(&one.ctx, "oWei", "uWei").await.unwrap();
    for text in &tokens {
        assert!(token::verify(&one.ctx, text).await.is_ok(), "nothing is joined yet");
    }
    join(&one.phone("oWei")).await;
    for app in [&one, &other] {
        let soon = eventually(Duration::from_secs(2), async || {
            token::verify(&app.ctx, &tokens[0]).await.is_err() && token::verify(&app.ctx, &tokens[1]).await.is_err()
        });
        assert!(soon.await);
    }
    // A new sign-in by WeChat gives a valid token.
    let again = come(&one, "oMini", Some("uWei")).await;
    assert_eq!(again.id, came.id);
    let text = token::issue(&one.ctx, &again, Some("oMini")).await.unwrap();
    assert_eq!(token::verify(&one.ctx, &text).await.unwrap().user_id, came.id);
}

async fn a_clients_token_from_before_a_join_is_refused(database: &Database) {
    let platform = Platform::answering().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &platform.base)]).await;
    let older = come(&app, "oMini", Some("uWei")).await;
    let client = follow::Client::parse(&app.ctx, "desktop").unwrap();
    let shown = follow::begin(&app.ctx, &client, "192.0.2.1".parse().unwrap()).await.unwrap();
    let phone = app.phone("oWei");
    phone.push(&phone.event("SCAN", &shown.scene)).await.unwrap();
    // The platform reports the unionid only now: the follower has a separate account until they agree.
    let before = follow::look(&app.ctx, &client, Some(&shown.poll)).await.unwrap().token.unwrap();
    unionid::learn(&app.ctx, "oWei", "uWei").await.unwrap();
    assert_ne!(token::verify(&app.ctx, &before).await.unwrap().user_id, older.id);
    join(&phone).await;
    assert!(token::verify(&app.ctx, &before).await.is_err());
    assert_eq!(follow::look(&app.ctx, &client, Some(&shown.poll)).await.unwrap().token, None);
}

async fn two_instances_create_one_user_for_one_person(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    for round in 0..rounds(5, 30) {
        let (mini, web, unionid) = (format!("oMini{round}"), format!("oWeb{round}"), format!("uBoth{round}"));
        let at_web = Proven { app: Kind::Web, appid: "wxweb".to_owned(), ..by_mini_program(&web, Some(&unionid)) };
        let at_mini = by_mini_program(&mini, Some(&unionid));
        let met = join_all([identity::meet(&one.ctx, &at_mini), identity::meet(&other.ctx, &at_web)]).await;
        let ids: Vec<i64> = met.into_iter().map(|user| user.unwrap().id).collect();
        assert_eq!(ids[0], ids[1], "round {round}");
        // Two existing accounts stay separate when the platform reports that they belong to one person.
        let (first, second) = (format!("oFirst{round}"), format!("oSecond{round}"));
        come(&one, &first, None).await;
        come(&one, &second, None).await;
        let unionid = format!("uLate{round}");
        let (first, second) = (by_mini_program(&first, Some(&unionid)), by_mini_program(&second, Some(&unionid)));
        let met = join_all([identity::meet(&one.ctx, &first), identity::meet(&other.ctx, &second)]).await;
        assert!(met.into_iter().all(|user| user.is_ok()), "round {round}");
        let mut db = one.ctx.store.read().await.unwrap();
        let owners = store::identity::list_owners_of_unionid(&mut db, &unionid).await.unwrap();
        assert_eq!(owners.len(), 2, "round {round}");
    }
}

async fn the_unionid_of_an_old_follower_is_queried_once_a_day(database: &Database) {
    const INFO: &str = "/cgi-bin/user/info";
    let platform = Platform::answering().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &platform.base)]).await;
    let phone = app.phone("oOld");
    // No follow event: they followed before this program was installed.
    phone.say("在吗").await;
    assert!(platform.first(INFO, Duration::from_secs(10)).await.is_some());
    let asked = async |n: usize| eventually(Duration::from_secs(10), async || platform.asked(INFO).len() == n).await;
    phone.say("在吗").await;
    app.clock.advance_ms(DAY_MS);
    phone.say("在吗").await;
    assert!(asked(2).await, "{}", platform.asked(INFO).len());
    // A known unionid is not queried.
    unionid::learn(&app.ctx, "oOld", "uOld").await.unwrap();
    app.clock.advance_ms(DAY_MS);
    phone.say("在吗").await;
    unionid::ask(&app.ctx, "oOld").await.unwrap();
    assert_eq!(platform.asked(INFO).len(), 2);
    // After a failed query the next one is a day later, not immediately.
    let silent = App::on(database).await;
    silent.phone("oUnlucky").say("在吗").await;
    let wanted = async |app: &App| {
        let mut db = app.ctx.store.read().await.unwrap();
        let row = store::identity::find_identity(&mut db, &app.ctx.account.appid, "oUnlucky").await.unwrap().unwrap();
        (row.unionid_asked_at.is_some(), unionid::is_wanted(&row, app.ctx.now()))
    };
    assert!(eventually(Duration::from_secs(20), async || wanted(&silent).await == (true, false)).await);
    silent.clock.advance_ms(DAY_MS);
    assert_eq!(wanted(&silent).await, (true, true));
}

async fn used_quota_survives_deleting_the_account(database: &Database) {
    let app = App::on(database).await;
    let first = come(&app, "oAgain", None).await.id;
    let limit = quota::look(&app.ctx, first, "article").await.unwrap().tightest().remaining().unwrap();
    quota::add(&app.ctx, first, "article", limit).await.unwrap();
    deletion::delete(&app.ctx, first, None, "test").await.unwrap();
    let second = come(&app, "oAgain", None).await.id;
    assert_ne!(first, second);
    assert!(!quota::look(&app.ctx, second, "article").await.unwrap().allows(1));
    // A second deletion does not change the used amount.
    deletion::delete(&app.ctx, second, None, "test").await.unwrap();
    let third = come(&app, "oAgain", None).await.id;
    assert_eq!(quota::look(&app.ctx, third, "article").await.unwrap().tightest().used, limit);
    // Another person has their own quota.
    let another = come(&app, "oAnother", None).await.id;
    assert!(quota::look(&app.ctx, another, "article").await.unwrap().allows(limit));

    // Unbinding WeChat and signing in again does not reset the quota either.
    let phone = app.phone("oLetGo");
    let owner = register(&app, &phone, "letgo").await;
    quota::add(&app.ctx, owner, "article", limit).await.unwrap();
    identity::unbind(&app.ctx, owner, "test").await.unwrap();
    let mut tx = app.ctx.store.begin().await.unwrap();
    let row = store::identity::find_identity(&mut tx, &app.ctx.account.appid, "oLetGo").await.unwrap().unwrap();
    tx.rollback().await.unwrap();
    let proven = Proven { app: Kind::OfficialAccount, appid: row.appid, ..by_mini_program("oLetGo", None) };
    let next = identity::meet(&app.ctx, &proven).await.unwrap().id;
    assert_ne!(next, owner);
    assert!(!quota::look(&app.ctx, next, "article").await.unwrap().allows(1));
}

/// The platform reports that a user withdrew their authorization: all rows with their openid are deleted.
async fn a_cancellation_deletes_all_data_also_without_an_account(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oLeaver");
    phone.say("在吗").await;
    phone.code("验证码").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::question::insert_question(&mut tx, (&app.ctx.account.appid, "oLeaver"), "delete", "1:1", i64::MAX)
        .await
        .unwrap();
    store::pending::insert_pending(&mut tx, &app.ctx.account.appid, "oLeaver", vec!["x".to_owned()], i64::MAX)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(app.count("SELECT COUNT(*) FROM messages WHERE openid = 'oLeaver'").await > 0);
    let event = phone.document(
        "event",
        "<Event><![CDATA[user_authorization_cancellation]]></Event><OpenID><![CDATA[oLeaver]]></OpenID>\
         <AppID><![CDATA[wx0123456789abcdef]]></AppID><RevokeInfo><![CDATA[1]]></RevokeInfo>",
    );
    assert_eq!(phone.push(&event).await, None);
    for sql in [
        "SELECT COUNT(*) FROM identities WHERE openid = 'oLeaver'",
        "SELECT COUNT(*) FROM dynamic_codes WHERE openid = 'oLeaver'",
        "SELECT COUNT(*) FROM chat_questions WHERE openid = 'oLeaver'",
        "SELECT COUNT(*) FROM pending_replies WHERE openid = 'oLeaver'",
        "SELECT COUNT(*) FROM signin_sessions WHERE openid = 'oLeaver'",
        "SELECT COUNT(*) FROM messages WHERE openid = 'oLeaver'",
    ] {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
}
