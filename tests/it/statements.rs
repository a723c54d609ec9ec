//! How many statements a request costs, and that an idle program makes none.

use crate::rig::{
    self, App, BEGINNING_MS, Browser, Database, Engine, account, eventually, new_user, register, says, two_apps,
};
use std::{sync::Arc, time::Duration};
use weida::{
    base::clock::FakeClock,
    core::{
        credit,
        rule::{ACCOUNT, cache, edit},
        token,
    },
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
        // Without a message, whose commit would be noticed as well.
        let rules = async |count: usize| cache::load(&other.ctx, ACCOUNT).await.unwrap().len() == count;
        assert!(eventually(Duration::from_secs(1), async || rules(1).await).await, "{text}");
        assert_eq!(phone.say("词").await.as_deref(), Some(text));
        assert!(is_quiet(&other).await, "an idle program makes statements");
        edit::delete(&one.ctx, &account(), &[number]).await.unwrap();
        assert!(eventually(Duration::from_secs(1), async || rules(0).await).await, "{text}");
        assert_eq!(phone.say("词").await, None);
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

/// The lowest [`cost`] of four times the same work: tasks that follow its commits make statements of their own meanwhile.
async fn lowest_cost<T>(app: &App, work: impl AsyncFn() -> T) -> u64 {
    let mut lowest = u64::MAX;
    for _ in 0..4 {
        lowest = lowest.min(cost(app, work()).await);
    }
    lowest
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
        ("a keyword of a follower without an account", lowest_cost(&app, async || plain.ask("词").await).await),
        ("a keyword of a user", lowest_cost(&app, async || phone.ask("词").await).await),
        ("a text without an answer", lowest_cost(&app, async || phone.say("没有这个词").await).await),
        ("a redelivery", lowest_cost(&app, async || phone.push(&document).await).await),
        ("a spend", lowest_cost(&app, async || credit::spend(&app.ctx, user, 1, "test").await).await),
        ("a token", lowest_cost(&app, async || token::verify(&app.ctx, &text).await).await),
        ("the home page", lowest_cost(&app, async || browser.get("/").await).await),
    ];
    // The first message of a day in one of its lanes adds two for the count.
    let budgets = [10, 12, 10, 2, 3, 0, 2];
    for ((what, cost), budget) in found.iter().zip(budgets) {
        assert!(*cost <= budget, "{what}: {cost} statements, at most {budget}; all: {found:?}");
    }
    // A batch of forty costs little more than one: they wait for the writer together.
    let documents: Vec<String> = (0..40).map(|_| phone.text("词")).collect();
    let held = app.ctx.store.begin().await.unwrap();
    let release = async {
        let wait = async || app.ctx.account.push_queue.count() >= 30;
        assert!(eventually(Duration::from_secs(20), wait).await);
        held.rollback().await.unwrap();
    };
    let pushes = futures::future::join_all(documents.iter().map(|document| phone.push(document)));
    let many = cost(&app, futures::future::join(pushes, release)).await;
    assert!(many < 40 * 4, "forty messages at once: {many}");
}
