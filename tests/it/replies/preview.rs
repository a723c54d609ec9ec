//! What an editor sees of an answer before it is sent: the test bench, traces and warnings.

use crate::rig::replies::{HINT, app_at, document, own, reply};
use crate::rig::{App, Database, Platform, account, digits, register, says};
use weida::{
    core::{
        message::{
            log,
            near::Missing,
            preview::{Input, Unsaved, preview, preview_unsaved},
            trace::Fate,
            unanswered,
        },
        rule::{
            ACCOUNT, AnswerMode, Content, Keyword, MatchType, TriggerKind,
            draft::Draft,
            edit::{self, Editor},
            media::storage,
            warning::{self, Why},
        },
    },
    wechat::reply::Reply,
};

crate::every_engine!(
    the_preview_shows_what_the_chat_answers,
    the_preview_shows_what_an_account_without_rights_sends,
    a_message_has_a_trace_of_its_answer,
    an_editor_is_warned,
    an_unsaved_rule_is_previewed_in_its_place,
    near_misses_say_what_is_missing,
);

async fn the_preview_shows_what_the_chat_answers(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let keyword = |text: &str, matching, answer: &str| Draft::of_text(TriggerKind::Keyword, text, matching, answer);
    let of = |cause, keywords: &str, answer: &str| Draft::of_text(cause, keywords, MatchType::Exact, answer);
    let rules = vec![
        of(TriggerKind::Follow, "", "欢迎 {{nickname}}"),
        of(TriggerKind::Default, "", "没听懂“{{keyword}}”"),
        keyword("价格", MatchType::Contains, "100 元"),
        keyword("价格表", MatchType::Exact, "{{nickname}}（{{user_id}}），请看 https://weida.example/"),
        keyword("查", MatchType::Prefix, "查什么？"),
        keyword(r"^订单\s*(\d+)$", MatchType::Regex, "订单 {{1}} 在路上"),
        Draft { priority: 9, ..keyword("[0-9]{3}路", MatchType::Regex, "公交") },
        keyword("123456", MatchType::Exact, "六位数字"),
        keyword("帮助", MatchType::Exact, "永远轮不到"),
        of(TriggerKind::Menu, "MENU_1\nMENU_2", "菜单 {{keyword}}"),
        of(TriggerKind::Scan, "poster", "海报"),
        of(TriggerKind::Kind, "image", "好图"),
        of(TriggerKind::Kind, "", "收到"),
        Draft { is_enabled: false, ..keyword("关了的", MatchType::Exact, "x") },
        Draft { contents: vec![Content::text("一"), Content::text("二")], ..keyword("两段", MatchType::Exact, "") },
        Draft {
            contents: vec![Content::text("甲"), Content::text("乙")],
            answer: AnswerMode::Random,
            ..keyword("抽签", MatchType::Exact, "")
        },
    ];
    edit::add_many(ctx, &account(), rules).await.unwrap();
    let phone = app.phone("oPreview");
    let user = register(&app, &phone, "preview").await;
    let editor = Editor { owner_id: user, actor_id: user, ..Editor::default() };
    edit::add_many(
        ctx,
        &editor,
        vec![says("早上好", "{{nickname}} 早"), keyword("我的价格", MatchType::Contains, "我的 {{time}}")],
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
        Input::Scan(own("unknown")),
        Input::Kind(own("image")),
        Input::Kind(own("voice")),
        Input::Kind(own("sticker")),
    ]);
    let unregistered = app.phone("oUnregistered");
    let mut compared = 0;
    for input in inputs {
        for (user, phone) in [(Some(user), &phone), (None, &unregistered)] {
            app.clock.advance_ms(601_000);
            let shown = preview(ctx, user, &input).await.unwrap();
            let answer = match reply(&app, &document(phone, &input)).await {
                Some(Reply::Text(text)) => Some(text),
                Some(other) => panic!("{other:?}"),
                None => None,
            };
            let answer = answer.map(|text| match digits(&text) {
                Some(code) if text.contains("验证码：") || text.contains("验证码") => {
                    text.replace(&code, "••••••")
                }
                _ => text,
            });
            let parts = &shown.replies;
            if shown.is_drawn {
                assert!(parts.iter().any(|part| Some(part.caption()) == answer.as_deref()), "{input:?}");
            } else {
                assert_eq!(parts.first().map(|part| part.caption().to_owned()), answer, "{input:?} {user:?}");
            }
            let logged = log::list(ctx, &log::Filter::default(), 1).await.unwrap().remove(0);
            assert_eq!((logged.answered_by, logged.rule_id), (shown.answered_by, shown.rule_id), "{input:?}");
            if let Some(trace) = logged.trace {
                assert_eq!(trace, shown.trace, "{input:?}");
            }
            compared += 1;
        }
    }
    eprintln!("{:?}: {compared} messages answered as previewed", database.engine);
    assert!(compared >= 100);
}

async fn the_preview_shows_what_an_account_without_rights_sends(database: &Database) {
    let platform = Platform::unverified().await;
    let app = app_at(database, &platform, &[]).await;
    let png = b"\x89PNG\r\n\x1a\n0123456789".to_vec();
    let stored = storage::add(&app.ctx, ACCOUNT, "a.png", png).await.unwrap();
    let picture = || Content::Image { media: stored.reference() };
    let drafts = vec![
        Draft { contents: vec![picture(), Content::text("地址")], ..says("在哪", "") },
        Draft { contents: vec![picture(), picture()], ..says("看图", "") },
        Draft { is_enabled: false, ..says("关了", "x") },
        Draft { is_enabled: false, ..Draft::of_text(TriggerKind::Keyword, "在", MatchType::Contains, "x") },
    ];
    edit::add_many(&app.ctx, &account(), drafts).await.unwrap();
    let phone = app.phone("oRefused");
    for text in ["在哪", "看图"] {
        let shown = preview(&app.ctx, None, &Input::Text(own(text))).await.unwrap();
        let mut asked = own(text);
        for content in &shown.replies {
            let answer = phone.ask(&asked).await;
            // Every part but the last ends with a hint.
            assert_eq!(answer.trim_end_matches(HINT), content.caption().trim_end_matches(HINT), "{text}");
            asked = own("更多");
        }
        assert!(shown.replies.iter().any(|content| content.caption().contains("/media/")), "{shown:?}");
    }
    let shown = preview(&app.ctx, None, &Input::Text(own("看图"))).await.unwrap();
    assert_eq!(shown.replies[0], Content::text("共 2 条，回复“更多”看下一条。"));
    // The preview lists matching rules that are disabled.
    let off = async |text: &str| {
        let shown = preview(&app.ctx, None, &Input::Text(own(text))).await.unwrap();
        shown.disabled.iter().map(|t| (t.number, t.fate)).collect::<Vec<_>>()
    };
    assert_eq!(off("关了").await, [(3, Fate::Disabled)]);
    assert_eq!(off("在哪").await, [(4, Fate::Disabled)]);
    assert_eq!(off("别的").await, []);
}

async fn a_message_has_a_trace_of_its_answer(database: &Database) {
    let app = App::on(database).await;
    let contains = |text: &str| Draft::of_text(TriggerKind::Keyword, text, MatchType::Contains, "x");
    let drafts = vec![
        contains("价"),
        contains("价格"),
        Draft { priority: 5, ..Draft::of_text(TriggerKind::Keyword, "^查", MatchType::Regex, "先") },
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
    assert_eq!(log::find(&app.ctx, entries[2].id, None).await.unwrap().content.as_deref(), Some("查价格！"));
    // Filters, and pages by id.
    let found = async |filter: log::Filter| log::list(&app.ctx, &filter, 10).await.unwrap().len();
    let any = log::Filter::default();
    assert_eq!(found(log::Filter { rule_id: entries[2].rule_id, ..any.clone() }).await, 1);
    assert_eq!(found(log::Filter { is_unanswered: true, ..any.clone() }).await, 1);
    assert_eq!(found(log::Filter { openid: Some(own("oTraced")), below: Some(entries[0].id), ..any.clone() }).await, 2);
    assert_eq!(found(log::Filter { user_id: Some(1), ..any }).await, 0);
    // Cleanup deletes content, trace and the unanswered entry together.
    app.clock.advance_ms(31 * 24 * 3_600_000);
    weida::core::cleanup::delete_expired(&app.ctx).await.unwrap();
    let old = log::find(&app.ctx, entries[2].id, None).await.unwrap();
    assert!(old.content.is_none() && old.trace.is_none());
    assert!(unanswered::inbox(&app.ctx, ACCOUNT, 10).await.unwrap().is_empty());
}

async fn an_editor_is_warned(database: &Database) {
    let app = App::on(database).await;
    let contains = |text: &str| Draft::of_text(TriggerKind::Keyword, text, MatchType::Contains, "x");
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
        Draft { keywords: vec![Keyword { text: own("价格表"), matching: MatchType::Prefix }], ..says("", "x") };
    let warnings = warning::warnings_of_draft(&app.ctx, ACCOUNT, None, &typed).await.unwrap();
    assert_eq!(warnings[0].why, never());
    let higher = Draft { priority: 4, ..typed };
    assert!(warning::warnings_of_draft(&app.ctx, ACCOUNT, None, &higher).await.unwrap().is_empty());
}

async fn an_unsaved_rule_is_previewed_in_its_place(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let contains = |text: &str, answer: &str| Draft::of_text(TriggerKind::Keyword, text, MatchType::Contains, answer);
    edit::add_many(ctx, &account(), vec![contains("价格", "旧"), contains("格", "别的")]).await.unwrap();
    let user = register(&app, &app.phone("oUnsaved"), "unsaved").await;
    let before = app.fingerprint().await;
    let answer = async |number, draft: &Draft, text: &str| {
        let unsaved = Unsaved { owner_id: ACCOUNT, number, draft };
        let preview = preview_unsaved(ctx, Some(user), &Input::Text(own(text)), unsaved).await.unwrap();
        let texts: Vec<String> = preview.replies.iter().map(|content| content.caption().to_owned()).collect();
        (texts.join("|"), preview.trace.tried.first().map(|tried| tried.number))
    };
    let typed = contains("价格", "新 {{nickname}} {{keyword}}");
    assert_eq!(answer(Some(1), &typed, "问价格").await, (own("新 unsaved 价格"), Some(1)));
    // A new rule is the youngest, unless it has a higher priority.
    assert_eq!(answer(None, &typed, "问价格").await, (own("旧"), Some(1)));
    let first = Draft { priority: 5, ..typed.clone() };
    assert_eq!(answer(None, &first, "问价格").await, (own("新 unsaved 价格"), Some(0)));
    // It is shown although it is disabled, and another answers where it does not match.
    let off = Draft { is_enabled: false, ..typed };
    assert_eq!(answer(Some(1), &off, "价格").await, (own("新 unsaved 价格"), Some(1)));
    assert_eq!(answer(Some(1), &contains("别的词", "x"), "价格").await, (own("别的"), Some(2)));
    assert_eq!(app.fingerprint().await, before);
}

async fn near_misses_say_what_is_missing(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let rules = vec![
        says("公告", "周六闭馆"),
        Draft { is_enabled: false, priority: 9, ..says("今天有公告吗", "有") },
        Draft::of_text(TriggerKind::Keyword, "今天", MatchType::Prefix, "今天好"),
    ];
    edit::add_many(ctx, &account(), rules).await.unwrap();
    let near = async |text: &str| {
        let preview = preview(ctx, None, &Input::Text(own(text))).await.unwrap();
        preview.near.iter().map(|near| (near.number, near.missing, near.would_answer)).collect::<Vec<_>>()
    };
    let contains = Missing::Contains(MatchType::Exact);
    // The rule that matches by its beginning is stricter than one that would match as a part.
    assert_eq!(near("今天有公告吗").await, [(2, Missing::Enabled, true), (1, contains, false)]);
    assert_eq!(near("有公告吗").await, [(1, contains, true)]);
    assert_eq!(near("公告！").await, []);
    assert_eq!(near("别的").await, []);
}
