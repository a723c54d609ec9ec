//! T-13, T-15: only the browser that began a sign-in collects its result, and only once.

use crate::rig::{App, Database, Platform, asker, begin_login, http, register};
use futures::future::join_all;
use std::{collections::BTreeSet, sync::Arc};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        signin::{Purpose, Secrets, begin, collect::collect},
    },
};

crate::every_engine!(
    of_a_hundred_concurrent_collects_one_succeeds,
    nothing_but_the_browsers_own_cookie_collects,
    the_stream_of_states_opens_for_cookie_and_poll_secret_together_only,
);

/// T-13. 20 rounds with 100 concurrent collects each, on every engine, beside all other tests.
async fn of_a_hundred_concurrent_collects_one_succeeds(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oHundred");
    let user = register(&app, &phone, "hundred").await;
    for round in 0..20 {
        let secrets = begin_login(&app).await;
        phone.ask(secrets.code()).await;
        phone.ask("1").await;
        let collected = join_all((0..100).map(|_| collect(&app.ctx, &secrets))).await;
        let won = collected.iter().filter(|c| matches!(c, Ok(c) if c.user.id == user)).count();
        let lost = collected.iter().filter(|c| matches!(c, Err(CoreError::SessionOver))).count();
        assert_eq!((won, lost), (1, 99), "round {round}");
    }
}

/// A cookie composed of the given parts.
fn cookie(browser: &str, poll: &str, code: &str) -> Option<Secrets> {
    Secrets::parse(&format!("{browser}.{poll}.{code}"))
}

/// T-15, in the core: every wrong secret gets the same error.
async fn nothing_but_the_browsers_own_cookie_collects(database: &Database) {
    let platform = Platform::answering().await;
    let clock = Arc::new(FakeClock::at(crate::rig::BEGINNING_MS));
    let app = App::with(database, clock, &[("WECHAT_API_BASE", &platform.base)]).await;
    let phone = app.phone("oVictim");
    register(&app, &phone, "victim").await;
    let victims = begin_login(&app).await;
    let scene = platform.last_scene().unwrap();
    let attackers = begin_login(&app).await;
    phone.ask(victims.code()).await;
    phone.ask("1").await;

    let (own, other) = (victims.to_cookie(), attackers.to_cookie());
    let parts: Vec<&str> = own.split('.').collect();
    let others: Vec<&str> = other.split('.').collect();
    let ticket: String = "gQH47joAAAAAAAAAASxodHRwOi8v".chars().take(22).collect();
    let forged = [
        // The scene of the QR, the ticket, and the poll secret in the place of the browser's.
        cookie(&scene, parts[1], parts[2]),
        cookie(&ticket, parts[1], parts[2]),
        cookie(parts[1], parts[1], parts[2]),
        cookie(parts[1], parts[0], parts[2]),
        // Another browser's, with the parts of the victim's that its page and chat show.
        Some(attackers.clone()),
        cookie(others[0], parts[1], parts[2]),
        cookie(&"0".repeat(22), parts[1], parts[2]),
        cookie(&parts[0].to_lowercase(), parts[1], parts[2]),
        cookie(&parts[0].to_uppercase(), parts[1], parts[2]),
    ];
    let mut refusals = BTreeSet::new();
    for (n, secrets) in forged.into_iter().flatten().enumerate() {
        let refused = collect(&app.ctx, &secrets).await.expect_err(&format!("cookie {n}"));
        refusals.insert(format!("{refused:?}"));
    }
    collect(&app.ctx, &victims).await.unwrap();
    // The old cookie after collecting.
    refusals.insert(format!("{:?}", collect(&app.ctx, &victims).await.expect_err("a second time")));
    assert_eq!(refusals.into_iter().collect::<Vec<_>>(), ["SessionOver"]);
}

/// T-15, over HTTP: every mismatch gets the same 404.
async fn the_stream_of_states_opens_for_cookie_and_poll_secret_together_only(database: &Database) {
    let app = App::on(database).await;
    let gone = begin::login(&app.ctx, Purpose::Login, asker()).await.unwrap();
    app.clock.advance_ms(25 * 3_600_000);
    weida::core::cleanup::delete_expired(&app.ctx).await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions").await, 0);
    let (own, other) = (begin_login(&app).await, begin_login(&app).await);
    let swapped = format!("{}.{}.{}", own.poll(), own.poll(), own.code());
    let attempts = [
        (None, own.poll().to_owned()),
        (Some(String::new()), own.poll().to_owned()),
        (Some("a.b.c".to_owned()), own.poll().to_owned()),
        (Some(other.to_cookie()), own.poll().to_owned()),
        (Some(own.to_cookie()), other.poll().to_owned()),
        (Some(own.to_cookie()), String::new()),
        (Some(own.to_cookie()), own.code().to_owned()),
        (Some(own.to_cookie()), own.to_cookie()),
        (Some(swapped), own.poll().to_owned()),
        (Some(gone.to_cookie()), gone.poll().to_owned()),
    ];
    let mut answers = BTreeSet::new();
    for (cookie, poll) in attempts {
        let mut request = http().get(app.url("/signin/events")).query(&[("poll", &poll)]);
        if let Some(cookie) = cookie {
            request = request.header("cookie", format!("weida_signin={cookie}"));
        }
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get("content-type").cloned();
        answers.insert(format!("{} {kind:?} {:?}", answer.status().as_u16(), answer.text().await.unwrap()));
    }
    assert_eq!(answers.into_iter().collect::<Vec<_>>(), ["404 None \"\""]);
    // The matching pair opens the stream.
    let request = http().get(app.url("/signin/events")).query(&[("poll", own.poll())]);
    let answer = request.header("cookie", format!("weida_signin={}", own.to_cookie())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}
