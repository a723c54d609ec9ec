//! T-167 to T-169: replay protection in plain mode, whose signature does not cover the body, and pushes for another account.

use crate::rig::{APPID, App, BEGINNING_MS, Database, Phone, Push, content};
use std::{collections::BTreeMap, sync::Arc};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{self, Role, directory, login::by_password},
        cleanup,
        signin::{Purpose, begin},
    },
    store::Link as _,
};

crate::every_engine!(
    a_plain_signature_is_valid_for_one_body_only,
    redeliveries_with_new_signatures_get_the_same_answer,
    of_many_concurrent_bodies_one_has_an_effect,
    in_plain_mode_the_chat_does_nothing_for_an_admin,
    in_plain_mode_a_user_without_a_password_cannot_become_an_admin,
    a_push_for_another_account_has_no_effect,
);

const PLAIN: (&str, &str) = ("WECHAT_AES_KEY", "");
const PASSWORD: &str = "horse battery staple";

async fn plain(database: &Database, more: &[(&str, &str)]) -> App {
    let settings: Vec<_> = [PLAIN].into_iter().chain(more.iter().copied()).collect();
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &settings).await
}

/// The same address with another body: an attacker may know the address from a log.
fn with_body(push: &Push, body: &str) -> Push {
    Push { body: body.to_owned(), ..push.clone() }
}

/// Sends a document in plain mode and returns the text of the answer, if any.
async fn say(app: &App, document: &str) -> Option<String> {
    let (status, body) = Push::plain(document, app.clock_secs()).send(app.address).await;
    assert_eq!(status, 200, "{body}");
    (body != "success").then(|| content(&body))
}

/// Row counts; equal counts before and after mean that a push had no effect.
async fn effects(app: &App) -> Vec<i64> {
    let mut found = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM users",
        "SELECT COUNT(*) FROM users WHERE password_hash IS NOT NULL",
        "SELECT COUNT(*) FROM identities WHERE user_id IS NOT NULL",
        "SELECT COUNT(*) FROM web_sessions",
        "SELECT COUNT(*) FROM dynamic_codes",
        "SELECT COUNT(*) FROM signin_sessions WHERE status = 'success'",
        "SELECT COUNT(*) FROM messages",
        "SELECT COUNT(*) FROM deliveries",
        "SELECT COUNT(*) FROM credit_entries",
    ] {
        found.push(app.count(sql).await);
    }
    found
}

async fn a_plain_signature_is_valid_for_one_body_only(database: &Database) {
    let app = plain(database, &[]).await;
    let (victim, thief) = (app.phone("oVictim"), app.phone("oThief"));
    say(&app, &victim.text("验证码")).await.unwrap();
    let seen = Push::plain(&victim.text("你好"), app.clock_secs());
    let first = seen.send(app.address).await;
    let before = effects(&app).await;
    let other = plain(database, &[]).await;
    for body in [victim.text("验证码"), thief.text("验证码"), victim.text("你好"), "<xml>".to_owned(), String::new()]
    {
        let forged = with_body(&seen, &body);
        assert_eq!(forged.send(app.address).await, (403, String::new()), "{body}");
        // The same at another instance, and below late in the window.
        assert_eq!(forged.send(other.address).await, (403, String::new()), "{body}");
    }
    assert_eq!(effects(&app).await, before);
    app.clock.advance_ms(299_000);
    cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!(with_body(&seen, &thief.text("验证码")).send(app.address).await.0, 403);
    // The same body is a redelivery.
    assert_eq!(seen.send(app.address).await, first);

    // A signature whose body was unreadable, empty or without a valid openid is used up too.
    for body in ["<xml>".to_owned(), String::new(), victim.document("text", "").replace("oVictim", "no openid")] {
        let push = Push::plain(&body, app.clock_secs());
        push.send(app.address).await;
        assert_eq!(with_body(&push, &thief.text("验证码")).send(app.address).await.0, 403, "{body}");
    }
    // So is the signature of the platform's address verification.
    let asked = Push::plain(&thief.text("验证码"), app.clock_secs());
    let answer = crate::rig::http().get(app.url(&format!("{}&echostr=42", asked.path()))).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, "42"));
    assert_eq!(asked.send(app.address).await.0, 403);
    // Used signatures are deleted after the time window.
    assert!(app.count("SELECT COUNT(*) FROM used_signatures").await >= 5);
    app.clock.advance_ms(700_000);
    cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM used_signatures").await, 0);
}

async fn redeliveries_with_new_signatures_get_the_same_answer(database: &Database) {
    let app = plain(database, &[]).await;
    let phone = app.phone("oRetry");
    let document = phone.text("验证码");
    let first = say(&app, &document).await.unwrap();
    let before = effects(&app).await;
    let mut retries = Vec::new();
    for _ in 0..3 {
        app.clock.advance_ms(5_000);
        let retry = Push::plain(&document, app.clock_secs());
        let (status, body) = retry.send(app.address).await;
        assert_eq!((status, content(&body)), (200, first.clone()));
        retries.push(retry);
    }
    assert_eq!(effects(&app).await, before);
    // A redelivery's signature is valid for its own body only, too.
    for retry in &retries {
        assert_eq!(with_body(retry, &phone.text("改密")).send(app.address).await.0, 403);
        assert_eq!(retry.send(app.address).await.0, 200);
    }
}

async fn of_many_concurrent_bodies_one_has_an_effect(database: &Database) {
    let (app, other) = (plain(database, &[]).await, plain(database, &[]).await);
    for round in 0..3 {
        let seen = Push::plain("", app.clock_secs());
        let phone = app.phone(&format!("oRace{round}"));
        let bodies: Vec<_> = (0..8).map(|n| with_body(&seen, &phone.text(&format!("r{round}n{n}")))).collect();
        let sent =
            bodies.iter().enumerate().map(|(n, push)| push.send(if n % 2 == 0 { app.address } else { other.address }));
        let answers = futures::future::join_all(sent).await;
        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        for (status, _) in &answers {
            *statuses.entry(*status).or_default() += 1;
        }
        assert_eq!(statuses, [(200, 1), (403, 7)].into(), "round {round}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 3);
}

/// An admin who is also a follower.
async fn admin_with_wechat(app: &App, phone: &Phone) -> i64 {
    let id = account::admin::create(&app.ctx, "root", PASSWORD).await.unwrap();
    say(app, &phone.event("subscribe", "")).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    let own = tx.sql("UPDATE identities SET user_id = ? WHERE openid = ?").bind(id).bind(phone.openid.clone());
    own.execute(tx.conn()).await.unwrap();
    tx.sql("DELETE FROM dynamic_codes").execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn in_plain_mode_the_chat_does_nothing_for_an_admin(database: &Database) {
    // Also where a scan needs no confirmation.
    for confirm in ["always", "never"] {
        let app = plain(database, &[("WEIDA_LOGIN_CONFIRM", confirm)]).await;
        let phone = app.phone(&format!("oRoot{confirm}"));
        if confirm == "always" {
            admin_with_wechat(&app, &phone).await;
        } else {
            let mut tx = app.ctx.store.begin().await.unwrap();
            tx.sql("UPDATE identities SET openid = 'oRootnever' WHERE openid = 'oRootalways'")
                .execute(tx.conn())
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        let before = effects(&app).await;
        for word in ["改密", "验证码", "解绑", "password", "code", "unbind"] {
            let answer = say(&app, &phone.text(word)).await.unwrap();
            assert!(answer.contains("明文模式") || answer.contains("plain mode"), "{word}: {answer}");
        }
        let secrets = begin::login(&app.ctx, Purpose::Login, crate::rig::asker()).await.unwrap();
        let answer = say(&app, &phone.text(secrets.code())).await.unwrap();
        assert!(answer.contains("明文模式"), "{answer}");
        // A question asked before the user became an admin, or before plain mode was set.
        let mut tx = app.ctx.store.begin().await.unwrap();
        let asked = tx.sql("UPDATE signin_sessions SET status = 'scanned', openid = ?").bind(phone.openid.clone());
        asked.execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        let answer = say(&app, &phone.text("1")).await.unwrap();
        assert!(answer.contains("明文模式"), "{answer}");
        // An event that anyone could have forged does not delete the account.
        let cancelled = format!(
            "<Event><![CDATA[user_authorization_cancellation]]></Event><OpenID><![CDATA[{}]]></OpenID>",
            phone.openid
        );
        say(&app, &phone.document("event", &cancelled)).await;
        // Without messages and deliveries, which are stored.
        assert_eq!(effects(&app).await[..6], before[..6]);
        by_password(&app.ctx, "root", PASSWORD, crate::rig::HERE.into()).await.unwrap();
        // Other users are not affected, and with encrypted pushes admins are not either.
        let other = app.phone(&format!("oOther{confirm}"));
        assert!(say(&app, &other.text("验证码")).await.unwrap().contains("验证码："));
        let mut tx = app.ctx.store.begin().await.unwrap();
        tx.sql("DELETE FROM signin_sessions").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let safe = App::on(database).await;
    assert!(safe.phone("oRootnever").ask("改密").await.contains("验证码"));
}

async fn in_plain_mode_a_user_without_a_password_cannot_become_an_admin(database: &Database) {
    let app = plain(database, &[]).await;
    let ctx = &app.ctx;
    let root = account::admin::create(ctx, "root", PASSWORD).await.unwrap();
    let phone = app.phone("oPlainUser");
    let code = crate::rig::digits(&say(&app, &phone.text("验证码")).await.unwrap()).unwrap();
    let secrets = begin::login(ctx, Purpose::Login, crate::rig::asker()).await.unwrap();
    weida::core::signin::enter_code::enter_code(ctx, &secrets, &code, crate::rig::HERE).await.unwrap();
    let user = app.count("SELECT MAX(id) FROM users").await;
    assert_ne!(user, root);
    let admin = directory::Admin::of(&account::find(ctx, root).await.unwrap().unwrap(), "x").unwrap();
    let refused = directory::set_role(ctx, &admin, user, Role::Admin).await.unwrap_err();
    assert!(matches!(&refused, CoreError::Invalid(flaws) if flaws[0].field == "admin_password"), "{refused}");
    assert_eq!(account::find(ctx, user).await.unwrap().unwrap().role, Role::User);
    // With a name and a password the user becomes an admin, and earlier tokens are revoked.
    let token = crate::rig::token(ctx, user, None).await.unwrap();
    let mut tx = ctx.store.begin().await.unwrap();
    let set = tx
        .sql("UPDATE users SET username = 'u', username_key = 'u', password_hash = ? WHERE id = ?")
        .bind("x")
        .bind(user);
    set.execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    directory::set_role(ctx, &admin, user, Role::Admin).await.unwrap();
    assert!(weida::core::token::verify(ctx, &token).await.is_err());
    // With encrypted pushes there is no such restriction.
    let safe = App::on(database).await;
    let other = safe.phone("oSafeUser");
    let code = other.code("验证码").await;
    let secrets = begin::login(&safe.ctx, Purpose::Login, crate::rig::asker()).await.unwrap();
    weida::core::signin::enter_code::enter_code(&safe.ctx, &secrets, &code, crate::rig::HERE).await.unwrap();
    let user = safe.count("SELECT MAX(id) FROM users").await;
    directory::set_role(&safe.ctx, &admin, user, Role::Admin).await.unwrap();
}

async fn a_push_for_another_account_has_no_effect(database: &Database) {
    let foreign = |document: String| document.replace("gh_0123456789ab", "gh_ffffffffffff");
    // Nothing is learned from a plain push: any ToUserName is accepted while the account's own is unknown.
    let app = plain(database, &[]).await;
    let phone = app.phone("oTo");
    assert!(say(&app, &foreign(phone.text("验证码"))).await.is_some());
    assert_eq!(app.ctx.account.original_id.get(), None);
    drop(app);
    // Known from the settings.
    let app = plain(database, &[("WECHAT_ORIGINAL_ID", "gh_0123456789ab")]).await;
    let before = effects(&app).await;
    let push = Push::plain(&foreign(phone.text("验证码")), app.clock_secs());
    assert_eq!(push.send(app.address).await, (200, "success".to_owned()));
    assert_eq!(effects(&app).await, before);
    assert_eq!(with_body(&push, &phone.text("验证码")).send(app.address).await.0, 403);
    let last = weida::core::message::original_id::last_foreign(&app.ctx).await.unwrap();
    assert_eq!(last, Some((app.clock_secs(), "gh_ffffffffffff".to_owned())));
    assert!(say(&app, &phone.text("验证码")).await.is_some());
    drop(app);
    // Learned from an encrypted push, for other instances and after a restart, also of one in plain mode.
    let app = App::on(database).await;
    assert_eq!(app.ctx.account.original_id.get(), None);
    app.phone("oTo").ask("验证码").await;
    assert_eq!(app.ctx.account.original_id.get().as_deref(), Some("gh_0123456789ab"));
    let before = effects(&app).await;
    let push = Push::safe(&foreign(phone.text("验证码")), app.clock_secs());
    assert_eq!(push.send(app.address).await, (200, "success".to_owned()));
    let other = plain(database, &[]).await;
    let push = Push::plain(&foreign(phone.text("验证码")), app.clock_secs());
    assert_eq!(push.send(other.address).await, (200, "success".to_owned()));
    assert_eq!(effects(&app).await, before);
    // The learned id is not used for another appid.
    let moved =
        App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[PLAIN, ("WECHAT_APPID", "wxanother")]).await;
    assert_eq!((moved.ctx.account.original_id.get(), APPID.len()), (None, 18));
    // Concurrent first pushes: one id is learned and both pushes are answered.
    let mut tx = app.ctx.store.begin().await.unwrap();
    weida::store::fact::delete_fact(&mut tx, "original-id").await.unwrap();
    tx.commit().await.unwrap();
    let (one, two) = (App::on(database).await, App::on(database).await);
    let (a, b) = futures::future::join(one.phone("oA").say("验证码"), two.phone("oB").say("验证码")).await;
    assert!(a.is_some() && b.is_some());
}
