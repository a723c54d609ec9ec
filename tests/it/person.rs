//! One person, one account: whatever they come by, however many instances they meet at once, and whatever they leave and come back to.

use crate::{
    instances::two,
    rig::{App, BEGINNING_MS, Database, Platform, eventually, rounds},
    signin::register,
};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};
use weida::{
    core::{
        account::{
            self, User,
            directory::{self, Admin, Fields},
            identity::{self, App as Kind, Proven},
            leave, unionid,
        },
        clock::FakeClock,
        credit, quota,
        signin::follow,
        token,
    },
    store,
};

crate::every_engine!(
    the_one_that_stays_has_what_both_had,
    a_token_of_the_one_that_went_is_the_other_ones,
    a_client_of_the_one_that_went_keeps_its_token,
    two_instances_that_meet_one_person_make_one_user,
    a_spend_under_way_is_not_handed_over_twice,
    a_follower_of_old_is_asked_about_once_a_day,
    who_deletes_the_account_and_comes_back_has_used_what_they_used,
    who_cancels_is_forgotten_also_where_there_was_no_account,
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

async fn the_one_that_stays_has_what_both_had(database: &Database) {
    let app = App::on(database).await;
    let id = account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let admin = Admin::of(&user(&app, id).await, "test").unwrap();
    let registered = register(&app, &app.phone("oWei"), "wei").await;
    let phone = app.phone("oOther");
    let went = come(&app, "oMini", None).await.id;
    directory::set_level(&app.ctx, &admin, went, "vip").await.unwrap();
    let fields =
        Fields { real_name: Some("王微"), phone: Some("13800138000"), email: Some("w@b.cn"), nickname: None };
    directory::update_fields(&app.ctx, &admin, went, fields).await.unwrap();
    let own = Fields { email: Some("wei@a.cn"), ..Fields::default() };
    directory::update_fields(&app.ctx, &admin, registered, own).await.unwrap();
    phone.say("在吗").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    weida::store::Link::sql(&tx, "UPDATE messages SET user_id = ? WHERE openid = 'oOther'")
        .bind(went)
        .execute(weida::store::Link::conn(&mut tx))
        .await
        .unwrap();
    tx.commit().await.unwrap();

    come(&app, "oMini", Some("uWei")).await;
    unionid::learn(&app.ctx, "oWei", "uWei").await.unwrap();
    assert!(account::find(&app.ctx, went).await.unwrap().is_none());
    let stays = user(&app, registered).await;
    assert_eq!((stays.level.as_str(), stays.real_name.as_deref()), ("vip", Some("王微")));
    // What was there is not written over.
    assert_eq!((stays.phone.as_deref(), stays.email.as_deref()), (Some("13800138000"), Some("wei@a.cn")));
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE detail LIKE '%level: normal → vip'").await, 1);
    let mut db = app.ctx.store.read().await.unwrap();
    assert_eq!(store::message::list_messages(&mut db, went, 9).await.unwrap().len(), 0);
    assert!(!store::message::list_messages(&mut db, registered, 9).await.unwrap().is_empty());
    drop(db);
    let query = directory::Query { text: "王微".to_owned(), ..directory::Query::default() };
    let found = directory::search(&app.ctx, &admin, &query).await.unwrap();
    assert_eq!(found.entries.iter().map(|e| e.id).collect::<Vec<_>>(), [registered]);
}

async fn a_token_of_the_one_that_went_is_the_other_ones(database: &Database) {
    let (one, other) = two(database, &[]).await;
    let registered = register(&one, &one.phone("oWei"), "wei").await;
    let came = come(&one, "oMini", None).await;
    let (kept, ended) = (
        token::issue(&one.ctx, &came, Some("oMini")).await.unwrap(),
        token::issue(&one.ctx, &came, None).await.unwrap(),
    );
    token::revoke(&one.ctx, &token::verify(&one.ctx, &ended).await.unwrap()).await.unwrap();
    come(&one, "oMini", Some("uWei")).await;
    unionid::learn(&one.ctx, "oWei", "uWei").await.unwrap();
    for app in [&one, &other] {
        let soon = eventually(Duration::from_secs(2), async || {
            token::verify(&app.ctx, &kept).await.is_ok_and(|bearer| bearer.user_id == registered)
        });
        assert!(soon.await);
        assert!(token::verify(&app.ctx, &ended).await.is_err(), "an ended token stays ended");
    }
    // The two clocks of the two instances are one; in its last day it is renewed as the other one's own.
    one.clock.advance_ms(6 * DAY_MS + 1000);
    let renewed = token::refresh(&one.ctx, &kept).await.unwrap();
    assert_eq!(token::verify(&one.ctx, &renewed).await.unwrap().user_id, registered);
    // And it ends with that one's.
    token::revoke_all(&one.ctx, registered).await.unwrap();
    assert!(token::verify(&one.ctx, &kept).await.is_err());
    assert!(token::verify(&one.ctx, &renewed).await.is_err());
}

async fn a_client_of_the_one_that_went_keeps_its_token(database: &Database) {
    let platform = Platform::answering().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &platform.base)]).await;
    let older = come(&app, "oMini", Some("uWei")).await;
    token::revoke_all(&app.ctx, older.id).await.unwrap();
    let client = follow::Client::parse(&app.ctx, "desktop").unwrap();
    let shown = follow::begin(&app.ctx, &client, "192.0.2.1".parse().unwrap()).await.unwrap();
    let phone = app.phone("oWei");
    phone.push(&phone.event("SCAN", &shown.scene)).await.unwrap();
    // The platform tells only now who that is: what the client got in between is good, and what it asks for after that too.
    let before = follow::look(&app.ctx, &client).await.unwrap().token.unwrap();
    unionid::learn(&app.ctx, "oWei", "uWei").await.unwrap();
    let after = follow::look(&app.ctx, &client).await.unwrap().token.unwrap();
    for text in [before, after] {
        assert_eq!(token::verify(&app.ctx, &text).await.unwrap().user_id, older.id);
    }
}

async fn two_instances_that_meet_one_person_make_one_user(database: &Database) {
    let (one, other) = two(database, &[]).await;
    for round in 0..rounds(5, 30) {
        let (mini, web, unionid) = (format!("oMini{round}"), format!("oWeb{round}"), format!("uBoth{round}"));
        let at_web = Proven { app: Kind::Web, appid: "wxweb".to_owned(), ..by_mini_program(&web, Some(&unionid)) };
        let at_mini = by_mini_program(&mini, Some(&unionid));
        let met = join_all([identity::meet(&one.ctx, &at_mini), identity::meet(&other.ctx, &at_web)]).await;
        let ids: Vec<i64> = met.into_iter().map(|user| user.unwrap().id).collect();
        assert_eq!(ids[0], ids[1], "round {round}");
        // Two who were known apart, and whom the platform tells of both at once.
        let (first, second) = (format!("oFirst{round}"), format!("oSecond{round}"));
        come(&one, &first, None).await;
        come(&one, &second, None).await;
        let unionid = format!("uLate{round}");
        let (first, second) = (by_mini_program(&first, Some(&unionid)), by_mini_program(&second, Some(&unionid)));
        let met = join_all([identity::meet(&one.ctx, &first), identity::meet(&other.ctx, &second)]).await;
        assert!(met.into_iter().all(|user| user.is_ok()), "round {round}");
        let mut db = one.ctx.store.read().await.unwrap();
        let owners = store::identity::list_owners_of_unionid(&mut db, &unionid).await.unwrap();
        assert_eq!(owners.len(), 1, "round {round}");
    }
}

/// A spend that has begun when two accounts become one is part of what is handed over, and no credit is made of it.
async fn a_spend_under_way_is_not_handed_over_twice(database: &Database) {
    let app = App::on(database).await;
    let registered = register(&app, &app.phone("oWei"), "wei").await;
    let came = come(&app, "oMini", Some("uWei")).await.id;
    crate::rig::adjust(&app.ctx, came, 50).await.unwrap();
    let before = credit::totals(&app.ctx, registered).await.unwrap().balance;
    let spends = join_all((0..20).map(|_| credit::spend(&app.ctx, came, 1, "test")));
    let (spent, learnt) = futures::join!(spends, unionid::learn(&app.ctx, "oWei", "uWei"));
    learnt.unwrap();
    let spent = i64::try_from(spent.iter().filter(|done| done.is_ok()).count()).unwrap();
    let after = credit::totals(&app.ctx, registered).await.unwrap();
    assert_eq!(after.balance, before + 50 - spent);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
}

async fn a_follower_of_old_is_asked_about_once_a_day(database: &Database) {
    const INFO: &str = "/cgi-bin/user/info";
    let platform = Platform::answering().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &platform.base)]).await;
    let phone = app.phone("oOld");
    // No event tells that they follow: they did before this program was there.
    phone.say("在吗").await;
    assert!(platform.first(INFO, Duration::from_secs(10)).await.is_some());
    let asked = async |n: usize| eventually(Duration::from_secs(10), async || platform.asked(INFO).len() == n).await;
    phone.say("在吗").await;
    app.clock.advance_ms(DAY_MS);
    phone.say("在吗").await;
    assert!(asked(2).await, "{}", platform.asked(INFO).len());
    // Who is known is not asked about.
    unionid::learn(&app.ctx, "oOld", "uOld").await.unwrap();
    app.clock.advance_ms(DAY_MS);
    phone.say("在吗").await;
    unionid::ask(&app.ctx, "oOld").await.unwrap();
    assert_eq!(platform.asked(INFO).len(), 2);
    // A platform that does not answer is asked again in a while, and not at once.
    let silent = App::on(database).await;
    silent.phone("oUnlucky").say("在吗").await;
    let wanted = async |app: &App| {
        let mut db = app.ctx.store.read().await.unwrap();
        let row = store::identity::find_identity(&mut db, &app.ctx.appid, "oUnlucky").await.unwrap().unwrap();
        (row.unionid_asked_at.is_some(), unionid::is_wanted(&row, app.ctx.now()))
    };
    assert!(eventually(Duration::from_secs(20), async || wanted(&silent).await == (true, false)).await);
    silent.clock.advance_ms(DAY_MS);
    assert_eq!(wanted(&silent).await, (true, true));
}

async fn who_deletes_the_account_and_comes_back_has_used_what_they_used(database: &Database) {
    let app = App::on(database).await;
    let first = come(&app, "oAgain", None).await.id;
    let limit = quota::look(&app.ctx, first, "article").await.unwrap().tightest().remaining().unwrap();
    quota::add(&app.ctx, first, "article", limit).await.unwrap();
    leave::delete(&app.ctx, first, None, "test").await.unwrap();
    let second = come(&app, "oAgain", None).await.id;
    assert_ne!(first, second);
    assert!(!quota::look(&app.ctx, second, "article").await.unwrap().allows(1));
    // Leaving twice makes it neither more nor less.
    leave::delete(&app.ctx, second, None, "test").await.unwrap();
    let third = come(&app, "oAgain", None).await.id;
    assert_eq!(quota::look(&app.ctx, third, "article").await.unwrap().tightest().used, limit);
    // Somebody else is somebody else, and tomorrow is another day.
    let stranger = come(&app, "oStranger", None).await.id;
    assert!(quota::look(&app.ctx, stranger, "article").await.unwrap().allows(limit));

    // Letting go of one's WeChat and coming back with it is no other way around it.
    let phone = app.phone("oLetGo");
    let owner = register(&app, &phone, "letgo").await;
    quota::add(&app.ctx, owner, "article", limit).await.unwrap();
    identity::unbind(&app.ctx, owner, "test").await.unwrap();
    let mut tx = app.ctx.store.begin().await.unwrap();
    let row = store::identity::find_identity(&mut tx, &app.ctx.appid, "oLetGo").await.unwrap().unwrap();
    tx.rollback().await.unwrap();
    let proven = Proven { app: Kind::OfficialAccount, appid: row.appid, ..by_mini_program("oLetGo", None) };
    let next = identity::meet(&app.ctx, &proven).await.unwrap().id;
    assert_ne!(next, owner);
    assert!(!quota::look(&app.ctx, next, "article").await.unwrap().allows(1));
}

/// The platform says that a person cancelled: nothing that names them stays.
async fn who_cancels_is_forgotten_also_where_there_was_no_account(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oLeaver");
    phone.say("在吗").await;
    phone.code("验证码").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::question::insert_question(&mut tx, (&app.ctx.appid, "oLeaver"), "delete", "1:1", i64::MAX).await.unwrap();
    store::pending::insert_pending(&mut tx, &app.ctx.appid, "oLeaver", vec!["x".to_owned()], i64::MAX).await.unwrap();
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
