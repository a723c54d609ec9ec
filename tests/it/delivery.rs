//! Deliveries: a message has one effect and one answer, however often and at whichever instance it arrives.

use crate::rig::{APPID, App, Database, Phone, Push, opened};
use futures::future::join_all;
use secrecy::ExposeSecret as _;
use std::sync::Arc;
use weida::{
    base::{
        clock::FakeClock,
        secret::{Use, unordered},
    },
    core::secret_key::Purpose,
    store::{self, Link as _},
    wechat::{
        message::Message,
        xml::{self, PLAIN_MAX_BYTES},
    },
};

crate::every_engine!(
    every_kind_is_answered_once_however_often_it_comes,
    a_redelivery_after_a_restart_gets_the_same_answer,
    a_redelivery_gets_the_same_bytes_from_a_typed_row,
    a_document_stored_by_an_earlier_version_is_sent_unchanged,
    twenty_concurrent_deliveries_make_one_code,
    new_followers_get_their_credits_once,
    people_with_one_message_id_get_their_own_answers,
    messages_without_an_id_are_told_apart_by_their_content,
    an_answer_of_before_the_upgrade_is_repeated_to_its_recipient_only,
    an_event_with_an_id_is_handled_once_like_any_other,
);

/// T-04: twelve kinds, each delivered twice in order and three times concurrently.
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
        let concurrent = join_all(pushes.iter().map(|p| p.send(app.address))).await;
        let answers: Vec<_> =
            in_order.into_iter().chain(concurrent).map(|(status, body)| (status, opened(&body))).collect();
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

/// Sends a push and returns the document of the answer.
async fn document(app: &App, push: &str) -> Option<String> {
    opened(&Push::safe(push, app.clock_secs()).send(app.address).await.1)
}

/// The key of a push in `deliveries`.
fn delivery(app: &App, push: &str) -> String {
    let parsed = xml::parse(push.as_bytes(), PLAIN_MAX_BYTES).unwrap();
    app.ctx.hash(Use::Delivery, &Message::read(&parsed, APPID).unwrap().dedupe_key)
}

/// The stored answer of a push, decrypted.
async fn stored(app: &App, push: &str) -> String {
    let key = delivery(app, push);
    let row = store::delivery::find_delivery(&mut app.ctx.store.read().await.unwrap(), &key).await.unwrap().unwrap();
    let reply = row.reply.unwrap();
    match row.reply_until {
        None => reply,
        Some(_) => app.ctx.secret_key.decrypt(Purpose::Reply, &key, &reply).unwrap().expose_secret().to_owned(),
    }
}

/// Two pushes: one with a plain answer, one whose answer has a code.
fn questions(phone: &Phone) -> [String; 2] {
    [phone.text("帮助"), phone.text("验证码")]
}

async fn a_redelivery_gets_the_same_bytes_from_a_typed_row(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oBytes");
    for push in questions(&phone) {
        let first = document(&app, &push).await.unwrap();
        assert!(first.starts_with("<xml>"), "{first}");
        app.clock.advance_ms(7_000);
        assert_eq!(document(&app, &push).await.unwrap(), first);
        let row: serde_json::Value = serde_json::from_str(&stored(&app, &push).await).unwrap();
        assert_eq!((&row["to"], &row["from"]), (&"oBytes".into(), &"gh_0123456789ab".into()));
        assert_eq!(row["created_at_secs"], app.clock_secs() - 7);
        assert_eq!(row["reply"]["text"], crate::rig::content(&first));
    }
}

async fn a_document_stored_by_an_earlier_version_is_sent_unchanged(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oEarlier");
    for push in questions(&phone) {
        let first = document(&app, &push).await.unwrap();
        // The same answer with a space that this version does not write.
        let earlier = first.replace("<xml>", "<xml> ");
        let key = delivery(&app, &push);
        let mut tx = app.ctx.store.begin().await.unwrap();
        let row = store::delivery::find_delivery(&mut tx, &key).await.unwrap().unwrap();
        let reply = match row.reply_until {
            None => earlier.clone(),
            Some(_) => app.ctx.secret_key.encrypt(Purpose::Reply, &key, &earlier, app.ctx.rng.as_ref()),
        };
        store::delivery::update_reply(&mut tx, &key, ("", ""), &reply, row.reply_until).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(document(&app, &push).await.unwrap(), earlier);
    }
}

async fn twenty_concurrent_deliveries_make_one_code(database: &Database) {
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
    let user = crate::rig::register(&app, &phone, "credits").await;
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

/// T-193: several people have been seen with one `MsgId`.
async fn people_with_one_message_id_get_their_own_answers(database: &Database) {
    let app = App::on(database).await;
    let phones: Vec<Phone> = (0..5).map(|n| app.phone(&format!("oSame{n}"))).collect();
    let of = |phone: &Phone, word: &str| {
        phone.document("text", &format!("<Content>{word}</Content><MsgId>24876512345678901</MsgId>"))
    };
    for (round, word) in ["验证码", "帮助"].into_iter().enumerate() {
        app.clock.advance_ms(61_000);
        let documents: Vec<String> =
            phones.iter().map(|phone| of(phone, word).replace("8901<", &format!("890{round}<"))).collect();
        let pushes: Vec<Push> = documents.iter().map(|document| Push::safe(document, app.clock_secs())).collect();
        let first = join_all(pushes.iter().map(|push| push.send(app.address))).await;
        for ((phone, document), (status, body)) in phones.iter().zip(&documents).zip(first) {
            let answer = opened(&body).unwrap();
            assert!(status == 200 && answer.contains(&format!("<ToUserName><![CDATA[{}]]>", phone.openid)), "{answer}");
            // The redelivery gets the same.
            assert_eq!(self::document(&app, document).await.unwrap(), answer);
        }
        let expected = if round == 0 { 5 } else { 10 };
        assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, expected);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM dynamic_codes").await, 5);
}

async fn messages_without_an_id_are_told_apart_by_their_content(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oNoId");
    let help = phone.document("text", "<Content>帮助</Content>");
    let code = phone.document("text", "<Content>验证码</Content>");
    let (first, second) = (phone.push(&help).await.unwrap(), phone.push(&code).await.unwrap());
    assert_ne!(first, second);
    assert_eq!((phone.push(&help).await.unwrap(), phone.push(&code).await.unwrap()), (first, second));
    // Two places of one second, and each of them twice.
    for latitude in ["1", "1", "2", "2"] {
        phone.push(&phone.document("event", &format!("<Event>LOCATION</Event><Latitude>{latitude}</Latitude>"))).await;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 4);
}

async fn an_event_with_an_id_is_handled_once_like_any_other(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oWithId");
    let follow =
        phone.document("event", "<Event>subscribe</Event><EventKey></EventKey><MsgId>24876512345678999</MsgId>");
    let greeting = document(&app, &follow).await.expect("a greeting");
    assert_eq!(document(&app, &follow).await.unwrap(), greeting);
    let odd = phone.document("event", "<Event>CLICK</Event><EventKey>k</EventKey>");
    let odd = odd.replace(&format!("<CreateTime>{}", app.clock_secs()), "<CreateTime>-5");
    for _ in 0..2 {
        document(&app, &odd).await;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 2);
}

async fn an_answer_of_before_the_upgrade_is_repeated_to_its_recipient_only(database: &Database) {
    let app = App::on(database).await;
    let (first, second) = (app.phone("oBefore"), app.phone("oOther"));
    let of = |phone: &Phone| phone.document("text", "<Content>验证码</Content><MsgId>24876512345678901</MsgId>");
    let event = first.event("CLICK", "k");
    let given = document(&app, &of(&first)).await.unwrap();
    assert_eq!(document(&app, &event).await, None);
    // As an earlier version stored them: by a key without the sender.
    for push in [of(&first), event.clone()] {
        let parsed = Message::read(&xml::parse(push.as_bytes(), PLAIN_MAX_BYTES).unwrap(), APPID).unwrap();
        let (now, before) = (delivery(&app, &push), app.ctx.hash(Use::Delivery, &parsed.former_dedupe_key));
        let before = unordered(&before).to_owned();
        assert_ne!(now, before);
        let mut tx = app.ctx.store.begin().await.unwrap();
        let row = store::delivery::find_delivery(&mut tx, &now).await.unwrap().unwrap();
        store::delivery::insert_delivery(&mut tx, &before, (APPID, "oBefore"), app.ctx.now()).await.unwrap();
        if let Some(reply) = row.reply {
            let plain = app.ctx.secret_key.decrypt(Purpose::Reply, &now, &reply).unwrap();
            let again =
                app.ctx.secret_key.encrypt(Purpose::Reply, &before, plain.expose_secret(), app.ctx.rng.as_ref());
            store::delivery::update_reply(&mut tx, &before, (APPID, "oBefore"), &again, row.reply_until).await.unwrap();
        }
        tx.sql("DELETE FROM deliveries WHERE dedupe_key = ?").bind(now).execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let rows = app.count("SELECT COUNT(*) FROM messages").await;
    for _ in 0..2 {
        assert_eq!(document(&app, &of(&first)).await.unwrap(), given);
        assert_eq!(document(&app, &event).await, None);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, rows, "nothing was done again");
    let others = document(&app, &of(&second)).await.unwrap();
    assert!(others.contains("oOther") && crate::rig::digits(&others) != crate::rig::digits(&given), "{others}");
}
