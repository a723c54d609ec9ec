//! T-01, T-02, T-03: credits are never oversold, never lost, and never charged twice for one request.

use crate::rig::{App, BEGINNING_MS, Database, Engine, eventually, new_user, rounds};
use futures::future::join_all;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use weida::{
    base::{
        clock::FakeClock,
        rng::{Rng as _, SeededRng},
    },
    core::{
        CoreError,
        credit::{self, Held, Hold, Key, hold},
    },
};

crate::every_engine!(
    three_thousand_spends_of_a_thousand_credits,
    one_key_spends_once,
    a_hold_is_refunded_when_the_work_fails,
    a_hold_of_a_dead_instance_is_refunded,
);

async fn rich(app: &App, openid: &str, credits: i64) -> i64 {
    let user = new_user(app, openid).await;
    crate::rig::adjust(&app.ctx, user, credits).await.unwrap();
    user
}

/// The balance, which must be the ledger's sum and the totals' difference.
async fn balance(app: &App, user: i64) -> i64 {
    use sqlx::Row as _;
    use weida::store::Link as _;
    loop {
        let before = credit::totals(&app.ctx, user).await.unwrap();
        let mut db = app.ctx.store.read().await.unwrap();
        let ledger = db.sql("SELECT delta FROM credit_entries WHERE user_id = ?").bind(user).fetch_all(db.conn());
        let sum: i64 = ledger.await.unwrap().iter().map(|row| row.get::<i64, _>(0)).sum();
        drop(db);
        // A refund may have happened between the two reads.
        if credit::totals(&app.ctx, user).await.unwrap() == before {
            assert_eq!((before.granted - before.spent, sum), (before.balance, before.balance));
            return sum;
        }
    }
}

/// T-01: 64 tasks, 50 spends each.
async fn three_thousand_spends_of_a_thousand_credits(database: &Database) {
    let app = App::on(database).await;
    let user = rich(&app, "oSpender", 1_000).await;
    let tasks = (0..64).map(|_| {
        let ctx = app.ctx.clone();
        tokio::spawn(async move {
            let mut done = 0;
            for _ in 0..50 {
                match credit::spend(&ctx, user, 1, "test").await {
                    Ok(left) => {
                        assert!((0..1_000).contains(&left));
                        done += 1;
                    }
                    Err(CoreError::OutOfCredits) => {}
                    Err(e) => panic!("{e}"),
                }
            }
            done
        })
    });
    let done: i64 = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
    assert_eq!((done, balance(&app, user).await), (1_000, 0));
    assert_eq!(app.count("SELECT COUNT(*) FROM credit_entries WHERE kind = 'spend'").await, 1_000);
}

/// T-02: one idempotency key: fifty concurrent requests, three later ones, and a different request under the same key.
async fn one_key_spends_once(database: &Database) {
    let app = App::on(database).await;
    let user = rich(&app, "oKey", 10).await;
    let key = Key::new(&app.ctx, "edit-1", &[b"grayscale", b"picture"]).unwrap();
    let ask = async |key: Key| {
        Ok::<_, CoreError>(match hold::hold(&app.ctx, user, 1, "test", Some(&key)).await? {
            Held::Before(answer) => answer,
            Held::Now(held) => {
                let answer = format!("left {}", held.balance);
                held.commit(&answer).await?;
                answer
            }
        })
    };
    let answers = join_all((0..50).map(|_| ask(key.clone()))).await;
    for answer in &answers {
        assert_eq!(answer.as_ref().unwrap(), "left 9");
    }
    for _ in 0..3 {
        app.clock.advance_ms(3_600_000);
        assert_eq!(ask(key.clone()).await.unwrap(), "left 9");
    }
    assert_eq!(balance(&app, user).await, 9);
    let other = Key::new(&app.ctx, "edit-1", &[b"grayscalepicture"]).unwrap();
    assert!(matches!(ask(other).await, Err(CoreError::KeyReused)));
    // Another user may use the same key.
    let neighbour = rich(&app, "oNeighbour", 1).await;
    assert!(matches!(hold::hold(&app.ctx, neighbour, 1, "test", Some(&key)).await, Ok(Held::Now(_))));
    // After a day the key counts as new.
    app.clock.advance_ms(24 * 3_600_000);
    assert_eq!(ask(key).await.unwrap(), "left 8");
    for bad in ["", "a b", "ключ", &"x".repeat(256)] {
        assert!(matches!(Key::new(&app.ctx, bad, &[]), Err(CoreError::Invalid(_))), "{bad}");
    }
}

async fn held(app: &App, user: i64, amount: i64, key: Option<&Key>) -> Hold {
    match hold::hold(&app.ctx, user, amount, "test", key).await.unwrap() {
        Held::Now(held) => held,
        Held::Before(answer) => panic!("{answer}"),
    }
}

async fn a_hold_is_refunded_when_the_work_fails(database: &Database) {
    let app = App::on(database).await;
    let user = rich(&app, "oFails", 5).await;
    let first = held(&app, user, 5, None).await;
    assert_eq!((first.balance, balance(&app, user).await), (0, 0));
    assert!(matches!(hold::hold(&app.ctx, user, 1, "test", None).await, Err(CoreError::OutOfCredits)));
    first.refund().await.unwrap();
    assert_eq!(balance(&app, user).await, 5);
    // A caller that hung up: the hold is dropped.
    let key = Key::new(&app.ctx, "k", &[]).unwrap();
    drop(held(&app, user, 2, Some(&key)).await);
    assert!(eventually(Duration::from_secs(5), async || balance(&app, user).await == 5).await);
    // The key is free again: the same request may be sent once more.
    held(&app, user, 2, Some(&key)).await.commit("done").await.unwrap();
    assert_eq!(balance(&app, user).await, 3);
    assert_eq!(app.count("SELECT COUNT(*) FROM credit_holds").await, 0);
    for amount in [0, -1, i64::MAX] {
        assert!(matches!(hold::hold(&app.ctx, user, amount, "test", None).await, Err(CoreError::Invalid(_))));
        assert!(matches!(credit::spend(&app.ctx, user, amount, "test").await, Err(CoreError::Invalid(_))));
    }
    assert!(matches!(crate::rig::adjust(&app.ctx, user, -4).await, Err(CoreError::OutOfCredits)));
    assert_eq!(crate::rig::adjust(&app.ctx, user, -3).await.unwrap(), 0);
    assert_eq!(balance(&app, user).await, 0);
}

async fn a_hold_of_a_dead_instance_is_refunded(database: &Database) {
    use weida::store::Link as _;
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let app = App::with(database, clock.clone(), &[]).await;
    let user = rich(&app, "oDies", 5).await;
    let key = Key::new(&app.ctx, "k", &[]).unwrap();
    let lost = held(&app, user, 3, Some(&key)).await;
    // A hold whose work continues is renewed.
    for _ in 0..5 {
        clock.advance_ms(8_000);
        hold::renew(&app.ctx).await.unwrap();
        hold::release(&app.ctx, false).await.unwrap();
    }
    assert_eq!(balance(&app, user).await, 2);
    // Its instance stops renewing it. In this test that instance still runs and may renew it: then the hold is expired once more.
    let next = App::with(database, clock.clone(), &[]).await;
    let comes_back = eventually(Duration::from_secs(5), async || {
        let mut tx = app.ctx.store.begin().await.unwrap();
        tx.sql("UPDATE credit_holds SET expires_at = 0").execute(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
        hold::release(&next.ctx, false).await.unwrap();
        balance(&next, user).await == 5
    });
    assert!(comes_back.await);
    // The first instance had only paused: its late result is charged, once.
    lost.commit("done").await.unwrap();
    assert_eq!(balance(&next, user).await, 2);
    assert!(matches!(hold::hold(&next.ctx, user, 3, "test", Some(&key)).await, Ok(Held::Before(a)) if a == "done"));
}

/// The embedded database has one program: at its start no work can be under way, so it refunds every open hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_refunds_open_holds() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let user = rich(&app, "oKilled", 5).await;
    let under_way = held(&app, user, 3, None).await;
    // A second instance beside it must not refund.
    let beside = App::on(&database).await;
    assert_eq!(balance(&beside, user).await, 2);
    for stopped in [&app, &beside] {
        stopped.stopping.cancel();
    }
    let is_free = eventually(Duration::from_secs(15), async || app.ctx.store.claim_alone().is_some());
    assert!(is_free.await, "the first program did not stop");
    let next = App::on(&database).await;
    assert_eq!(balance(&next, user).await, 5);
    drop(under_way);
}

/// A model of credits in thirty lines.
#[derive(Debug, Default)]
struct Model {
    balance: i64,
    holds: BTreeMap<usize, (i64, Option<usize>)>,
    answered: BTreeMap<usize, String>,
}

impl Model {
    fn take(&mut self, amount: i64) -> bool {
        let is_enough = self.balance >= amount;
        self.balance -= if is_enough { amount } else { 0 };
        is_enough
    }

    /// Returns true if the work may begin, `Err` with the stored answer of a finished key.
    fn hold(&mut self, id: usize, amount: i64, key: Option<usize>) -> Result<bool, String> {
        if let Some(answer) = key.and_then(|k| self.answered.get(&k)) {
            return Err(answer.clone());
        }
        let is_taken = self.take(amount);
        if is_taken {
            self.holds.insert(id, (amount, key));
        }
        Ok(is_taken)
    }

    fn end(&mut self, id: usize, is_done: bool) {
        let (amount, key) = self.holds.remove(&id).unwrap();
        if !is_done {
            self.balance += amount;
        } else if let Some(key) = key {
            self.answered.insert(key, format!("answer {id}"));
        }
    }
}

/// T-03: random sequences give the same results as the model.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_does_what_the_model_does() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let rng = SeededRng::new(3);
    let draw = |below: usize| usize::try_from(rng.below(below as u64)).unwrap();
    let longest = rounds(12, 200);
    let mut steps = 0;
    for sequence in 0..2_000 {
        let user = new_user(&app, &format!("oSequence{sequence}")).await;
        let (mut model, mut holds) = (Model::default(), BTreeMap::<usize, Hold>::new());
        for step in 0..=draw(longest) {
            steps += 1;
            let amount = i64::try_from(draw(20)).unwrap() + 1;
            match draw(7) {
                0 | 1 => {
                    crate::rig::adjust(&app.ctx, user, amount).await.unwrap();
                    model.balance += amount;
                }
                2 => {
                    let done = crate::rig::adjust(&app.ctx, user, -amount).await.is_ok();
                    assert_eq!(done, model.take(amount), "{sequence}/{step}");
                }
                3 => assert_eq!(credit::spend(&app.ctx, user, amount, "test").await.is_ok(), model.take(amount)),
                4 => {
                    let name = draw(3);
                    // A key whose work is under way would block.
                    let name = (!model.holds.values().any(|(_, k)| *k == Some(name)) && draw(2) == 0).then_some(name);
                    let key = name.map(|k| Key::new(&app.ctx, &format!("k{k}"), &[b"same"]).unwrap());
                    match (
                        hold::hold(&app.ctx, user, amount, "test", key.as_ref()).await,
                        model.hold(step, amount, name),
                    ) {
                        (Ok(Held::Now(held)), Ok(true)) => drop(holds.insert(step, held)),
                        (Ok(Held::Before(answer)), Err(expected)) => assert_eq!(answer, expected),
                        (Err(CoreError::OutOfCredits), Ok(false)) => {}
                        other => panic!("{sequence}/{step}: {other:?}"),
                    }
                }
                n => {
                    let Some((id, held)) = holds.pop_first() else { continue };
                    model.end(id, n == 5);
                    if n == 5 {
                        held.commit(&format!("answer {id}")).await.unwrap();
                    } else {
                        held.refund().await.unwrap();
                    }
                }
            }
            let totals = credit::totals(&app.ctx, user).await.unwrap();
            assert_eq!(
                (totals.balance, totals.granted - totals.spent),
                (model.balance, model.balance),
                "{sequence}/{step}"
            );
            assert!(model.balance >= 0);
        }
        for (id, held) in holds {
            model.end(id, false);
            held.refund().await.unwrap();
        }
        assert_eq!(balance(&app, user).await, model.balance, "{sequence}");
    }
    eprintln!("{steps} steps");
}
