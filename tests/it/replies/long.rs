//! Answers of more than one message.

use crate::rig::replies::{HINT, SEND, SOON, app_at, own, reply};
use crate::rig::{APPID, Database, Platform, account, eventually, says};
use weida::{
    core::{
        message::answer,
        rule::{
            Content,
            draft::Draft,
            edit::{self},
        },
    },
    wechat::{
        message::Message,
        reply::Reply,
        xml::{self, PLAIN_MAX_BYTES},
    },
};

crate::every_engine!(
    a_long_answer_continues_on_request,
    a_long_answer_continues_by_custom_messages,
    the_overflow_follows_the_answer,
);

async fn a_long_answer_continues_on_request(database: &Database) {
    let platform = Platform::unverified().await;
    let app = app_at(database, &platform, &[]).await;
    let long: String = (0..600).map(|n| char::from_u32(0x4e00 + n).unwrap()).cycle().take(1_900).collect();
    let news = Content::News {
        title: own("题"),
        description: String::new(),
        picture_url: String::new(),
        url: own("https://weida.example/"),
    };
    let draft = Draft { contents: vec![Content::text(long.clone()), news], ..says("长", "") };
    edit::add_many(&app.ctx, &account(), vec![draft, says("更多", "规则")]).await.unwrap();
    let phone = app.phone("oLong");
    // Nothing is pending yet: the word is an ordinary keyword.
    assert_eq!(phone.ask("更多").await, "规则");
    for _ in 0..2 {
        let mut received = String::new();
        let mut asked = phone.text("长");
        loop {
            let text = match reply(&app, &asked).await {
                Some(Reply::Text(text)) => text,
                Some(Reply::News(articles)) => {
                    assert_eq!(articles[0].title, "题");
                    break;
                }
                other => panic!("{other:?}"),
            };
            assert!(text.len() <= 2_048, "{}", text.len());
            // A redelivery gets the same answer and does not advance.
            assert_eq!(reply(&app, &asked).await, Some(Reply::Text(text.clone())));
            received.push_str(text.strip_suffix(HINT).expect("a hint that there is more"));
            // The unknown right is tried once; the overflow stays pending.
            assert!(eventually(SOON, async || platform.asked(SEND).len() == 1).await);
            asked = phone.text("更多！");
        }
        assert_eq!(received, long);
        assert_eq!(phone.ask("更多").await, "规则");
    }
    assert_eq!(platform.asked(SEND).len(), 1, "no second attempt after a refusal");
    // Pending parts expire after ten minutes and are for their own follower only.
    phone.ask("长").await;
    assert_eq!(app.phone("oOther").ask("更多").await, "规则");
    app.clock.advance_ms(601_000);
    assert_eq!(phone.ask("更多").await, "规则");
}

async fn a_long_answer_continues_by_custom_messages(database: &Database) {
    let platform = Platform::answering().await;
    let app = app_at(database, &platform, &[]).await;
    let draft =
        Draft { contents: vec![Content::text("一"), Content::text("二"), Content::text("三")], ..says("数", "") };
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    let phone = app.phone("oCounts");
    // The first time the custom-message right is unknown: the hint is shown and the messages are sent.
    assert_eq!(phone.ask("数").await, format!("一{HINT}"));
    assert!(eventually(SOON, async || platform.asked(SEND).len() == 2).await);
    let is_gone = async || app.count("SELECT COUNT(*) FROM pending_replies").await == 0;
    assert!(eventually(SOON, is_gone).await);
    assert_eq!(phone.say("更多").await, None);
    // From then on the right is known.
    assert_eq!(phone.ask("数").await, "一");
    assert!(eventually(SOON, async || platform.asked(SEND).len() == 4).await);
    let texts: Vec<String> = platform
        .asked(SEND)
        .iter()
        .map(|body| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["text"]["content"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(texts, ["二", "三", "二", "三"]);
    assert_eq!(app.count("SELECT COUNT(*) FROM pending_replies").await, 0);
}

async fn the_overflow_follows_the_answer(database: &Database) {
    let platform = Platform::answering().await;
    let app = app_at(database, &platform, &[]).await;
    let parts: Vec<Content> = ["一", "二"].map(Content::text).to_vec();
    edit::add(&app.ctx, &account(), &Draft { contents: parts, ..says("数", "") }).await.unwrap();
    let phone = app.phone("oOrdered");
    for round in 1..4 {
        let answer = phone.ask("数").await;
        assert_eq!(platform.asked(SEND).len(), round - 1, "{answer}: the overflow came first");
        assert!(eventually(SOON, async || platform.asked(SEND).len() == round).await);
    }
    // The overflow is sent also when the platform hangs up.
    let document = xml::parse(phone.text("数").as_bytes(), PLAIN_MAX_BYTES).unwrap();
    drop(answer(&app.ctx, &Message::read(&document, APPID).unwrap()).await.unwrap());
    assert!(eventually(SOON, async || platform.asked(SEND).len() == 4).await);
}
