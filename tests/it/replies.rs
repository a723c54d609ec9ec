//! Rules as they answer: every kind, in several parts, at random; the preview beside the chat; and what is known afterwards.

use crate::{
    rig::{APPID, App, BEGINNING_MS, Database, Phone, Platform, Push, digits, eventually, opened},
    rules::{account, says},
    signin::register,
};
use std::{sync::Arc, time::Duration};
use weida::{
    core::{
        clock::FakeClock,
        message::{
            answer, inbox, log,
            preview::{Input, preview},
            trace::Fate,
        },
        reply::{
            ACCOUNT, Answer, Cause, Content, Keyword, Matching, count,
            draft::Draft,
            edit::{self, Editor},
            media::keep,
            refold,
            warning::{self, Why},
        },
    },
    store::{
        self,
        message::{MessageRow, insert_message},
    },
    wechat::{
        message::Message,
        reply::{Reply, read},
        xml::{self, PLAIN_MAX_BYTES},
    },
};

crate::every_engine!(
    the_preview_says_what_the_chat_says,
    every_kind_of_content_is_answered,
    a_long_answer_goes_on_when_asked_for_more,
    a_long_answer_goes_on_by_itself_where_the_account_may,
    one_at_random_is_the_same_for_a_redelivery,
    a_message_remembers_why_it_was_answered_so,
    what_nobody_answers_is_gathered,
    behind_what_rules_answer_by_now_come_the_next,
    hits_and_misses_are_counted_by_day,
    an_editor_is_warned,
    keywords_of_an_earlier_version_are_folded_anew,
    a_scene_is_greeted_by_its_own_rule,
    what_has_nothing_to_show_is_passed_over,
    commands_are_called_by_the_operators_words,
    what_nobody_knows_is_not_answered,
    the_rest_comes_behind_the_answer,
    the_preview_shows_what_an_account_without_rights_sends,
);

const SOON: Duration = Duration::from_secs(5);
const SEND: &str = "/cgi-bin/message/custom/send";
const HINT: &str = "\n（回复“更多”看下一段）";

async fn app_at(database: &Database, platform: &Platform, more: &[(&str, &str)]) -> App {
    let settings: Vec<_> =
        [("WECHAT_API_BASE", platform.base.as_str())].into_iter().chain(more.iter().copied()).collect();
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &settings).await
}

/// Sends a document and reads whatever kind of reply comes back.
async fn reply(app: &App, document: &str) -> Option<Reply> {
    let (status, body) = Push::safe(document, app.clock_secs()).send(app.address).await;
    assert_eq!(status, 200);
    opened(&body).map(|xml| read(&xml).unwrap())
}

fn document(phone: &Phone, input: &Input) -> String {
    let media = |n: u64| format!("<MediaId><![CDATA[m]]></MediaId><MsgId>{}</MsgId>", 77_000_000 + n);
    match input {
        Input::Text(text) => phone.text(text),
        Input::Follow(None) => phone.event("subscribe", ""),
        Input::Follow(Some(scene)) => phone.event("subscribe", &format!("qrscene_{scene}")),
        Input::Menu(key, _) => phone.event("CLICK", key),
        Input::Scan(scene) => phone.event("SCAN", scene),
        Input::Kind(kind) if kind == "sticker" => phone.text("【收到不支持的消息类型，暂无法显示】"),
        Input::Kind(kind) => phone.document(kind, &media(crate::rig::next())),
    }
}

fn own(text: &str) -> String {
    text.to_owned()
}

async fn the_preview_says_what_the_chat_says(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let keyword = |text: &str, matching, answer: &str| Draft::of_text(Cause::Keyword, text, matching, answer);
    let of = |cause, keywords: &str, answer: &str| Draft::of_text(cause, keywords, Matching::Exact, answer);
    let rules = vec![
        of(Cause::Follow, "", "欢迎 {{nickname}}"),
        of(Cause::Default, "", "没听懂“{{keyword}}”"),
        keyword("价格", Matching::Contains, "100 元"),
        keyword("价格表", Matching::Exact, "{{nickname}}（{{user_id}}），请看 https://weida.example/"),
        keyword("查", Matching::Prefix, "查什么？"),
        keyword(r"^订单\s*(\d+)$", Matching::Regex, "订单 {{1}} 在路上"),
        Draft { priority: 9, ..keyword("[0-9]{3}路", Matching::Regex, "公交") },
        keyword("123456", Matching::Exact, "六位数字"),
        keyword("帮助", Matching::Exact, "永远轮不到"),
        of(Cause::Menu, "MENU_1\nMENU_2", "菜单 {{keyword}}"),
        of(Cause::Scan, "poster", "海报"),
        of(Cause::Kind, "image", "好图"),
        of(Cause::Kind, "", "收到"),
        Draft { is_enabled: false, ..keyword("关了的", Matching::Exact, "x") },
        Draft { contents: vec![Content::text("一"), Content::text("二")], ..keyword("两段", Matching::Exact, "") },
        Draft {
            contents: vec![Content::text("甲"), Content::text("乙")],
            answer: Answer::Random,
            ..keyword("抽签", Matching::Exact, "")
        },
    ];
    edit::add_many(ctx, &account(), rules).await.unwrap();
    let phone = app.phone("oPreview");
    let user = register(&app, &phone, "preview").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    edit::add_many(
        ctx,
        &editor,
        vec![says("早上好", "{{nickname}} 早"), keyword("我的价格", Matching::Contains, "我的 {{time}}")],
    )
    .await
    .unwrap();
    let texts = "价格|价格表|價格|　价格表！|我的价格是多少|问价格|查|查价格|查一查|订单 42|订单42|订单  7|订单|101路|在101路口|123456|654321|帮助|HELP|我的|me|早上好|早上好！|早上好啊|晚上好|关了的|两段|抽签|更多|1|取消|？|😀|Ｈｅｌｌｏ|<b>&amp;|{{nickname}}|价|1234567|no|[微笑]";
    let inputs = texts.split('|').map(|text| Input::Text(own(text))).chain([
        Input::Follow(None),
        Input::Follow(Some(own("poster"))),
        Input::Follow(Some(own("elsewhere"))),
        Input::Menu(own("MENU_1"), String::new()),
        Input::Menu(own("menu_2"), String::new()),
        Input::Menu(own("MENU_3"), String::new()),
        Input::Scan(own("poster")),
        Input::Scan(own("nobody")),
        Input::Kind(own("image")),
        Input::Kind(own("voice")),
        Input::Kind(own("sticker")),
    ]);
    let stranger = app.phone("oStranger");
    let mut compared = 0;
    for input in inputs {
        for (who, phone) in [(Some(user), &phone), (None, &stranger)] {
            app.clock.advance_ms(601_000);
            let shown = preview(ctx, who, &input).await.unwrap();
            let heard = match reply(&app, &document(phone, &input)).await {
                Some(Reply::Text(text)) => Some(text),
                Some(other) => panic!("{other:?}"),
                None => None,
            };
            let heard = heard.map(|text| match digits(&text) {
                Some(code) if text.contains("验证码：") || text.contains("验证码") => {
                    text.replace(&code, "••••••")
                }
                _ => text,
            });
            let parts = &shown.replies;
            if shown.is_drawn {
                assert!(parts.iter().any(|part| Some(part.caption()) == heard.as_deref()), "{input:?}");
            } else {
                assert_eq!(parts.first().map(|part| part.caption().to_owned()), heard, "{input:?} {who:?}");
            }
            let logged = log::list(ctx, &log::Filter::default(), 1).await.unwrap().remove(0);
            assert_eq!((logged.answered_by.as_str(), logged.rule_id), (shown.answered_by, shown.rule_id), "{input:?}");
            if let Some(trace) = logged.trace {
                assert_eq!(trace, shown.trace, "{input:?}");
            }
            compared += 1;
        }
    }
    eprintln!("{:?}: {compared} messages answered as the preview said", database.engine);
    assert!(compared >= 100);
}

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
    // A file that nobody has: the next content answers, or its words.
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
    // While it is not known whether the account may write, words tell of the others; they come by themselves, each in its own kind.
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

async fn a_long_answer_goes_on_when_asked_for_more(database: &Database) {
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
    // Nothing is left over yet: the word is a keyword like any other.
    assert_eq!(phone.ask("更多").await, "规则");
    for _ in 0..2 {
        let mut heard = String::new();
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
            // A redelivery is answered alike, and takes nothing away.
            assert_eq!(reply(&app, &asked).await, Some(Reply::Text(text.clone())));
            heard.push_str(text.strip_suffix(HINT).expect("a hint that there is more"));
            // Where it is not known yet, it is tried once; the rest stays.
            assert!(eventually(SOON, async || platform.asked(SEND).len() == 1).await);
            asked = phone.text("更多！");
        }
        assert_eq!(heard, long);
        assert_eq!(phone.ask("更多").await, "规则");
    }
    assert_eq!(platform.asked(SEND).len(), 1, "a refusal is believed");
    // What is not asked for in ten minutes is forgotten; other people's rest is not mine.
    phone.ask("长").await;
    assert_eq!(app.phone("oOther").ask("更多").await, "规则");
    app.clock.advance_ms(601_000);
    assert_eq!(phone.ask("更多").await, "规则");
}

async fn a_long_answer_goes_on_by_itself_where_the_account_may(database: &Database) {
    let platform = Platform::answering().await;
    let app = app_at(database, &platform, &[]).await;
    let draft =
        Draft { contents: vec![Content::text("一"), Content::text("二"), Content::text("三")], ..says("数", "") };
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    let phone = app.phone("oCounts");
    // The first time it is not known whether the account may write: both ways are open.
    assert_eq!(phone.ask("数").await, format!("一{HINT}"));
    assert!(eventually(SOON, async || platform.asked(SEND).len() == 2).await);
    let is_gone = async || app.count("SELECT COUNT(*) FROM pending_replies").await == 0;
    assert!(eventually(SOON, is_gone).await);
    assert_eq!(phone.say("更多").await, None);
    // From then on it is.
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

async fn one_at_random_is_the_same_for_a_redelivery(database: &Database) {
    let app = App::on(database).await;
    let contents = ["甲", "乙", "丙"].map(Content::text).to_vec();
    let draft = Draft { contents, answer: Answer::Random, ..says("抽签", "") };
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
    // Forty draws that miss one of three: once in ten million runs.
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), ["丙", "乙", "甲"]);
}

async fn a_message_remembers_why_it_was_answered_so(database: &Database) {
    let app = App::on(database).await;
    let contains = |text: &str| Draft::of_text(Cause::Keyword, text, Matching::Contains, "x");
    let drafts = vec![
        contains("价"),
        contains("价格"),
        Draft { priority: 5, ..Draft::of_text(Cause::Keyword, "^查", Matching::Regex, "先") },
        says("查价格", "x"),
    ];
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phone = app.phone("oTraced");
    phone.ask("查价格！").await;
    phone.say("没有").await;
    phone.ask("验证码").await;
    let entries = log::list(&app.ctx, &log::Filter::default(), 10).await.unwrap();
    let trace = entries[2].trace.clone().unwrap();
    let fates: Vec<_> = trace.tried.iter().map(|t| (t.number, t.keyword.as_str(), t.fate)).collect();
    let expected =
        [(3, "^查", Fate::Won), (4, "查价格", Fate::Priority), (1, "价", Fate::Priority), (2, "价格", Fate::Priority)];
    assert_eq!(
        (trace.folded.as_str(), trace.answered_by.as_str(), fates.as_slice()),
        ("查价格", "account_rule", &expected[..])
    );
    assert_eq!(entries[1].trace.clone().unwrap().tried, []);
    assert_eq!(log::find(&app.ctx, entries[2].id).await.unwrap().content.as_deref(), Some("查价格！"));
    // Filters, and pages by id.
    let found = async |filter: log::Filter| log::list(&app.ctx, &filter, 10).await.unwrap().len();
    let any = log::Filter::default();
    assert_eq!(found(log::Filter { rule_id: entries[2].rule_id, ..any.clone() }).await, 1);
    assert_eq!(found(log::Filter { is_unanswered: true, ..any.clone() }).await, 1);
    assert_eq!(found(log::Filter { openid: Some(own("oTraced")), below: Some(entries[0].id), ..any.clone() }).await, 2);
    assert_eq!(found(log::Filter { user_id: Some(1), ..any }).await, 0);
    // What is forgotten is forgotten whole.
    app.clock.advance_ms(31 * 24 * 3_600_000);
    weida::core::keep::sweep(&app.ctx).await.unwrap();
    let old = log::find(&app.ctx, entries[2].id).await.unwrap();
    assert!(old.content.is_none() && old.trace.is_none());
    assert!(inbox::inbox(&app.ctx, ACCOUNT, 10).await.unwrap().is_empty());
}

async fn what_nobody_answers_is_gathered(database: &Database) {
    let app = App::on(database).await;
    edit::add_many(
        &app.ctx,
        &account(),
        vec![says("价格", "x"), Draft::of_text(Cause::Default, "", Matching::Exact, "不懂")],
    )
    .await
    .unwrap();
    let phone = app.phone("oMissed");
    let user = register(&app, &phone, "missed").await;
    for text in ["怎么退货", "怎么退货？", "　怎么退货", "价格", "营业吗", "帮助", "123456"] {
        app.clock.advance_ms(1_000);
        phone.say(text).await;
    }
    app.phone("oElse").say("营业吗").await;
    app.phone("oElse").say("怎么退货").await;
    let groups = async |owner| {
        let groups = inbox::inbox(&app.ctx, owner, 10).await.unwrap();
        groups.into_iter().map(|g| (g.folded, g.count)).collect::<Vec<_>>()
    };
    assert_eq!(groups(ACCOUNT).await, [(own("怎么退货"), 4), (own("营业吗"), 2)]);
    assert_eq!(groups(user).await, [(own("怎么退货"), 3), (own("营业吗"), 1)]);
    assert_eq!(groups(user + 1).await, []);
    // A rule made of it takes it out, and gives it back when it goes.
    let number = edit::add(&app.ctx, &account(), &says("怎么退货", "七天内")).await.unwrap();
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2)]);
    edit::delete(&app.ctx, &account(), &[number]).await.unwrap();
    assert_eq!(groups(ACCOUNT).await.len(), 2);
    assert_eq!(inbox::dismiss(&app.ctx, ACCOUNT, "怎么退货").await.unwrap(), 4);
    assert_eq!(inbox::dismiss(&app.ctx, ACCOUNT, "怎么退货").await.unwrap(), 0);
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2)]);
    // Everybody has an inbox of their own.
    assert_eq!(groups(user).await, [(own("怎么退货"), 3), (own("营业吗"), 1)]);
    assert_eq!(inbox::dismiss(&app.ctx, user, "营业吗").await.unwrap(), 1);
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2)]);
    // What is written later comes back.
    app.phone("oElse").say("怎么退货").await;
    assert_eq!(groups(ACCOUNT).await, [(own("营业吗"), 2), (own("怎么退货"), 1)]);
    // Where nothing is stored there is nothing to gather.
    drop(app);
    let app = App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WEIDA_MESSAGE_DAYS", "0")]).await;
    app.phone("oQuiet").say("没有记下").await;
    assert_eq!(app.count("SELECT COUNT(*) FROM messages WHERE openid = 'oQuiet' AND (missed IS NOT NULL OR trace IS NOT NULL OR content IS NOT NULL)").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM messages WHERE openid = 'oQuiet'").await, 1);
}

async fn behind_what_rules_answer_by_now_come_the_next(database: &Database) {
    let app = App::on(database).await;
    let mut tx = app.ctx.store.begin().await.unwrap();
    for n in 0..230 {
        let missed = if n < 205 { format!("问题{n}") } else { format!("别的{n}") };
        // The first ones were written twice: they are the most frequent.
        for _ in 0..if n < 205 { 2 } else { 1 } {
            let row = MessageRow {
                id: app.ctx.next_id(),
                appid: APPID.to_owned(),
                openid: "oMany".to_owned(),
                user_id: None,
                kind: "text".to_owned(),
                content: Some(missed.clone()),
                answered_by: "none".to_owned(),
                rule_id: None,
                reply_kind: "none".to_owned(),
                took_us: 1,
                received_at: BEGINNING_MS,
                trace: None,
                missed: Some(missed.clone()),
            };
            insert_message(&mut tx, &row).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    assert_eq!(inbox::inbox(&app.ctx, ACCOUNT, inbox::MOST).await.unwrap().len(), 200);
    let draft = Draft::of_text(Cause::Keyword, "问题", Matching::Contains, "知道了");
    edit::add(&app.ctx, &account(), &draft).await.unwrap();
    let open = inbox::inbox(&app.ctx, ACCOUNT, inbox::MOST).await.unwrap();
    assert!(open.len() == 25 && open.iter().all(|group| group.folded.starts_with("别的")), "{}", open.len());
}

async fn hits_and_misses_are_counted_by_day(database: &Database) {
    let app = App::on(database).await;
    edit::add_many(
        &app.ctx,
        &account(),
        vec![says("价格", "x"), says("地址", "x"), Draft::of_text(Cause::Default, "", Matching::Exact, "不懂")],
    )
    .await
    .unwrap();
    let phone = app.phone("oCounted");
    let day_ms = 24 * 3_600_000;
    for (hits, misses) in [(3, 1), (0, 0), (1, 2)] {
        for _ in 0..hits {
            phone.ask("价格").await;
        }
        for _ in 0..misses {
            phone.ask("什么").await;
        }
        app.clock.advance_ms(day_ms);
    }
    // A redelivery counts nothing; many at once count all.
    let document = phone.text("价格");
    futures::future::join_all((0..4).map(|_| phone.push(&document))).await;
    futures::future::join_all((0..10).map(|n| {
        let phone = app.phone(&format!("oAtOnce{n}"));
        async move { phone.ask("价格").await }
    }))
    .await;
    let stats = count::stats(&app.ctx, ACCOUNT, 7).await.unwrap();
    let days: Vec<_> = stats.days.iter().map(|d| (d.hits, d.misses)).collect();
    assert_eq!(days, [(0, 0), (0, 0), (0, 0), (3, 1), (0, 0), (1, 2), (11, 0)]);
    let rules = weida::core::reply::search::list(&app.ctx, ACCOUNT).await.unwrap();
    assert_eq!(stats.rules[&rules[0].id], [0, 0, 0, 3, 0, 1, 11]);
    assert_eq!((stats.hits_of(rules[0].id), rules[0].hits, stats.hits_of(rules[1].id)), (15, 15, 0));
    assert_eq!((stats.hits_of(rules[2].id), rules[2].hits), (3, 3));
    let two = count::hits_of(&app.ctx, &[rules[0].id, rules[1].id], 2).await.unwrap();
    assert_eq!((two.len(), &two[&rules[0].id]), (1, &vec![1, 11]));
}

async fn an_editor_is_warned(database: &Database) {
    let app = App::on(database).await;
    let contains = |text: &str| Draft::of_text(Cause::Keyword, text, Matching::Contains, "x");
    let drafts = vec![
        Draft { priority: 3, ..contains("价格") },
        says(
            "价格
查价格
地址",
            "x",
        ),
        says("帮助", "x"),
        contains("地址"),
    ];
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let warnings = warning::warnings(&app.ctx, ACCOUNT).await.unwrap();
    let of = |number: i64| {
        warnings
            .get(&number)
            .map(|w| w.iter().map(|w| (w.keyword.as_str(), w.why.clone())).collect::<Vec<_>>())
            .unwrap_or_default()
    };
    let never = || Why::NeverReached { number: 1, by: own("价格") };
    assert_eq!(of(2), [("价格", never()), ("查价格", never()), ("地址", Why::SameKeyword { number: 4 })]);
    assert_eq!(of(3), [("帮助", Why::Command)]);
    let typed =
        Draft { keywords: vec![Keyword { text: own("价格表"), matching: Matching::Prefix }], ..says("", "x") };
    let told = warning::warnings_of_draft(&app.ctx, ACCOUNT, None, &typed).await.unwrap();
    assert_eq!(told[0].why, never());
    let higher = Draft { priority: 4, ..typed };
    assert!(warning::warnings_of_draft(&app.ctx, ACCOUNT, None, &higher).await.unwrap().is_empty());
}

async fn keywords_of_an_earlier_version_are_folded_anew(database: &Database) {
    let app = App::on(database).await;
    let draft = Draft::of_text(Cause::Keyword, "查：", Matching::Prefix, "x");
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

async fn a_scene_is_greeted_by_its_own_rule(database: &Database) {
    let app = App::on(database).await;
    let of = |cause, keywords: &str, answer: &str| Draft::of_text(cause, keywords, Matching::Exact, answer);
    let rules = vec![
        of(Cause::Follow, "", "大家好"),
        Draft { priority: 5, ..of(Cause::Scan, "", "扫了什么") },
        of(Cause::Scan, "store1", "一号店"),
    ];
    edit::add_many(&app.ctx, &account(), rules).await.unwrap();
    let phone = app.phone("oScene");
    register(&app, &phone, "scene").await;
    for (key, greeting) in [("qrscene_store1", "一号店"), ("qrscene_store2", "大家好"), ("", "大家好")] {
        // An event is known by its second.
        app.clock.advance_ms(1_000);
        assert_eq!(phone.push(&phone.event("subscribe", key)).await.as_deref(), Some(greeting), "{key}");
    }
    // The trace names what answered, and only that as the winner.
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

async fn what_has_nothing_to_show_is_passed_over(database: &Database) {
    let app = App::on(database).await;
    let lost = || Content::Image { media: own("weida:0123456789abcdefghijkl") };
    let contents = vec![Content::text("还有字"), lost()];
    let drafts = vec![
        Draft { priority: 5, contents: vec![lost()], ..says("图", "") },
        Draft::of_text(Cause::Keyword, "图", Matching::Contains, "没有图，有字"),
        Draft { contents: vec![lost()], ..says("只有图片", "") },
        Draft::of_text(Cause::Default, "", Matching::Exact, "不懂"),
        Draft { contents, answer: Answer::Random, ..says("抽", "") },
        Draft { priority: 9, contents: vec![lost()], ..says("只有图片2", "") },
    ];
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phone = app.phone("oMute");
    assert_eq!(phone.ask("图").await, "没有图，有字");
    let entry = log::list(&app.ctx, &log::Filter::default(), 1).await.unwrap().remove(0);
    let fates: Vec<_> = entry.trace.unwrap().tried.iter().map(|t| (t.number, t.fate)).collect();
    assert_eq!(fates, [(2, Fate::Won), (1, Fate::Mute)]);
    // Only what can be shown is drawn.
    for _ in 0..8 {
        assert_eq!(phone.ask("抽").await, "还有字");
    }
    // What is left is the reply to what nothing answers, and the trace says so.
    edit::delete(&app.ctx, &account(), &[2]).await.unwrap();
    assert_eq!(phone.ask("只有图片").await, "不懂");
    let entry = log::list(&app.ctx, &log::Filter::default(), 1).await.unwrap().remove(0);
    let trace = entry.trace.unwrap();
    let fates: Vec<_> = trace.tried.iter().map(|t| (t.number, t.fate)).collect();
    assert_eq!((trace.answered_by.as_str(), fates.as_slice()), ("default", &[(4, Fate::Won), (3, Fate::Mute)][..]));
    let shown = preview(&app.ctx, None, &Input::Text(own("只有图片"))).await.unwrap();
    assert_eq!((shown.replies, shown.trace), (vec![Content::text("不懂")], trace));
}

async fn commands_are_called_by_the_operators_words(database: &Database) {
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
    // Nobody could ask for the rest: it is no longer offered, and what is longer than a message is refused.
    assert_eq!(phone.ask("两段").await, "一");
    assert_eq!(off.count("SELECT COUNT(*) FROM pending_replies").await, 0);
    assert!(edit::add(&off.ctx, &account(), &says("长", &"长".repeat(1_000))).await.is_err());
}

async fn what_nobody_knows_is_not_answered(database: &Database) {
    let app = App::on(database).await;
    let rules = vec![
        Draft::of_text(Cause::Default, "", Matching::Exact, "不懂"),
        Draft::of_text(Cause::Kind, "", Matching::Exact, "收到"),
        Draft::of_text(Cause::Menu, "P1", Matching::Exact, "照片来了"),
        Draft::of_text(Cause::Follow, "", Matching::Exact, &"欢".repeat(670)),
    ];
    edit::add_many(&app.ctx, &account(), rules).await.unwrap();
    let phone = app.phone("oUnknown");
    let id = crate::rig::next();
    assert_eq!(phone.push(&phone.document("hologram", &format!("<MsgId>{id}</MsgId>"))).await, None);
    // Menu items that open the camera or the map have a key as well.
    for event in ["pic_sysphoto", "location_select"] {
        assert_eq!(phone.push(&phone.event(event, "P1")).await.as_deref(), Some("照片来了"), "{event}");
    }
    // A code is not put off to a second part of a long greeting.
    let greeting = phone.push(&phone.event("subscribe", "")).await.unwrap();
    assert!(digits(&greeting).is_some() && greeting.len() < 300, "{greeting}");
    assert_eq!(phone.ask("更多").await, "欢".repeat(670));
}

async fn the_rest_comes_behind_the_answer(database: &Database) {
    let platform = Platform::answering().await;
    let app = app_at(database, &platform, &[]).await;
    let parts: Vec<Content> = ["一", "二"].map(Content::text).to_vec();
    edit::add(&app.ctx, &account(), &Draft { contents: parts, ..says("数", "") }).await.unwrap();
    let phone = app.phone("oOrdered");
    for round in 1..4 {
        let answer = phone.ask("数").await;
        assert_eq!(platform.asked(SEND).len(), round - 1, "{answer}: its rest was there first");
        assert!(eventually(SOON, async || platform.asked(SEND).len() == round).await);
    }
    // Whoever hangs up loses nothing of it.
    let document = xml::parse(phone.text("数").as_bytes(), PLAIN_MAX_BYTES).unwrap();
    drop(answer(&app.ctx, &Message::read(&document, APPID).unwrap()).await.unwrap());
    assert!(eventually(SOON, async || platform.asked(SEND).len() == 4).await);
}

async fn the_preview_shows_what_an_account_without_rights_sends(database: &Database) {
    let platform = Platform::unverified().await;
    let app = app_at(database, &platform, &[]).await;
    let png = b"\x89PNG\r\n\x1a\n0123456789".to_vec();
    let kept = keep::add(&app.ctx, ACCOUNT, "a.png", png).await.unwrap();
    let picture = || Content::Image { media: kept.reference() };
    let drafts = vec![
        Draft { contents: vec![picture(), Content::text("地址")], ..says("在哪", "") },
        Draft { contents: vec![picture(), picture()], ..says("看图", "") },
        Draft { is_enabled: false, ..says("关了", "x") },
        Draft { is_enabled: false, ..Draft::of_text(Cause::Keyword, "在", Matching::Contains, "x") },
    ];
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phone = app.phone("oRefused");
    for text in ["在哪", "看图"] {
        let shown = preview(&app.ctx, None, &Input::Text(own(text))).await.unwrap();
        let mut asked = own(text);
        for content in &shown.replies {
            let heard = phone.ask(&asked).await;
            // Behind all but the last part of what waits stands a hint.
            assert_eq!(heard.trim_end_matches(HINT), content.caption().trim_end_matches(HINT), "{text}");
            asked = own("更多");
        }
        assert!(shown.replies.iter().any(|content| content.caption().contains("/media/")), "{shown:?}");
    }
    let shown = preview(&app.ctx, None, &Input::Text(own("看图"))).await.unwrap();
    assert_eq!(shown.replies[0], Content::text("共 2 条，回复“更多”看下一条。"));
    // Rules that are off say why they do not answer.
    let off = async |text: &str| {
        let shown = preview(&app.ctx, None, &Input::Text(own(text))).await.unwrap();
        shown.disabled.iter().map(|t| (t.number, t.fate)).collect::<Vec<_>>()
    };
    assert_eq!(off("关了").await, [(3, Fate::Disabled)]);
    assert_eq!(off("在哪").await, [(4, Fate::Disabled)]);
    assert_eq!(off("别的").await, []);
}
