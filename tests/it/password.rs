//! T-21, T-22: passwords. Nobody learns which names exist, and a stranger's failures slow the stranger.

use crate::{
    rig::{App, Database, Engine, rounds},
    signin::register,
};
use std::{
    net::IpAddr,
    time::{Duration, Instant},
};
use weida::core::{
    CoreError,
    account::{User, login::by_password},
};

crate::every_engine!(
    a_stranger_slows_himself_and_never_the_owner,
    each_failure_doubles_the_wait_and_a_success_forgets_them,
    an_address_that_tries_many_names_is_slowed_too,
    rivals_at_once_do_not_outrun_the_wait,
);

const STRANGER: &str = "203.0.113.66";
const OWNER: &str = "198.51.100.7";

async fn login(app: &App, name: &str, password: &str, from: &str) -> Result<User, CoreError> {
    by_password(&app.ctx, name, password, from.parse::<IpAddr>().unwrap()).await
}

/// Seconds to wait, 0 where the try was looked at and failed.
async fn fail(app: &App, name: &str, from: &str) -> i64 {
    match login(app, name, "not the horse", from).await {
        Err(CoreError::WrongCredentials) => 0,
        Err(CoreError::TooMany(secs)) => secs,
        other => panic!("{other:?}"),
    }
}

/// T-22.
async fn a_stranger_slows_himself_and_never_the_owner(database: &Database) {
    let app = App::on(database).await;
    let user = register(&app, &app.phone("oOwner"), "owner").await;
    let mut refused = 0;
    for _ in 0..30 {
        refused += usize::from(fail(&app, "owner", STRANGER).await > 0);
        app.clock.advance_ms(500);
    }
    assert!(refused > 15, "{refused} of 30 were refused");
    // Even with the right password the stranger waits; the owner, elsewhere, does not.
    assert!(matches!(login(&app, "owner", "correct horse", STRANGER).await, Err(CoreError::TooMany(1..=60))));
    assert_eq!(login(&app, "owner", "correct horse", OWNER).await.unwrap().id, user);
    // Another name from the stranger's address is not held up by this one.
    assert_eq!(fail(&app, "somebody", STRANGER).await, 0);
    // An hour after the last failure it is forgotten.
    app.clock.advance_ms(3_600_000);
    assert!(login(&app, "owner", "correct horse", STRANGER).await.is_ok());
}

async fn each_failure_doubles_the_wait_and_a_success_forgets_them(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oDouble"), "double").await;
    for (n, wait) in [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
        assert_eq!(fail(&app, "double", STRANGER).await, 0, "failure {n}");
        if wait > 0 {
            // Told a second more than needed, never less; and asking while one must wait costs nothing more.
            assert_eq!(fail(&app, "double", STRANGER).await, wait + 1, "after failure {n}");
            app.clock.advance_ms(wait * 1000);
        }
    }
    assert!(login(&app, "double", "correct horse", STRANGER).await.is_ok());
    app.clock.advance_ms(60_000);
    for _ in 0..3 {
        assert_eq!(fail(&app, "double", STRANGER).await, 0);
    }
}

async fn an_address_that_tries_many_names_is_slowed_too(database: &Database) {
    let app = App::on(database).await;
    app.clock.advance_ms(60_000 - app.ctx.now().rem_euclid(60_000));
    for n in 0..10 {
        assert_eq!(fail(&app, &format!("name{n}"), STRANGER).await, 0);
    }
    let secs = fail(&app, "name10", STRANGER).await;
    assert!((59..=61).contains(&secs), "{secs} s");
    assert_eq!(fail(&app, "name10", OWNER).await, 0);
    app.clock.advance_ms(60_000);
    assert_eq!(fail(&app, "name10", STRANGER).await, 0);
}

/// Counted before they are looked at: of twenty at once no more are looked at than of twenty in a row.
async fn rivals_at_once_do_not_outrun_the_wait(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oRivals"), "rivals").await;
    let tries = (0..20).map(|_| login(&app, "rivals", "not the horse", STRANGER));
    let results = futures::future::join_all(tries).await;
    let looked_at = results.iter().filter(|r| matches!(r, Err(CoreError::WrongCredentials))).count();
    assert!((1..=4).contains(&looked_at), "{looked_at} were looked at");
    assert!(
        results.iter().all(|r| matches!(r, Err(CoreError::WrongCredentials | CoreError::TooMany(_)))),
        "{results:?}"
    );
    assert!(login(&app, "rivals", "correct horse", OWNER).await.is_ok());
}

/// T-21. With the real hash; the medians of a quiet machine are within 5 %, those of a shared one are given more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_name_fails_in_the_same_words_and_takes_as_long() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    register(&app, &app.phone("oKnown"), "known").await;
    let each = rounds(60, 500);
    let (mut known, mut unknown, mut words) = (Vec::new(), Vec::new(), std::collections::BTreeSet::new());
    for n in 0..each {
        for (name, times) in [("known", &mut known), ("nobody", &mut unknown)] {
            // Each from an address of its own: what slows is another test's.
            let from = format!("10.{}.{}.{}", u8::from(name == "known"), n / 250, n % 250 + 1);
            let begun = Instant::now();
            let refused = login(&app, name, "not the horse", &from).await.unwrap_err();
            times.push(begun.elapsed());
            words.insert(format!("{refused:?}"));
        }
    }
    assert_eq!(words.into_iter().collect::<Vec<_>>(), ["WrongCredentials"]);
    let (known, unknown) = (median(known), median(unknown));
    eprintln!("known {known:?}, unknown {unknown:?}");
    let (low, high) = (known.min(unknown), known.max(unknown));
    assert!(high.as_secs_f64() < low.as_secs_f64() * 1.25, "known {known:?}, unknown {unknown:?}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
