//! Changing users.

use crate::rig::directory::{CROWD, SOON, found, looking_for};
use crate::rig::{App, BEGINNING_MS, Browser, Database, admin, crowd, eventually, register, two_apps};
use std::time::Instant;
use weida::core::account::ProfileColumn;
use weida::{
    core::{
        CoreError,
        account::{
            self, Role,
            directory::{self, Admin},
        },
        token,
    },
    store,
};

crate::every_engine!(
    every_change_is_audited,
    revoked_rights_end_everywhere_within_a_second,
    clearing_deletes_every_user_but_the_admins,
);

async fn every_change_is_audited(database: &Database) {
    let app = App::on(database).await;
    let (ctx, root) = (&app.ctx, admin(&app, "root").await);
    let user = register(&app, &app.phone("oChanged"), "changed").await;
    directory::set_level(ctx, &root, user, "vip").await.unwrap();
    // Setting the current value is no change.
    directory::set_level(ctx, &root, user, "vip").await.unwrap();
    assert_eq!(directory::adjust_credits(ctx, &root, user, 50, " 活动奖励 ").await.unwrap(), 150);
    assert_eq!(directory::adjust_credits(ctx, &root, user, -30, "更正").await.unwrap(), 120);
    assert!(matches!(directory::adjust_credits(ctx, &root, user, -121, "太多").await, Err(CoreError::OutOfCredits)));
    assert!(matches!(directory::adjust_credits(ctx, &root, user, 0, "零").await, Err(CoreError::Invalid(_))));
    assert!(matches!(directory::adjust_credits(ctx, &root, user, 1, " ").await, Err(CoreError::Invalid(_))));
    assert!(matches!(directory::set_level(ctx, &root, user, "root").await, Err(CoreError::Invalid(_))));
    assert!(matches!(directory::set_enabled(ctx, &root, user, false, " ").await, Err(CoreError::Invalid(_))));
    directory::set_enabled(ctx, &root, user, false, "广告\n刷屏").await.unwrap();
    let detail = directory::user_detail(ctx, &root, user).await.unwrap();
    assert_eq!((detail.user.is_enabled, detail.disabled_reason.as_deref()), (false, Some("广告 刷屏")));
    directory::set_enabled(ctx, &root, user, true, "").await.unwrap();
    directory::set_role(ctx, &root, user, Role::Admin).await.unwrap();
    directory::set_role(ctx, &root, user, Role::User).await.unwrap();
    directory::sign_out_everywhere(ctx, &root, user).await.unwrap();
    let wrong = [
        (ProfileColumn::Nickname, ""),
        (ProfileColumn::RealName, "a\u{202e}b"),
        (ProfileColumn::Email, "x"),
        (ProfileColumn::Phone, "1"),
    ];
    let Err(CoreError::Invalid(flaws)) = directory::update_fields(ctx, &root, user, &wrong).await else { panic!() };
    assert_eq!(flaws.iter().map(|f| f.field).collect::<Vec<_>>(), ["nickname", "real_name", "email", "phone"]);
    let typed = [(ProfileColumn::Phone, "13800138000")];
    directory::update_fields(ctx, &root, user, &typed).await.unwrap();
    directory::update_fields(ctx, &root, user, &typed).await.unwrap();

    let detail = directory::user_detail(ctx, &root, user).await.unwrap();
    let log: Vec<(&str, &str)> = detail.audit.iter().rev().map(|e| (e.action.as_str(), e.detail.as_str())).collect();
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
    assert!(detail.audit.iter().take(9).all(by_root));
    assert_eq!(detail.disabled_reason, None);
    assert_eq!((detail.user.level.as_str(), detail.user.credits, detail.identities.len()), ("vip", 120, 1));
    assert_eq!(detail.ledger.iter().map(|e| e.delta).collect::<Vec<_>>(), [-30, 50, 100]);
    assert!(detail.usage.iter().all(|usage| usage.is_included) && !detail.is_last_admin);
    // A user without the admin role is no `Admin`, and an unknown id is not found.
    let ordinary = account::find(ctx, user).await.unwrap().unwrap();
    assert!(matches!(Admin::of(&ordinary, ""), Err(CoreError::Forbidden)));
    assert!(matches!(directory::user_detail(ctx, &root, 999).await, Err(CoreError::NotFound)));
    for done in [
        directory::set_level(ctx, &root, 999, "vip").await,
        directory::set_role(ctx, &root, 999, Role::Admin).await,
        directory::set_enabled(ctx, &root, 999, false, "x").await,
        directory::sign_out_everywhere(ctx, &root, 999).await.map(drop),
        directory::adjust_credits(ctx, &root, 999, 1, "x").await.map(drop),
        directory::update_fields(ctx, &root, 999, &typed).await,
        directory::delete(ctx, &root, 999).await,
        directory::end_session(ctx, &root, user, "x").await,
    ] {
        assert!(matches!(done, Err(CoreError::NotFound)), "{done:?}");
    }
}

/// A session and a token at one instance, after an admin's action at the other.
async fn revoked_rights_end_everywhere_within_a_second(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
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
        // The browser's next request is anonymous.
        assert!(browser.get("/me").await.location().starts_with("/login"), "{act}");
        assert!(token::verify(&one.ctx, &pass).await.is_err(), "{act}");
        let refused = eventually(SOON, async || token::verify(&other.ctx, &pass).await.is_err());
        assert!(refused.await, "{act}: the other instance still accepts the token");
        eprintln!("{:?}: {act}: known elsewhere after {:?}", database.engine, begun.elapsed());
        let again = browser.post("/do/login", &[("username", &name), ("password", "correct horse")]).await;
        assert_eq!(again.location() == "/me", act == "sign out" || act == "dismiss", "{act}");
        if act == "disable" {
            // Enabling the user again does not restore earlier sessions and tokens.
            directory::set_enabled(&one.ctx, &root, user, true, "").await.unwrap();
            assert!(browser.get("/me").await.location().starts_with("/login"));
            assert!(token::verify(&one.ctx, &pass).await.is_err());
        }
    }
    // A new level shows in tokens as soon.
    let user = register(&one, &one.phone("oRaised"), "raised").await;
    let pass = crate::rig::token(&other.ctx, user, None).await.unwrap();
    directory::set_level(&one.ctx, &root, user, "premium").await.unwrap();
    let seen = eventually(SOON, async || token::verify(&other.ctx, &pass).await.unwrap().level == "premium");
    assert!(seen.await, "the level did not arrive");
}

async fn clearing_deletes_every_user_but_the_admins(database: &Database) {
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
        appid: app.ctx.account.appid.clone(),
        openid: None,
        created_at: BEGINNING_MS,
        expires_at: i64::MAX,
        completed_at: None,
        cancelled_at: None,
        generation: None,
        poll_hash: None,
        user_id: None,
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
    // A returning user gets no second welcome credit.
    register(&app, &phone, "cleared").await;
    assert_eq!(app.count("SELECT COALESCE(MAX(credits), 0) FROM users").await, 0);
}
