//! T-05: the platform hangs up after five seconds. It gets an answer after three, whatever blocks the work; a later result is sent
//! as a customer-service message.
//!
//! These tests wait in real time, because they test deadlines.

use crate::rig::{APPID, App, BEGINNING_MS, Database, Engine, Platform, Push, opened, patient};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::{
    base::{clock::FakeClock, secret::Use},
    core::message::deadline::ReplyDeadline,
    store::{self, Store},
    wechat::{
        message::Message,
        xml::{self, PLAIN_MAX_BYTES},
    },
};

crate::every_engine!(
    a_delayed_answer_is_success_in_time_and_a_message_later,
    a_hanging_platform_delays_no_answer,
    a_database_without_a_free_connection_is_an_apology_in_time,
);

/// A second and a half before the platform hangs up.
const IN_TIME: Duration = Duration::from_millis(3_500);
const SEND: &str = "/cgi-bin/message/custom/send";

async fn app_with(database: &Database, platform: &Platform) -> App {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock, &[("WECHAT_API_BASE", &platform.base)]).await;
    app.ctx.reply_deadline.set(ReplyDeadline::default().get());
    app
}

async fn a_delayed_answer_is_success_in_time_and_a_message_later(database: &Database) {
    let platform = Platform::answering().await;
    let app = app_with(database, &platform).await;
    let phone = app.phone("oHeldUp");
    phone.ask("帮助").await;
    let document = phone.text("验证码");
    // Another transaction holds a lock that this message needs: on a server the row of its delivery, on SQLite the only writer.
    let parsed = xml::parse(document.as_bytes(), PLAIN_MAX_BYTES).unwrap();
    let key = app.ctx.hash(Use::Delivery, &Message::read(&parsed, APPID).unwrap().dedupe_key);
    let elsewhere = Store::open(&database.url).await.unwrap();
    let mut held = elsewhere.begin().await.unwrap();
    store::delivery::insert_delivery(&mut held, &key, (APPID, "oHeldUp"), 0).await.unwrap();

    let begun = Instant::now();
    let (status, body) = Push::safe(&document, app.clock_secs()).send(app.address).await;
    let took = begun.elapsed();
    assert_eq!((status, body.as_str()), (200, "success"));
    assert!(took < IN_TIME, "{took:?}");
    assert!(platform.asked(SEND).is_empty());
    held.rollback().await.unwrap();
    // The work continued, and its answer is sent later.
    let sent = platform.first(SEND, Duration::from_secs(10)).await.expect("a customer-service message");
    let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
    assert_eq!((&sent["touser"], &sent["msgtype"]), (&"oHeldUp".into(), &"text".into()));
    let code = crate::rig::digits(sent["text"]["content"].as_str().unwrap()).unwrap();
    // A redelivery gets the same answer, and it was sent once.
    let again = opened(&Push::safe(&document, app.clock_secs()).send(app.address).await.1).unwrap();
    assert!(again.contains(&code));
    assert_eq!(platform.asked(SEND).len(), 1);
    eprintln!("{:?}: delayed, success after {took:?}", database.engine);
}

async fn a_hanging_platform_delays_no_answer(database: &Database) {
    let platform = Platform::hanging().await;
    let app = app_with(database, &platform).await;
    let phone = app.phone("oHanging");
    let documents = [phone.event("subscribe", ""), phone.text("验证码"), phone.text("帮助"), phone.event("CLICK", "x")];
    let begun = Instant::now();
    for document in documents {
        assert_eq!(Push::safe(&document, app.clock_secs()).send(app.address).await.0, 200);
    }
    let pushes = begun.elapsed();
    assert!(pushes < IN_TIME, "{pushes:?}");
    // The sign-in page offers the methods that need no platform.
    let begun = Instant::now();
    let secrets = crate::rig::begin_login(&app).await;
    let page = begun.elapsed();
    assert!(page < Duration::from_secs(5), "{page:?}");
    assert!(phone.ask(secrets.code()).await.contains("用这个微信注册吗"));
    // The next visitor does not wait for the platform again.
    let begun = Instant::now();
    crate::rig::begin_login(&app).await;
    assert!(begun.elapsed() < patient(Duration::from_secs(1)), "{:?}", begun.elapsed());
    eprintln!("{:?}: platform hangs, 4 pushes {pushes:?}, page {page:?}", database.engine);
}

async fn a_database_without_a_free_connection_is_an_apology_in_time(database: &Database) {
    let app = App::on(database).await;
    app.ctx.reply_deadline.set(ReplyDeadline::default().get());
    let phone = app.phone("oNoRoom");
    phone.ask("帮助").await;
    let connections = if database.engine == Engine::Sqlite { 1 } else { 16 };
    let mut held = Vec::new();
    for _ in 0..connections {
        held.push(app.ctx.store.begin_urgent().await.unwrap());
    }
    let begun = Instant::now();
    let (text, event) = (phone.text("我的"), phone.event("CLICK", "y"));
    let pushes = [Push::safe(&text, app.clock_secs()), Push::safe(&event, app.clock_secs())];
    let answers = futures::future::join_all(pushes.iter().map(|p| p.send(app.address))).await;
    let took = begun.elapsed();
    assert!(took < IN_TIME, "{took:?}");
    // A message is answered with an apology; an event needs none.
    assert!(opened(&answers[0].1).unwrap().contains("系统正忙"));
    assert_eq!(answers[1], (200, "success".to_owned()));
    drop(held);
    // The message had no effect, so a redelivery is answered.
    assert!(phone.push(&text).await.unwrap().contains("你还没有账号"));
    eprintln!("{:?}: no connection, apology after {took:?}", database.engine);
}
