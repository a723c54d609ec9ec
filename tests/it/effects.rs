//! The in-memory effects of a message are complete when it is answered, not only after the next poll of the database.

use crate::rig::{App, BEGINNING_MS, Database, Platform, begin_login, register};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError, TokenFault,
        signin::{Status, follow},
        token,
    },
    store,
};

crate::every_engine!(
    tokens_that_the_chat_ends_are_refused_immediately,
    tokens_that_an_event_ends_are_refused_immediately,
    a_waiting_page_is_notified_immediately,
);

/// Issues and verifies a token, so that the user is cached.
async fn known_token(app: &App, user: i64) -> String {
    let text = crate::rig::token(&app.ctx, user, None).await.unwrap();
    token::verify(&app.ctx, &text).await.unwrap();
    text
}

async fn fault(app: &App, text: &str) -> Option<TokenFault> {
    match token::verify(&app.ctx, text).await {
        Err(CoreError::BadToken(fault)) => Some(fault),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    }
}

async fn tokens_that_the_chat_ends_are_refused_immediately(database: &Database) {
    let platform = Platform::answering().await;
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_API_BASE", &platform.base)]).await;
    let phone = app.phone("oTakesBack");
    let user = register(&app, &phone, "takesback").await;
    let client = follow::Client::parse(&app.ctx, "desktop").unwrap();
    let shown = follow::begin(&app.ctx, &client, "192.0.2.1".parse().unwrap()).await.unwrap();
    phone.push(&phone.event("SCAN", &shown.scene)).await.unwrap();
    let text = known_token(&app, user).await;
    // Other messages do not end the token.
    phone.ask("添加 词=答").await;
    assert_eq!((phone.ask("词").await.as_str(), fault(&app, &text).await), ("答", None));
    phone.ask("取消").await;
    assert_eq!(fault(&app, &text).await, Some(TokenFault::Revoked));

    let text = known_token(&app, user).await;
    phone.ask("解绑").await;
    assert_eq!(fault(&app, &text).await, None);
    phone.ask("1").await;
    assert_eq!(fault(&app, &text).await, Some(TokenFault::Revoked));

    let phone = app.phone("oRegretsIt");
    let text = known_token(&app, register(&app, &phone, "regretsit").await).await;
    phone.ask("取消注册").await;
    phone.ask("1").await;
    assert_eq!(fault(&app, &text).await, Some(TokenFault::Gone));
}

async fn tokens_that_an_event_ends_are_refused_immediately(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock, &[("WEIDA_UNFOLLOW", "signout")]).await;
    let phone = app.phone("oLeaves");
    let text = known_token(&app, register(&app, &phone, "leaves").await).await;
    phone.push(&phone.event("unsubscribe", "")).await;
    assert_eq!(fault(&app, &text).await, Some(TokenFault::Revoked));

    let cancel = |openid: &str| {
        let event = "<Event><![CDATA[user_authorization_cancellation]]></Event>";
        format!("{event}<OpenID><![CDATA[{openid}]]></OpenID><RevokeInfo><![CDATA[1]]></RevokeInfo>")
    };
    let phone = app.phone("oCancels");
    let text = known_token(&app, register(&app, &phone, "cancels").await).await;
    phone.push(&phone.document("event", &cancel("oCancels"))).await;
    assert_eq!(fault(&app, &text).await, Some(TokenFault::Gone));

    // The last admin stays; the tokens end.
    let phone = app.phone("oLastAdmin");
    let admin = register(&app, &phone, "lastadmin").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::user::update_role(&mut tx, admin, "admin", 0).await.unwrap();
    tx.commit().await.unwrap();
    let text = known_token(&app, admin).await;
    phone.push(&phone.document("event", &cancel("oLastAdmin"))).await;
    assert_eq!(fault(&app, &text).await, Some(TokenFault::Revoked));
}

async fn a_waiting_page_is_notified_immediately(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oWaitedFor");
    register(&app, &phone, "waitedfor").await;
    let secrets = begin_login(&app).await;
    let id = app.count("SELECT id FROM signin_sessions WHERE status = 'waiting'").await;
    let mut page = app.ctx.status_broadcast.follow(id, Status::Waiting, 1).unwrap();
    for (said, status) in [(secrets.code(), Status::Scanned), ("1", Status::Success)] {
        phone.ask(said).await;
        assert_eq!(*page.borrow_and_update(), status);
    }
}
