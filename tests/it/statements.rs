//! How many statements a request costs, and that an idle program makes none.

use crate::rig::{
    self, App, BEGINNING_MS, Browser, Database, Engine, account, eventually, new_user, register, says, two_apps,
};
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::FakeClock,
    core::{credit, rule::edit, token},
};

/// How long the program gets to finish what its start began.
const QUIET: Duration = Duration::from_secs(20);
/// Longer than the intervals of the tasks that follow changes and holds.
const WINDOW: Duration = Duration::from_millis(2_500);

/// Waits until a whole window passes without a statement.
async fn is_quiet(app: &App) -> bool {
    let window = async || {
        let before = app.ctx.store.statements();
        tokio::time::sleep(WINDOW).await;
        app.ctx.store.statements() == before
    };
    eventually(QUIET, window).await
}

async fn sqlite() -> Database {
    Database::open(Engine::Sqlite).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_program_makes_no_statement_and_still_sees_a_change_within_a_second() {
    let database = sqlite().await;
    let (one, other) = two_apps(&database, &[]).await;
    let phone = other.phone("oIdle");
    phone.follow().await;
    assert_eq!(phone.say("词").await, None);
    for text in ["一", "二"] {
        assert!(is_quiet(&other).await, "an idle program makes statements");
        let number = edit::add(&one.ctx, &account(), &says("词", text)).await.unwrap();
        let answered = eventually(Duration::from_secs(1), async || phone.say("词").await.as_deref() == Some(text));
        assert!(answered.await, "{text}");
        edit::delete(&one.ctx, &account(), &[number]).await.unwrap();
        assert!(eventually(Duration::from_secs(1), async || phone.say("词").await.is_none()).await);
    }
    // What is due by the clock alone is done, too.
    let secrets = rig::begin_login(&one).await;
    assert!(is_quiet(&one).await);
    one.clock.advance_ms(3_600_000);
    let expired = async || one.count("SELECT COUNT(*) FROM signin_sessions WHERE status = 'expired'").await == 1;
    assert!(eventually(Duration::from_secs(15), expired).await, "an overdue sign-in was not ended: {secrets:?}");
}

/// The statements of some work, without those that begin and end transactions.
async fn cost<T>(app: &App, work: impl Future<Output = T>) -> u64 {
    let before = app.ctx.store.statements();
    work.await;
    app.ctx.store.statements() - before
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_stay_within_their_statements() {
    let database = sqlite().await;
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &[]).await;
    edit::add_many(&app.ctx, &account(), vec![says("词", "答")]).await.unwrap();
    let (phone, plain) = (app.phone("oBudget"), app.phone("oBudgetAlone"));
    let user = register(&app, &phone, "budget").await;
    plain.follow().await;
    rig::adjust(&app.ctx, user, 100).await.unwrap();
    let bearer = new_user(&app, "oBearer").await;
    let text = rig::token(&app.ctx, bearer, None).await.unwrap();
    token::verify(&app.ctx, &text).await.unwrap();
    let browser = Browser::on(&app);
    for _ in 0..2 {
        phone.ask("词").await;
        plain.ask("词").await;
    }
    let document = phone.text("词");
    phone.push(&document).await;
    assert!(is_quiet(&app).await);
    let found = [
        ("a keyword of a follower without an account", cost(&app, plain.ask("词")).await),
        ("a keyword of a user", cost(&app, phone.ask("词")).await),
        ("a text without an answer", cost(&app, phone.say("没有这个词")).await),
        ("a redelivery", cost(&app, phone.push(&document)).await),
        ("a spend", cost(&app, credit::spend(&app.ctx, user, 1, "test")).await),
        ("a token", cost(&app, token::verify(&app.ctx, &text)).await),
        ("the home page", cost(&app, browser.get("/")).await),
    ];
    // The first message of a day in one of its lanes adds two for the count.
    let budgets = [10, 12, 10, 2, 3, 0, 2];
    for ((what, cost), budget) in found.iter().zip(budgets) {
        assert!(*cost <= budget, "{what}: {cost} statements, at most {budget}; all: {found:?}");
    }
    // A batch of forty costs little more than one.
    let documents: Vec<String> = (0..40).map(|_| phone.text("词")).collect();
    let many = cost(&app, futures::future::join_all(documents.iter().map(|document| phone.push(document)))).await;
    assert!(many < 40 * 4, "forty messages at once: {many}");
}
