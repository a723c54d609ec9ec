//! Limits on flooding: an address's sign-ins, a person's codes, and that the next minute is fine.

use crate::{
    rig::{App, BEGINNING_MS, Database, digits, rounds},
    signin::asker,
    web::Browser,
};
use futures::future::join_all;
use std::{net::IpAddr, sync::Arc};
use weida::core::{
    CoreError,
    clock::FakeClock,
    signin::{Purpose, Secrets, begin, begin::Asker},
};

crate::every_engine!(
    the_thirty_first_session_of_an_address_is_refused_with_the_seconds_to_wait,
    a_crowd_that_comes_at_once_gets_no_more_than_its_limit,
    the_first_ones_of_a_minute_are_let_in_however_close_they_come,
    the_sixth_code_in_a_minute_is_refused_in_the_chat,
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
    // The same one, whichever way it is written and whatever it asks for.
    assert!(matches!(begin_from(&app, "::ffff:192.0.2.7").await, Err(CoreError::TooMany(_))));
    assert!(matches!(begin::bind(&app.ctx, 1, from("192.0.2.7")).await, Err(CoreError::TooMany(_))));
    let registering = begin::register(&app.ctx, "someone", "correct horse", from("192.0.2.7")).await;
    assert!(matches!(registering, Err(CoreError::TooMany(_))));
    // Nobody else is touched, and this machine has a hundred times as much.
    assert!(begin_from(&app, "192.0.2.8").await.is_ok());
    for _ in 0..31 {
        begin_from(&app, "127.0.0.1").await.unwrap();
    }
    // Of IPv6 a customer has 2^64 addresses, and one limit.
    for n in 0..30 {
        begin_from(&app, &format!("2001:db8:1:2::{n:x}")).await.unwrap();
    }
    assert!(matches!(begin_from(&app, "2001:db8:1:2:ffff::1").await, Err(CoreError::TooMany(_))));
    assert!(begin_from(&app, "2001:db8:1:3::1").await.is_ok());
    app.clock.advance_ms(48_000);
    assert!(begin_from(&app, "192.0.2.7").await.is_ok());
}

async fn a_crowd_that_comes_at_once_gets_no_more_than_its_limit(database: &Database) {
    let app = App::on(database).await;
    let began = join_all((0..60).map(|_| begin_from(&app, "192.0.2.9"))).await;
    assert_eq!(began.iter().filter(|b| b.is_ok()).count(), 30);
    assert!(began.iter().all(|b| matches!(b, Ok(_) | Err(CoreError::TooMany(1..=60)))));
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions").await, 30);
}

/// They all find no counter, and one of them makes it: the others are no crowd for that.
async fn the_first_ones_of_a_minute_are_let_in_however_close_they_come(database: &Database) {
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
    // Whatever the code is for, and in whatever language it is asked.
    assert!(phone.ask("code").await.contains("too fast"));
    // The last one given is still good: asking too often takes nothing away.
    let secrets = crate::signin::begin_login(&app).await;
    weida::core::signin::typed::type_code(&app.ctx, &secrets, &last).await.unwrap();
    assert!(app.phone("oPatient").ask("验证码").await.contains("验证码："));
    app.clock.advance_ms(60_000);
    assert!(digits(&phone.ask("验证码").await).is_some());
}

/// Forms, and files of answers, are counted as calls are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_sends_no_more_forms_than_a_program_calls() {
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
    // Pages are shown, and a second later it goes on.
    assert_eq!(browser.get("/login").await.status.as_u16(), 200);
    clock.advance_ms(1_000);
    assert_eq!(browser.post("/do/rules", &[("act", "delete")]).await.status.as_u16(), 303);
    assert_eq!(browser.get(&media).await.status.as_u16(), 404);
    database.close().await;
}
