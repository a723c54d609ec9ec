//! The platform's limits: ten messages per received one within a day, messages that are dropped, failures, and a stale token.

use crate::rig::channel::{SESSION, SOON, add_rule, connect, connected, sent_after};
use crate::rig::{App, BEGINNING_MS, Database, Ilink, Platform, eventually};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        ilink::{
            connection::{self, State},
            login,
        },
        rule::MatchType,
    },
};

crate::every_engine!(
    what_exceeds_the_window_waits_for_the_next_message,
    a_message_that_the_platform_drops_is_not_lost,
    a_stale_token_asks_for_a_new_sign_in,
    a_reminder_comes_two_hours_before_the_end,
    a_paused_connection_answers_after_it_is_resumed,
);

const HOUR_MS: i64 = 3_600_000;

async fn app_of(database: &Database, ilink: &Ilink) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &ilink.settings()).await
}

async fn view(app: &App, user_id: i64) -> connection::View {
    connection::find(&app.ctx, user_id).await.unwrap().unwrap()
}

async fn what_exceeds_the_window_waits_for_the_next_message(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "anna@im.wechat";
    let user_id = connected(&app, &ilink, person, &[]).await;
    // Twelve messages of 4,000 characters would be too long for a rule: five texts, said three times.
    let mut draft = crate::rig::says("多", "一");
    for text in ["二", "三", "四", "五"] {
        draft.contents.push(weida::core::rule::Content::text(text));
    }
    let editor = weida::core::rule::edit::Editor { owner_id: user_id, actor_id: user_id, ..Default::default() };
    weida::core::rule::edit::add(&app.ctx, &editor, &draft).await.unwrap();
    // The person pauses, so that three messages are handed over at once: only the last one opens the window.
    connection::pause(&app.ctx, user_id).await.unwrap();
    ilink.until("no poll", SOON, |ilink| ilink.polling(person) == 0).await;
    for _ in 0..3 {
        ilink.say(person, "多");
    }
    connection::resume(&app.ctx, user_id).await.unwrap();
    ilink.until("ten messages", SOON, |ilink| ilink.texts(person).len() == 10).await;
    let blocked = async || view(&app, user_id).await.sent == 10;
    assert!(eventually(SOON, blocked).await);
    let sent = ilink.texts(person);
    assert_eq!(sent[9], "五\n（还有 5 条，回复任意内容继续）");
    assert_eq!(view(&app, user_id).await.waiting, 5);
    assert_eq!(view(&app, user_id).await.window.left(app.clock_secs() * 1000), 0);
    let sent = sent_after(&ilink, person, "继续", 15).await;
    assert_eq!(sent[10..], ["一", "二", "三", "四", "五"]);
    let is_empty = async || view(&app, user_id).await.waiting == 0;
    assert!(eventually(SOON, is_empty).await);
}

async fn a_message_that_the_platform_drops_is_not_lost(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "bert@im.wechat";
    let user_id = connected(&app, &ilink, person, &[("价格", "十元"), ("地址", "东路")]).await;
    ilink.drop_messages(person, true);
    ilink.say(person, "价格");
    let error = async || view(&app, user_id).await.last_error.is_some_and(|(name, _)| name == "not_delivered");
    assert!(eventually(SOON, error).await, "{:?}", view(&app, user_id).await);
    assert_eq!((view(&app, user_id).await.waiting, view(&app, user_id).await.sent), (1, 0));
    ilink.drop_messages(person, false);
    let sent = sent_after(&ilink, person, "地址", 2).await;
    assert_eq!(sent, ["十元", "东路"]);
    let recovered = async || view(&app, user_id).await.last_error.is_none();
    assert!(eventually(SOON, recovered).await);
    // Three times in vain: it is given up, counted, and those behind it go on.
    ilink.drop_messages(person, true);
    for attempts in [1, 2] {
        ilink.say(person, "价格");
        let is_so = async || app.count("SELECT COALESCE(MAX(attempts), 0) FROM ilink_outbox").await == attempts;
        assert!(eventually(SOON, is_so).await, "{attempts}");
    }
    ilink.say(person, "价格");
    let given_up = async || view(&app, user_id).await.undelivered == 1;
    assert!(eventually(SOON, given_up).await, "{:?}", view(&app, user_id).await);
    assert_eq!(view(&app, user_id).await.waiting, 2);
}

async fn a_stale_token_asks_for_a_new_sign_in(database: &Database) {
    let (ilink, platform) = (Ilink::start().await, Platform::answering().await);
    let mut settings = ilink.settings().to_vec();
    settings.push(("WECHAT_API_BASE", &platform.base));
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &settings).await;
    let phone = app.phone("oFollower");
    let user_id = crate::rig::register(&app, &phone, "follower").await;
    let person = "carl@im.wechat";
    add_rule(&app, user_id, "在吗", MatchType::Exact, "在").await;
    connect(&app, &ilink, user_id, person).await;
    ilink.expire(person);
    let needs_login = async || view(&app, user_id).await.state == State::NeedsLogin;
    assert!(eventually(SOON, needs_login).await);
    assert!(connection::needs_login(&app.ctx, user_id).await.unwrap());
    let notice = platform.first("/cgi-bin/message/custom/send", SOON).await.expect("a message of the account");
    assert!(notice.contains("oFollower") && notice.contains("me/wechat"), "{notice}");
    ilink.until("no poll", SOON, |ilink| ilink.polling(person) == 0).await;
    connect(&app, &ilink, user_id, person).await;
    assert_eq!(sent_after(&ilink, person, "在吗", 1).await, ["在"]);
    assert_eq!(login::find(&app.ctx, user_id, SESSION).await.unwrap().unwrap().state, login::State::Done);
}

async fn a_reminder_comes_two_hours_before_the_end(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "dora@im.wechat";
    let user_id = connected(&app, &ilink, person, &[("在吗", "在")]).await;
    sent_after(&ilink, person, "在吗", 1).await;
    connection::set_reminder(&app.ctx, user_id, true).await.unwrap();
    app.clock.advance_ms(22 * HOUR_MS + 1);
    ilink.until("the reminder", SOON, |ilink| ilink.texts(person).len() == 2).await;
    assert!(ilink.texts(person)[1].contains("回复任意内容继续"));
    // Once a window.
    let polls = ilink.polls(person);
    ilink.until("two more polls", SOON, |ilink| ilink.polls(person) >= polls + 2).await;
    assert_eq!(ilink.texts(person).len(), 2);
    // After the end nothing is sent until the person writes.
    app.clock.advance_ms(2 * HOUR_MS);
    assert_eq!(view(&app, user_id).await.window.left(app.clock_secs() * 1000), 0);
    assert_eq!(sent_after(&ilink, person, "在吗", 3).await[2], "在");
}

async fn a_paused_connection_answers_after_it_is_resumed(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "emil@im.wechat";
    let user_id = connected(&app, &ilink, person, &[("在吗", "在")]).await;
    connection::pause(&app.ctx, user_id).await.unwrap();
    ilink.until("no poll", SOON, |ilink| ilink.polling(person) == 0).await;
    ilink.until("the end is announced", SOON, |ilink| ilink.notified(person).1 >= 1).await;
    ilink.say(person, "在吗");
    connection::resume(&app.ctx, user_id).await.unwrap();
    ilink.until("the answer", SOON, |ilink| ilink.texts(person) == ["在"]).await;
    // Failures of the platform change nothing but the error that is shown.
    ilink.break_down(true);
    let has_error = async || view(&app, user_id).await.last_error.is_some();
    assert!(eventually(SOON, has_error).await);
    ilink.break_down(false);
    connection::disconnect(&app.ctx, user_id).await.unwrap();
    assert_eq!(view(&app, user_id).await.state, State::Disconnected);
    assert_eq!(app.count("SELECT COUNT(*) FROM ilink_connections WHERE bot_token IS NOT NULL").await, 0);
    assert!(connection::resume(&app.ctx, user_id).await.is_err(), "there is no token");
    assert_eq!(ilink.most_polling(person), 1);
}
