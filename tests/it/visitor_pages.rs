//! The pages that visitors see first: a view of them begins nothing, the phone of the home page gives away nothing, and the chat answers a
//! slip in the digits.

use crate::rig::{App, Browser, Database, Engine, account, begin_login, says};
use reqwest::StatusCode;
use weida::core::rule::{MatchType, TriggerKind, draft::Draft, edit, home};

crate::every_engine!(
    the_home_page_answers_with_shown_rules_only_and_counts_nothing,
    a_view_begins_no_session_and_a_session_is_used_again,
    a_slip_in_the_digits_is_answered_while_a_page_waits,
);

/// The visible answer to a question.
async fn answer(browser: &Browser, question: &str) -> String {
    let question: String = url::form_urlencoded::byte_serialize(question.as_bytes()).collect();
    let answer = browser.get(&format!("/say?say={question}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

async fn the_home_page_answers_with_shown_rules_only_and_counts_nothing(database: &Database) {
    let app = App::on(database).await;
    let browser = Browser::on(&app);
    // Its sums are read on SQLite only.
    let stored = async || if database.engine == Engine::Sqlite { app.fingerprint().await } else { Vec::new() };
    edit::add_many(&app.ctx, &account(), vec![says("价格", "一百元"), says("内部", "不给看"), says("营业", "<b>九点")])
        .await
        .unwrap();
    let before = stored().await;
    // While no rule is shown, the examples answer.
    assert!(answer(&browser, "怎么登录").await.contains("二维码"));
    assert!(!answer(&browser, "价格").await.contains("一百元"));
    assert_eq!(stored().await, before);

    for number in [1, 3] {
        home::set(&app.ctx, &account(), number, true).await.unwrap();
    }
    assert!(home::set(&app.ctx, &account(), 99, true).await.is_err());
    let (before, hits) = (stored().await, "SELECT COUNT(*) FROM reply_rules WHERE hits > 0");
    assert!(answer(&browser, "价格").await.contains("一百元"));
    assert!(answer(&browser, "营业").await.contains("&lt;b&gt;九点"));
    for silent in ["内部", "怎么登录", "", "没有"] {
        assert!(answer(&browser, silent).await.contains("还不会"), "{silent}");
    }
    assert_eq!(browser.get("/say?draft=1&say=x").await.status, StatusCode::NO_CONTENT);
    let page = browser.get("/?say=%E4%BB%B7%E6%A0%BC").await.body;
    assert!(
        page.contains("一百元") && page.contains("name=\"say\" value=\"价格\"") && !page.contains("内部"),
        "{page}"
    );
    assert_eq!(stored().await, before);
    for counted in
        [hits, "SELECT COUNT(*) FROM rule_hits", "SELECT COUNT(*) FROM messages", "SELECT COUNT(*) FROM reply_days"]
    {
        assert_eq!(app.count(counted).await, 0, "{counted}");
    }
    // The choice survives a save of the rule, and no file of rules has it.
    let draft = Draft { priority: 3, ..says("价格", "二百元") };
    let revision = app.count("SELECT revision FROM reply_rules WHERE number = 1 AND owner_id = 0").await;
    edit::update(&app.ctx, &account(), 1, revision, &draft).await.unwrap();
    assert!(answer(&browser, "价格").await.contains("二百元"));
    home::set(&app.ctx, &account(), 1, false).await.unwrap();
    assert!(answer(&browser, "价格").await.contains("还不会"));
}

async fn a_view_begins_no_session_and_a_session_is_used_again(database: &Database) {
    let app = App::on(database).await;
    let browser = Browser::on(&app);
    let sessions = "SELECT COUNT(*) FROM signin_sessions";
    for path in ["/", "/login", "/register", "/login?next=%2Freplies", "/?say=x"] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(app.count(sessions).await, 0);
    assert_eq!(browser.post("/do/wechat", &[]).await.location(), "/signin");
    let own = browser.cookie("weida_signin").unwrap();
    browser.post("/do/wechat", &[]).await;
    assert_eq!((app.count(sessions).await, browser.cookie("weida_signin").unwrap()), (1, own.clone()));
    let code = own.rsplit('.').next().unwrap().to_owned();
    let digits = |page: &str| page.replace(|c: char| !c.is_ascii_digit(), "");
    assert!(digits(&browser.get("/login").await.body).contains(&code));
    // Another target is another session.
    browser.post("/do/wechat", &[("next", "/replies")]).await;
    assert_ne!(browser.cookie("weida_signin").unwrap(), own);
    // So is one after a refusal.
    let refused = browser.cookie("weida_signin").unwrap();
    let phone = app.phone("oRefuses");
    phone.ask(refused.rsplit('.').next().unwrap()).await;
    phone.ask("取消").await;
    browser.post("/do/wechat", &[("next", "/replies")]).await;
    assert_ne!(browser.cookie("weida_signin").unwrap(), refused);
}

async fn a_slip_in_the_digits_is_answered_while_a_page_waits(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oSlips");
    phone.follow().await;
    assert_eq!(phone.say("12345").await, None);
    begin_login(&app).await;
    for (sent, length) in [("12345", 5), ("１２３４５６７", 7)] {
        assert!(phone.ask(sent).await.contains(&format!("验证码是 6 位数字，你发了 {length} 位")), "{sent}");
    }
    for silent in ["1234", "12345678", "12345a"] {
        assert_eq!(phone.say(silent).await, None, "{silent}");
    }
    // Its text is not stored: it is a part of a code.
    assert_eq!(app.count("SELECT COUNT(*) FROM messages WHERE content LIKE '%12345'").await, 1);
    // A rule answers first, also the default.
    edit::add_many(&app.ctx, &account(), vec![says("54321", "快递柜")]).await.unwrap();
    assert_eq!(phone.ask("54321").await, "快递柜");
    let default = Draft::of_text(TriggerKind::Default, "", MatchType::Exact, "稍后回复");
    edit::add_many(&app.ctx, &account(), vec![default]).await.unwrap();
    assert_eq!(phone.ask("12345").await, "稍后回复");
}
