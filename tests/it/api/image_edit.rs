//! What image edits cost: once a key, again after repeated timeouts, nothing if they are aborted early.

use crate::rig::{
    Database, Engine, World, eventually,
    image_edit::{SMALL, follower, png},
};
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;
use weida::core::{
    credit::{self, Held},
    image::{Timeouts, paid, parse},
    limit::{Limit, count},
    quota,
};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

crate::every_engine!(an_edit_is_charged_once_per_key, repeated_timeouts_cost_credits);

async fn an_edit_is_charged_once_per_key(database: &Database) {
    let world = World::open(database).await;
    let (user_id, token) = follower(&world, "oPainter").await;
    let image = png(32);
    let ask = async || {
        let answer = world.edit(&token, image.clone(), SMALL).header("idempotency-key", "once").send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let seen =
            (answer.status().as_u16(), header("content-type"), header("x-credits-remaining"), header("x-credits-cost"));
        (seen, answer.bytes().await.unwrap())
    };
    // More concurrent requests than a user has slots: those are refused, and get the same result later.
    let (mut answers, crowded): (Vec<_>, Vec<_>) =
        join_all((0..8).map(|_| ask())).await.into_iter().partition(|(seen, _)| seen.0 != 503);
    assert!(!answers.is_empty() && answers.len() + crowded.len() == 8);
    for _ in 0..3 {
        answers.push(ask().await);
    }
    let one = (200, Some("image/png".to_owned()), Some("99".to_owned()), Some("1".to_owned()));
    for (seen, bytes) in &answers {
        assert_eq!((seen, bytes), (&one, &answers[0].1));
    }
    let shown = image::load_from_memory(&answers[0].1).unwrap();
    assert_eq!((shown.width(), shown.height()), (4, 4));
    assert_eq!(world.credits(&token).await["credits"], 99);
    // T-183: a repeated request gets its answer again, but a limited number of times, because each repeats the work unpaid.
    let mut again = 0;
    while ask().await.0.0 == 200 {
        again += 1;
        assert!(again < 12, "repeats must be limited");
    }
    assert_eq!((ask().await.0.0, &world.credits(&token).await["credits"]), (429, &Value::from(99)));
    // A failed edit costs nothing and frees its key.
    let broken = world.edit(&token, png(40)[..60].to_vec(), SMALL).header("idempotency-key", "twice");
    assert_eq!(broken.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    let repaired = world.edit(&token, image.clone(), SMALL).header("idempotency-key", "twice");
    assert_eq!(repaired.send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(world.credits(&token).await["credits"], 98);
    assert_eq!(world.app.count("SELECT COUNT(*) FROM credit_holds").await, 0);
    // Each paid edit counts once for the level's quota; no other request does.
    let used = async || {
        let windows = quota::look(&world.app.ctx, user_id, "image_edit").await.unwrap().windows;
        windows.map(|window| window.used)
    };
    assert_eq!(used().await, [2, 2, 2]);
    quota::add(&world.app.ctx, user_id, "image_edit", 98).await.unwrap();
    let over = world.edit(&token, image.clone(), SMALL).send().await.unwrap();
    assert_eq!(over.status(), StatusCode::FORBIDDEN);
    assert!(over.json::<Value>().await.unwrap()["detail"].as_str().unwrap().contains("用量上限"));
    assert_eq!(
        (world.credits(&token).await["credits"].as_i64(), used().await[0]),
        (Some(98), 100),
        "neither was charged"
    );
    // A hold from yesterday that is refunded today is refunded in yesterday's quota.
    world.app.clock.advance_ms(DAY_MS);
    let Held::Now(hold) = credit::hold::hold(&world.app.ctx, user_id, 1, "image_edit", None).await.unwrap() else {
        panic!("the hold has no key")
    };
    assert_eq!(used().await, [1, 101, 101]);
    world.app.clock.advance_ms(DAY_MS);
    quota::add(&world.app.ctx, user_id, "image_edit", 1).await.unwrap();
    hold.refund().await.unwrap();
    assert_eq!(used().await, [1, 101, 101]);
}

/// T-154: from the third timeout in an hour the credit is charged, and the answer says so.
async fn repeated_timeouts_cost_credits(database: &Database) {
    let world = World::open(database).await;
    let (user_id, token) = follower(&world, "oSlow").await;
    let (_, other) = follower(&world, "oQuick").await;
    let edits = &world.app.ctx.image_edits;
    let set_timeout =
        |timeout| edits.set_timeouts(Timeouts { timeout, suspension: Duration::ZERO, ..Timeouts::default() });
    let ask = async |token: &str, key: &str| {
        let answer = world.edit(token, png(64), SMALL).header("idempotency-key", key).send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (cost, left) = (header("x-credits-cost"), header("x-credits-remaining"));
        let status = answer.status().as_u16();
        let detail =
            if status == 200 { String::new() } else { answer.json::<Value>().await.unwrap()["detail"].to_string() };
        (status, cost.zip(left), detail)
    };
    let credits = async |token: &str| world.credits(token).await["credits"].as_i64().unwrap();
    let charged = |left: i64| Some(("1".to_owned(), left.to_string()));
    set_timeout(Duration::ZERO);
    for n in 0..2 {
        let (status, cost, detail) = ask(&token, "slow").await;
        assert_eq!((status, cost, credits(&token).await), (422, None, 100), "{n}: {detail}");
        assert!(detail.contains("没有处理完") && !detail.contains("扣"), "{detail}");
    }
    for left in [99, 98] {
        let (status, cost, detail) = ask(&token, "slow").await;
        assert_eq!((status, cost, credits(&token).await), (422, charged(left), left), "{detail}");
        assert!(detail.contains("没有处理完") && detail.contains("扣 1 积分"), "{detail}");
    }
    // The quota is used as well, and no hold is left.
    let used = quota::look(&world.app.ctx, user_id, "image_edit").await.unwrap().windows.map(|window| window.used);
    assert_eq!((used, world.app.count("SELECT COUNT(*) FROM credit_holds").await), ([2, 2, 2], 0));
    // Another user's timeouts are counted separately.
    assert_eq!((ask(&other, "a").await.1, credits(&other).await), (None, 100));
    // The failures did not use up the key: a success is charged once.
    set_timeout(Duration::from_secs(20));
    for _ in 0..2 {
        assert_eq!(ask(&token, "slow").await, (200, charged(97), String::new()));
    }
    // A paid key whose repeat times out is charged like any other.
    set_timeout(Duration::ZERO);
    assert_eq!(ask(&token, "slow").await.1, charged(96));
    // After an hour the count is reset.
    world.app.clock.advance_ms(60 * MINUTE_MS);
    let (status, cost, _) = ask(&token, "later").await;
    assert_eq!((status, cost, credits(&token).await), (422, None, 96));
}

/// A client that hangs up shortly before the timeout has used the processor as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hanging_up_before_the_timeout_counts_as_one() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (user_id, token) = follower(&world, "oHangsUp").await;
    for _ in 0..2 {
        count(&world.app.ctx, Limit::EditTimeouts, &format!("user/{user_id}")).await.unwrap();
    }
    let ctx = world.app.ctx.clone();
    let list = parse(&format!("[{}]", [r#"{"op":"blur","sigma":50}"#; 20].join(","))).unwrap();
    let slot = ctx.image_edits.enter(user_id).await.unwrap();
    // Longer than half of the timeout and shorter than all of it, so the work is still running.
    let patience = Duration::from_secs(4);
    let gone = tokio::time::timeout(patience, paid::edit(&ctx, user_id, slot, png(6_000), list, None)).await;
    assert!(gone.is_err(), "the picture is too easy for this machine: {gone:?}");
    let holds = async || world.app.count("SELECT COUNT(*) FROM credit_holds").await;
    assert!(eventually(Duration::from_secs(20), async || holds().await == 0).await);
    assert_eq!(world.credits(&token).await["credits"], 99);
}

/// A client that hangs up early pays nothing, and the next process refunds the holds of a killed one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_aborted_edit_costs_nothing() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let (user_id, token) = follower(&world, "oHasty").await;
    // Asked again while the database is too busy to answer: the edit uses the whole machine.
    let balance = async |world: &World| loop {
        if let Ok(totals) = credit::totals(&world.app.ctx, user_id).await {
            return totals.balance;
        }
    };
    let (ctx, list) = (world.app.ctx.clone(), parse(r#"[{"op":"blur","sigma":50}]"#).unwrap());
    let slot = ctx.image_edits.enter(user_id).await.unwrap();
    let mut work = Box::pin(paid::edit(&ctx, user_id, slot, png(2_000), list, None));
    // The edit advances only in these short turns, so it cannot end between the charge and the look at the balance.
    let charged = async {
        loop {
            let turn = tokio::time::timeout(Duration::from_millis(10), &mut work).await;
            assert!(turn.is_err(), "the edit ended before its charge was seen");
            if balance(&world).await == 99 {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), charged).await.expect("charged before the work");
    drop(work);
    assert!(eventually(Duration::from_secs(20), async || balance(&world).await == 100).await, "refunded");

    let Held::Now(hold) = credit::hold::hold(&world.app.ctx, user_id, 1, "image_edit", None).await.unwrap() else {
        panic!("the hold has no key")
    };
    // As after a kill: the hold is not dropped.
    std::mem::forget(hold);
    world.app.stopping.cancel();
    assert_eq!(balance(&world).await, 99);
    let next = World::open(&database).await;
    let released = eventually(Duration::from_secs(20), async || balance(&next).await == 100).await;
    assert!(released, "released at the start");
    assert_eq!(next.credits(&token).await["credits"], 100);
}
