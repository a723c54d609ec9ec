//! T-11, T-12: guessing a code. Guesses are counted before they are looked at, a session has five, and everybody together
//! has thirty wrong ones a minute before all of it slows.

use crate::{
    rig::{App, Database, Engine, rounds},
    signin::{asker, begin_login},
};
use futures::{StreamExt as _, future::join_all, stream};
use std::net::IpAddr;
use weida::core::{
    CoreError,
    signin::{Purpose, Secrets, Status, begin, begin::Asker, collect::collect, reset, typed::type_code, unbound},
};

crate::every_engine!(
    ten_thousand_wrong_guesses_at_one_session_are_five,
    ten_thousand_wrong_guesses_from_two_hundred_addresses_open_nothing,
    two_hundred_guesses_at_once_do_not_outrun_the_counter,
    the_right_code_is_too_late_after_five_wrong_ones,
    a_slowed_minute_ends_for_everybody,
    guesses_at_once_from_many_browsers_do_not_outrun_everybodys_limit,
    what_was_no_wrong_code_is_not_counted_as_one,
    nothing_is_hashed_for_whoever_has_no_guess_left,
);

/// Wrong guesses of one attack. A guess costs several round trips to a server, and there the claim is the same conditional
/// update: a tenth is enough to show that no rival comes through.
fn attack_size(database: &Database) -> usize {
    if database.engine == Engine::Sqlite { rounds(2_000, 10_000) } else { 1_000 }
}

/// How many guesses are under way at a time.
const AT_ONCE: usize = 16;

/// Six digits that are none of the given codes.
fn wrong(n: usize, codes: &[String]) -> String {
    (0..1_000_000).map(|k| format!("{:06}", (n * 97 + k) % 1_000_000)).find(|guess| !codes.contains(guess)).unwrap()
}

#[derive(Debug, Default)]
struct Tally {
    wrong: usize,
    over: usize,
    slowed: usize,
}

/// Guesses wrong, as `AT_ONCE` machines do; anything but a refusal is a break-in.
async fn attack(app: &App, sessions: &[Secrets], guesses: usize, codes: &[String]) -> Tally {
    let tries = (0..guesses).map(|n| {
        let (secrets, guess) = (&sessions[n % sessions.len()], wrong(n, codes));
        async move { type_code(&app.ctx, secrets, &guess).await }
    });
    let mut tally = Tally::default();
    let mut results = stream::iter(tries).buffer_unordered(AT_ONCE);
    while let Some(result) = results.next().await {
        match result {
            Err(CoreError::WrongCode) => tally.wrong += 1,
            Err(CoreError::SessionOver) => tally.over += 1,
            Err(CoreError::TooMany(1..=60)) => tally.slowed += 1,
            other => panic!("{other:?}"),
        }
    }
    tally
}

async fn ten_thousand_wrong_guesses_at_one_session_are_five(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oAlive").code("验证码").await;
    let secrets = begin_login(&app).await;
    let tally = attack(&app, std::slice::from_ref(&secrets), attack_size(database), &[code]).await;
    assert!(tally.wrong <= 5, "{tally:?}");
    assert_eq!(app.count("SELECT guesses FROM signin_sessions").await, 5);
    assert_eq!(crate::signin::status(&app, &secrets).await, Status::Error);
    assert!(collect(&app.ctx, &secrets).await.is_err());
    eprintln!("{:?}: {tally:?}", database.engine);
}

async fn ten_thousand_wrong_guesses_from_two_hundred_addresses_open_nothing(database: &Database) {
    let app = App::on(database).await;
    // Fifty people have a code that is alive: any of them is a prize.
    let codes = join_all((0..50).map(|n| {
        let phone = app.phone(&format!("oPrize{n}"));
        async move { phone.code("验证码").await }
    }))
    .await;
    let addresses = (0..200_u8).map(|n| IpAddr::from([203, 0, 113, n]));
    let sessions: Vec<Secrets> = stream::iter(addresses)
        .map(|address| begin::login(&app.ctx, Purpose::Login, Asker { address, ..asker() }))
        .buffered(AT_ONCE)
        .map(Result::unwrap)
        .collect()
        .await;
    let tally = attack(&app, &sessions, attack_size(database), &codes).await;
    assert!(app.count("SELECT MAX(guesses) FROM signin_sessions").await <= 5);
    // Thirty wrong ones and ten slowed ones.
    let mut evaluated = 0;
    for secrets in &sessions {
        evaluated += 5 - begin::view(&app.ctx, secrets).await.unwrap().unwrap().guesses_left;
    }
    assert!(evaluated <= 30 + 10, "{evaluated} were evaluated");
    // The alarm went off, and what came after it was refused before it was looked at.
    assert_eq!(app.count("SELECT used FROM rate_counters WHERE bucket LIKE 'wrong-codes/%'").await, 30);
    assert_eq!(app.count("SELECT used FROM rate_counters WHERE bucket LIKE 'slowed-guesses/%'").await, 10);
    assert!(tally.slowed > attack_size(database) * 9 / 10, "{tally:?}");
    // Nobody got in, and nobody's code was spent.
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions WHERE status IN ('success', 'scanned')").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM dynamic_codes").await, 50);
    eprintln!("{:?}: {evaluated} evaluated, {tally:?}", database.engine);
}

/// T-12 (CVE-2023-47111). 200 at once; fewer rounds on the servers, where each guess is several round trips.
async fn two_hundred_guesses_at_once_do_not_outrun_the_counter(database: &Database) {
    let app = App::on(database).await;
    let rounds = if database.engine == Engine::Sqlite { rounds(20, 100) } else { rounds(5, 20) };
    let mut lucky = 0;
    for round in 0..rounds {
        // A new minute: the limit of everybody together is another test's.
        app.clock.advance_ms(61_000);
        let code = app.phone("oRaced").code("验证码").await;
        let secrets = begin_login(&app).await;
        let guesses: Vec<String> = (0..200)
            .map(|n| if n == 100 { code.clone() } else { wrong(n * 31 + round, std::slice::from_ref(&code)) })
            .collect();
        let results = join_all(guesses.iter().map(|guess| type_code(&app.ctx, &secrets, guess))).await;
        let told = results.iter().filter(|r| matches!(r, Ok(_) | Err(CoreError::WrongCode))).count();
        assert!(told <= 5, "round {round}: {told} guesses learned something");
        let evaluated = app.count("SELECT guesses FROM signin_sessions ORDER BY id DESC LIMIT 1").await;
        assert!(evaluated <= 5, "round {round}: {evaluated} were evaluated");
        assert!(
            results.iter().all(|r| matches!(r, Ok(_) | Err(CoreError::WrongCode | CoreError::SessionOver))),
            "round {round}: {:?}",
            results.iter().find(|r| matches!(r, Err(e) if !matches!(e, CoreError::WrongCode | CoreError::SessionOver)))
        );
        // Who was among the five had the code; everybody else has nothing.
        let is_in = results.iter().any(Result::is_ok);
        assert_eq!(collect(&app.ctx, &secrets).await.is_ok(), is_in, "round {round}");
        lucky += usize::from(is_in);
    }
    eprintln!("{:?}: {rounds} rounds, the right one was among the first five {lucky} times", database.engine);
}

async fn the_right_code_is_too_late_after_five_wrong_ones(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oTooLate").code("验证码").await;
    let secrets = begin_login(&app).await;
    // What cannot be a code is no guess.
    for nonsense in ["", "12345", "1234567", "12345x", "１２３"] {
        assert!(matches!(type_code(&app.ctx, &secrets, nonsense).await, Err(CoreError::Invalid(_))), "{nonsense}");
    }
    for n in 0..5 {
        assert!(type_code(&app.ctx, &secrets, &wrong(n, std::slice::from_ref(&code))).await.is_err());
    }
    assert!(matches!(type_code(&app.ctx, &secrets, &code).await, Err(CoreError::SessionOver)));
    assert!(collect(&app.ctx, &secrets).await.is_err());
    // The session is dead, also for the phone; the code is not: its owner uses it elsewhere.
    assert!(app.phone("oTooLate").ask(secrets.code()).await.contains("验证码不对"));
    type_code(&app.ctx, &begin_login(&app).await, &code).await.unwrap();
}

async fn a_slowed_minute_ends_for_everybody(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oPatient").code("验证码").await;
    let attackers: Vec<Secrets> = join_all((0..10).map(|_| begin_login(&app))).await;
    let tally = attack(&app, &attackers, 100, std::slice::from_ref(&code)).await;
    assert!(tally.slowed > 0, "{tally:?}");
    let owners = begin_login(&app).await;
    assert!(matches!(type_code(&app.ctx, &owners, &code).await, Err(CoreError::TooMany(1..=60))));
    // A slowed guess cost the owner nothing; the other doors were open all the time.
    assert_eq!(begin::view(&app.ctx, &owners).await.unwrap().unwrap().guesses_left, 5);
    let sent = begin_login(&app).await;
    assert!(app.phone("oPatient").ask(sent.code()).await.contains("是你本人吗"));
    app.clock.advance_ms(60_000);
    type_code(&app.ctx, &owners, &code).await.unwrap();
    collect(&app.ctx, &owners).await.unwrap();
}

/// Each browser has its own five guesses; all of them guess in the same moment.
async fn guesses_at_once_from_many_browsers_do_not_outrun_everybodys_limit(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oSprayed").code("验证码").await;
    let codes = std::slice::from_ref(&code);
    for round in 0..rounds(2, 20) {
        app.clock.advance_ms(61_000);
        let browsers: Vec<Secrets> = join_all((0..120).map(|_| begin_login(&app))).await;
        let guesses = browsers.iter().enumerate().map(|(n, secrets)| {
            let (ctx, guess) = (&app.ctx, wrong(n + 1_000 * round, codes));
            async move { type_code(ctx, secrets, &guess).await }
        });
        let results = join_all(guesses).await;
        let evaluated = results.iter().filter(|r| matches!(r, Err(CoreError::WrongCode))).count();
        assert!(evaluated <= 40, "round {round}: {evaluated} were evaluated");
        let odd = results.iter().find(|r| !matches!(r, Err(CoreError::WrongCode | CoreError::TooMany(_))));
        assert!(odd.is_none(), "round {round}: {odd:?}");
    }
    // The admins are told once an hour, however long it goes on.
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'codes.slowed'").await, 1);
}

const WRONG_CODES: &str = "SELECT COALESCE(MAX(used), 0) FROM rate_counters WHERE bucket LIKE 'wrong-codes/%'";
const UNBOUND: &str = "SELECT COALESCE(MAX(used), 0) FROM rate_counters WHERE bucket LIKE 'unbound-codes/%'";

async fn what_was_no_wrong_code_is_not_counted_as_one(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oHonest");
    crate::signin::register(&app, &phone, "honest").await;
    type_code(&app.ctx, &begin_login(&app).await, &phone.code("验证码").await).await.unwrap();
    assert_eq!(app.count(WRONG_CODES).await, 0, "a right one");
    // A password that everybody tries first costs neither a guess nor the code, at both doors.
    let code = phone.code("改密").await;
    let session = begin::login(&app.ctx, Purpose::Reset, asker()).await.unwrap();
    let address = "192.0.2.77".parse().unwrap();
    for _ in 0..6 {
        let refused = reset::set_password(&app.ctx, &session, &code, "password", "x").await;
        assert!(matches!(refused, Err(CoreError::Invalid(_))), "{refused:?}");
    }
    for _ in 0..12 {
        let refused = unbound::set_password(&app.ctx, &code, "password", address).await;
        assert!(matches!(refused, Err(CoreError::Invalid(_))), "{refused:?}");
    }
    assert_eq!((app.count(WRONG_CODES).await, app.count(UNBOUND).await), (0, 0));
    unbound::set_password(&app.ctx, &code, "another horse", address).await.unwrap();
    assert_eq!((app.count(WRONG_CODES).await, app.count(UNBOUND).await), (0, 0));
    // A name that is taken is no guess either: the code was right.
    let code = app.phone("oNew").code("验证码").await;
    let taken = unbound::register(&app.ctx, "honest", "another horse", &code, address).await;
    assert!(matches!(taken, Err(CoreError::Invalid(_))), "{taken:?}");
    let again = phone.code("验证码").await;
    let known = unbound::register(&app.ctx, "somebody", "another horse", &again, address).await;
    assert!(matches!(known, Err(CoreError::AlreadyRegistered)), "{known:?}");
    assert_eq!((app.count(WRONG_CODES).await, app.count(UNBOUND).await), (0, 0));
}

/// Hashing is dear: a stranger who is over the limit gets none of it. A common password tells whether one was made.
async fn nothing_is_hashed_for_whoever_has_no_guess_left(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oTarget");
    crate::signin::register(&app, &phone, "target").await;
    let code = phone.code("改密").await;
    let codes = std::slice::from_ref(&code);
    let address = "192.0.2.78".parse().unwrap();
    for n in 0..10 {
        let refused = unbound::set_password(&app.ctx, &wrong(n, codes), "another horse", address).await;
        assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
    }
    let refused = unbound::set_password(&app.ctx, &code, "password", address).await;
    assert!(matches!(refused, Err(CoreError::TooMany(_))), "{refused:?}");
    let session = begin::login(&app.ctx, Purpose::Reset, asker()).await.unwrap();
    for n in 0..5 {
        assert!(reset::set_password(&app.ctx, &session, &wrong(n, codes), "another horse", "x").await.is_err());
    }
    let refused = reset::set_password(&app.ctx, &session, &code, "password", "x").await;
    assert!(matches!(refused, Err(CoreError::SessionOver)), "{refused:?}");
}
