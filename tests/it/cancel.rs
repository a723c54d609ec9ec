//! T-29: clients disconnect at any moment. No change stays partial, and no permit or connection leaks.

use crate::rig::{App, Database, Engine, Push, eventually, http, register, rounds};
use futures::future::join_all;
use std::{net::IpAddr, time::Duration};
use weida::{
    base::rng::{Rng as _, SeededRng},
    core::{
        CoreError,
        account::{login::by_password, password::Password},
    },
};

crate::every_engine!(callers_that_hang_up_leave_nothing_half_done);

/// Messages without the delivery of the same transaction, and deliveries without the message.
const HALVES: &str = "SELECT (SELECT COUNT(*) FROM messages) - (SELECT COUNT(*) FROM deliveries)";
const PARALLEL: usize = 25;

async fn callers_that_hang_up_leave_nothing_half_done(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oHangsUp");
    register(&app, &phone, "hangsup").await;
    let rng = SeededRng::new(29);
    let clients = if database.engine == Engine::Sqlite { rounds(500, 2_000) } else { 500 };
    let client = http();
    let (mut cut, mut answered) = (0, 0);
    for n in 0..clients / PARALLEL {
        let patience = || Duration::from_millis(rng.below(51));
        let pushes = (0..PARALLEL / 2).map(|k| {
            let from = app.phone(&format!("oGone{}", k % 4));
            let push = Push::safe(&from.text("帮助"), app.clock_secs());
            let request = client.post(app.url(&push.path())).body(push.body);
            let patience = patience();
            Box::pin(async move { tokio::time::timeout(patience, request.send()).await.is_ok() })
                as futures::future::BoxFuture<'_, bool>
        });
        let logins = (0..PARALLEL - PARALLEL / 2).map(|k| {
            let (ctx, patience) = (app.ctx.clone(), patience());
            // Each from its own address: this test is not about rate limits.
            let from = IpAddr::from([10, 1, u8::try_from(n % 250).unwrap(), u8::try_from(k).unwrap()]);
            let password = if k % 2 == 0 { "correct horse" } else { "not the horse" };
            let login = async move { by_password(&ctx, "hangsup", password, from.into()).await };
            Box::pin(async move { tokio::time::timeout(patience, login).await.is_ok() })
                as futures::future::BoxFuture<'_, bool>
        });
        for is_answered in join_all(pushes.chain(logins)).await {
            *(if is_answered { &mut answered } else { &mut cut }) += 1;
        }
        assert_eq!(app.count(HALVES).await, 0);
    }
    assert!(cut > clients / 10, "{cut} of {clients} were cut off");
    // No permit of the hasher has leaked: it serves as many callers as its queue holds.
    let verify = || app.ctx.hasher.verify(Password::typed("x"), None);
    let free = eventually(Duration::from_secs(30), async || {
        join_all((0..34).map(|_| verify())).await.iter().all(Result::is_ok)
    });
    assert!(free.await, "the hasher's queue never emptied");
    // No connection has leaked either.
    let writers = join_all((0..16).map(|_| async {
        let tx = app.ctx.store.begin().await?;
        tx.rollback().await
    }));
    assert!(writers.await.iter().all(Result::is_ok));
    // A minute later: guesses from that many networks have slowed every network that is new to this user.
    app.clock.advance_ms(61_000);
    let elsewhere: IpAddr = "192.0.2.200".parse().unwrap();
    assert!(by_password(&app.ctx, "hangsup", "correct horse", elsewhere.into()).await.is_ok());
    assert!(matches!(
        by_password(&app.ctx, "hangsup", "not the horse", elsewhere.into()).await,
        Err(CoreError::WrongCredentials)
    ));
    assert!(phone.ask("我的").await.contains("hangsup"));
    assert_eq!(app.count(HALVES).await, 0);
    eprintln!("{:?}: {cut} cut off, {answered} answered", database.engine);
}
