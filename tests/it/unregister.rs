//! T-112, T-113: for a day, the WeChat that confirmed a registration can withdraw it in the chat, which deletes the account with all
//! its data. No other WeChat can, and a word that refuses deletes nothing.

use crate::rig::{
    APPID, App, Database, Phone, app_with_platform, asker, begin_login, http, owner_of, register, relayed, token,
    user_count,
};
use futures::future::join_all;
use weida::{
    core::{
        account::{self, identity, login},
        cleanup,
        signin::{begin, collect::collect, enter_code, follow, unsolicited_code},
        token::verify,
    },
    store,
};

crate::every_engine!(
    a_word_that_refuses_deletes_nothing,
    withdrawing_a_registration_deletes_all_its_data,
    a_registration_can_be_withdrawn_for_24_hours,
    another_follower_cannot_withdraw_a_registration,
    the_question_is_about_the_account_that_it_was_asked_of,
    a_registration_by_code_can_be_withdrawn_too,
    a_clients_bind_is_undone_without_the_account_or_with_it,
    two_concurrent_answers_make_one_account,
);

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

async fn a_word_that_refuses_deletes_nothing(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oCalm");
    let user = register(&app, &phone, "calm").await;
    phone.ask("添加 词=答").await;
    let bearer = token(&app.ctx, user, Some(&phone.openid)).await.unwrap();
    let words = ["取消", "不是我，取消", "不是我", "拒绝", "保留账号", "no", "cancel", "not me, cancel"];
    for word in words {
        // Without an open question, then with one of each kind.
        phone.say(word).await;
        phone.ask("取消注册").await;
        let (answer, parts) = (phone.ask(word).await, ["什么都没有改", "Nothing was changed"]);
        assert!(parts.iter().any(|part| answer.contains(part)), "{word}: {answer}");
        let secrets = begin_login(&app).await;
        phone.ask(secrets.code()).await;
        let (answer, parts) = (phone.ask(word).await, ["没让它登录", "not signed in"]);
        assert!(parts.iter().any(|part| answer.contains(part)), "{word}: {answer}");
        assert_eq!(phone.say("1").await, None, "{word}");
        app.clock.advance_ms(MINUTE_MS);
    }
    assert_eq!(owner_of(&app, &phone).await, Some(user));
    assert!(verify(&app.ctx, &bearer).await.is_ok());
    assert_eq!(phone.ask("词").await, "答");
}

/// Registers a user with rules, a signed-in browser and a token. Returns the user's id and the token.
async fn registered(app: &App, phone: &Phone, name: &str) -> (i64, String) {
    let secrets = begin::register(&app.ctx, name, "correct horse", asker()).await.unwrap();
    phone.ask(secrets.code()).await;
    phone.ask("1").await;
    let cookie = format!("weida_signin={}", secrets.to_cookie());
    http().get(app.url("/signin/done")).header("cookie", cookie).send().await.unwrap();
    let sessions = app.count("SELECT COUNT(*) FROM web_sessions WHERE user_id IS NOT NULL").await;
    assert_eq!(sessions, 1, "the browser is signed in");
    phone.ask("添加 词=答").await;
    phone.ask("添加 字=复").await;
    let user = owner_of(app, phone).await.unwrap();
    (user, token(&app.ctx, user, Some(&phone.openid)).await.unwrap())
}

async fn withdrawing_a_registration_deletes_all_its_data(database: &Database) {
    let (app, platform) = app_with_platform(database, &[]).await;
    let phone = app.phone("oVictim");
    let (user, bearer) = registered(&app, &phone, "mallory").await;
    assert!(verify(&app.ctx, &bearer).await.is_ok());
    // A sign-in that was confirmed and not collected.
    let agreed = begin_login(&app).await;
    phone.ask(agreed.code()).await;
    phone.ask("1").await;
    let question = phone.ask("取消注册").await;
    for part in ["账号 mallory ", "规则 2 条", "积分 100", "登录", "令牌", "「1」"] {
        assert!(question.contains(part), "{part}: {question}");
    }
    assert_eq!(user_count(&app).await, 1, "a question deletes nothing");
    let answer = phone.ask("1").await;
    assert!(answer.contains("已取消注册") && answer.contains("mallory"), "{answer}");
    assert_eq!((user_count(&app).await, owner_of(&app, &phone).await), (0, None));
    for sql in [
        "SELECT COUNT(*) FROM reply_rules",
        "SELECT COUNT(*) FROM web_sessions WHERE user_id IS NOT NULL",
        "SELECT COUNT(*) FROM credit_entries",
        "SELECT COUNT(*) FROM registrations",
        "SELECT COUNT(*) FROM messages WHERE user_id IS NOT NULL",
        "SELECT COUNT(*) FROM signin_sessions WHERE user_id IS NOT NULL",
    ] {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
    assert!(verify(&app.ctx, &bearer).await.is_err());
    assert!(collect(&app.ctx, &agreed).await.is_err());
    let address: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    assert!(login::by_password(&app.ctx, "mallory", "correct horse", address.into()).await.is_err());
    // The account's rules no longer answer, and a second `1` does nothing.
    assert_eq!((phone.say("词").await, phone.say("1").await, phone.say("取消注册").await), (None, None, None));
    // The name is free again, also for the same follower; the welcome credits are granted once.
    app.clock.advance_ms(MINUTE_MS);
    let (secrets, scene) = relayed(&app, &platform, "mallory").await;
    phone.push(&phone.event("SCAN", &scene)).await.unwrap();
    let answer = phone.ask("是我，注册").await;
    assert!(answer.contains("注册成功") && !answer.contains("积分"), "{answer}");
    let again = collect(&app.ctx, &secrets).await.unwrap().user;
    assert_eq!((again.credits, again.username.as_deref()), (0, Some("mallory")));
    assert_ne!(again.id, user);
    assert!(verify(&app.ctx, &bearer).await.is_err(), "a token of the deleted account opens the new one");
}

async fn a_registration_can_be_withdrawn_for_24_hours(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oDay");
    register(&app, &phone, "day").await;
    app.clock.advance_ms(23 * HOUR_MS);
    cleanup::delete_expired(&app.ctx).await.unwrap();
    phone.ask("取消注册").await;
    assert!(phone.ask("1").await.contains("已取消注册"));
    assert_eq!(user_count(&app).await, 0);

    let user = register(&app, &phone, "day").await;
    app.clock.advance_ms(25 * HOUR_MS + 1);
    for _ in 0..2 {
        let answer = phone.ask("取消注册").await;
        assert!(answer.contains("24 小时内") && answer.contains("me/delete"), "{answer}");
        assert_eq!(phone.say("1").await, None);
        assert_eq!(owner_of(&app, &phone).await, Some(user));
        cleanup::delete_expired(&app.ctx).await.unwrap();
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM registrations").await, 0);

    // Asked in the last minute, and answered within the question's five minutes.
    let late = app.phone("oLate");
    register(&app, &late, "late").await;
    app.clock.advance_ms(24 * HOUR_MS - MINUTE_MS);
    late.ask("取消注册").await;
    app.clock.advance_ms(3 * MINUTE_MS);
    cleanup::delete_expired(&app.ctx).await.unwrap();
    assert!(late.ask("1").await.contains("已取消注册"));
    // Not after those five minutes.
    let later = app.phone("oLater");
    register(&app, &later, "later").await;
    later.ask("取消注册").await;
    app.clock.advance_ms(5 * MINUTE_MS);
    assert_eq!(later.say("1").await, None);
    assert!(owner_of(&app, &later).await.is_some());
}

async fn another_follower_cannot_withdraw_a_registration(database: &Database) {
    let app = App::on(database).await;
    let (victim, other) = (app.phone("oVictim"), app.phone("oOther"));
    let user = register(&app, &victim, "victim").await;
    // Without an account the word is not a command.
    assert_eq!(other.say("取消注册").await, None);
    assert_eq!(other.say("1").await, None);
    victim.ask("取消注册").await;
    assert_eq!(other.say("1").await, None, "the question is another follower's");
    let others = register(&app, &other, "other").await;
    assert!(other.ask("取消注册").await.contains("账号 other "));
    assert!(other.ask("1").await.contains("已取消注册"));
    assert_eq!(owner_of(&app, &victim).await, Some(user));
    assert!(account::find(&app.ctx, others).await.unwrap().is_none());
    // The victim can still answer their own question.
    assert!(victim.ask("1").await.contains("已取消注册"));
}

async fn the_question_is_about_the_account_that_it_was_asked_of(database: &Database) {
    let app = App::on(database).await;
    let (phone, other) = (app.phone("oMoves"), app.phone("oElsewhere"));
    let first = register(&app, &phone, "first").await;
    let second = register(&app, &other, "second").await;
    identity::unbind(&app.ctx, second, "x").await.unwrap();
    let bind = async |user: i64| {
        let secrets = begin::bind(&app.ctx, user, asker()).await.unwrap();
        assert!(phone.ask(secrets.code()).await.contains("绑定到账号"));
        assert!(phone.ask("是我，绑定").await.contains("绑定成功"));
    };
    // Asked about the first account; at the answer this WeChat has no account, or another one.
    phone.ask("取消注册").await;
    identity::unbind(&app.ctx, first, "x").await.unwrap();
    assert_eq!(phone.say("1").await, None);
    phone.say("取消").await;
    identity_bound(&app, &phone, first).await;
    phone.ask("取消注册").await;
    identity::unbind(&app.ctx, first, "x").await.unwrap();
    identity_bound(&app, &phone, second).await;
    assert_eq!(phone.say("1").await, None);
    assert_eq!(user_count(&app).await, 2);
    // A WeChat that was bound later cannot withdraw an account that another WeChat registered.
    let answer = phone.ask("取消注册").await;
    assert!(answer.contains("24 小时内"), "{answer}");
    assert_eq!(phone.say("1").await, None);
    identity::unbind(&app.ctx, second, "x").await.unwrap();
    // After binding its own account again within the day, it can.
    bind(first).await;
    phone.ask("取消注册").await;
    assert!(phone.ask("1").await.contains("已取消注册"));
    assert!(account::find(&app.ctx, first).await.unwrap().is_none());
    assert!(account::find(&app.ctx, second).await.unwrap().is_some());
}

/// Binds the identity to a user in the database, so that no open question in the chat ends.
async fn identity_bound(app: &App, phone: &Phone, user: i64) {
    let mut tx = app.ctx.store.begin().await.unwrap();
    assert!(store::identity::update_owner(&mut tx, APPID, &phone.openid, user).await.unwrap());
    tx.commit().await.unwrap();
}

async fn a_registration_by_code_can_be_withdrawn_too(database: &Database) {
    let app = App::on(database).await;
    // The code typed into the registration page.
    let phone = app.phone("oTypes");
    let secrets = begin::register(&app.ctx, "types", "correct horse", asker()).await.unwrap();
    let code = phone.code("验证码").await;
    enter_code::enter_code(&app.ctx, &secrets, &code, crate::rig::HERE).await.unwrap();
    collect(&app.ctx, &secrets).await.unwrap();
    // The code sent with name and password, as older clients do.
    let older = app.phone("oOlder");
    let code = older.code("验证码").await;
    unsolicited_code::register(&app.ctx, "older", "correct horse", &code, "192.0.2.1".parse().unwrap()).await.unwrap();
    for phone in [phone, older] {
        phone.ask("取消注册").await;
        assert!(phone.ask("确认删除").await.contains("已取消注册"));
        assert_eq!(owner_of(&app, &phone).await, None);
    }
    assert_eq!(user_count(&app).await, 0);
}

async fn a_clients_bind_is_undone_without_the_account_or_with_it(database: &Database) {
    let (app, platform) = app_with_platform(database, &[]).await;
    let client = follow::Client::parse(&app.ctx, "desktop").unwrap();
    follow::begin(&app.ctx, &client, "192.0.2.1".parse().unwrap()).await.unwrap();
    let phone = app.phone("oPoster");
    let scene = platform.last_scene().unwrap();
    let answer = phone.push(&phone.event("subscribe", &format!("qrscene_{scene}"))).await.unwrap();
    assert!(answer.contains("绑定成功") && answer.contains("取消"), "{answer}");
    let user = owner_of(&app, &phone).await.unwrap();
    phone.ask("添加 词=答").await;
    assert!(phone.ask("取消").await.contains("已撤销"));
    assert_eq!((owner_of(&app, &phone).await, phone.ask("词").await), (Some(user), "答".to_owned()));
    assert!(phone.ask("取消注册").await.contains("规则 1 条"));
    phone.ask("1").await;
    assert_eq!(owner_of(&app, &phone).await, None);
}

async fn two_concurrent_answers_make_one_account(database: &Database) {
    let app = App::on(database).await;
    for round in 0..5 {
        let phone = app.phone(&format!("oRace{round}"));
        let one = begin::register(&app.ctx, &format!("race{round}"), "correct horse", asker()).await.unwrap();
        let two = begin::register(&app.ctx, &format!("other{round}"), "correct horse", asker()).await.unwrap();
        let code = phone.code("验证码").await;
        phone.ask(one.code()).await;
        // The same word twice, and concurrently a code typed into another browser.
        let (said, typed) = futures::join!(
            join_all([phone.say("1"), phone.say("1")]),
            enter_code::enter_code(&app.ctx, &two, &code, crate::rig::HERE)
        );
        let made =
            said.iter().flatten().filter(|answer| answer.contains("注册成功")).count() + usize::from(typed.is_ok());
        assert_eq!(made, 1, "{said:?} {typed:?}");
        let user = owner_of(&app, &phone).await.unwrap();
        assert_eq!(user_count(&app).await, i64::from(round) + 1, "an account that belongs to no person");
        assert_eq!(account::find(&app.ctx, user).await.unwrap().unwrap().credits, 100);
        app.clock.advance_ms(MINUTE_MS);
    }
}
