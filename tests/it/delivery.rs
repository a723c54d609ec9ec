//! Deliveries: one effect, one answer, however often and wherever a message comes.

use crate::rig::{App, Database, Push};
use futures::future::join_all;
use std::sync::Arc;
use weida::{core::clock::FakeClock, store};

crate::every_engine!(
    every_kind_is_answered_once_however_often_it_comes,
    a_redelivery_after_a_restart_gets_the_same_answer,
    twenty_deliveries_at_once_make_one_code,
    new_followers_get_their_credits_once,
);

/// T-04: twelve kinds, three deliveries in order and three at once.
async fn every_kind_is_answered_once_however_often_it_comes(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oKinds");
    let media = "<MediaId><![CDATA[m]]></MediaId><MsgId>{id}</MsgId>";
    let mut documents = vec![
        phone.event("subscribe", ""),
        phone.text("帮助"),
        phone.text("验证码"),
        phone.text("没有这个关键词"),
        phone.event("CLICK", "MENU_1"),
        phone.event("VIEW", "https://weida.example/"),
        phone.event("SCAN", "no-such-scene"),
        phone.event("LOCATION", ""),
        phone.event("never_heard_of", "x"),
    ];
    for (id, kind) in [(1, "image"), (2, "voice"), (3, "video")] {
        documents.push(phone.document(kind, &media.replace("{id}", &id.to_string())));
    }
    for document in &documents {
        let now = app.clock_secs();
        let in_order =
            [Push::safe(document, now).send(app.address).await, Push::safe(document, now).send(app.address).await];
        let pushes: Vec<Push> = (0..3).map(|_| Push::safe(document, now)).collect();
        let at_once = join_all(pushes.iter().map(|p| p.send(app.address))).await;
        let answers: Vec<_> =
            in_order.into_iter().chain(at_once).map(|(status, body)| (status, crate::rig::opened(&body))).collect();
        assert!(answers.iter().all(|a| a.0 == 200 && a == &answers[0]), "{document}: {answers:?}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, i64::try_from(documents.len()).unwrap());
    assert_eq!(app.count("SELECT COUNT(*) FROM identities").await, 1);
}

async fn a_redelivery_after_a_restart_gets_the_same_answer(database: &Database) {
    let clock = Arc::new(FakeClock::at(crate::rig::BEGINNING_MS));
    let first = App::with(database, clock.clone(), &[]).await;
    let document = first.phone("oRestart").text("验证码");
    let before = first.phone("oRestart").push(&document).await;
    drop(first);
    let second = App::with(database, clock, &[]).await;
    assert_eq!(second.phone("oRestart").push(&document).await, before);
    assert!(before.is_some());
}

async fn twenty_deliveries_at_once_make_one_code(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oTwenty");
    for _ in 0..5 {
        app.clock.advance_ms(61_000);
        let document = phone.text("验证码");
        let answers = join_all((0..20).map(|_| phone.push(&document))).await;
        assert!(answers.iter().all(|a| a.is_some() && a == &answers[0]), "{answers:?}");
        assert_eq!(app.count("SELECT COUNT(*) FROM dynamic_codes").await, 1);
    }
}

async fn new_followers_get_their_credits_once(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oCredits");
    let user = crate::signin::register(&app, &phone, "credits").await;
    for _ in 0..3 {
        app.clock.advance_ms(2_000);
        phone.push(&phone.event("unsubscribe", "")).await;
        app.clock.advance_ms(2_000);
        phone.follow().await;
    }
    let mut db = app.ctx.store.read().await.unwrap();
    assert_eq!(store::user::find_user(&mut db, user).await.unwrap().unwrap().credits, 100);
    assert_eq!(store::credit::list_entries(&mut db, user, 10).await.unwrap().len(), 1);
}
