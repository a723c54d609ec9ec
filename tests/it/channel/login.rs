//! Connecting: every state of the QR code, the number to type, and to whom the code is shown.

use crate::rig::channel::{SESSION, SOON, connect};
use crate::rig::{App, BEGINNING_MS, Database, Ilink, eventually, new_user};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        ilink::{
            connection::{self, State as Connected},
            login::{self, State, View},
        },
    },
};

crate::every_engine!(
    a_number_is_typed_and_a_wrong_one_again,
    each_state_of_the_platform_is_shown,
    a_sign_in_is_shown_to_its_browser_alone_and_replaced_by_a_newer_one,
    connecting_again_keeps_the_counts,
);

async fn app_of(database: &Database, ilink: &Ilink) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &ilink.settings()).await
}

async fn shown(app: &App, user_id: i64) -> Option<View> {
    login::find(&app.ctx, user_id, SESSION).await.unwrap()
}

async fn reaches(app: &App, user_id: i64, state: State) {
    let is_there = async || shown(app, user_id).await.is_some_and(|view| view.state == state);
    assert!(eventually(SOON, is_there).await, "{state:?}: {:?}", shown(app, user_id).await);
}

async fn a_number_is_typed_and_a_wrong_one_again(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let user_id = new_user(&app, "oAnna").await;
    let early = login::enter_number(&app.ctx, user_id, SESSION, "42").await;
    assert!(matches!(early, Err(CoreError::SessionOver)), "none is awaited");
    login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    reaches(&app, user_id, State::Scan).await;
    assert!(shown(&app, user_id).await.unwrap().qr_text.unwrap().starts_with("https://liteapp.weixin.qq.com/q/"));
    ilink.ask_number("anna@im.wechat", "42");
    reaches(&app, user_id, State::EnterNumber).await;
    assert_eq!(shown(&app, user_id).await.unwrap().qr_text, None, "it was scanned");
    for (text, is_empty) in [(" ", true), ("x", false), ("1234567890123", false)] {
        let refused = login::enter_number(&app.ctx, user_id, SESSION, text).await;
        let Err(CoreError::Invalid(errors)) = refused else { panic!("{text:?}: {refused:?}") };
        assert_eq!(errors[0].problem == weida::core::Problem::Empty, is_empty);
    }
    let elsewhere = login::enter_number(&app.ctx, user_id, "another browser", "42").await;
    assert!(matches!(elsewhere, Err(CoreError::SessionOver)));
    login::enter_number(&app.ctx, user_id, SESSION, "41").await.unwrap();
    reaches(&app, user_id, State::WrongNumber).await;
    login::enter_number(&app.ctx, user_id, SESSION, " 42 ").await.unwrap();
    reaches(&app, user_id, State::Done).await;
    let view = connection::find(&app.ctx, user_id).await.unwrap().unwrap();
    assert_eq!((view.state, view.received, view.sent), (Connected::Connected, 0, 0));
    assert_eq!(app.count("SELECT COUNT(*) FROM ilink_connections WHERE bot_token LIKE 'enc1:%'").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM ilink_logins WHERE typed_number IS NOT NULL").await, 0);
}

async fn each_state_of_the_platform_is_shown(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let user_id = new_user(&app, "oBert").await;
    ilink.break_down(true);
    login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    reaches(&app, user_id, State::Failed).await;
    ilink.break_down(false);
    login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    reaches(&app, user_id, State::Scan).await;
    ilink.set_status("scaned");
    reaches(&app, user_id, State::Scanned).await;
    // A QR code that expired is replaced.
    let first = ilink.latest_qr();
    ilink.set_status("expired");
    ilink.until("a new QR code", SOON, |ilink| ilink.latest_qr() != first).await;
    reaches(&app, user_id, State::Scan).await;
    // Without a known token there is nothing that the person could be connected with.
    ilink.set_status("binded_redirect");
    reaches(&app, user_id, State::Failed).await;
    // A sign-in whose instance ended is over at its time.
    login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    reaches(&app, user_id, State::Scan).await;
    app.clock.advance_ms(480_000);
    reaches(&app, user_id, State::Expired).await;
}

async fn a_sign_in_is_shown_to_its_browser_alone_and_replaced_by_a_newer_one(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let (user_id, other_id) = (new_user(&app, "oCarl").await, new_user(&app, "oDora").await);
    let pid = login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    let while_made = login::begin(&app.ctx, user_id, SESSION).await;
    reaches(&app, user_id, State::Scan).await;
    let named = async |user: i64, session: &str, pid: &str| {
        login::find_named(&app.ctx, user, session, pid).await.unwrap().is_some()
    };
    let pid = match while_made {
        // It had its QR code already, and the newer one takes its place.
        Ok(newer) => {
            assert!(!named(user_id, SESSION, &pid).await);
            newer
        }
        Err(error) => {
            assert!(matches!(error, CoreError::Conflict), "{error}");
            pid
        }
    };
    assert!(named(user_id, SESSION, &pid).await);
    assert!(!named(user_id, "another browser", &pid).await);
    assert!(!named(other_id, SESSION, &pid).await);
    assert!(!named(user_id, SESSION, "3kTMd9").await);
    let first = ilink.latest_qr();
    let newer = login::begin(&app.ctx, user_id, SESSION).await.unwrap();
    ilink.until("a new QR code", SOON, |ilink| ilink.latest_qr() != first).await;
    reaches(&app, user_id, State::Scan).await;
    assert!(!named(user_id, SESSION, &pid).await && named(user_id, SESSION, &newer).await);
    login::cancel(&app.ctx, user_id).await.unwrap();
    assert!(shown(&app, user_id).await.is_none());
    for _ in 0..30 {
        match login::begin(&app.ctx, user_id, SESSION).await {
            Err(CoreError::TooMany(_)) => return,
            Ok(_) | Err(CoreError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("sign-ins are not limited");
}

async fn connecting_again_keeps_the_counts(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "emil@im.wechat";
    let user_id = crate::rig::channel::connected(&app, &ilink, person, &[("在吗", "在")]).await;
    crate::rig::channel::sent_after(&ilink, person, "在吗", 1).await;
    connect(&app, &ilink, user_id, person).await;
    crate::rig::channel::sent_after(&ilink, person, "在吗", 2).await;
    let counted = async || {
        let view = connection::find(&app.ctx, user_id).await.unwrap().unwrap();
        (view.received, view.sent) == (2, 2)
    };
    assert!(eventually(SOON, counted).await);
    // An account that an admin disables loses its connection.
    let admin = crate::rig::admin(&app, "root").await;
    weida::core::account::directory::set_enabled(&app.ctx, &admin, user_id, false, "test").await.unwrap();
    ilink.until("no poll", SOON, |ilink| ilink.polling(person) == 0).await;
    let view = connection::find(&app.ctx, user_id).await.unwrap().unwrap();
    assert_eq!(view.state, Connected::Disconnected);
}
