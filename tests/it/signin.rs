//! The sign-in session: sign-in methods, state changes, and refusals.

use crate::rig::{App, Database, HERE, asker, begin_login, register, status};
use std::net::IpAddr;
use weida::core::{
    CoreError,
    signin::{Purpose, Status, begin, collect, enter_code, reset},
};

crate::every_engine!(
    a_sent_code_waits_for_the_phones_confirmation,
    a_typed_code_signs_in_and_is_used_up,
    a_registration_waits_for_confirmation_and_changes_no_existing_account,
    refusing_ends_a_session,
    a_session_expires_at_every_step,
    a_forgotten_password_is_set_by_the_chats_code,
    disabling_or_deleting_an_account_ends_its_sign_ins,
    a_second_question_replaces_the_first,
);

async fn a_sent_code_waits_for_the_phones_confirmation(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oSender");
    let user = register(&app, &phone, "sender").await;
    let secrets = begin_login(&app).await;
    let question = phone.ask(secrets.code()).await;
    assert!(question.contains("Chrome · Windows 10") && question.contains("127.0.0.1"), "{question}");
    assert_eq!(status(&app, &secrets).await, Status::Scanned);
    assert!(matches!(collect::collect(&app.ctx, &secrets).await, Err(CoreError::SessionOver)));
    // Another follower cannot confirm.
    assert_eq!(app.phone("oAnother").say("1").await, None);
    assert_eq!(status(&app, &secrets).await, Status::Scanned);
    assert!(phone.ask("1").await.contains("登录成功"));
    assert_eq!(collect::collect(&app.ctx, &secrets).await.unwrap().user.id, user);
    assert!(matches!(collect::collect(&app.ctx, &secrets).await, Err(CoreError::SessionOver)));
}

async fn a_typed_code_signs_in_and_is_used_up(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oTyper").code("登录").await;
    let (one, two) = (begin_login(&app).await, begin_login(&app).await);
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    enter_code::enter_code(&app.ctx, &one, &spaced, HERE).await.unwrap();
    assert!(matches!(enter_code::enter_code(&app.ctx, &two, &code, HERE).await, Err(CoreError::WrongCode)));
    let user = collect::collect(&app.ctx, &one).await.unwrap().user;
    assert_eq!((user.credits, user.has_password), (100, false));
}

async fn a_registration_waits_for_confirmation_and_changes_no_existing_account(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oOnce");
    let user = register(&app, &phone, "Once").await;
    // The name is taken, in any width and case.
    for name in ["once", "ＯＮＣＥ"] {
        assert!(matches!(begin::register(&app.ctx, name, "correct horse", asker()).await, Err(CoreError::Invalid(_))));
    }
    // The identity has an account: a relayed registration would set its password.
    let secrets = begin::register(&app.ctx, "attacker", "attackers own", asker()).await.unwrap();
    assert!(phone.ask(secrets.code()).await.contains("已经有账号"));
    assert_eq!(status(&app, &secrets).await, Status::Error);
    assert!(collect::collect(&app.ctx, &secrets).await.is_err());
    let found = weida::core::account::find(&app.ctx, user).await.unwrap().unwrap();
    assert_eq!(found.username.as_deref(), Some("Once"));
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 1);
}

async fn refusing_ends_a_session(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oRefuser");
    register(&app, &phone, "refuser").await;
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    assert!(phone.ask("取消").await.contains("没让它登录"));
    assert_eq!(status(&app, &secrets).await, Status::Refused);
    // A later confirmation has no effect.
    assert_eq!(phone.say("1").await, None);
    assert!(collect::collect(&app.ctx, &secrets).await.is_err());
}

async fn a_session_expires_at_every_step(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oLate");
    register(&app, &phone, "late").await;
    let ten_minutes = 10 * 60_000 + 1;
    for steps in 0..3 {
        let secrets = begin_login(&app).await;
        if steps > 0 {
            phone.ask(secrets.code()).await;
        }
        if steps > 1 {
            phone.ask("1").await;
        }
        app.clock.advance_ms(ten_minutes);
        let answer = phone.say(if steps == 0 { secrets.code() } else { "1" }).await;
        assert!(steps != 0 || answer.unwrap().contains("过期"));
        assert!(
            matches!(collect::collect(&app.ctx, &secrets).await, Err(CoreError::SessionOver)),
            "after {steps} steps"
        );
        assert!(enter_code::enter_code(&app.ctx, &secrets, "000000", HERE).await.is_err());
    }
    // A code from the chat is valid for five minutes.
    let code = phone.code("验证码").await;
    app.clock.advance_ms(5 * 60_000);
    assert!(matches!(
        enter_code::enter_code(&app.ctx, &begin_login(&app).await, &code, HERE).await,
        Err(CoreError::WrongCode)
    ));
}

async fn a_forgotten_password_is_set_by_the_chats_code(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oForgot");
    let user = register(&app, &phone, "forgot").await;
    let code = phone.code("改密").await;
    let session = begin::login(&app.ctx, Purpose::Reset, asker()).await.unwrap();
    // A reset code cannot sign in, and a sign-in code cannot reset.
    assert!(matches!(
        enter_code::enter_code(&app.ctx, &begin_login(&app).await, &code, HERE).await,
        Err(CoreError::WrongCode)
    ));
    assert!(matches!(
        reset::set_password(&app.ctx, &session, &phone.code("验证码").await, "another horse", HERE).await,
        Err(CoreError::WrongCode)
    ));
    reset::set_password(&app.ctx, &session, &code, "another horse", HERE).await.unwrap();
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    assert_eq!(
        weida::core::account::login::by_password(&app.ctx, "FORGOT", "another horse", address.into()).await.unwrap().id,
        user
    );
    assert!(matches!(
        weida::core::account::login::by_password(&app.ctx, "forgot", "correct horse", address.into()).await,
        Err(CoreError::WrongCredentials)
    ));
    assert!(reset::set_password(&app.ctx, &session, &code, "third horse", HERE).await.is_err());
}

/// T-18: disabled or deleted at each step, for each sign-in method.
async fn disabling_or_deleting_an_account_ends_its_sign_ins(database: &Database) {
    let app = App::on(database).await;
    for (step, is_deleted) in (0..3).flat_map(|s| [(s, false), (s, true)]) {
        let phone = app.phone(&format!("oClosed{step}{is_deleted}"));
        let user = register(&app, &phone, &format!("closed{step}{is_deleted}")).await;
        let secrets = begin_login(&app).await;
        if step > 0 {
            phone.ask(secrets.code()).await;
        }
        if step > 1 {
            phone.ask("1").await;
        }
        if is_deleted {
            weida::core::account::deletion::delete(&app.ctx, user, None, "test").await.unwrap();
        } else {
            let mut tx = app.ctx.store.begin().await.unwrap();
            weida::store::user::update_enabled(&mut tx, user, false, None, 0).await.unwrap();
            tx.commit().await.unwrap();
        }
        if step < 2 {
            phone.say(if step == 0 { secrets.code() } else { "1" }).await;
            phone.say("1").await;
        }
        match collect::collect(&app.ctx, &secrets).await {
            // A deleted user counts as new and gets a new account.
            Ok(collected) => assert!(is_deleted && step < 2 && collected.user.id != user, "step {step}"),
            Err(CoreError::SessionOver | CoreError::Disabled) => {}
            Err(other) => panic!("step {step}: {other:?}"),
        }
        assert!(
            weida::core::account::login::by_password(
                &app.ctx,
                &format!("closed{step}{is_deleted}"),
                "correct horse",
                "192.0.2.9".parse::<IpAddr>().unwrap().into()
            )
            .await
            .is_err()
        );
        app.clock.advance_ms(61_000);
    }
}

async fn a_second_question_replaces_the_first(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oTwice");
    register(&app, &phone, "twice").await;
    let (one, two) = (begin_login(&app).await, begin_login(&app).await);
    phone.ask(one.code()).await;
    phone.ask(two.code()).await;
    phone.ask("1").await;
    assert_eq!(status(&app, &one).await, Status::Refused);
    assert_eq!(status(&app, &two).await, Status::Success);
}
