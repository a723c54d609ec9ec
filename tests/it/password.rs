//! T-21, T-22: passwords. Nobody learns which names exist, and a stranger's failures slow the stranger.

use crate::{
    rig::{App, Database, Engine, rounds},
    signin::{asker, begin_login, register},
};
use std::{
    net::IpAddr,
    time::{Duration, Instant},
};
use weida::core::{
    CoreError,
    account::{
        self, User,
        login::by_password,
        profile::{self, PasswordChange},
    },
    signin::{Purpose, begin, collect::collect, reset, typed::type_code, unbound},
};

crate::every_engine!(
    a_stranger_slows_himself_and_never_the_owner,
    each_failure_doubles_the_wait_and_a_success_forgets_them,
    an_address_that_tries_many_names_is_slowed_too,
    rivals_at_once_do_not_outrun_the_wait,
    a_password_is_set_where_there_is_a_name_to_use_it_with,
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

/// T-21. With the real hash; the medians of a quiet machine are within 5 %, those of a shared one are given more, and three
/// tries: noise passes, a leak stays.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_name_fails_in_the_same_words_and_takes_as_long() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    register(&app, &app.phone("oKnown"), "known").await;
    let mut measured = Vec::new();
    for _ in 0..3 {
        // A new minute for every address.
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

/// The medians of failing with a known name and with an unknown one, in turns.
async fn measure(app: &App, each: usize) -> (Duration, Duration) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..2 * each {
        // Known first, unknown first: known, unknown, unknown, known, …
        let is_known = n % 4 == 0 || n % 4 == 3;
        // Each from an address of its own: what slows is another test's.
        let from = format!("10.{}.{}.{}", u8::from(is_known), n / 250, n % 250 + 1);
        let begun = Instant::now();
        let refused = login(app, if is_known { "known" } else { "nobody" }, "not the horse", &from).await.unwrap_err();
        if is_known { &mut known } else { &mut unknown }.push(begun.elapsed());
        assert_eq!(format!("{refused:?}"), "WrongCredentials");
    }
    (median(known), median(unknown))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn a_password_is_set_where_there_is_a_name_to_use_it_with(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let phone = app.phone("oNameless");
    let secrets = begin_login(&app).await;
    type_code(ctx, &secrets, &phone.code("验证码").await).await.unwrap();
    let user = collect(ctx, &secrets).await.unwrap().user;
    assert_eq!(user.username, None);
    // The chat leads to the page where both are chosen, and gives no code.
    let told = phone.ask("改密").await;
    assert!(told.contains("用户名") && crate::rig::digits(&told).is_none(), "{told}");
    // A code from before opens nothing, at either door.
    let mut tx = ctx.store.begin().await.unwrap();
    let hash = ctx.hash(weida::core::secret::Use::Code, "424242");
    let until = ctx.now() + 60_000;
    weida::store::code::insert_code(&mut tx, &hash, "reset", &ctx.appid, "oNameless", 0, until).await.unwrap();
    tx.commit().await.unwrap();
    let address = OWNER.parse().unwrap();
    let refused = unbound::set_password(ctx, "424242", "another horse", address).await;
    assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
    let session = begin::login(ctx, Purpose::Reset, asker()).await.unwrap();
    let refused = reset::set_password(ctx, &session, "424242", "another horse", "x").await;
    assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
    // Who got into that state before comes out of it: the old password is theirs though they have no name.
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
    // An e-mail address is changed without writing back what somebody else has changed meanwhile.
    let mut tx = ctx.store.begin().await.unwrap();
    weida::store::user::update_profile(&mut tx, user.id, "新名字", None, Some("13800138000"), 0).await.unwrap();
    tx.commit().await.unwrap();
    profile::update_email(ctx, user.id, "a@b.cn").await.unwrap();
    let user = account::find(ctx, user.id).await.unwrap().unwrap();
    assert_eq!((user.nickname.as_str(), user.email.as_deref()), ("新名字", Some("a@b.cn")));
    assert_eq!(user.phone.as_deref(), Some("13800138000"));
}
