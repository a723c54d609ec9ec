//! Quotas and the counter under concurrency: no limit is exceeded and no increment is lost.

use crate::rig::{App, Database, new_user};
use futures::future::join_all;
use weida::core::{CoreError, counter, quota};

crate::every_engine!(
    concurrent_uses_do_not_exceed_the_tightest_window,
    a_new_day_resets_the_day_but_not_the_month,
    two_hundred_concurrent_increments_add_two_hundred,
);

async fn concurrent_uses_do_not_exceed_the_tightest_window(database: &Database) {
    let app = App::on(database).await;
    let user = new_user(&app, "oWriter").await;
    let tasks = (0..60).map(|_| {
        let ctx = app.ctx.clone();
        tokio::spawn(async move { quota::add(&ctx, user, "article", 1).await })
    });
    let mut added = 0;
    for done in join_all(tasks).await {
        match done.unwrap() {
            Ok(usage) => {
                added += 1;
                assert!(usage.tightest().used <= 10);
            }
            Err(CoreError::OverQuota) => {}
            Err(e) => panic!("{e}"),
        }
    }
    assert_eq!(added, 10);
    let usage = quota::look(&app.ctx, user, "article").await.unwrap();
    assert_eq!(usage.windows.map(|w| w.used), [10, 10, 10]);
    // An amount that does not fit is not added to any window.
    let other = new_user(&app, "oOther").await;
    assert!(matches!(quota::add(&app.ctx, other, "article", 11).await, Err(CoreError::OverQuota)));
    assert_eq!(quota::look(&app.ctx, other, "article").await.unwrap().windows.map(|w| w.used), [0, 0, 0]);
    assert_eq!(quota::add(&app.ctx, other, "article", 10).await.unwrap().tightest().remaining(), Some(0));
    for (feature, amount) in [("nothing", 1), ("article", 0), ("article", -1), ("article", i64::MAX)] {
        assert!(matches!(quota::add(&app.ctx, other, feature, amount).await, Err(CoreError::Invalid(_))), "{feature}");
    }
    assert!(matches!(quota::add(&app.ctx, 999_999, "article", 1).await, Err(CoreError::NotFound)));
}

async fn a_new_day_resets_the_day_but_not_the_month(database: &Database) {
    const DAY_MS: i64 = 24 * 3_600_000;
    let app = App::on(database).await;
    let user = new_user(&app, "oDaily").await;
    // 2025-09-01T00:00:00+08:00
    app.clock.advance_ms(1_756_656_000_000 - app.ctx.now());
    for day in 0..10 {
        quota::add(&app.ctx, user, "article", 10).await.unwrap();
        assert!(matches!(quota::add(&app.ctx, user, "article", 1).await, Err(CoreError::OverQuota)), "day {day}");
        app.clock.advance_ms(DAY_MS);
    }
    // The month's limit of a hundred is used up, although it is a new day.
    let usage = quota::look(&app.ctx, user, "article").await.unwrap();
    assert_eq!(usage.windows.map(|w| w.used), [0, 100, 100]);
    assert!(matches!(quota::add(&app.ctx, user, "article", 1).await, Err(CoreError::OverQuota)));
    app.clock.advance_ms(20 * DAY_MS);
    assert_eq!(quota::add(&app.ctx, user, "article", 1).await.unwrap().windows.map(|w| w.used), [1, 1, 101]);
}

async fn two_hundred_concurrent_increments_add_two_hundred(database: &Database) {
    let app = App::on(database).await;
    let tasks = (0..200).map(|_| {
        let ctx = app.ctx.clone();
        tokio::spawn(async move { counter::increment(&ctx).await.unwrap() })
    });
    let mut values: Vec<i64> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    values.sort_unstable();
    assert_eq!(values, (1..=200).collect::<Vec<i64>>());
    assert_eq!(counter::clear(&app.ctx).await.unwrap(), 0);
    assert_eq!(counter::value(&app.ctx).await.unwrap(), 0);
}
