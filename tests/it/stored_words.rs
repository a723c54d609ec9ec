//! No page in Chinese shows a stored word: levels, roles, actions, triggers, kinds of messages are translated everywhere.

use crate::rig::{App, Browser, Database, Engine, register};
use scraper::{Html, Node};
use std::collections::BTreeSet;
use weida::core::{
    account::{self, LEVELS, Role, directory},
    audit::Act,
    credit,
    message::AnsweredBy,
    rule::{
        ACCOUNT, AnswerMode, Content, Keyword, MatchType, Source, TriggerKind,
        content::KINDS,
        draft::Draft,
        edit::{self, Editor},
        history::{self, Action},
    },
};

/// Every stored word that a page may show, and those of details and reasons.
fn stored_words() -> BTreeSet<String> {
    let mut words: BTreeSet<&str> = LEVELS.into_iter().chain(KINDS).collect();
    words.extend([Role::User, Role::Admin].map(Role::as_str));
    words.extend(Act::ALL.map(Act::as_str));
    words.extend(Action::ALL.map(Action::as_str));
    words.extend(Source::ALL.map(Source::as_str));
    words.extend(TriggerKind::ALL.map(TriggerKind::as_str));
    words.extend(MatchType::ALL.map(MatchType::as_str));
    words.extend([AnswerMode::All, AnswerMode::Random].map(AnswerMode::as_str));
    words.extend(AnsweredBy::ALL.map(AnsweredBy::as_str));
    words.extend(credit::Kind::ALL.map(credit::Kind::as_str));
    words.extend([
        "enabled",
        "disabled",
        "welcome",
        "united",
        "image_edit",
        "official_account",
        "mini_program",
        "text",
        "music",
        "news",
    ]);
    words.extend(["phone", "nickname", "real_name", "email", "subscribe", "unsubscribe", "CLICK", "SCAN"]);
    words.into_iter().map(str::to_owned).collect()
}

/// The words of a page's visible text that are stored words. Ids and code are shown as they are.
fn found(page: &str, stored: &BTreeSet<String>) -> Vec<String> {
    let html = Html::parse_document(page);
    let mut found = Vec::new();
    for node in html.root_element().descendants() {
        let Node::Text(text) = node.value() else { continue };
        let is_hidden = node.ancestors().filter_map(|above| above.value().as_element().map(|e| e.name().to_owned()));
        let skipped: BTreeSet<String> = is_hidden.collect();
        if ["script", "style", "code", "pre", "textarea", "head", "dialog"].iter().any(|name| skipped.contains(*name)) {
            continue;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let words = text.split(|c: char| !is_part(c)).filter(|word| stored.contains(*word));
        found.extend(words.map(|word| format!("{word} in {:?}", text.trim())));
    }
    found
}

async fn act_on_a_user(app: &App, id: i64) {
    let admin = crate::rig::admin(app, "other").await;
    for level in ["vip", "premium", "normal"] {
        directory::set_level(&app.ctx, &admin, id, level).await.unwrap();
    }
    directory::set_level_until(&app.ctx, &admin, id, "vip", "2025-12-31").await.unwrap();
    directory::set_role(&app.ctx, &admin, id, Role::Admin).await.unwrap();
    directory::set_role(&app.ctx, &admin, id, Role::User).await.unwrap();
    directory::adjust_credits(&app.ctx, &admin, id, 50, "活动奖励").await.unwrap();
    directory::set_enabled(&app.ctx, &admin, id, false, "刷屏").await.unwrap();
    directory::set_enabled(&app.ctx, &admin, id, true, "").await.unwrap();
    directory::sign_out_everywhere(&app.ctx, &admin, id).await.unwrap();
    let fields = [(account::ProfileColumn::Phone, "13800138000")];
    directory::update_fields(&app.ctx, &admin, id, &fields).await.unwrap();
}

async fn write_rules(app: &App) {
    let editor = Editor { owner_id: ACCOUNT, actor_id: 1001, ..Editor::default() };
    let answers = |cause, keywords: &[&str]| Draft {
        cause,
        keywords: keywords
            .iter()
            .map(|text| Keyword { text: (*text).to_owned(), matching: MatchType::Exact })
            .collect(),
        contents: vec![Content::text("好")],
        answer: AnswerMode::Random,
        ..Draft::default()
    };
    for (cause, keywords) in [
        (TriggerKind::Follow, &[][..]),
        (TriggerKind::Default, &[]),
        (TriggerKind::Menu, &[]),
        (TriggerKind::Scan, &[]),
        (TriggerKind::Kind, &["image", "location"]),
        (TriggerKind::Keyword, &["价格"]),
    ] {
        let number = edit::add(&app.ctx, &editor, &answers(cause, keywords)).await.unwrap();
        edit::set_enabled(&app.ctx, &editor, &[number], false).await.unwrap();
        edit::set_enabled(&app.ctx, &editor, &[number], true).await.unwrap();
    }
    edit::delete(&app.ctx, &editor, &[6]).await.unwrap();
    history::undo_last(&app.ctx, &editor).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_shows_a_stored_word() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let phone = app.phone("oWords");
    let id = register(&app, &phone, "小微").await;
    act_on_a_user(&app, id).await;
    write_rules(&app).await;
    phone.ask("价格").await;
    phone.say("你好吗").await;
    phone.push(&phone.document("image", "<PicUrl>x</PicUrl><MediaId>1</MediaId><MsgId>1</MsgId>")).await;
    phone.push(&phone.document("voice", "<MediaId>1</MediaId><Format>amr</Format><MsgId>2</MsgId>")).await;
    for event in ["CLICK", "VIEW", "SCAN", "TEMPLATESENDJOBFINISH", "scancode_push"] {
        phone.push(&phone.event(event, "k1")).await;
    }
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let stored = stored_words();
    let mut pages = vec![format!("/admin/users/{id}"), "/admin/users".to_owned(), "/me".to_owned()];
    pages.extend(["disable", "promote", "delete"].map(|act| format!("/admin/users/{id}/{act}")));
    let below = [
        "",
        "/history",
        "/messages",
        "/unanswered",
        "/numbers",
        "/bench?say=价格",
        "/import",
        "/1",
        "/5",
        "/5/history",
    ];
    pages.extend(below.map(|below| format!("/admin/replies{below}")));
    for change in history::changes(&app.ctx, ACCOUNT, None, 50).await.unwrap() {
        pages.push(format!("/admin/replies/history/{}", change.id));
    }
    let log = browser.get("/admin/replies/messages").await.body;
    let messages: Vec<String> = log
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with("/admin/replies/messages/"))
        .map(str::to_owned)
        .collect();
    assert!(messages.len() >= 9, "{messages:?}");
    pages.extend(messages);
    assert!(pages.len() > 40, "{}", pages.len());
    for path in &pages {
        let page = browser.get(path).await;
        assert_eq!(page.status, reqwest::StatusCode::OK, "{path}");
        let found = found(&page.body, &stored);
        assert!(found.is_empty(), "{path} shows {found:?}");
    }
    // The rows of the history name every rule, and the log of the user speaks in words.
    let history = browser.get("/admin/replies/history").await.body;
    for name in ["规则 01 · 被关注回复", "规则 02 · 收到消息回复", "规则 05 · 图片", "规则 06 · 价格"]
    {
        assert!(history.contains(name), "{name}: {history}");
    }
    let user = browser.get(&format!("/admin/users/{id}")).await.body;
    for text in ["普通用户 → VIP 用户", "普通用户 → 管理员", "手机号：空 → 1…0", "+50，现有 150；活动奖励"]
    {
        assert!(user.contains(text), "{text}: {user}");
    }
    assert!(
        log.contains("href=\"/admin/users/1002\"") && log.contains("[图片]") && !log.contains("用户 1002"),
        "{log}"
    );
}

#[test]
fn a_stored_word_in_the_text_is_found_and_one_in_code_is_not() {
    let stored = stored_words();
    let page = "<p>level: vip</p><code>vip</code><p>VIP, vipers, disabled-x <b>image</b></p><input value=vip>";
    assert_eq!(found(page, &stored).len(), 2, "{:?}", found(page, &stored));
}
