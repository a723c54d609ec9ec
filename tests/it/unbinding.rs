//! T-120: unbinding a WeChat identity signs out the browsers that signed in with it.

use crate::rig::{App, Browser, Database, Phone, browser_by_password, browser_by_wechat, is_signed_in, register};
use weida::{
    core::account::{self, Role},
    store::{self, Link as _},
};

crate::every_engine!(
    unbinding_on_the_page_ends_the_wechat_sessions,
    unbinding_in_the_chat_ends_the_wechat_sessions,
    the_last_admin_who_cancels_at_wechat_keeps_the_password_sessions_only,
);

/// Removes the sign-in method of the latest session, as in sessions from before it was recorded.
async fn forget_method(app: &App) {
    let mut tx = app.ctx.store.begin().await.unwrap();
    tx.sql("UPDATE web_sessions SET door = '' WHERE seen_at = (SELECT latest FROM (SELECT MAX(seen_at) AS latest FROM web_sessions) x)")
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Three browsers: by password, by WeChat, and one whose sign-in method was not recorded.
async fn three(app: &App, phone: &Phone, name: &str) -> [Browser; 3] {
    let wechat = browser_by_wechat(app, phone).await;
    let password = browser_by_password(app, name).await;
    app.clock.advance_ms(1_000);
    let before = browser_by_password(app, name).await;
    forget_method(app).await;
    for browser in [&wechat, &password, &before] {
        assert!(is_signed_in(browser).await);
    }
    [password, wechat, before]
}

async fn unbinding_on_the_page_ends_the_wechat_sessions(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oLetGo");
    register(&app, &phone, "letgo").await;
    let [password, wechat, before] = three(&app, &phone, "letgo").await;
    let list = password.get("/me/devices").await.body;
    for method in ["密码", "微信", "未记录"] {
        assert!(list.contains(&format!("登录方式：{method}")), "{method}: {list}");
    }
    assert_eq!(password.post("/do/unbind", &[]).await.location(), "/me");
    assert!(is_signed_in(&password).await);
    assert!(!is_signed_in(&wechat).await && !is_signed_in(&before).await);

    // The browser that unbinds is signed out too if it signed in by that WeChat.
    let phone = app.phone("oItself");
    register(&app, &phone, "itself").await;
    let wechat = browser_by_wechat(&app, &phone).await;
    assert_eq!(wechat.post("/do/unbind", &[]).await.location(), "/login");
    assert!(wechat.get("/login").await.body.contains("微信已解绑"));
    assert!(!is_signed_in(&wechat).await);
}

async fn unbinding_in_the_chat_ends_the_wechat_sessions(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oChat");
    register(&app, &phone, "chatty").await;
    let [password, wechat, before] = three(&app, &phone, "chatty").await;
    assert!(phone.ask("解绑").await.contains("用微信登录的浏览器都会退出"));
    phone.ask("1").await;
    assert!(is_signed_in(&password).await);
    assert!(!is_signed_in(&wechat).await && !is_signed_in(&before).await);
}

async fn the_last_admin_who_cancels_at_wechat_keeps_the_password_sessions_only(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oBoss");
    let user = register(&app, &phone, "boss").await;
    let [password, wechat, before] = three(&app, &phone, "boss").await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    store::user::update_role(&mut tx, user, Role::Admin.as_str(), 0).await.unwrap();
    tx.commit().await.unwrap();
    let event = phone.document(
        "event",
        "<Event><![CDATA[user_authorization_cancellation]]></Event><OpenID><![CDATA[oBoss]]></OpenID>\
         <AppID><![CDATA[wx0123456789abcdef]]></AppID><RevokeInfo><![CDATA[1]]></RevokeInfo>",
    );
    phone.push(&event).await;
    assert!(account::find(&app.ctx, user).await.unwrap().is_some());
    assert!(is_signed_in(&password).await);
    assert!(!is_signed_in(&wechat).await && !is_signed_in(&before).await);
}
