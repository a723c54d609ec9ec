//! Admins and other people's accounts: who is found, what is changed, what ends with it, and who is never shut out.

use crate::{
    instances::two,
    rig::{App, BEGINNING_MS, Database, Engine, crowd, eventually, patient, rounds},
    signin::register,
    web::Browser,
};
use futures::future::join_all;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use weida::{
    core::{
        CoreError,
        account::{
            self, Role,
            directory::{self, Admin, Fields, Query, Sort, Total},
        },
        token,
    },
    store::{self, Link as _},
};

crate::every_engine!(
    one_of_a_crowd_is_found_by_any_fragment,
    every_field_finds_and_nothing_stands_for_anything,
    pages_go_through_everybody_once_in_every_order_and_back,
    what_is_changed_is_written_down,
    rights_that_are_taken_end_everywhere_within_a_second,
    the_last_admin_is_never_shut_out,
    two_admins_who_dismiss_each_other_at_once_leave_one,
    everybody_is_deleted_but_the_admins,
    users_of_an_earlier_version_are_made_findable,
    who_was_dismissed_meanwhile_does_nothing_more,
    the_first_link_opens_nothing_once_there_is_an_admin,
);

/// How long a revocation may take to be known at another instance.
const SOON: Duration = Duration::from_secs(1);
/// Above every id that these tests' own people get.
const CROWD: i64 = 2_000_000;

/// An admin of this program, made at the command line.
pub async fn admin(app: &App, name: &str) -> Admin {
    let id = account::admin::create(&app.ctx, name, "correct horse").await.unwrap();
    Admin::of(&account::find(&app.ctx, id).await.unwrap().unwrap(), "test").unwrap()
}

fn looking_for(text: &str) -> Query {
    Query { text: text.to_owned(), ..Query::default() }
}

async fn found(app: &App, admin: &Admin, query: &Query) -> Vec<i64> {
    directory::search(&app.ctx, admin, query).await.unwrap().entries.iter().map(|entry| entry.id).collect()
}

/// On SQLite always among 100,000; elsewhere the whole crowd comes nightly.
async fn one_of_a_crowd_is_found_by_any_fragment(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    let count = if database.engine == Engine::Sqlite { 100_000 } else { rounds(5_000, 100_000) };
    let count = i64::try_from(count).unwrap();
    let begun = Instant::now();
    crowd::add(&app.ctx.store, CROWD, 0..count, BEGINNING_MS).await;
    eprintln!("{:?}: {count} users added in {:?}", database.engine, begun.elapsed());
    let wanted = count - 1_234;
    let person = crowd::person(CROWD, wanted, BEGINNING_MS);
    let username = person.username.clone().unwrap();
    let openid = crowd::openid(wanted);
    let rare = Query { sort: Sort::LastLogin, ..looking_for(&username[2..]) };
    let shut_out = Query {
        is_enabled: Some(false),
        level: Some("vip"),
        is_subscribed: Some(false),
        ..looking_for(&username[2..])
    };
    let cases = [
        ("name", looking_for(&username[2..]), true),
        ("name, by last login", rare, true),
        ("id", looking_for(&person.id.to_string()), true),
        ("openid", looking_for(&openid[5..15]), true),
        ("nickname", Query { size: 100, ..looking_for(&person.nickname) }, false),
        ("phone", looking_for(&format!("13{:09}", 7_919 * (wanted - wanted % 2) % 1_000_000_000)), false),
        ("nobody", looking_for("没有这个人"), false),
        ("nobody, by credits", Query { sort: Sort::Credits, ..looking_for("zzzzqqqq") }, false),
        ("filters alone", Query { is_enabled: Some(false), level: Some("vip"), ..looking_for("") }, false),
        ("name and filters", shut_out, false),
        ("everybody", looking_for(""), false),
        ("everybody, by last login", Query { sort: Sort::LastLogin, ..looking_for("") }, false),
        ("common", looking_for("crowd"), false),
    ];
    for (name, query, is_found) in cases {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let begun = Instant::now();
            let page = directory::search(&app.ctx, &admin, &query).await.unwrap();
            best = best.min(begun.elapsed());
            if is_found {
                assert_eq!(page.entries.first().map(|e| e.id), Some(person.id), "{name}");
            }
        }
        eprintln!("{:?}: {name}: {best:?}", database.engine);
        let limit = patient(Duration::from_millis(300));
        assert!(best < limit, "{name} took {best:?}, more than {limit:?}");
    }
    let everybody = directory::search(&app.ctx, &admin, &looking_for("")).await.unwrap();
    assert_eq!(everybody.total, Total::Exactly(count + 1));
    assert_eq!(directory::search(&app.ctx, &admin, &looking_for("crowd")).await.unwrap().total, Total::More);
}

async fn every_field_finds_and_nothing_stands_for_anything(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    let user = register(&app, &app.phone("oWxAbC_dEf-123"), "Ｌｉ_Ming").await;
    register(&app, &app.phone("oOther0000"), "other.100").await;
    let fields = Fields {
        nickname: Some("小 微100%"),
        real_name: Some("Łukasz 李"),
        email: Some("Li.Ming@Example.com"),
        phone: Some("+86 138-0013-8000"),
    };
    directory::update_fields(&app.ctx, &admin, user, fields).await.unwrap();
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::identity::update_unionid(&mut tx, crate::rig::APPID, "oWxAbC_dEf-123", "uNion-77").await.unwrap();
    tx.commit().await.unwrap();
    let id = user.to_string();
    for text in [
        id.as_str(),
        " Li_m ",
        "ＬＩ＿ＭＩＮＧ",
        "小 微",
        "小　微100％",
        "łukasz",
        "ŁUKASZ 李",
        "ming@example",
        "0013-80",
        "13800138000",
        "8613800",
        "138 0013",
        "WxAbC_dEf",
        "oWxAbC_dEf-123",
        "Nion-77",
    ] {
        assert_eq!(found(&app, &admin, &looking_for(text)).await, [user], "{text:?}");
    }
    for text in
        ["L%M", "li.ming.", "小_微", "!", "wx_bc_def", "微100%\nŁ", "李 li", "o\\", "'; DROP TABLE users; --", "\0"]
    {
        let ids = found(&app, &admin, &looking_for(text)).await;
        // A zero is a space, and a space alone asks for everybody.
        assert!(if text == "\0" { ids.len() == 3 } else { ids.is_empty() }, "{text:?} found {ids:?}");
    }
    let of = async |query: Query| found(&app, &admin, &query).await.len();
    assert_eq!(of(Query { level: Some("vip"), ..looking_for("") }).await, 0);
    assert_eq!(of(Query { role: Some(Role::Admin), ..looking_for("") }).await, 1);
    assert_eq!(of(Query { role: Some(Role::User), is_enabled: Some(true), ..looking_for("") }).await, 2);
    assert_eq!(of(Query { is_subscribed: Some(true), ..looking_for("") }).await, 2);
    assert_eq!(of(Query { is_subscribed: Some(false), ..looking_for("") }).await, 1);
    app.phone("oOther0000").push(&app.phone("oOther0000").event("unsubscribe", "")).await;
    assert_eq!(of(Query { is_subscribed: Some(false), ..looking_for("") }).await, 2);
    // Filters hold for a whole id as well.
    assert_eq!(of(Query { level: Some("vip"), ..looking_for(&id) }).await, 0);
    assert_eq!(directory::find_by_openid(&app.ctx, &admin, "oWxAbC_dEf-123").await.unwrap(), user);
    assert!(matches!(directory::find_by_openid(&app.ctx, &admin, "owxabc_def-123").await, Err(CoreError::NotFound)));
}

async fn pages_go_through_everybody_once_in_every_order_and_back(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    crowd::add(&app.ctx.store, CROWD, 0..230, BEGINNING_MS).await;
    for n in 0..20 {
        directory::adjust_credits(&app.ctx, &admin, CROWD + n, 5 + n % 3, "order").await.unwrap();
    }
    for sort in Sort::ALL {
        for is_descending in [true, false] {
            let mut query = Query { sort, is_descending, size: 37, ..Query::default() };
            let (mut pages, mut seen) = (Vec::new(), HashSet::new());
            let mut page = directory::search(&app.ctx, &admin, &query).await.unwrap();
            loop {
                let ids: Vec<i64> = page.entries.iter().map(|entry| entry.id).collect();
                assert!(ids.iter().all(|id| seen.insert(*id)), "{sort:?}: twice");
                assert_eq!(page.before.is_none(), pages.is_empty(), "{sort:?}");
                pages.push(ids);
                let Some(after) = page.after else { break };
                query.cursor = after;
                page = directory::search(&app.ctx, &admin, &query).await.unwrap();
            }
            assert_eq!((seen.len(), pages.len(), page.total), (231, 7, Total::Exactly(231)), "{sort:?}");
            for wanted in pages.iter().rev().skip(1) {
                query.cursor = page.before.clone().expect("a page before");
                page = directory::search(&app.ctx, &admin, &query).await.unwrap();
                let ids: Vec<i64> = page.entries.iter().map(|entry| entry.id).collect();
                assert_eq!(&ids, wanted, "{sort:?} {is_descending}");
            }
            assert!(page.before.is_none());
            // What it was given for, and nothing else.
            query.cursor = page.after.unwrap();
            query.is_descending = !is_descending;
            assert!(matches!(directory::search(&app.ctx, &admin, &query).await, Err(CoreError::Invalid(_))));
        }
    }
    // Whoever has the very id stands first, once, whatever the order.
    let query = Query { size: 100, sort: Sort::Created, is_descending: true, ..looking_for(&CROWD.to_string()) };
    assert_eq!(found(&app, &admin, &query).await, [CROWD]);
    let most = Query { size: 5_000, ..Query::default() };
    assert_eq!(found(&app, &admin, &most).await.len(), 100);
}

async fn what_is_changed_is_written_down(database: &Database) {
    let app = App::on(database).await;
    let (ctx, root) = (&app.ctx, admin(&app, "root").await);
    let user = register(&app, &app.phone("oChanged"), "changed").await;
    directory::set_level(ctx, &root, user, "vip").await.unwrap();
    // What is so already is no change.
    directory::set_level(ctx, &root, user, "vip").await.unwrap();
    assert_eq!(directory::adjust_credits(ctx, &root, user, 50, " 活动奖励 ").await.unwrap(), 150);
    assert_eq!(directory::adjust_credits(ctx, &root, user, -30, "更正").await.unwrap(), 120);
    assert!(matches!(directory::adjust_credits(ctx, &root, user, -121, "太多").await, Err(CoreError::OutOfCredits)));
    assert!(matches!(directory::adjust_credits(ctx, &root, user, 0, "零").await, Err(CoreError::Invalid(_))));
    assert!(matches!(directory::adjust_credits(ctx, &root, user, 1, " ").await, Err(CoreError::Invalid(_))));
    assert!(matches!(directory::set_level(ctx, &root, user, "root").await, Err(CoreError::Invalid(_))));
    assert!(matches!(directory::set_enabled(ctx, &root, user, false, " ").await, Err(CoreError::Invalid(_))));
    directory::set_enabled(ctx, &root, user, false, "广告\n刷屏").await.unwrap();
    let picture = directory::picture(ctx, &root, user).await.unwrap();
    assert_eq!((picture.user.is_enabled, picture.disabled_reason.as_deref()), (false, Some("广告 刷屏")));
    directory::set_enabled(ctx, &root, user, true, "").await.unwrap();
    directory::set_role(ctx, &root, user, Role::Admin).await.unwrap();
    directory::set_role(ctx, &root, user, Role::User).await.unwrap();
    directory::sign_out_everywhere(ctx, &root, user).await.unwrap();
    let wrong = Fields { nickname: Some(""), email: Some("x"), phone: Some("1"), real_name: Some("a\u{202e}b") };
    let Err(CoreError::Invalid(flaws)) = directory::update_fields(ctx, &root, user, wrong).await else { panic!() };
    assert_eq!(flaws.iter().map(|f| f.field).collect::<Vec<_>>(), ["nickname", "real_name", "email", "phone"]);
    let fields = Fields { phone: Some("13800138000"), ..Fields::default() };
    directory::update_fields(ctx, &root, user, fields).await.unwrap();
    directory::update_fields(ctx, &root, user, fields).await.unwrap();

    let picture = directory::picture(ctx, &root, user).await.unwrap();
    let log: Vec<(&str, &str)> = picture.audit.iter().rev().map(|e| (e.action.as_str(), e.detail.as_str())).collect();
    assert_eq!(
        log[log.len() - 9..],
        [
            ("user.level", "normal → vip"),
            ("credit.adjust", "+50 = 150: 活动奖励"),
            ("credit.adjust", "-30 = 120: 更正"),
            ("user.disable", "enabled → disabled: 广告 刷屏"),
            ("user.enable", "disabled → enabled"),
            ("user.role", "user → admin"),
            ("user.role", "admin → user"),
            ("user.sign_out", "0 → 0"),
            ("user.profile", "phone: - → 1…0"),
        ]
    );
    let by_root =
        |e: &store::audit::AuditEntry| (e.actor_id, e.actor_name.as_deref()) == (Some(root.user_id()), Some("root"));
    assert!(picture.audit.iter().take(9).all(by_root));
    assert_eq!(picture.disabled_reason, None);
    assert_eq!((picture.user.level.as_str(), picture.user.credits, picture.identities.len()), ("vip", 120, 1));
    assert_eq!(picture.ledger.iter().map(|e| e.delta).collect::<Vec<_>>(), [-30, 50, 100]);
    assert!(picture.usage.iter().all(|usage| usage.is_included) && !picture.is_last_admin);
    // What somebody who is nobody may be shown or do: nothing.
    let somebody = account::find(ctx, user).await.unwrap().unwrap();
    assert!(matches!(Admin::of(&somebody, ""), Err(CoreError::Forbidden)));
    assert!(matches!(directory::picture(ctx, &root, 999).await, Err(CoreError::NotFound)));
    for done in [
        directory::set_level(ctx, &root, 999, "vip").await,
        directory::set_role(ctx, &root, 999, Role::Admin).await,
        directory::set_enabled(ctx, &root, 999, false, "x").await,
        directory::sign_out_everywhere(ctx, &root, 999).await.map(drop),
        directory::adjust_credits(ctx, &root, 999, 1, "x").await.map(drop),
        directory::update_fields(ctx, &root, 999, fields).await,
        directory::delete(ctx, &root, 999).await,
        directory::end_session(ctx, &root, user, "x").await,
    ] {
        assert!(matches!(done, Err(CoreError::NotFound)), "{done:?}");
    }
}

/// The session and the token of one instance, after an act at the other.
async fn rights_that_are_taken_end_everywhere_within_a_second(database: &Database) {
    let (one, other) = two(database, &[]).await;
    let root = admin(&one, "root").await;
    for (n, act) in ["disable", "sign out", "delete", "dismiss"].into_iter().enumerate() {
        let name = format!("victim{n}");
        let user = register(&one, &one.phone(&format!("oVictim{n}")), &name).await;
        if act == "dismiss" {
            directory::set_role(&one.ctx, &root, user, Role::Admin).await.unwrap();
        }
        let browser = Browser::on(&other);
        browser.post("/do/login", &[("username", &name), ("password", "correct horse")]).await;
        assert_eq!(browser.get("/me").await.status, 200);
        let pass = crate::rig::token(&other.ctx, user, None).await.unwrap();
        token::verify(&other.ctx, &pass).await.unwrap();
        match act {
            "disable" => directory::set_enabled(&one.ctx, &root, user, false, "刷屏").await.unwrap(),
            "sign out" => assert_eq!(directory::sign_out_everywhere(&one.ctx, &root, user).await.unwrap(), 1),
            "delete" => directory::delete(&one.ctx, &root, user).await.unwrap(),
            _ => directory::set_role(&one.ctx, &root, user, Role::User).await.unwrap(),
        }
        let begun = Instant::now();
        // The very next request of the browser is a stranger's, wherever it goes.
        assert!(browser.get("/me").await.location().starts_with("/login"), "{act}");
        assert!(token::verify(&one.ctx, &pass).await.is_err(), "{act}");
        let refused = eventually(SOON, async || token::verify(&other.ctx, &pass).await.is_err());
        assert!(refused.await, "{act}: the token still counts elsewhere");
        eprintln!("{:?}: {act}: known elsewhere after {:?}", database.engine, begun.elapsed());
        let again = browser.post("/do/login", &[("username", &name), ("password", "correct horse")]).await;
        assert_eq!(again.location() == "/me", act == "sign out" || act == "dismiss", "{act}");
        if act == "disable" {
            // Allowed in again, nothing of before comes back to life.
            directory::set_enabled(&one.ctx, &root, user, true, "").await.unwrap();
            assert!(browser.get("/me").await.location().starts_with("/login"));
            assert!(token::verify(&one.ctx, &pass).await.is_err());
        }
    }
    // A level is seen in tokens as soon.
    let user = register(&one, &one.phone("oRaised"), "raised").await;
    let pass = crate::rig::token(&other.ctx, user, None).await.unwrap();
    directory::set_level(&one.ctx, &root, user, "premium").await.unwrap();
    let seen = eventually(SOON, async || token::verify(&other.ctx, &pass).await.unwrap().level == "premium");
    assert!(seen.await, "the level did not arrive");
}

async fn the_last_admin_is_never_shut_out(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let root = admin(&app, "root").await;
    let id = root.user_id();
    assert!(directory::picture(ctx, &root, id).await.unwrap().is_last_admin);
    for done in [
        directory::set_enabled(ctx, &root, id, false, "x").await,
        directory::set_role(ctx, &root, id, Role::User).await,
        directory::delete(ctx, &root, id).await,
        account::leave::delete(ctx, id, Some(id), "test").await,
    ] {
        assert!(matches!(done, Err(CoreError::LastAdmin)), "{done:?}");
    }
    let second = admin(&app, "second").await;
    directory::set_enabled(ctx, &root, second.user_id(), false, "休假").await.unwrap();
    // One who may not sign in does not count.
    assert!(matches!(directory::delete(ctx, &root, id).await, Err(CoreError::LastAdmin)));
    directory::delete(ctx, &root, second.user_id()).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE role = 'admin' AND is_enabled = 1").await, 1);
}

async fn two_admins_who_dismiss_each_other_at_once_leave_one(database: &Database) {
    let (one, other) = two(database, &[]).await;
    for round in 0..8 {
        let (a, b) = (admin(&one, &format!("a{round}")).await, admin(&other, &format!("b{round}")).await);
        let dismiss = async |app: &App, by: &Admin, whom: &Admin| match round % 3 {
            0 => directory::set_enabled(&app.ctx, by, whom.user_id(), false, "争执").await,
            1 => directory::set_role(&app.ctx, by, whom.user_id(), Role::User).await,
            _ => directory::delete(&app.ctx, by, whom.user_id()).await,
        };
        let done = join_all([dismiss(&one, &a, &b), dismiss(&other, &b, &a)]).await;
        assert_eq!(done.iter().filter(|d| d.is_ok()).count(), 1, "{done:?}");
        assert_eq!(one.count("SELECT COUNT(*) FROM users WHERE role = 'admin' AND is_enabled = 1").await, 1, "{round}");
        // The next pair must be alone again.
        let left = if done[0].is_ok() { &a } else { &b };
        let mut tx = one.ctx.store.begin().await.unwrap();
        store::user::delete_user(&mut tx, left.user_id()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn everybody_is_deleted_but_the_admins(database: &Database) {
    let app = App::on(database).await;
    let root = admin(&app, "root").await;
    let phone = app.phone("oCleared");
    let user = register(&app, &phone, "cleared").await;
    let pass = crate::rig::token(&app.ctx, user, None).await.unwrap();
    crowd::add(&app.ctx.store, CROWD, 0..500, BEGINNING_MS).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    let scene = store::follow::FollowRow {
        scene_hash: "scene".to_owned(),
        client_hash: "client".to_owned(),
        appid: app.ctx.appid.clone(),
        openid: None,
        created_at: BEGINNING_MS,
        expires_at: i64::MAX,
        completed_at: None,
        cancelled_at: None,
        generation: None,
    };
    store::follow::insert_scene(&mut tx, scene).await.unwrap();
    assert!(store::follow::update_completed(&mut tx, "scene", "oCleared", user, BEGINNING_MS).await.unwrap());
    tx.commit().await.unwrap();
    let before = app.count("SELECT COUNT(*) FROM users").await;
    for typed in ["", "delete all users", "DELETE ALL USERS ", "yes"] {
        let done = directory::clear_all(&app.ctx, &root, typed).await;
        assert!(matches!(done, Err(CoreError::Invalid(_))), "{typed:?}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, before);
    assert_eq!(directory::clear_all(&app.ctx, &root, directory::CONFIRM_CLEAR).await.unwrap(), 501);
    assert_eq!(found(&app, &root, &looking_for("")).await, [root.user_id()]);
    assert_eq!(app.count("SELECT COUNT(*) FROM identities WHERE user_id IS NOT NULL").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM credit_entries").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM follow_scenes").await, 0, "who followed which client");
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'users.clear'").await, 1);
    assert!(token::verify(&app.ctx, &pass).await.is_err());
    // Whoever comes again gets no second welcome.
    register(&app, &phone, "cleared").await;
    assert_eq!(app.count("SELECT COALESCE(MAX(credits), 0) FROM users").await, 0);
}

async fn users_of_an_earlier_version_are_made_findable(database: &Database) {
    let app = App::on(database).await;
    let admin = admin(&app, "root").await;
    crowd::add(&app.ctx.store, CROWD, 0..1_203, BEGINNING_MS).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    tx.sql("UPDATE users SET search_key = ''").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(found(&app, &admin, &looking_for("crowd00120")).await.is_empty());
    // As every start does.
    directory::index_missing(&app.ctx).await.unwrap();
    assert_eq!(found(&app, &admin, &looking_for("crowd00120")).await.len(), 3);
    assert_eq!(found(&app, &admin, &looking_for("ROOT")).await, [admin.user_id()]);
}

/// Somebody is an admin when they act, and not only when their request began.
async fn who_was_dismissed_meanwhile_does_nothing_more(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let (root, dismissed) = (admin(&app, "root").await, admin(&app, "dismissed").await);
    let user = register(&app, &app.phone("oSubject"), "subject").await;
    directory::set_role(ctx, &root, dismissed.user_id(), Role::User).await.unwrap();
    let state = async || {
        let mut found = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM users WHERE is_enabled = 1 AND level = 'normal' AND nickname <> 'x'",
            "SELECT COUNT(*) FROM users WHERE role = 'admin'",
            "SELECT COUNT(*) FROM credit_entries",
            "SELECT COUNT(*) FROM audit_entries",
        ] {
            found.push(app.count(sql).await);
        }
        found
    };
    let before = state().await;
    let forbidden = |done: Result<(), CoreError>| assert!(matches!(done, Err(CoreError::Forbidden)), "{done:?}");
    forbidden(directory::set_role(ctx, &dismissed, root.user_id(), Role::User).await);
    forbidden(directory::set_level(ctx, &dismissed, user, "vip").await);
    forbidden(directory::set_enabled(ctx, &dismissed, user, false, "x").await);
    forbidden(directory::adjust_credits(ctx, &dismissed, user, 5, "x").await.map(drop));
    forbidden(directory::sign_out_everywhere(ctx, &dismissed, user).await.map(drop));
    forbidden(directory::end_session(ctx, &dismissed, user, "x").await);
    let fields = Fields { nickname: Some("x"), ..Fields::default() };
    forbidden(directory::update_fields(ctx, &dismissed, user, fields).await);
    forbidden(directory::delete(ctx, &dismissed, user).await);
    forbidden(directory::clear_all(ctx, &dismissed, directory::CONFIRM_CLEAR).await.map(drop));
    assert_eq!(state().await, before);
}

async fn the_first_link_opens_nothing_once_there_is_an_admin(database: &Database) {
    let app = App::on(database).await;
    let first = account::admin::renew_setup_link(&app.ctx).await.unwrap().unwrap();
    let link = account::admin::renew_setup_link(&app.ctx).await.unwrap().unwrap();
    assert!(!account::admin::is_setup_link(&app.ctx, &first).await.unwrap(), "a newer one replaces it");
    admin(&app, "root").await;
    let refused = async || account::admin::set_up(&app.ctx, &link, "mallory", "correct horse", "x").await;
    assert!(!account::admin::is_setup_link(&app.ctx, &link).await.unwrap());
    assert!(matches!(refused().await, Err(CoreError::Forbidden)));
    assert_eq!(account::admin::renew_setup_link(&app.ctx).await.unwrap(), None);
    // Also where an earlier version left it lying about.
    let mut tx = app.ctx.store.begin().await.unwrap();
    let hash = app.ctx.hash(weida::core::secret::Use::SetupLink, &link);
    store::fact::insert_fact(&mut tx, "setup-link-hash", &hash).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(refused().await, Err(CoreError::Forbidden)));
    assert_eq!(account::admin::renew_setup_link(&app.ctx).await.unwrap(), None);
    assert!(!account::admin::is_setup_link(&app.ctx, &link).await.unwrap());
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
}
