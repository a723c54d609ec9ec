//! T-21, T-22: passwords. A client cannot learn which names exist, and an attacker's failures slow only the attacker.

use crate::rig::{App, Database, Engine, HERE, asker, begin_login, register, rounds};
use std::{
    net::IpAddr,
    time::{Duration, Instant},
};
use weida::core::account::ProfileColumn;
use weida::core::{
    CoreError,
    account::{
        self, User,
        login::by_password,
        profile::{self, PasswordChange},
    },
    signin::{Purpose, begin, collect::collect, enter_code::enter_code, reset, unsolicited_code},
};

crate::every_engine!(
    an_attackers_failures_do_not_slow_the_owner,
    each_failure_doubles_the_wait_and_a_success_resets_it,
    an_address_that_tries_many_names_is_slowed_too,
    concurrent_attempts_do_not_outrun_the_wait,
    a_password_needs_a_username,
);

const ATTACKER: &str = "203.0.113.66";
const OWNER: &str = "198.51.100.7";

async fn login(app: &App, name: &str, password: &str, from: &str) -> Result<User, CoreError> {
    by_password(&app.ctx, name, password, from.parse::<IpAddr>().unwrap().into()).await
}

/// Returns the seconds to wait, 0 where the password was checked and wrong.
async fn fail(app: &App, name: &str, from: &str) -> i64 {
    match login(app, name, "not the horse", from).await {
        Err(CoreError::WrongCredentials) => 0,
        Err(CoreError::TooMany(secs)) => secs,
        other => panic!("{other:?}"),
    }
}

/// T-22.
async fn an_attackers_failures_do_not_slow_the_owner(database: &Database) {
    let app = App::on(database).await;
    let user = register(&app, &app.phone("oOwner"), "owner").await;
    let mut refused = 0;
    for _ in 0..30 {
        refused += usize::from(fail(&app, "owner", ATTACKER).await > 0);
        app.clock.advance_ms(500);
    }
    assert!(refused > 15, "{refused} of 30 were refused");
    // The attacker waits even with the right password; the owner, in another network, does not.
    assert!(matches!(login(&app, "owner", "correct horse", ATTACKER).await, Err(CoreError::TooMany(1..=60))));
    assert_eq!(login(&app, "owner", "correct horse", OWNER).await.unwrap().id, user);
    // Another name from the attacker's address is not slowed by this one.
    assert_eq!(fail(&app, "another", ATTACKER).await, 0);
    // An hour after the last failure the count is reset.
    app.clock.advance_ms(3_600_000);
    assert!(login(&app, "owner", "correct horse", ATTACKER).await.is_ok());
}

async fn each_failure_doubles_the_wait_and_a_success_resets_it(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oDouble"), "double").await;
    for (n, wait) in [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
        assert_eq!(fail(&app, "double", ATTACKER).await, 0, "failure {n}");
        if wait > 0 {
            // The answer is a second more than needed, never less; a refused attempt does not add to the wait.
            assert_eq!(fail(&app, "double", ATTACKER).await, wait + 1, "after failure {n}");
            app.clock.advance_ms(wait * 1000);
        }
    }
    assert!(login(&app, "double", "correct horse", ATTACKER).await.is_ok());
    app.clock.advance_ms(60_000);
    for _ in 0..3 {
        assert_eq!(fail(&app, "double", ATTACKER).await, 0);
    }
}

async fn an_address_that_tries_many_names_is_slowed_too(database: &Database) {
    let app = App::on(database).await;
    app.clock.advance_ms(60_000 - app.ctx.now().rem_euclid(60_000));
    for n in 0..10 {
        assert_eq!(fail(&app, &format!("name{n}"), ATTACKER).await, 0);
    }
    let secs = fail(&app, "name10", ATTACKER).await;
    assert!((59..=61).contains(&secs), "{secs} s");
    assert_eq!(fail(&app, "name10", OWNER).await, 0);
    app.clock.advance_ms(60_000);
    assert_eq!(fail(&app, "name10", ATTACKER).await, 0);
}

/// Attempts are counted before they are checked: of twenty concurrent ones no more are checked than of twenty in sequence.
async fn concurrent_attempts_do_not_outrun_the_wait(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oRaced"), "raced").await;
    let tries = (0..20).map(|_| login(&app, "raced", "not the horse", ATTACKER));
    let results = futures::future::join_all(tries).await;
    let checked = results.iter().filter(|r| matches!(r, Err(CoreError::WrongCredentials))).count();
    assert!((1..=4).contains(&checked), "{checked} were checked");
    assert!(
        results.iter().all(|r| matches!(r, Err(CoreError::WrongCredentials | CoreError::TooMany(_)))),
        "{results:?}"
    );
    assert!(login(&app, "raced", "correct horse", OWNER).await.is_ok());
}

/// T-21. With the real hash. On a quiet machine the medians are within 5 %; a shared one gets a wider margin and three tries,
/// because noise varies between tries and a leak does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_name_fails_with_the_same_error_and_takes_as_long() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    register(&app, &app.phone("oKnown"), "known").await;
    let mut measured = Vec::new();
    for _ in 0..3 {
        // New rate-limit windows.
        app.clock.advance_ms(3_600_000);
        let (known, unknown) = measure(&app, rounds(60, 500)).await;
        measured.push((known, unknown));
        if known.max(unknown).as_secs_f64() < known.min(unknown).as_secs_f64() * 1.25 {
            eprintln!("medians: known {known:?}, unknown {unknown:?}");
            return;
        }
    }
    panic!("an unknown name takes another time than a known one: {measured:?}");
}

/// The median times of failures with a known name and with an unknown one, measured alternately.
async fn measure(app: &App, each: usize) -> (Duration, Duration) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..2 * each {
        // The order is known, unknown, unknown, known, …
        let is_known = n % 4 == 0 || n % 4 == 3;
        // Each from its own network.
        let from = format!("10.{}.{}.{}", 2 * (n / 250) + usize::from(is_known), n % 250 + 1, 1);
        // A minute apart: another test covers the slowing of one name.
        app.clock.advance_ms(61_000);
        let begun = Instant::now();
        let refused = login(app, if is_known { "known" } else { "unknown" }, "not the horse", &from).await.unwrap_err();
        if is_known { &mut known } else { &mut unknown }.push(begun.elapsed());
        assert_eq!(format!("{refused:?}"), "WrongCredentials");
    }
    (median(known), median(unknown))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn a_password_needs_a_username(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let phone = app.phone("oNameless");
    let secrets = begin_login(&app).await;
    enter_code(ctx, &secrets, &phone.code("验证码").await, HERE).await.unwrap();
    let user = collect(ctx, &secrets).await.unwrap().user;
    assert_eq!(user.username, None);
    // The chat links to the page where both are chosen, and sends no code.
    let answer = phone.ask("改密").await;
    assert!(answer.contains("用户名") && crate::rig::digits(&answer).is_none(), "{answer}");
    // An earlier code is refused in both dialects.
    let mut tx = ctx.store.begin().await.unwrap();
    let hash = ctx.hash(weida::base::secret::Use::Code, "424242");
    let until = ctx.now() + 60_000;
    weida::store::code::insert_code(&mut tx, &hash, "reset", &ctx.account.appid, "oNameless", 0, until).await.unwrap();
    tx.commit().await.unwrap();
    let address = OWNER.parse().unwrap();
    let refused = unsolicited_code::set_password(ctx, "424242", "another horse", address).await;
    assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
    let session = begin::login(ctx, Purpose::Reset, asker()).await.unwrap();
    let refused = reset::set_password(ctx, &session, "424242", "another horse", HERE).await;
    assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
    // A user who already has a password but no name can choose a name, with the old password.
    let password = account::password::Password::typed("correct horse");
    let hash = ctx.hasher.hash("password", password, None).await.unwrap();
    let mut tx = ctx.store.begin().await.unwrap();
    weida::store::user::update_password(&mut tx, user.id, &hash, 0).await.unwrap();
    tx.commit().await.unwrap();
    let user = account::find(ctx, user.id).await.unwrap().unwrap();
    let change = |old| PasswordChange { username: "named", old, new: "another horse", keep_session: "", address };
    assert!(profile::change_password(ctx, &user, change("not the horse")).await.is_err());
    profile::change_password(ctx, &user, change("correct horse")).await.unwrap();
    assert_eq!(login(&app, "named", "another horse", OWNER).await.unwrap().id, user.id);
    // Changing the e-mail address does not overwrite fields that a concurrent request changed.
    let mut tx = ctx.store.begin().await.unwrap();
    let values = [(ProfileColumn::Nickname, "新名字"), (ProfileColumn::Phone, "13800138000")]
        .map(|(c, text)| (c, Some(text.to_owned())));
    weida::store::user::update_profile(&mut tx, user.id, &values, 0).await.unwrap();
    tx.commit().await.unwrap();
    profile::update(ctx, user.id, &[(ProfileColumn::Email, "a@b.cn")]).await.unwrap();
    let user = account::find(ctx, user.id).await.unwrap().unwrap();
    assert_eq!((user.nickname.as_str(), user.email.as_deref()), ("新名字", Some("a@b.cn")));
    assert_eq!(user.phone.as_deref(), Some("13800138000"));
}
