//! What the bot answers: the user's own rules, and the commands about them.

use crate::rig::channel::{SOON, add_rule, connected, sent_after};
use crate::rig::{App, BEGINNING_MS, Database, Ilink, account, says};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        account::profile,
        ilink::connection,
        message::log,
        rule::{MatchType, edit, media::storage, search},
    },
};

crate::every_engine!(
    own_rules_answer_and_the_accounts_do_not,
    rules_are_managed_from_the_chat,
    only_the_person_who_connected_is_answered_and_each_message_once,
    files_of_rules_are_uploaded,
    messages_are_logged_for_their_owner_alone,
);

async fn app_of(database: &Database, ilink: &Ilink) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &ilink.settings()).await
}

async fn own_rules_answer_and_the_accounts_do_not(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    edit::add(&app.ctx, &account(), &says("天气", "账号的天气")).await.unwrap();
    let user_id = connected(&app, &ilink, "anna@im.wechat", &[("价格", "十元")]).await;
    add_rule(&app, user_id, "我叫(.+)", MatchType::Regex, "你好 {{1}}").await;
    let sent = sent_after(&ilink, "anna@im.wechat", " 价格 ", 1).await;
    assert_eq!(sent, ["十元"]);
    // The account's rule, digits of a code and words of the account's commands get no answer here.
    for text in ["天气", "123456", "验证码", "取消注册", "1"] {
        ilink.say("anna@im.wechat", text);
    }
    let sent = sent_after(&ilink, "anna@im.wechat", "我叫安娜", 2).await;
    assert_eq!(sent, ["十元", "你好 安娜"]);
    profile::set_auto_reply(&app.ctx, user_id, false).await.unwrap();
    ilink.say("anna@im.wechat", "价格");
    let sent = sent_after(&ilink, "anna@im.wechat", "开启", 3).await;
    assert!(sent[2].contains("自动回复已打开"), "{sent:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM dynamic_codes").await, 0, "no code was given out");
}

async fn rules_are_managed_from_the_chat(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "boss@im.wechat";
    let user_id = connected(&app, &ilink, person, &[]).await;
    let steps = [
        ("添加 地址=东路一号", "已添加规则 01"),
        ("地址", "东路一号"),
        ("修改 01 地址=西路二号", "已修改规则 01"),
        ("地址", "西路二号"),
        ("列表", "地址 = 西路二号"),
        ("查看 01", "关键词：地址"),
        ("关闭 01", "已停用规则 01"),
        ("删除 01", "要删除这些规则吗"),
        ("取消", "什么都没有改"),
        ("删除 01", "要删除这些规则吗"),
        ("1", "已删除规则 01"),
        ("撤销", "已撤销"),
        ("帮助", "你可以发送"),
    ];
    for (at, (text, expected)) in steps.into_iter().enumerate() {
        let sent = sent_after(&ilink, person, text, at + 1).await;
        assert!(sent[at].contains(expected), "{text}: {:?}", sent[at]);
    }
    assert!(!ilink.texts(person)[12].contains("验证码"), "no command that this chat does not have");
    let rules = search::list(&app.ctx, user_id).await.unwrap();
    assert_eq!((rules.len(), rules[0].is_enabled), (1, false));
}

async fn only_the_person_who_connected_is_answered_and_each_message_once(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "carl@im.wechat";
    let user_id = connected(&app, &ilink, person, &[("在吗", "在"), ("好", "好的")]).await;
    ilink.intrude(person, "mallory@im.wechat", "在吗");
    sent_after(&ilink, person, "在吗", 1).await;
    ilink.repeat(person);
    let sent = sent_after(&ilink, person, "好", 2).await;
    assert_eq!(sent, ["在", "好的"]);
    let is_counted = async || {
        let view = connection::find(&app.ctx, user_id).await.unwrap().unwrap();
        (view.received, view.sent, view.waiting) == (2, 2, 0)
    };
    assert!(crate::rig::eventually(SOON, is_counted).await);
    assert_eq!(ilink.went_back(person), 0);
}

async fn files_of_rules_are_uploaded(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "dora@im.wechat";
    let user_id = connected(&app, &ilink, person, &[]).await;
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.resize(1_000, 7);
    let file = storage::add(&app.ctx, user_id, "海报.png", png).await.unwrap();
    let mut draft = says("海报", "请看");
    draft.contents.push(file.content());
    let editor = edit::Editor { owner_id: user_id, actor_id: user_id, ..edit::Editor::default() };
    edit::add(&app.ctx, &editor, &draft).await.unwrap();
    let sent = sent_after(&ilink, person, "海报", 2).await;
    assert_eq!(sent, ["请看", "type 2 media 1 of 1000 bytes"]);
    // A picture of the person matches no rule; it is recorded by its kind.
    ilink.send_picture(person);
    let has_picture = async || {
        let filter = log::Filter { user_id: Some(user_id), ..log::Filter::default() };
        log::list(&app.ctx, &filter, 10).await.unwrap().iter().any(|entry| entry.kind == "image")
    };
    assert!(crate::rig::eventually(SOON, has_picture).await, "the picture was not recorded");
}

async fn messages_are_logged_for_their_owner_alone(database: &Database) {
    let ilink = Ilink::start().await;
    let app = app_of(database, &ilink).await;
    let person = "emil@im.wechat";
    let user_id = connected(&app, &ilink, person, &[("价格", "十元")]).await;
    ilink.say(person, "我的秘密");
    sent_after(&ilink, person, "价格", 1).await;
    let own = log::Filter { user_id: Some(user_id), ..log::Filter::default() };
    let entries = log::list(&app.ctx, &own, 10).await.unwrap();
    let contents: Vec<_> = entries.iter().map(|entry| entry.content.as_deref().unwrap_or_default()).collect();
    assert_eq!(contents, ["价格", "我的秘密"]);
    assert!(entries.iter().all(|entry| entry.trace.is_some()));
    assert!(log::list(&app.ctx, &log::Filter::default(), 10).await.unwrap().is_empty(), "not for admins");
    let id = entries[0].id;
    assert!(log::find(&app.ctx, id, Some(user_id)).await.is_ok());
    for other in [None, Some(user_id + 1)] {
        assert!(matches!(log::find(&app.ctx, id, other).await, Err(weida::core::CoreError::NotFound)), "{other:?}");
    }
    let inbox = async |owner: i64| weida::core::message::unanswered::inbox(&app.ctx, owner, 10).await.unwrap();
    assert_eq!(inbox(user_id).await[0].sample, "我的秘密");
    assert!(inbox(weida::core::rule::ACCOUNT).await.is_empty());
}
