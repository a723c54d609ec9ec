//! What `/admin/doctor` shows beside the checks: the last pushes, and the account's rights.

use crate::rig::{
    App, Browser, Database, Engine, Phone, Platform, Push,
    installed::{Installed as Site, json, texts},
};
use scraper::{Html, Selector};
use std::sync::Arc;
use weida::base::clock::{Clock as _, FakeClock, SystemClock};

/// The running program remembers the pushes, and the command shows them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_pushes_are_listed_with_what_was_delivered_again() {
    let platform = Platform::answering().await;
    let site = Site::start(&platform.base, &[]);
    let none = texts(&site.page("zh").await, ".doctor-side");
    assert!(none[0].contains("还没有收到推送"), "{none:?}");
    let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
    let phone = Phone::new(site.address(), clock, "oDoctor");
    for document in [phone.text("帮助"), phone.text("没有规则的话")] {
        for _ in 0..2 {
            assert_eq!(Push::safe(&document, SystemClock.now_secs()).send(site.address()).await.0, 200);
        }
    }
    assert_eq!(site.push(Push::plain).await, 403);
    let ended = site.doctor(&[]);
    let pushes = &json(&ended)["pushes"];
    assert_eq!((pushes["accepted"].as_i64(), pushes["repeated"].as_i64()), (Some(4), Some(2)), "{pushes:#}");
    assert_eq!(pushes["refused"]["downgrade"]["count"], 1);
    let page = site.page("zh").await;
    assert_eq!(page.select(&Selector::parse(".beat rect").unwrap()).count(), 4);
    assert_eq!(page.select(&Selector::parse(".beat .of-again").unwrap()).count(), 2);
    let beside = texts(&page, ".doctor-side");
    assert!(
        ["重发 2", "已回答 1", "没有答复 1", "拒绝的推送", "1 条"].iter().all(|words| beside[0].contains(words)),
        "{beside:?}"
    );
    // A refusal is over with the next push that is accepted, without the ten seconds between two stored refusals.
    assert_eq!(texts(&page, ".sick.danger").len(), 1);
    assert_eq!(site.push(Push::safe).await, 200);
    assert_eq!(texts(&site.page("zh").await, ".sick.danger").len(), 0);
    assert_eq!(site.push(Push::plain).await, 403);
    assert_eq!(texts(&site.page("zh").await, ".sick.danger").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_are_found_by_calls_that_only_read() {
    let of = |code: i64| format!(r#"{{"errcode":{code},"errmsg":"x"}}"#).into_bytes();
    let quota = br#"{"errcode":0,"quota":{"daily_limit":1000,"used":12,"remain":988}}"#.to_vec();
    let platform = Platform::saying(&[
        ("/cgi-bin/menu/get", of(46003)),
        ("/cgi-bin/user/info", of(40003)),
        ("/cgi-bin/template/get_all_private_template", of(48001)),
        ("/cgi-bin/openapi/quota/get", quota),
    ])
    .await;
    let site = Site::start(&platform.base, &[]);
    let rights = json(&site.doctor(&[]))["rights"].clone();
    let may = |right: &str| {
        let found = rights.as_array().unwrap().iter().find(|found| found["right"] == right).unwrap();
        found["may"].as_str().unwrap().to_owned()
    };
    assert_eq!(["publish-menu", "user-info", "qr-code", "read-menu"].map(may), ["yes"; 4]);
    assert_eq!(may("template-message"), "no");
    let page = site.page("zh").await;
    let rows = texts(&page, ".rights tbody tr");
    assert!(rows.iter().any(|row| row.contains("模板消息") && row.contains("没有权限")), "{rows:?}");
    assert!(rows.iter().any(|row| row.contains("发布菜单") && row.contains("12 / 1000")), "{rows:?}");
    // A second look within a minute asks nothing.
    let asked = platform.asked("/cgi-bin/menu/get").len();
    site.page("zh").await;
    assert_eq!(platform.asked("/cgi-bin/menu/get").len(), asked);
    for path in
        ["menu/create", "menu/delete", "message/custom/send", "message/custom/typing", "qrcode/create", "media/upload"]
    {
        assert!(platform.asked(&format!("/cgi-bin/{path}")).is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sandbox_has_a_doctor() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let none = [
        ("WECHAT_APPID", ""),
        ("WECHAT_SECRET", ""),
        ("WECHAT_TOKEN", ""),
        ("WECHAT_AES_KEY", ""),
        ("WECHAT_API_BASE", ""),
        ("WECHAT_MP_BASE", ""),
    ];
    let app = App::with(&database, Arc::new(FakeClock::at(SystemClock.now_ms())), &none).await;
    weida::core::account::admin::create(&app.ctx, "root", "correct horse").await.unwrap();
    let browser = Browser::on(&app);
    browser.post("/do/login", &[("username", "root"), ("password", "correct horse")]).await;
    let page = Html::parse_document(&browser.get("/admin/doctor").await.body);
    let rows = texts(&page, ".rights tbody tr");
    assert!(rows.len() == 8 && rows.iter().all(|row| row.contains("可以") || row.contains("没有权限")), "{rows:?}");
    // The process of the tests does not restrict the modes of new files, as the program's does.
    let faults = texts(&page, ".sick.danger").into_iter().filter(|text| !text.contains("chmod"));
    assert_eq!(faults.collect::<Vec<_>>(), [""; 0]);
    // Asked again by the button.
    assert_eq!(browser.post("/do/doctor-again", &[]).await.location(), "/admin/doctor");
}
