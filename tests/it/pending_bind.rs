//! T-180: ending a browser session also ends the binds that it began: a thief with a stolen session cannot bind their WeChat after
//! the owner has ended that session.

use crate::rig::{App, Browser, Database, admin, asker, register, status};
use weida::core::{
    account::{self, directory, identity, profile, session},
    signin::{Secrets, Status, begin},
};

crate::every_engine!(ending_a_session_ends_its_binds, a_bind_continues_while_its_browser_is_signed_in,);

/// A user with a password and no WeChat.
async fn owner(app: &App, name: &str) -> account::User {
    let id = register(app, &app.phone(&format!("o{name}")), name).await;
    identity::unbind(&app.ctx, id, "test").await.unwrap();
    account::find(&app.ctx, id).await.unwrap().unwrap()
}

/// The ways to end a session.
const WAYS: [&str; 6] = ["password", "others", "one", "sign out", "admin", "disabled"];

async fn end(app: &App, way: &str, user: &account::User, browser: &Browser) {
    let ctx = &app.ctx;
    match way {
        "password" => {
            let address = "192.0.2.1".parse().unwrap();
            let change = profile::PasswordChange {
                username: "",
                old: "correct horse",
                new: "another horse",
                keep_session: "",
                address,
            };
            profile::change_password(ctx, user, change).await.unwrap();
        }
        "others" => session::revoke_others(ctx, user.id, "").await.unwrap(),
        "one" => {
            let stolen = session::list(ctx, user.id, "").await.unwrap().remove(0);
            session::revoke(ctx, user.id, &stolen.public_id).await.unwrap();
        }
        "sign out" => assert_eq!(browser.post("/do/sign-out", &[]).await.location(), "/"),
        "admin" | "disabled" => {
            let root = admin(app, &format!("root-{way}-{}", user.id)).await;
            if way == "admin" {
                directory::sign_out_everywhere(ctx, &root, user.id).await.unwrap();
            } else {
                directory::set_enabled(ctx, &root, user.id, false, "stolen").await.unwrap();
                directory::set_enabled(ctx, &root, user.id, true, "").await.unwrap();
            }
        }
        other => panic!("{other}"),
    }
}

async fn ending_a_session_ends_its_binds(database: &Database) {
    let app = App::on(database).await;
    for (n, way) in WAYS.into_iter().enumerate() {
        for is_scanned in [false, true] {
            let name = format!("owner{n}{is_scanned}");
            let user = owner(&app, &name).await;
            let stolen = Browser::on(&app);
            stolen.post("/do/login", &[("username", &name), ("password", "correct horse")]).await;
            assert_eq!(stolen.post("/do/bind", &[]).await.location(), "/signin");
            let secrets = Secrets::parse(&stolen.cookie("weida_signin").unwrap()).unwrap();
            let thief = app.phone(&format!("oThief{n}{is_scanned}"));
            if is_scanned {
                assert!(thief.ask(secrets.code()).await.contains('1'));
            }
            end(&app, way, &user, &stolen).await;
            thief.say(if is_scanned { "1" } else { secrets.code() }).await;
            thief.say("1").await;
            // Renewing the bind with the cookie alone.
            let renewed = begin::renew(&app.ctx, &secrets, asker(), false).await;
            if let Ok(renewed) = &renewed {
                thief.say(renewed.code()).await;
                thief.say("1").await;
            }
            assert!(renewed.is_err(), "{way}: renewed");
            let bound = identity::find_own(&app.ctx, user.id).await.unwrap();
            assert!(bound.is_none(), "{way}, scanned: {is_scanned}: {bound:?}");
        }
    }
}

async fn a_bind_continues_while_its_browser_is_signed_in(database: &Database) {
    let app = App::on(database).await;
    let user = owner(&app, "goeson").await;
    // Another user's sign-out has no effect on this bind.
    let other = Browser::on(&app);
    owner(&app, "another").await;
    other.post("/do/login", &[("username", "another"), ("password", "correct horse")]).await;
    let secrets = begin::bind(&app.ctx, user.id, asker()).await.unwrap();
    other.post("/do/sign-out", &[]).await;
    assert_eq!(status(&app, &secrets).await, Status::Waiting);
    app.clock.advance_ms(10 * 60_000 + 1);
    let renewed = begin::renew(&app.ctx, &secrets, asker(), false).await.unwrap();
    let phone = app.phone("oGoesOn");
    phone.ask(renewed.code()).await;
    phone.ask("1").await;
    assert!(identity::find_own(&app.ctx, user.id).await.unwrap().is_some());
}
