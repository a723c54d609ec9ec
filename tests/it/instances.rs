//! Two instances on one database see each other's changes. On SQLite they share a file.

use crate::rig::{
    App, Database, HERE, Platform, Push, begin_login, eventually, http, opened, patient, register, two_apps,
};
use futures::future::join_all;
use std::time::{Duration, Instant};
use weida::core::{
    CoreError,
    rule::{ACCOUNT, MatchType, TriggerKind, draft::Draft, edit, search},
    signin::{Secrets, collect::collect, enter_code::enter_code},
};

crate::every_engine!(
    a_page_at_one_is_notified_within_a_second_of_a_phone_at_the_other,
    a_rule_changed_at_one_is_answered_by_the_other_within_a_second,
    a_redelivery_to_the_other_gets_the_same_answer,
    both_fetch_one_access_token,
    limits_and_codes_are_shared,
);

/// The longest time until another instance shows a change.
const SOON: Duration = Duration::from_secs(1);

/// A waiting sign-in page: the event stream of its session's states.
struct Page(reqwest::Response);

impl Page {
    async fn open(app: &App, secrets: &Secrets) -> Self {
        let request = http().get(app.url("/signin/events")).query(&[("poll", secrets.poll())]);
        let answer = request.header("cookie", format!("weida_signin={}", secrets.to_cookie())).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Self(answer)
    }

    /// Reads until this state arrives and returns the time that it took.
    async fn receives(&mut self, state: &str) -> Duration {
        let (begun, mut received) = (Instant::now(), String::new());
        let reading = async {
            while !received.contains(&format!("data: {state}\n")) {
                let chunk = self.0.chunk().await.unwrap().expect("the stream stays open");
                received.push_str(std::str::from_utf8(&chunk).unwrap());
            }
        };
        let in_time = tokio::time::timeout(patient(SOON), reading).await.is_ok();
        assert!(in_time, "no {state:?} within a second: {received:?}");
        begun.elapsed()
    }
}

async fn a_page_at_one_is_notified_within_a_second_of_a_phone_at_the_other(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let phone = other.phone("oElsewhere");
    let user = register(&other, &phone, "elsewhere").await;
    let mut slowest = Duration::ZERO;
    for _ in 0..5 {
        let secrets = begin_login(&one).await;
        let mut page = Page::open(&one, &secrets).await;
        page.receives("waiting").await;
        phone.ask(secrets.code()).await;
        slowest = slowest.max(page.receives("scanned").await);
        phone.ask("1").await;
        slowest = slowest.max(page.receives("success").await);
        // The browser collects once, at whichever instance the load balancer chooses.
        let collected = join_all([collect(&one.ctx, &secrets), collect(&other.ctx, &secrets)]).await;
        assert_eq!(collected.iter().filter(|c| matches!(c, Ok(c) if c.user.id == user)).count(), 1);
    }
    eprintln!("{:?}: notified after at most {slowest:?}", database.engine);
}

async fn a_rule_changed_at_one_is_answered_by_the_other_within_a_second(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let phone = other.phone("oAsks");
    let editor = edit::Editor { owner_id: ACCOUNT, ..edit::Editor::default() };
    // The other instance has cached its rule set already.
    assert_eq!(phone.say("营业时间").await, None);
    let draft = |text: &str| Draft::of_text(TriggerKind::Keyword, "营业时间", MatchType::Exact, text);
    let number = edit::add(&one.ctx, &editor, &draft("九点到五点")).await.unwrap();
    let answered = eventually(patient(SOON), async || phone.say("营业时间").await.as_deref() == Some("九点到五点"));
    assert!(answered.await, "the new rule did not arrive");
    let revision = search::list(&one.ctx, ACCOUNT).await.unwrap()[0].revision;
    edit::update(&one.ctx, &editor, number, revision, &draft("全年无休")).await.unwrap();
    let answered = eventually(patient(SOON), async || phone.say("营业时间").await.as_deref() == Some("全年无休"));
    assert!(answered.await, "the change did not arrive");
    edit::delete(&one.ctx, &editor, &[number]).await.unwrap();
    assert!(
        eventually(patient(SOON), async || phone.say("营业时间").await.is_none()).await,
        "the rule was still answered"
    );
}

async fn a_redelivery_to_the_other_gets_the_same_answer(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let phone = one.phone("oBoth");
    for round in 0..10 {
        one.clock.advance_ms(61_000);
        let document = phone.text("验证码");
        let send = async |app: &App| {
            let (status, body) = Push::safe(&document, app.clock_secs()).send(app.address).await;
            assert_eq!(status, 200);
            opened(&body).unwrap()
        };
        // In every other round one delivery first, then four concurrently.
        let first = if round % 2 == 0 { Some(send(&one).await) } else { None };
        let all = join_all([&one, &other, &one, &other].map(send)).await;
        assert!(all.iter().chain(&first).all(|answer| *answer == all[0]), "{all:?}");
    }
    assert_eq!(one.count("SELECT COUNT(*) FROM messages").await, 10);
    assert_eq!(one.count("SELECT COUNT(*) FROM dynamic_codes").await, 1);
}

/// T-46, with two instances.
async fn both_fetch_one_access_token(database: &Database) {
    let platform = Platform::after(Duration::from_millis(200)).await;
    let (one, other) = two_apps(database, &[("WECHAT_API_BASE", &platform.base)]).await;
    let calls = (0..50).map(|n| {
        let app = if n % 2 == 0 { &one } else { &other };
        app.ctx.account.platform.send_custom_text("oFollower", "x")
    });
    let done = join_all(calls).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(platform.asked("/cgi-bin/stable_token").len(), 1);
    assert_eq!(platform.asked("/cgi-bin/message/custom/send").len(), 50);
}

async fn limits_and_codes_are_shared(database: &Database) {
    let (one, other) = two_apps(database, &[]).await;
    let code = one.phone("oShared").code("验证码").await;
    let secrets = begin_login(&one).await;
    // Five guesses in total, at either instance.
    for n in 0..5 {
        let app = if n % 2 == 0 { &one } else { &other };
        let wrong = if code == "000000" { "000001" } else { "000000" };
        assert!(enter_code(&app.ctx, &secrets, wrong, HERE).await.is_err());
    }
    assert!(matches!(enter_code(&other.ctx, &secrets, &code, HERE).await, Err(CoreError::SessionOver)));
    enter_code(&other.ctx, &begin_login(&one).await, &code, HERE).await.unwrap();
}
