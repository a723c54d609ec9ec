//! Which contents are answered, to which kinds of messages.

use crate::rig::replies::{SEND, SOON, app_at, own, reply};
use crate::rig::{App, BEGINNING_MS, Database, Platform, account, digits, eventually, register, says};
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{
        message::{
            log,
            preview::{Input, preview},
            trace::Fate,
        },
        rule::{
            AnswerMode, Content, MatchType, TriggerKind,
            draft::Draft,
            edit::{self},
            refold,
        },
    },
    store::{self},
    wechat::reply::Reply,
};

crate::every_engine!(
    every_kind_of_content_is_answered,
    a_random_answer_is_the_same_for_a_redelivery,
    rules_without_available_content_are_skipped,
    unknown_message_types_are_not_answered,
    a_scene_is_greeted_by_its_own_rule,
    keywords_of_an_earlier_version_are_folded_again,
    texts_name_commands_as_the_operator_configured,
);

async fn every_kind_of_content_is_answered(database: &Database) {
    let platform = Platform::answering().await;
    let app = app_at(database, &platform, &[]).await;
    let url = || own("https://weida.example/?q={{keyword}}");
    let (title, description) = (|| own("标题 {{keyword}}"), || own("描述"));
    let contents = [
        Content::Image { media: own("media_1") },
        Content::Voice { media: own("media_2") },
        Content::Video { media: own("media_3"), title: title(), description: String::new() },
        Content::Music {
            title: title(),
            description: description(),
            url: String::new(),
            hq_url: url(),
            thumb: own("t"),
        },
        Content::News {
            title: title(),
            description: description(),
            picture_url: own("https://weida.example/a.png"),
            url: url(),
        },
    ];
    let drafts = (1..)
        .zip(&contents)
        .map(|(n, content)| Draft { contents: vec![content.clone()], ..says(&format!("第 {n} 种"), "") });
    let mut drafts: Vec<Draft> = drafts.collect();
    // A missing file: the next content answers, or the title and description.
    let lost = || own("weida:0123456789abcdefghijkl");
    drafts
        .push(Draft {
            contents: vec![Content::Image { media: lost() }, Content::text("没有图")], ..says("丢了", "")
        });
    drafts.push(Draft {
        contents: vec![Content::Video { media: lost(), title: title(), description: description() }],
        ..says("丢了的视频", "")
    });
    drafts.push(Draft { contents: vec![Content::Voice { media: lost() }], ..says("什么都没有", "") });
    drafts.push(Draft { contents: contents.to_vec(), ..says("全部", "") });
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phone = app.phone("oKinds");
    let say = async |text: &str| reply(&app, &phone.text(text)).await;
    let media_id = |id: &str| own(id);
    assert_eq!(say("第 1 种").await, Some(Reply::Image { media_id: media_id("media_1") }));
    assert_eq!(say("第 2 种").await, Some(Reply::Voice { media_id: media_id("media_2") }));
    let video = Reply::Video { media_id: media_id("media_3"), title: Some(own("标题 第 3 种")), description: None };
    assert_eq!(say("第 3 种").await, Some(video));
    let Some(Reply::Music { hq_music_url: Some(address), thumb_media_id, music_url: None, .. }) = say("第 4 种").await
    else {
        panic!("no music")
    };
    assert_eq!((address.as_str(), thumb_media_id.as_str()), ("https://weida.example/?q=%E7%AC%AC+4+%E7%A7%8D", "t"));
    let Some(Reply::News(articles)) = say("第 5 种").await else { panic!("no article") };
    assert_eq!((articles.len(), articles[0].title.as_str()), (1, "标题 第 5 种"));
    assert_eq!(say("丢了").await, Some(Reply::Text(own("没有图"))));
    assert_eq!(say("丢了的视频").await, Some(Reply::Text(own("标题 丢了的视频\n描述"))));
    assert_eq!(say("什么都没有").await, None);
    // While the custom-message right is unknown, a text announces the parts; they are then sent as custom messages.
    assert_eq!(say("全部").await, Some(Reply::Text(own("共 5 条，回复“更多”看下一条。"))));
    let all_sent = eventually(SOON, async || platform.asked(SEND).len() == 5).await;
    let kinds: Vec<String> = platform
        .asked(SEND)
        .iter()
        .map(|body| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            body["msgtype"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(all_sent, "{kinds:?}");
    assert_eq!(kinds, ["image", "voice", "video", "music", "news"]);
}

async fn a_random_answer_is_the_same_for_a_redelivery(database: &Database) {
    let app = App::on(database).await;
    let contents = ["甲", "乙", "丙"].map(Content::text).to_vec();
    let draft = Draft { contents, answer: AnswerMode::Random, ..says("抽签", "") };
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    let phone = app.phone("oDraws");
    let mut drawn = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let document = phone.text("抽签");
        let first = phone.push(&document).await.unwrap();
        for _ in 0..2 {
            assert_eq!(phone.push(&document).await.as_ref(), Some(&first));
        }
        drawn.insert(first);
    }
    // Forty draws miss one of three texts once in ten million runs.
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), ["丙", "乙", "甲"]);
}

async fn rules_without_available_content_are_skipped(database: &Database) {
    let app = App::on(database).await;
    let lost = || Content::Image { media: own("weida:0123456789abcdefghijkl") };
    let contents = vec![Content::text("还有字"), lost()];
    let drafts = vec![
        Draft { priority: 5, contents: vec![lost()], ..says("图", "") },
        Draft::of_text(TriggerKind::Keyword, "图", MatchType::Contains, "没有图，有字"),
        Draft { contents: vec![lost()], ..says("只有图片", "") },
        Draft::of_text(TriggerKind::Default, "", MatchType::Exact, "不懂"),
        Draft { contents, answer: AnswerMode::Random, ..says("抽", "") },
        Draft { priority: 9, contents: vec![lost()], ..says("只有图片2", "") },
    ];
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phone = app.phone("oMute");
    assert_eq!(phone.ask("图").await, "没有图，有字");
    let entry = log::list(&app.ctx, &log::Filter::default(), 1).await.unwrap().remove(0);
    let fates: Vec<_> = entry.trace.unwrap().tried.iter().map(|t| (t.number, t.fate)).collect();
    assert_eq!(fates, [(2, Fate::Won), (1, Fate::Mute)]);
    // The random choice is among available contents only.
    for _ in 0..8 {
        assert_eq!(phone.ask("抽").await, "还有字");
    }
    // Without another rule the default rule answers, and the trace shows it.
    edit::delete(&app.ctx, &account(), &[2]).await.unwrap();
    assert_eq!(phone.ask("只有图片").await, "不懂");
    let entry = log::list(&app.ctx, &log::Filter::default(), 1).await.unwrap().remove(0);
    let trace = entry.trace.unwrap();
    let fates: Vec<_> = trace.tried.iter().map(|t| (t.number, t.fate)).collect();
    assert_eq!((trace.answered_by.as_str(), fates.as_slice()), ("default", &[(4, Fate::Won), (3, Fate::Mute)][..]));
    let shown = preview(&app.ctx, None, &Input::Text(own("只有图片"))).await.unwrap();
    assert_eq!((shown.replies, shown.trace), (vec![Content::text("不懂")], trace));
}

async fn unknown_message_types_are_not_answered(database: &Database) {
    let app = App::on(database).await;
    let rules = vec![
        Draft::of_text(TriggerKind::Default, "", MatchType::Exact, "不懂"),
        Draft::of_text(TriggerKind::Kind, "", MatchType::Exact, "收到"),
        Draft::of_text(TriggerKind::Menu, "P1", MatchType::Exact, "照片来了"),
        Draft::of_text(TriggerKind::Follow, "", MatchType::Exact, &"欢".repeat(670)),
    ];
    edit::add_many(&app.ctx, &account(), rules).await.unwrap();
    let phone = app.phone("oUnknown");
    let id = crate::rig::next();
    assert_eq!(phone.push(&phone.document("hologram", &format!("<MsgId>{id}</MsgId>"))).await, None);
    // Menu items that open the camera or the map have a key as well.
    for event in ["pic_sysphoto", "location_select"] {
        assert_eq!(phone.push(&phone.event(event, "P1")).await.as_deref(), Some("照片来了"), "{event}");
    }
    // The code is in the first part of a long greeting.
    let greeting = phone.push(&phone.event("subscribe", "")).await.unwrap();
    assert!(digits(&greeting).is_some() && greeting.len() < 300, "{greeting}");
    assert_eq!(phone.ask("更多").await, "欢".repeat(670));
}

async fn a_scene_is_greeted_by_its_own_rule(database: &Database) {
    let app = App::on(database).await;
    let of = |cause, keywords: &str, answer: &str| Draft::of_text(cause, keywords, MatchType::Exact, answer);
    let rules = vec![
        of(TriggerKind::Follow, "", "大家好"),
        Draft { priority: 5, ..of(TriggerKind::Scan, "", "扫了什么") },
        of(TriggerKind::Scan, "store1", "一号店"),
    ];
    edit::add_many(&app.ctx, &account(), rules).await.unwrap();
    let phone = app.phone("oScene");
    register(&app, &phone, "scene").await;
    for (key, greeting) in [("qrscene_store1", "一号店"), ("qrscene_store2", "大家好"), ("", "大家好")] {
        // Events are identified by their second.
        app.clock.advance_ms(1_000);
        assert_eq!(phone.push(&phone.event("subscribe", key)).await.as_deref(), Some(greeting), "{key}");
    }
    // The trace has one winner, the rule that answered.
    let entries = log::list(&app.ctx, &log::Filter::default(), 3).await.unwrap();
    let fates = |at: usize| {
        let entry: &log::Entry = &entries[at];
        let trace = entry.trace.clone().unwrap();
        assert_eq!(Some(trace.tried[0].rule_id), entry.rule_id);
        trace.tried.iter().map(|t| (t.number, t.fate)).collect::<Vec<_>>()
    };
    assert_eq!(fates(0), [(1, Fate::Won)]);
    assert_eq!(fates(1), [(1, Fate::Won)]);
    assert_eq!(fates(2), [(3, Fate::Won), (1, Fate::Matching)]);
}

async fn keywords_of_an_earlier_version_are_folded_again(database: &Database) {
    let app = App::on(database).await;
    let draft = Draft::of_text(TriggerKind::Keyword, "查：", MatchType::Prefix, "x");
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    let mut tx = app.ctx.store.begin().await.unwrap();
    let rows = store::rule::list_keywords(&mut tx, (0, 0), 10).await.unwrap();
    store::rule_edit::update_folded(&mut tx, &rows[0], "查").await.unwrap();
    store::fact::delete_fact(&mut tx, "keywords.folding").await.unwrap();
    tx.commit().await.unwrap();
    assert!(edit::add(&app.ctx, &account(), &draft).await.is_ok(), "the old form hides the duplicate");
    for _ in 0..2 {
        refold::refold(&app.ctx).await.unwrap();
        assert!(edit::add(&app.ctx, &account(), &draft).await.is_err());
    }
    let rows = store::rule::list_keywords(&mut app.ctx.store.read().await.unwrap(), (0, 0), 10).await.unwrap();
    assert!(rows.iter().all(|row| row.folded == "查:"), "{rows:?}");
}

async fn texts_name_commands_as_the_operator_configured(database: &Database) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    let app = async |commands: &str| {
        std::fs::write(&file, format!("[chat.commands]\n{commands}\n")).unwrap();
        App::configured(database, Arc::new(FakeClock::at(BEGINNING_MS)), &file).await
    };
    let renamed = app("help = [\"说明\"]\ncode = [\"口令\"]\nmore = [\"继续\"]").await;
    let two = Draft { contents: vec![Content::text("一"), Content::text("二")], ..says("两段", "") };
    edit::add(&renamed.ctx, &account(), &two).await.unwrap();
    let phone = renamed.phone("oRenamed");
    assert!(phone.push(&phone.event("subscribe", "")).await.unwrap().contains("回复“说明”"));
    assert!(phone.ask("123456").await.contains("发送“口令”"));
    assert!(phone.ask("me").await.contains("“口令”"));
    assert_eq!(phone.ask("两段").await, "一\n（回复“继续”看下一段）");
    assert_eq!(phone.ask("继续").await, "二");
    drop(renamed);

    let off = app("help = []\ncode = []\nmore = []").await;
    let phone = off.phone("oOff");
    let welcome = phone.push(&phone.event("subscribe", "")).await.unwrap();
    assert!(welcome.starts_with("感谢关注！\n"), "{welcome}");
    assert!(phone.ask("123456").await.ends_with("最新的数字。"));
    assert!(!phone.ask("me").await.contains('“'));
    // Without a command for more, no overflow is offered, and a rule longer than a message is refused.
    assert_eq!(phone.ask("两段").await, "一");
    assert_eq!(off.count("SELECT COUNT(*) FROM pending_replies").await, 0);
    assert!(edit::add(&off.ctx, &account(), &says("长", &"长".repeat(1_000))).await.is_err());
}
