//! T-195 to T-197: nothing is cut where it shows: names of events in the log, emoji in answers, numbers that are too large.

use crate::rig::{App, Browser, Database, account, browser_by_password, register, says};
use weida::core::{
    message::log,
    rule::{Content, MatchType, TriggerKind, draft::Draft, edit},
};

crate::every_engine!(
    the_log_has_the_whole_name_of_an_event,
    a_group_is_what_was_typed,
    a_number_that_is_too_large_is_answered,
    a_page_that_is_too_far_is_the_last,
);

async fn the_log_has_the_whole_name_of_an_event(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oEvents");
    let long = "x".repeat(100);
    let names = ["cloud_invoice_invoiceresult_event", "subscribe_msg_popup_event", "user_authorization_revoke", &long];
    for name in names {
        app.clock.advance_ms(1_000);
        assert_eq!(phone.push(&phone.event(name, "")).await, None);
    }
    // A name that no column holds is cut, and refuses nothing.
    assert_eq!(phone.push(&phone.event(&"名".repeat(300), "")).await, None);
    assert_eq!(phone.push(&phone.document(&"k".repeat(60), "<MsgId>5</MsgId>")).await, None);
    let found = log::list(&app.ctx, &log::Filter::default(), 20).await.unwrap();
    let kinds: Vec<&str> = found.iter().map(|line| line.kind.as_str()).collect();
    for name in names {
        assert!(kinds.contains(&name), "{name}: {kinds:?}");
    }
    assert!(kinds.contains(&"名".repeat(128).as_str()) && kinds.contains(&"k".repeat(60).as_str()), "{kinds:?}");
}

async fn a_group_is_what_was_typed(database: &Database) {
    let app = App::on(database).await;
    let rule = |text: &str, answer: &str| Draft::of_text(TriggerKind::Keyword, text, MatchType::Regex, answer);
    edit::add(&app.ctx, &account(), &rule("^我要(.+)$", "给你{{1}}")).await.unwrap();
    edit::add(&app.ctx, &account(), &rule("^头(.)(.*)$", "[{{1}}][{{2}}]")).await.unwrap();
    let long = Draft {
        contents: vec![Content::text(format!("{}👨‍👩‍👧尾", "长".repeat(681)))], ..says("长文", "")
    };
    edit::add(&app.ctx, &account(), &long).await.unwrap();
    let phone = app.phone("oGroups");
    for typed in ["👨‍👩‍👧", "❤️", "👍🏽 和 👩‍💻", "🇨🇳", "ＡＢＣ  １２３", "é", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "Straße"]
    {
        assert_eq!(phone.ask(&format!("我要{typed}")).await, format!("给你{typed}"));
        assert_eq!(phone.ask(&format!("我要 {typed}！")).await, format!("给你 {typed}"));
    }
    assert_eq!(phone.ask("头👨‍👩‍👧脚").await, "[👨‍👩‍👧][脚]");
    // 2,043 bytes, then an emoji that no longer fits.
    let first = phone.ask("长文").await;
    assert!(!first.contains('👨') || first.contains("👨‍👩‍👧"), "{first}");
}

async fn a_number_that_is_too_large_is_answered(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oNumbers");
    register(&app, &phone, "numbers").await;
    phone.ask("添加 收到=回复").await;
    for number in
        ["02", "1234567890", "9223372036854775806", "9223372036854775807", "9999999999999999999", &"9".repeat(24)]
    {
        for command in [
            format!("查看 {number}"),
            format!("查看{number}"),
            format!("删除 1 {number}"),
            format!("开启 {number}"),
            format!("关闭 {number}"),
            format!("修改 {number} 收到=好"),
            format!("show {number}"),
        ] {
            let answer = phone.ask(&command).await;
            let is_said = answer.starts_with(&format!("没有规则 {number}。"))
                || answer.starts_with(&format!("There is no rule {number}."));
            assert!(is_said, "{command}: {answer}");
        }
        let answer = phone.ask(&format!("列表 {number}")).await;
        assert_eq!(answer, format!("没有第 {} 页，一共 1 页。", number.trim_start_matches('0')));
    }
    assert!(phone.ask("查看 0").await.starts_with("没有规则 00。"));
    assert!(
        phone.ask(&format!("查看 {}", "9".repeat(300))).await.starts_with(&format!("没有规则 {}…。", "9".repeat(24)))
    );
    // Leading zeros are none too many.
    assert!(phone.ask(&format!("查看 {}1", "0".repeat(40))).await.contains("收到"));
    assert_eq!(phone.ask("收到").await, "回复");
}

/// The pages of a browser with a number in their address.
async fn a_page_that_is_too_far_is_the_last(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oPages");
    register(&app, &phone, "pages").await;
    phone.ask("添加 收到=回复").await;
    phone.ask("收到").await;
    let browser: Browser = browser_by_password(&app, "pages").await;
    for number in ["0", "-1", "2", "9223372036854775807", "18446744073709551615", "99999999999999999999999", "x"] {
        for address in [
            format!("/replies?page={number}"),
            format!("/replies/numbers?page={number}"),
            format!("/replies/messages?below={number}&rule={number}"),
            format!("/replies/history?below={number}"),
            format!("/replies?edit={number}"),
        ] {
            let answer = browser.get(&address).await;
            assert_eq!(answer.status, 200, "{address}");
        }
        let list = browser.get(&format!("/replies?page={number}")).await;
        assert!(list.body.contains("收到"), "{number}");
    }
    for number in ["9223372036854775807", "99999999999999999999999"] {
        assert_eq!(browser.get(&format!("/replies/{number}")).await.status, 404);
    }
}
