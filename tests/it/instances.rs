//! Several instances on one database: what one is told, the other knows. On SQLite they share a file.

use crate::{
    rig::{App, BEGINNING_MS, Database, Platform, Push, eventually, http, opened},
    signin::{begin_login, register},
};
use futures::future::join_all;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::core::{
    CoreError,
    clock::FakeClock,
    reply::{ACCOUNT, Cause, Matching, draft::Draft, edit, search},
    signin::{Secrets, collect::collect, typed::type_code},
};

crate::every_engine!(
    a_page_of_one_hears_within_a_second_of_a_phone_at_the_other,
    a_rule_changed_at_one_is_answered_by_the_other_within_a_second,
    a_redelivery_to_the_other_gets_the_same_answer,
    both_together_fetch_one_access_token,
    limits_and_codes_are_shared,
);

/// What the operator's people wait at most.
const SOON: Duration = Duration::from_secs(1);

pub async fn two(database: &Database, more: &[(&str, &str)]) -> (App, App) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    (App::with(database, clock.clone(), more).await, App::with(database, clock, more).await)
}

/// A page that waits: the stream of its session's states.
struct Page(reqwest::Response);

impl Page {
    async fn open(app: &App, secrets: &Secrets) -> Self {
        let request = http().get(app.url("/signin/events")).query(&[("poll", secrets.poll())]);
        let answer = request.header("cookie", format!("weida_signin={}", secrets.to_cookie())).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Self(answer)
    }

    /// Reads until this state comes, and gives the time that it took.
    async fn hears(&mut self, state: &str) -> Duration {
        let (begun, mut heard) = (Instant::now(), String::new());
        let reading = async {
            while !heard.contains(&format!("data: {state}\n")) {
                let chunk = self.0.chunk().await.unwrap().expect("the stream goes on");
                heard.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        let in_time = tokio::time::timeout(SOON, reading).await.is_ok();
        assert!(in_time, "no {state:?} within a second: {heard:?}");
        begun.elapsed()
    }
}

async fn a_page_of_one_hears_within_a_second_of_a_phone_at_the_other(database: &Database) {
    let (one, other) = two(database, &[]).await;
    let phone = other.phone("oElsewhere");
    let user = register(&other, &phone, "elsewhere").await;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let secrets = begin_login(&one).await;
        let mut page = Page::open(&one, &secrets).await;
        page.hears("waiting").await;
        phone.ask(secrets.code()).await;
        slowest = slowest.max(page.hears("scanned").await);
        phone.ask("1").await;
        slowest = slowest.max(page.hears("success").await);
        // Collected wherever the balancer sends the browser, once.
        let collected = join_all([collect(&one.ctx, &secrets), collect(&other.ctx, &secrets)]).await;
        assert_eq!(collected.iter().filter(|c| matches!(c, Ok(c) if c.user.id == user)).count(), 1);
    }
    eprintln!("{:?}: heard after at most {slowest:?}", database.engine);
}

async fn a_rule_changed_at_one_is_answered_by_the_other_within_a_second(database: &Database) {
    let (one, other) = two(database, &[]).await;
    let phone = other.phone("oAsks");
    let editor = edit::Editor { owner_id: ACCOUNT, ..edit::Editor::default() };
    // The other has its book open already.
    assert_eq!(phone.say("营业时间").await, None);
    let draft = |text: &str| Draft::of_text(Cause::Keyword, "营业时间", Matching::Exact, text);
    let number = edit::add(&one.ctx, &editor, &draft("九点到五点")).await.unwrap();
    let answered = eventually(SOON, async || phone.say("营业时间").await.as_deref() == Some("九点到五点"));
    assert!(answered.await, "the new rule did not arrive");
    let revision = search::list(&one.ctx, ACCOUNT).await.unwrap()[0].revision;
    edit::update(&one.ctx, &editor, number, revision, &draft("全年无休")).await.unwrap();
    let answered = eventually(SOON, async || phone.say("营业时间").await.as_deref() == Some("全年无休"));
    assert!(answered.await, "the change did not arrive");
    edit::delete(&one.ctx, &editor, &[number]).await.unwrap();
    assert!(eventually(SOON, async || phone.say("营业时间").await.is_none()).await, "the rule did not go");
}

async fn a_redelivery_to_the_other_gets_the_same_answer(database: &Database) {
    let (one, other) = two(database, &[]).await;
    let phone = one.phone("oBoth");
    for round in 0..10 {
        one.clock.advance_ms(61_000);
        let document = phone.text("验证码");
        let send = async |app: &App| {
            let (status, body) = Push::safe(&document, app.clock_secs()).send(app.address).await;
            assert_eq!(status, 200);
            opened(&body).unwrap()
        };
        // In order first, then all at once.
        let first = if round % 2 == 0 { Some(send(&one).await) } else { None };
        let all = join_all([&one, &other, &one, &other].map(send)).await;
        assert!(all.iter().chain(&first).all(|answer| *answer == all[0]), "{all:?}");
    }
    assert_eq!(one.count("SELECT COUNT(*) FROM messages").await, 10);
    assert_eq!(one.count("SELECT COUNT(*) FROM dynamic_codes").await, 1);
}

/// T-46, among instances.
async fn both_together_fetch_one_access_token(database: &Database) {
    let platform = Platform::after(Duration::from_millis(200)).await;
    let (one, other) = two(database, &[("WECHAT_API_BASE", &platform.base)]).await;
    let calls = (0..50).map(|n| {
        let app = if n % 2 == 0 { &one } else { &other };
        app.ctx.platform.send_custom_text("oAnybody", "x")
    });
    let done = join_all(calls).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(platform.asked("/cgi-bin/stable_token").len(), 1);
    assert_eq!(platform.asked("/cgi-bin/message/custom/send").len(), 50);
}

async fn limits_and_codes_are_shared(database: &Database) {
    let (one, other) = two(database, &[]).await;
    let code = one.phone("oShared").code("验证码").await;
    let secrets = begin_login(&one).await;
    // Five guesses, wherever they are made.
    for n in 0..5 {
        let app = if n % 2 == 0 { &one } else { &other };
        let wrong = if code == "000000" { "000001" } else { "000000" };
        assert!(type_code(&app.ctx, &secrets, wrong).await.is_err());
    }
    assert!(matches!(type_code(&other.ctx, &secrets, &code).await, Err(CoreError::SessionOver)));
    type_code(&other.ctx, &begin_login(&one).await, &code).await.unwrap();
}
