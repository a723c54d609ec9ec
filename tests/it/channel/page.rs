//! `/me/wechat` without a script: what it says before the scan, the code, the number, the connection, and its banner.

use crate::rig::channel::{SOON, add_rule, sent_after};
use crate::rig::{App, BEGINNING_MS, Browser, Database, Engine, Ilink, browser_by_wechat, eventually};
use std::sync::Arc;
use weida::{base::clock::FakeClock, core::rule::MatchType};

async fn shows(browser: &Browser, path: &str, text: &str) {
    let is_shown = async || browser.get(path).await.body.contains(text);
    assert!(eventually(SOON, is_shown).await, "{text}: {}", browser.get(path).await.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_connects_types_the_number_and_connects_again() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let ilink = Ilink::start().await;
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &ilink.settings()).await;
    let phone = app.phone("oAnna");
    let user_id = crate::rig::register(&app, &phone, "anna").await;
    add_rule(&app, user_id, "价格", MatchType::Exact, "十元").await;
    let (browser, other) = (browser_by_wechat(&app, &phone).await, browser_by_wechat(&app, &phone).await);
    let page = browser.get("/me/wechat").await.body;
    for text in ["只有你能和它聊天", "不会替你回复好友", "8.0.69", "扫码连接"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("qr.png"));
    assert_eq!(browser.post("/do/channel-connect", &[]).await.location(), "/me/wechat?scan");
    shows(&browser, "/me/wechat?scan", "/me/wechat/qr.png").await;
    assert!(browser.get("/me/wechat?scan").await.body.contains("http-equiv=\"refresh\""), "it loads itself again");
    assert_eq!(browser.get("/me/wechat/qr.png").await.status, 200);
    assert_eq!(other.get("/me/wechat/qr.png").await.status, 404, "another browser of the same user");
    assert_eq!(Browser::on(&app).get("/me/wechat/qr.png").await.status, 404);
    assert_eq!(Browser::on(&app).get("/me/wechat/events").await.status, 404);
    ilink.ask_number("anna@im.wechat", "7");
    let moved = async || browser.get("/me/wechat?scan").await.location() == "/me/wechat?number";
    assert!(eventually(SOON, moved).await);
    let page = browser.get("/me/wechat?number").await.body;
    assert!(page.contains("name=\"number\"") && !page.contains("http-equiv=\"refresh\""), "typing is not interrupted");
    browser.post("/do/channel-number", &[("number", "x")]).await;
    assert!(browser.get("/me/wechat?number").await.body.contains("value=\"x\""), "what was typed stays");
    browser.post("/do/channel-number", &[("number", "8")]).await;
    shows(&browser, "/me/wechat", "数字不对").await;
    browser.post("/do/channel-number", &[("number", "7")]).await;
    shows(&browser, "/me/wechat", "已连接").await;
    shows(&browser, "/me/wechat", "还没有收到你的消息").await;
    sent_after(&ilink, "anna@im.wechat", "价格", 1).await;
    shows(&browser, "/me/wechat", "收到 1 条，回复 1 条").await;
    shows(&browser, "/me/wechat", "9 条，24 小时 0 分钟内").await;
    browser.post("/do/channel-remind", &[("on", "1")]).await;
    shows(&browser, "/me/wechat", r#"id="remind" name="on" value="1" checked"#).await;
    browser.post("/do/channel-pause", &[]).await;
    shows(&browser, "/me/wechat", "已暂停").await;
    browser.post("/do/channel-resume", &[]).await;
    shows(&browser, "/me/wechat", "已连接").await;
    ilink.until("a poll", SOON, |ilink| ilink.polling("anna@im.wechat") == 1).await;
    ilink.expire("anna@im.wechat");
    shows(&browser, "/me", "个人微信通道断开了").await;
    shows(&browser, "/me/wechat", "重新扫码").await;
    let before = ilink.latest_qr();
    browser.post("/do/channel-connect", &[]).await;
    ilink.until("a QR code", SOON, |ilink| ilink.latest_qr() != before).await;
    shows(&browser, "/me/wechat?scan", "/me/wechat/qr.png").await;
    ilink.confirm("anna@im.wechat");
    sent_after_connect(&ilink).await;
    assert!(browser.get("/me/wechat/disconnect").await.body.contains("channel-disconnect"));
    browser.post("/do/channel-disconnect", &[]).await;
    shows(&browser, "/me/wechat", "/do/channel-connect").await;
    ilink.until("no poll", SOON, |ilink| ilink.polling("anna@im.wechat") == 0).await;
}

async fn sent_after_connect(ilink: &Ilink) {
    ilink.until("a poll", SOON, |ilink| ilink.polling("anna@im.wechat") == 1).await;
    sent_after(ilink, "anna@im.wechat", "价格", 2).await;
}
