//! Rate limits: sign-ins of an address, codes of a follower, QR codes, forms; each limit resets with its window.

use crate::rig::{App, BEGINNING_MS, Browser, Database, Platform, asker, digits, http, rounds};
use futures::future::join_all;
use std::{net::IpAddr, sync::Arc};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        signin::{
            Purpose, Secrets, Status,
            begin::{self, Asker},
        },
    },
};

crate::every_engine!(
    the_thirty_first_session_of_an_address_is_refused_with_the_seconds_to_wait,
    concurrent_requests_do_not_exceed_the_limit,
    concurrent_first_requests_of_a_minute_succeed,
    the_sixth_code_in_a_minute_is_refused_in_the_chat,
    one_48_begins_four_times_what_one_64_does,
    the_platform_is_asked_for_no_more_qr_codes_than_the_limit,
    a_day_has_a_limit_of_qr_codes_too,
);

fn from(address: &str) -> Asker {
    Asker { address: address.parse::<IpAddr>().unwrap(), ..asker() }
}

async fn begin_from(app: &App, address: &str) -> Result<Secrets, CoreError> {
    begin::login(&app.ctx, Purpose::Login, from(address)).await
}

async fn the_thirty_first_session_of_an_address_is_refused_with_the_seconds_to_wait(database: &Database) {
    let app = App::on(database).await;
    // 12 seconds into a minute.
    app.clock.advance_ms(12_000 - app.ctx.now().rem_euclid(60_000));
    for n in 0..30 {
        assert!(begin_from(&app, "192.0.2.7").await.is_ok(), "session {n}");
    }
    match begin_from(&app, "192.0.2.7").await {
        Err(CoreError::TooMany(secs)) => assert!((48..=49).contains(&secs), "{secs} s"),
        other => panic!("{other:?}"),
    }
    // The same address in another notation, and for the other purposes.
    assert!(matches!(begin_from(&app, "::ffff:192.0.2.7").await, Err(CoreError::TooMany(_))));
    assert!(matches!(begin::bind(&app.ctx, 1, from("192.0.2.7")).await, Err(CoreError::TooMany(_))));
    let registering = begin::register(&app.ctx, "newname", "correct horse", from("192.0.2.7")).await;
    assert!(matches!(registering, Err(CoreError::TooMany(_))));
    // Other addresses are not limited, and loopback has a hundred times the limit.
    assert!(begin_from(&app, "192.0.2.8").await.is_ok());
    for _ in 0..31 {
        begin_from(&app, "127.0.0.1").await.unwrap();
    }
    // A customer's 2^64 IPv6 addresses share one limit.
    for n in 0..30 {
        begin_from(&app, &format!("2001:db8:1:2::{n:x}")).await.unwrap();
    }
    assert!(matches!(begin_from(&app, "2001:db8:1:2:ffff::1").await, Err(CoreError::TooMany(_))));
    assert!(begin_from(&app, "2001:db8:1:3::1").await.is_ok());
    app.clock.advance_ms(48_000);
    assert!(begin_from(&app, "192.0.2.7").await.is_ok());
}

/// A customer with a /48 has 65,536 networks of 64 bits.
async fn one_48_begins_four_times_what_one_64_does(database: &Database) {
    let app = App::on(database).await;
    let mut began = 0;
    for n in 0..300 {
        began += usize::from(begin_from(&app, &format!("2001:db8:9:{:x}::1", n * 211)).await.is_ok());
    }
    assert_eq!(began, 120);
    assert!(begin_from(&app, "2001:db8:a::1").await.is_ok());
}

/// T-153: an app on this database whose account may create QR codes, with these limits.
async fn with_qr(database: &Database, platform: &Platform, limits: &str) -> App {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    let base = &platform.base;
    let text = format!("[wechat]\napi-base = \"{base}\"\nmp-base = \"{base}\"\n\n[limits]\n{limits}\n");
    std::fs::write(&file, text).unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    App::configured_with(database, clock, &file, &[("WECHAT_API_BASE", ""), ("WECHAT_MP_BASE", "")]).await
}

const CREATE: &str = "/cgi-bin/qrcode/create";

/// T-153: 150 visitors in one minute, each from its own network, at two instances, and client programs.
async fn the_platform_is_asked_for_no_more_qr_codes_than_the_limit(database: &Database) {
    let platform = Platform::answering().await;
    let (one, other) = (with_qr(database, &platform, "").await, with_qr(database, &platform, "").await);
    let begun = join_all((0..150_u8).map(|n| {
        let app = if n % 2 == 0 { &one } else { &other };
        async move { begin_from(app, &format!("203.{n}.113.9")).await }
    }));
    let begun: Vec<Secrets> = begun.await.into_iter().map(Result::unwrap).collect();
    assert_eq!(platform.asked(CREATE).len(), 60);
    let mut with_picture = 0;
    for secrets in &begun {
        let view = begin::view(&one.ctx, secrets).await.unwrap().unwrap();
        with_picture += usize::from(view.qr_url.is_some());
    }
    assert_eq!(with_picture, 60);
    // Visitors without a QR code can send the digits.
    let view = begin::view(&one.ctx, begun.last().unwrap()).await.unwrap().unwrap();
    assert_eq!(view.status, Status::Waiting);
    assert!(crate::rig::is_asked(&one.phone("oDigits").ask(begun.last().unwrap().code()).await));
    // A client program needs the QR code: it is refused with its dialect's error and the time to wait.
    let ask = async |app: &App| {
        let call =
            http().post(app.url("/api/v1/auth/wechat/qrcode")).json(&serde_json::json!({ "client_id": "poster" }));
        call.send().await.unwrap()
    };
    let refused = ask(&one).await;
    assert_eq!((refused.status().as_u16(), refused.headers()["ratelimit-limit"].to_str().unwrap()), (429, "60"));
    let wait: i64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(refused.text().await.unwrap().contains("秒后再试"));
    // The QR-login API returns digits too.
    let created = http().post(other.url("/create_qr")).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    assert_eq!(created["code"].as_str().map(str::len), Some(6), "{created}");
    assert_eq!(platform.asked(CREATE).len(), 60);
    // A minute later there are QR codes again.
    one.clock.advance_ms(60_000);
    other.clock.advance_ms(60_000);
    assert_eq!(ask(&one).await.status().as_u16(), 200);
    begin_from(&other, "203.0.113.10").await.unwrap();
    assert_eq!(platform.asked(CREATE).len(), 62);
}

/// T-153: the day is that of Asia/Shanghai.
async fn a_day_has_a_limit_of_qr_codes_too(database: &Database) {
    let platform = Platform::answering().await;
    let app = with_qr(database, &platform, "qr-codes-per-day = 8").await;
    let hour = 3_600_000;
    // Half past eleven in the evening there.
    let at = app.ctx.now() + 8 * hour;
    app.clock.advance_ms(24 * hour - at.rem_euclid(24 * hour) - hour / 2);
    for n in 0..12 {
        begin_from(&app, &format!("203.{n}.113.9")).await.unwrap();
        app.clock.advance_ms(60_000);
    }
    assert_eq!(platform.asked(CREATE).len(), 8);
    app.clock.advance_ms(hour / 2 - 12 * 60_000 - 1_000);
    begin_from(&app, "203.100.113.9").await.unwrap();
    assert_eq!(platform.asked(CREATE).len(), 8);
    app.clock.advance_ms(1_000);
    begin_from(&app, "203.101.113.9").await.unwrap();
    assert_eq!(platform.asked(CREATE).len(), 9);
}

async fn concurrent_requests_do_not_exceed_the_limit(database: &Database) {
    let app = App::on(database).await;
    let began = join_all((0..60).map(|_| begin_from(&app, "192.0.2.9"))).await;
    assert_eq!(began.iter().filter(|b| b.is_ok()).count(), 30);
    assert!(began.iter().all(|b| matches!(b, Ok(_) | Err(CoreError::TooMany(1..=60)))));
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions").await, 30);
}

/// Concurrent requests that find no counter and race to insert it are not refused for that.
async fn concurrent_first_requests_of_a_minute_succeed(database: &Database) {
    let app = App::on(database).await;
    for round in 0..rounds(8, 30) {
        app.clock.advance_ms(60_000);
        let began = join_all((0..8).map(|_| begin_from(&app, "192.0.2.10"))).await;
        assert!(began.iter().all(Result::is_ok), "round {round}: {began:?}");
        let phone = app.phone("oEager");
        let answers = join_all((0..4).map(|_| phone.ask("验证码"))).await;
        assert!(answers.iter().all(|a| digits(a).is_some()), "round {round}: {answers:?}");
    }
}

async fn the_sixth_code_in_a_minute_is_refused_in_the_chat(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oImpatient");
    let mut last = String::new();
    for _ in 0..5 {
        last = phone.code("验证码").await;
    }
    let answer = phone.ask("验证码").await;
    assert!(answer.contains("太快") && digits(&answer).is_none(), "{answer}");
    // In the other language as well.
    assert!(phone.ask("code").await.contains("Too many requests"));
    // The last code is still valid after the refusals.
    let secrets = crate::rig::begin_login(&app).await;
    weida::core::signin::enter_code::enter_code(&app.ctx, &secrets, &last, crate::rig::HERE).await.unwrap();
    assert!(app.phone("oPatient").ask("验证码").await.contains("验证码："));
    app.clock.advance_ms(60_000);
    assert!(digits(&phone.ask("验证码").await).is_some());
}

/// Forms and media files count for the same limit as API calls.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_and_media_files_are_limited_like_api_calls() {
    let Some(database) = Database::open(crate::rig::Engine::Sqlite).await else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Leptos.toml");
    std::fs::write(&file, "[limits]\nloopback-factor = 1\n").unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::configured(&database, clock.clone(), &file).await;
    let browser = Browser::on(&app);
    let mut seen = Vec::new();
    for _ in 0..51 {
        seen.push(browser.post("/do/rules", &[("act", "delete")]).await.status.as_u16());
    }
    assert!(seen[..50].iter().all(|status| *status == 303) && seen[50] == 429, "{seen:?}");
    let refused = browser.post("/replies", &[]).await;
    assert_eq!((refused.status.as_u16(), refused.headers["retry-after"].to_str().unwrap()), (429, "1"));
    let media = format!("/media/{}", "x".repeat(22));
    assert_eq!(browser.get(&media).await.status.as_u16(), 429);
    // Pages are still shown, and a second later forms are accepted again.
    assert_eq!(browser.get("/login").await.status.as_u16(), 200);
    clock.advance_ms(1_000);
    assert_eq!(browser.post("/do/rules", &[("act", "delete")]).await.status.as_u16(), 303);
    assert_eq!(browser.get(&media).await.status.as_u16(), 404);
    database.close().await;
}
