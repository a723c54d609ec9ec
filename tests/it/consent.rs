//! T-18: signing out everywhere voids every earlier consent, for every sign-in method and at every stage.

use crate::rig::{App, BEGINNING_MS, Database, Phone, Platform, asker, begin_login, register};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{self, deletion, identity, login, profile, session},
        signin::{api_session, collect::collect, follow},
        token,
    },
    http::{client::Client, known::Known, session as web},
};

crate::every_engine!(
    a_program_gets_nothing_after_a_sign_out,
    a_client_gets_no_token_after_a_sign_out,
    a_browser_collects_nothing_after_a_sign_out,
    a_password_that_was_changed_meanwhile_opens_no_session,
    unbinding_ends_what_came_by_wechat,
);

const MINUTE_MS: i64 = 60_000;

async fn sign_out_everywhere(app: &App, user: i64) {
    session::revoke_others(&app.ctx, user, "").await.unwrap();
}

/// Begins a program's sign-in session, lets the user confirm it, and returns the poll secret.
async fn agreed(app: &App, phone: &Phone) -> String {
    let begun = api_session::begin(&app.ctx, asker()).await.unwrap();
    phone.ask(&begun.code).await;
    phone.ask("1").await;
    begun.poll
}

async fn look(app: &App, poll: &str) -> api_session::Seen {
    api_session::look(&app.ctx, poll).await.unwrap()
}

async fn a_program_gets_nothing_after_a_sign_out(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oPolled");
    let user = register(&app, &phone, "polled").await;
    // One token was handed out before and is polled again; one was not handed out yet.
    let (collected, waiting) = (agreed(&app, &phone).await, agreed(&app, &phone).await);
    let api_session::Seen::Success(handed) = look(&app, &collected).await else { panic!("not handed out") };
    assert!(token::verify(&app.ctx, &handed.token).await.is_ok());
    sign_out_everywhere(&app, user).await;
    for poll in [&collected, &waiting] {
        assert!(matches!(look(&app, poll).await, api_session::Seen::Expired));
    }
    assert!(token::verify(&app.ctx, &handed.token).await.is_err());
    // A consent after the sign-out counts, also where the user confirms in the last second.
    let begun = api_session::begin(&app.ctx, asker()).await.unwrap();
    phone.ask(&begun.code).await;
    app.clock.advance_ms(begun.expires_in_secs * 1000 - 1000);
    assert!(phone.ask("1").await.contains("登录成功"));
    app.clock.advance_ms(MINUTE_MS - 2000);
    assert!(matches!(look(&app, &begun.poll).await, api_session::Seen::Success(_)));
}

async fn a_client_gets_no_token_after_a_sign_out(database: &Database) {
    let platform = Platform::answering().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &platform.base)]).await;
    let phone = app.phone("oFollowed");
    let client = follow::Client::parse(&app.ctx, "desktop").unwrap();
    let scanned = async || {
        let shown = follow::begin(&app.ctx, &client, "192.0.2.1".parse().unwrap()).await.unwrap();
        app.clock.advance_ms(1000);
        let answer = phone.push(&phone.event("SCAN", &shown.scene)).await.unwrap();
        assert!(answer.contains("绑定成功"), "{answer}");
        shown.poll
    };
    let poll = scanned().await;
    let shown = follow::look(&app.ctx, &client, Some(&poll)).await.unwrap();
    assert!(token::verify(&app.ctx, &shown.token.unwrap()).await.is_ok());
    let user = app.count("SELECT user_id FROM identities WHERE openid = 'oFollowed'").await;
    sign_out_everywhere(&app, user).await;
    let shown = follow::look(&app.ctx, &client, Some(&poll)).await.unwrap();
    assert_eq!((shown.progress, shown.token), (follow::Progress::Completed, None));
    let poll = scanned().await;
    assert!(follow::look(&app.ctx, &client, Some(&poll)).await.unwrap().token.is_some(), "a new scan is a new consent");
}

async fn a_browser_collects_nothing_after_a_sign_out(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oBrowsed");
    let user = register(&app, &phone, "browsed").await;
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    phone.ask("1").await;
    sign_out_everywhere(&app, user).await;
    assert!(matches!(collect(&app.ctx, &secrets).await, Err(CoreError::SessionOver)));
    let secrets = begin_login(&app).await;
    phone.ask(secrets.code()).await;
    phone.ask("1").await;
    assert_eq!(collect(&app.ctx, &secrets).await.unwrap().user.id, user);
}

async fn a_password_that_was_changed_meanwhile_opens_no_session(database: &Database) {
    let app = App::on(database).await;
    let user = register(&app, &app.phone("oChanged"), "changed").await;
    let address: std::net::IpAddr = "192.0.2.1".parse().unwrap();
    let came_in = login::by_password(&app.ctx, "changed", "correct horse", address.into()).await.unwrap();
    let change =
        profile::PasswordChange { username: "", old: "correct horse", new: "another horse", keep_session: "", address };
    profile::change_password(&app.ctx, &came_in, change).await.unwrap();
    let client = Client {
        address,
        browser_label: "test".to_owned(),
        device: weida::http::client::Device::Desk,
        request_id: String::new(),
        known: Known::default(),
    };
    let begin = async |user: &account::User| {
        let store = Arc::new(web::Sessions((*app.ctx).clone()));
        let session = tower_sessions::Session::new(None, store, None);
        web::sign_in(&session, user, &client, account::session::SignInMethod::Password).await
    };
    assert!(matches!(begin(&came_in).await, Err(CoreError::SessionOver)));
    assert_eq!(app.count("SELECT COUNT(*) FROM web_sessions WHERE user_id IS NOT NULL").await, 0);
    let came_in = login::by_password(&app.ctx, "changed", "another horse", address.into()).await.unwrap();
    begin(&came_in).await.unwrap();
    // A user who was deleted meanwhile gets no session.
    deletion::delete(&app.ctx, user, None, "test").await.unwrap();
    assert!(matches!(begin(&came_in).await, Err(CoreError::SessionOver)));
    assert_eq!(app.count("SELECT COUNT(*) FROM web_sessions WHERE user_id IS NOT NULL").await, 0);
}

async fn unbinding_ends_what_came_by_wechat(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oUnbound");
    let user = register(&app, &phone, "unbound").await;
    let handed = agreed(&app, &phone).await;
    let api_session::Seen::Success(success) = look(&app, &handed).await else { panic!("not handed out") };
    let (waiting, secrets) = (agreed(&app, &phone).await, begin_login(&app).await);
    phone.ask(secrets.code()).await;
    identity::unbind(&app.ctx, user, "test").await.unwrap();
    assert!(token::verify(&app.ctx, &success.token).await.is_err());
    for poll in [&handed, &waiting] {
        assert!(!matches!(look(&app, poll).await, api_session::Seen::Success(_)));
    }
    phone.say("1").await;
    assert!(collect(&app.ctx, &secrets).await.is_err());
}
