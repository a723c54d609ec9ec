//! T-110, T-111: a first registration needs confirmation in the chat, and no setting disables the question.
//!
//! The attacker begins a registration with the attacker's name and password and relays its QR or code to a follower. If the follower
//! is silent or refuses, the attacker gets nothing.

use crate::rig::{
    ATTACKERS_PASSWORD, App, BEGINNING_MS, Database, Phone, admin, app_with_platform, asker, begin_login, owner_of,
    register, relayed, status, user_count,
};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{Role, directory, identity, login},
        cleanup,
        signin::{Secrets, Status, begin, collect::collect},
    },
};

crate::every_engine!(
    a_relayed_registration_claims_no_silent_follower,
    a_relayed_registration_ends_with_every_word_that_refuses,
    every_word_of_the_links_confirms,
    no_setting_disables_the_registration_question,
    admins_are_asked_with_every_setting,
);

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Asserts that the attacker gained nothing: no account, no signed-in browser, no working password.
async fn assert_nothing(app: &App, phone: &Phone, secrets: &Secrets, username: &str) {
    assert_eq!(user_count(app).await, 0);
    assert_eq!(owner_of(app, phone).await, None);
    assert_eq!(app.count("SELECT COUNT(*) FROM grants").await, 0);
    assert!(matches!(collect(&app.ctx, secrets).await, Err(CoreError::SessionOver)));
    let opened = login::by_password(
        &app.ctx,
        username,
        ATTACKERS_PASSWORD,
        "192.0.2.66".parse::<std::net::IpAddr>().unwrap().into(),
    )
    .await;
    assert!(matches!(opened, Err(CoreError::WrongCredentials | CoreError::TooMany(_))), "{opened:?}");
}

async fn a_relayed_registration_claims_no_silent_follower(database: &Database) {
    let (app, platform) = app_with_platform(database, &[]).await;
    for (n, way) in ["subscribe", "SCAN", "code"].into_iter().enumerate() {
        let (phone, name) = (app.phone(&format!("oSilent{n}")), format!("mallory{n}"));
        let (secrets, scene) = relayed(&app, &platform, &name).await;
        let question = match way {
            "code" => phone.ask(secrets.code()).await,
            "SCAN" => phone.push(&phone.event(way, &scene)).await.unwrap(),
            _ => phone.push(&phone.event(way, &format!("qrscene_{scene}"))).await.unwrap(),
        };
        // Name, site, browser and network address; and both answers are links to tap.
        for part in [
            &format!("用 {name} 注册吗？"),
            "网站 127.0.0.1",
            "设备 Chrome · Windows 10",
            "来自 127.0.0.1",
            "时间 09-12",
        ] {
            assert!(question.contains(part), "{part}: {question}");
        }
        for tapped in ["是我，注册", "不是我，取消"] {
            let content: String = url::form_urlencoded::byte_serialize(tapped.as_bytes()).collect();
            assert!(question.contains(&format!("msgmenucontent={content}&")), "{tapped}: {question}");
        }
        assert_eq!(question.contains("感谢关注"), way == "subscribe", "{question}");
        assert_eq!(status(&app, &secrets).await, Status::Scanned);
        assert_nothing(&app, &phone, &secrets, &name).await;
        // The follower's messages are answered as before; another follower's `1` has no effect.
        assert!(phone.ask("我的").await.contains("还没有账号"));
        assert_eq!(app.phone("oOther").say("1").await, None);
        app.clock.advance_ms(10 * MINUTE_MS);
        cleanup::expire(&app.ctx).await.unwrap();
        assert_eq!(status(&app, &secrets).await, Status::Expired);
        assert_eq!(phone.say("1").await, None, "too late");
        assert_nothing(&app, &phone, &secrets, &name).await;
    }
}

async fn a_relayed_registration_ends_with_every_word_that_refuses(database: &Database) {
    let (app, platform) = app_with_platform(database, &[]).await;
    let phone = app.phone("oRefuses");
    for (n, word) in
        ["取消", "不是我，取消", "不是我", "拒绝", "cancel", "Not me, cancel", "取消注册"].into_iter().enumerate()
    {
        let name = format!("mallory{n}");
        let (secrets, scene) = relayed(&app, &platform, &name).await;
        app.clock.advance_ms(1_000);
        phone.push(&phone.event("SCAN", &scene)).await.unwrap();
        assert!(!phone.ask(word).await.contains("注册成功"), "{word}");
        assert_eq!(status(&app, &secrets).await, Status::Refused, "{word}");
        assert_eq!(phone.say("1").await, None, "{word}");
        assert_nothing(&app, &phone, &secrets, &name).await;
    }
}

async fn every_word_of_the_links_confirms(database: &Database) {
    let app = App::on(database).await;
    for (n, word) in
        ["是我，注册", "是我,注册", "确认注册", "１", "是我", "Yes, register", "确认"].into_iter().enumerate()
    {
        let phone = app.phone(&format!("oTaps{n}"));
        // Without an open question the words are not a command.
        assert_eq!(phone.say(word).await, None, "{word}");
        let secrets = begin::register(&app.ctx, &format!("taps{n}"), "correct horse", asker()).await.unwrap();
        phone.ask(secrets.code()).await;
        let answer = phone.ask(word).await;
        let parts = if word.is_ascii() {
            ["Welcome", "100 credits", "Cancel registration"]
        } else {
            ["注册成功", "送你 100 积分", "取消注册"]
        };
        assert!(parts.iter().all(|part| answer.contains(part)), "{word}: {answer}");
        let user = collect(&app.ctx, &secrets).await.unwrap().user;
        assert_eq!(user.username, Some(format!("taps{n}")));
        app.clock.advance_ms(MINUTE_MS);
        let secrets = begin_login(&app).await;
        let question = phone.ask(secrets.code()).await;
        assert!(question.contains("是你在登录吗？") && !question.contains("注册"), "{question}");
        let answer = phone.ask(&word.replace("注册", "登录").replace("register", "sign in")).await;
        let is_in = answer.contains("登录成功") || answer.contains("You are signed in");
        assert!(is_in && !answer.contains("取消注册"), "{answer}");
        app.clock.advance_ms(MINUTE_MS);
    }
}

async fn no_setting_disables_the_registration_question(database: &Database) {
    for (n, setting) in ["never", "risky", "always"].into_iter().enumerate() {
        let (app, platform) = app_with_platform(database, &[("WEIDA_LOGIN_CONFIRM", setting)]).await;
        app.clock.advance_ms(i64::try_from(n).unwrap() * HOUR_MS);
        let before = user_count(&app).await;
        // Three sessions: registration; sign-in, which would create the account; bind to the attacker's account.
        let (secrets, scene) = relayed(&app, &platform, &format!("mallory{n}")).await;
        let attacker = register(&app, &app.phone(&format!("oAttacker{n}")), &format!("attacker{n}")).await;
        identity::unbind(&app.ctx, attacker, "x").await.unwrap();
        let sessions = [secrets, begin_login(&app).await, begin::bind(&app.ctx, attacker, asker()).await.unwrap()];
        let asked =
            [format!("用 mallory{n} 注册吗"), "用这个微信注册吗".to_owned(), format!("绑定到账号 attacker{n} 吗")];
        for (k, (secrets, asked)) in sessions.iter().zip(asked).enumerate() {
            let phone = app.phone(&format!("oVictim{n}x{k}"));
            let question = if k == 0 {
                phone.push(&phone.event("subscribe", &format!("qrscene_{scene}"))).await.unwrap()
            } else {
                phone.ask(secrets.code()).await
            };
            assert!(question.contains(&asked), "{setting}: {question}");
            assert_eq!(status(&app, secrets).await, Status::Scanned, "{setting}");
            assert_eq!(owner_of(&app, &phone).await, None, "{setting}");
            assert!(matches!(collect(&app.ctx, secrets).await, Err(CoreError::SessionOver)));
        }
        assert_eq!(user_count(&app).await, before + 1, "the attacker's own");
        // For a follower with an account the setting decides.
        let phone = app.phone(&format!("oKnown{n}"));
        register(&app, &phone, &format!("known{n}")).await;
        let secrets = begin_login(&app).await;
        let answer = phone.ask(secrets.code()).await;
        assert_eq!(answer.contains("登录成功"), setting != "always", "{setting}: {answer}");
    }
}

async fn admins_are_asked_with_every_setting(database: &Database) {
    for setting in ["never", "risky"] {
        let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_LOGIN_CONFIRM", setting)]).await;
        let phone = app.phone(&format!("oKeeper{setting}"));
        let name = format!("keeper{setting}");
        let user = register(&app, &phone, &name).await;
        let root = admin(&app, &format!("root{setting}")).await;
        directory::set_role(&app.ctx, &root, user, Role::Admin).await.unwrap();
        // Also for a browser and an address from which they signed in before.
        for _ in 0..2 {
            let secrets = begin_login(&app).await;
            let question = phone.ask(secrets.code()).await;
            assert!(question.contains("是你在登录吗？"), "{setting}: {question}");
            assert_eq!(status(&app, &secrets).await, Status::Scanned);
            assert!(phone.ask("是我，登录").await.contains("登录成功"));
            collect(&app.ctx, &secrets).await.unwrap();
        }
        // Their account is not deleted from the chat.
        let answer = phone.ask("取消注册").await;
        assert!(answer.contains("管理员") && answer.contains("me/delete"), "{answer}");
        assert_eq!(phone.say("1").await, None);
        directory::set_role(&app.ctx, &root, user, Role::User).await.unwrap();
        let secrets = begin_login(&app).await;
        assert!(phone.ask(secrets.code()).await.contains("登录成功"), "{setting}: like other users");
        // A role granted between the question and the answer counts.
        phone.ask("取消注册").await;
        directory::set_role(&app.ctx, &root, user, Role::Admin).await.unwrap();
        phone.ask("1").await;
        assert_eq!(owner_of(&app, &phone).await, Some(user));
    }
}
