//! T-11, T-12, T-150: guessing a code. Guesses are counted before they are checked: a session has five, an address ten a minute, its
//! wider networks twenty, and all addresses together thirty. Beyond that, addresses without failures can still sign in.

use crate::rig::{App, Database, Engine, HERE, asker, begin_login, rounds};
use futures::{StreamExt as _, future::join_all, stream};
use std::net::IpAddr;
use weida::core::{
    CoreError,
    signin::{Purpose, Secrets, Status, begin, collect::collect, enter_code::enter_code, reset, unsolicited_code},
};

crate::every_engine!(
    of_ten_thousand_wrong_guesses_at_one_session_five_are_checked,
    ten_thousand_wrong_guesses_from_two_hundred_addresses_sign_in_nowhere,
    two_hundred_concurrent_guesses_do_not_outrun_the_counter,
    the_right_code_is_too_late_after_five_wrong_ones,
    one_address_that_guesses_does_not_block_others,
    a_wide_network_shares_one_limit,
    addresses_without_failures_can_sign_in_while_the_total_is_used_up,
    concurrent_guesses_from_many_browsers_do_not_outrun_the_total,
    only_wrong_codes_are_counted,
    no_password_is_hashed_when_no_guess_is_left,
);

/// Number of wrong guesses of one attack. A database server needs several round trips for a guess, and the same conditional
/// update decides there, so a tenth is enough.
fn attack_size(database: &Database) -> usize {
    if database.engine == Engine::Sqlite { rounds(2_000, 10_000) } else { 1_000 }
}

/// Number of concurrent guesses.
const PARALLEL: usize = 16;

/// Six digits that differ from the given codes.
fn wrong(n: usize, codes: &[String]) -> String {
    (0..1_000_000).map(|k| format!("{:06}", (n * 97 + k) % 1_000_000)).find(|guess| !codes.contains(guess)).unwrap()
}

#[derive(Debug, Default)]
struct Tally {
    wrong: usize,
    over: usize,
    slowed: usize,
}

/// A sign-in session that waits for a code, and its browser's address.
type Browser = (Secrets, IpAddr);

/// Makes wrong guesses, `PARALLEL` at a time; panics on anything but a refusal.
async fn attack(app: &App, browsers: &[Browser], guesses: usize, codes: &[String]) -> Tally {
    let tries = (0..guesses).map(|n| {
        let ((secrets, address), guess) = (&browsers[n % browsers.len()], wrong(n, codes));
        async move { enter_code(&app.ctx, secrets, &guess, *address).await }
    });
    let mut tally = Tally::default();
    let mut results = stream::iter(tries).buffer_unordered(PARALLEL);
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

async fn of_ten_thousand_wrong_guesses_at_one_session_five_are_checked(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oAlive").code("验证码").await;
    let secrets = begin_login(&app).await;
    let browser = (secrets.clone(), HERE);
    let tally = attack(&app, std::slice::from_ref(&browser), attack_size(database), &[code]).await;
    assert!(tally.wrong <= 5, "{tally:?}");
    assert_eq!(app.count("SELECT guesses FROM signin_sessions").await, 5);
    assert_eq!(crate::rig::status(&app, &secrets).await, Status::Error);
    assert!(collect(&app.ctx, &secrets).await.is_err());
    eprintln!("{:?}: {tally:?}", database.engine);
}

async fn ten_thousand_wrong_guesses_from_two_hundred_addresses_sign_in_nowhere(database: &Database) {
    let app = App::on(database).await;
    // Fifty followers have a valid code.
    let codes = join_all((0..50).map(|n| {
        let phone = app.phone(&format!("oPrize{n}"));
        async move { phone.code("验证码").await }
    }))
    .await;
    // Each in its own network: another test covers the limit of one network.
    let browsers = browsers(&app, (0..200_u8).map(|n| IpAddr::from([203, 0, n, 113]))).await;
    let tally = attack(&app, &browsers, attack_size(database), &codes).await;
    assert!(app.count("SELECT MAX(guesses) FROM signin_sessions").await <= 5);
    // Thirty for all, and a reserve of ten for addresses without failures.
    let mut evaluated = 0;
    for (secrets, _) in &browsers {
        evaluated += 5 - begin::view(&app.ctx, secrets).await.unwrap().unwrap().guesses_left;
    }
    assert!(evaluated <= 30 + 10, "{evaluated} were evaluated");
    // The total was used up, and later guesses were refused unchecked.
    assert_eq!(app.count("SELECT used FROM rate_counters WHERE bucket LIKE 'wrong-codes/%'").await, 30);
    assert_eq!(app.count("SELECT used FROM rate_counters WHERE bucket LIKE 'slowed-guesses/%'").await, 10);
    assert!(tally.slowed > attack_size(database) * 9 / 10, "{tally:?}");
    // No guess signed in, and no code was used up.
    assert_eq!(app.count("SELECT COUNT(*) FROM signin_sessions WHERE status IN ('success', 'scanned')").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM dynamic_codes").await, 50);
    eprintln!("{:?}: {evaluated} evaluated, {tally:?}", database.engine);
}

/// T-12 (CVE-2023-47111). 200 concurrent guesses; fewer rounds on the servers, where each guess costs several round trips.
async fn two_hundred_concurrent_guesses_do_not_outrun_the_counter(database: &Database) {
    let app = App::on(database).await;
    let rounds = if database.engine == Engine::Sqlite { rounds(20, 100) } else { rounds(5, 20) };
    let mut lucky = 0;
    for round in 0..rounds {
        // A new minute: another test covers the total limit.
        app.clock.advance_ms(61_000);
        let code = app.phone("oRaced").code("验证码").await;
        let secrets = begin_login(&app).await;
        let guesses: Vec<String> = (0..200)
            .map(|n| if n == 100 { code.clone() } else { wrong(n * 31 + round, std::slice::from_ref(&code)) })
            .collect();
        let results = join_all(guesses.iter().map(|guess| enter_code(&app.ctx, &secrets, guess, HERE))).await;
        let answered = results.iter().filter(|r| matches!(r, Ok(_) | Err(CoreError::WrongCode))).count();
        assert!(answered <= 5, "round {round}: {answered} guesses were answered");
        let evaluated = app.count("SELECT guesses FROM signin_sessions ORDER BY id DESC LIMIT 1").await;
        assert!(evaluated <= 5, "round {round}: {evaluated} were evaluated");
        assert!(
            results.iter().all(|r| matches!(r, Ok(_) | Err(CoreError::WrongCode | CoreError::SessionOver))),
            "round {round}: {:?}",
            results.iter().find(|r| matches!(r, Err(e) if !matches!(e, CoreError::WrongCode | CoreError::SessionOver)))
        );
        // The session succeeded only if the right code was among the five.
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
    // A text that cannot be a code is not counted as a guess.
    for nonsense in ["", "12345", "1234567", "12345x", "１２３"] {
        assert!(
            matches!(enter_code(&app.ctx, &secrets, nonsense, HERE).await, Err(CoreError::Invalid(_))),
            "{nonsense}"
        );
    }
    for n in 0..5 {
        assert!(enter_code(&app.ctx, &secrets, &wrong(n, std::slice::from_ref(&code)), HERE).await.is_err());
    }
    assert!(matches!(enter_code(&app.ctx, &secrets, &code, HERE).await, Err(CoreError::SessionOver)));
    assert!(collect(&app.ctx, &secrets).await.is_err());
    // The session has ended, also for the phone; the code is still valid in another session.
    assert!(app.phone("oTooLate").ask(secrets.code()).await.contains("验证码不对"));
    enter_code(&app.ctx, &begin_login(&app).await, &code, HERE).await.unwrap();
}

/// Sign-in sessions begun from these addresses.
async fn browsers(app: &App, addresses: impl Iterator<Item = IpAddr>) -> Vec<Browser> {
    stream::iter(addresses)
        .map(async |address| {
            // All sessions begin from loopback, because another test covers the limit of new sessions.
            (begin::login(&app.ctx, Purpose::Login, asker()).await.unwrap(), address)
        })
        .buffered(PARALLEL)
        .collect()
        .await
}

/// T-150: 60 wrong codes of one address, and the right one of another.
async fn one_address_that_guesses_does_not_block_others(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oElsewhere");
    crate::rig::register(&app, &phone, "elsewhere").await;
    let code = phone.code("验证码").await;
    let attacker: IpAddr = "203.0.113.66".parse().unwrap();
    let attackers = browsers(&app, std::iter::repeat_n(attacker, 12)).await;
    let tally = attack(&app, &attackers, 60, std::slice::from_ref(&code)).await;
    assert_eq!((tally.wrong, tally.slowed), (10, 50), "{tally:?}");
    // The attacker waits, with the right code too, and a refused guess does not count for the session.
    let own = browsers(&app, std::iter::once(attacker)).await.remove(0);
    assert!(matches!(enter_code(&app.ctx, &own.0, &code, own.1).await, Err(CoreError::TooMany(1..=60))));
    assert_eq!(begin::view(&app.ctx, &own.0).await.unwrap().unwrap().guesses_left, 5);
    // Other addresses need not wait, on any of the three ways to enter a code.
    let elsewhere: IpAddr = "198.51.100.7".parse().unwrap();
    enter_code(&app.ctx, &begin_login(&app).await, &code, elsewhere).await.unwrap();
    let session = begin::login(&app.ctx, Purpose::Reset, asker()).await.unwrap();
    let code = phone.code("改密").await;
    reset::set_password(&app.ctx, &session, &code, "another horse", elsewhere).await.unwrap();
    unsolicited_code::set_password(&app.ctx, &phone.code("改密").await, "third horse now", elsewhere).await.unwrap();
    // Failures at the reset page and of older clients count for the same address.
    let refused = reset::set_password(&app.ctx, &own.0, "000000", "another horse", attacker).await;
    assert!(matches!(refused, Err(CoreError::SessionOver | CoreError::TooMany(_))), "{refused:?}");
    let refused = unsolicited_code::set_password(&app.ctx, "000000", "another horse", attacker).await;
    assert!(matches!(refused, Err(CoreError::TooMany(_))), "{refused:?}");
    // A minute later it may guess again.
    app.clock.advance_ms(60_000);
    let refused = enter_code(&app.ctx, &own.0, "000000", attacker).await;
    assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
}

/// T-150: a /48 has 65,536 networks of 64 bits.
async fn a_wide_network_shares_one_limit(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oWide").code("验证码").await;
    let codes = std::slice::from_ref(&code);
    let evaluated = |tally: &Tally| (tally.wrong, tally.over);
    // 150 networks of one /48, then of one /56; 150 addresses of one /24.
    let v6 = |text: String| text.parse::<IpAddr>().unwrap();
    let one_48 = browsers(&app, (0..150).map(|n| v6(format!("2001:db8:1:{:x}::1", n * 257)))).await;
    assert_eq!(evaluated(&attack(&app, &one_48, 150, codes).await), (20, 0));
    app.clock.advance_ms(3_600_000);
    let one_56 = browsers(&app, (0..150).map(|n| v6(format!("2001:db8:2:{n:x}::1")))).await;
    assert_eq!(evaluated(&attack(&app, &one_56, 150, codes).await), (20, 0));
    app.clock.advance_ms(3_600_000);
    let one_24 = browsers(&app, (0..150).map(|n| IpAddr::from([198, 51, 100, n]))).await;
    assert_eq!(evaluated(&attack(&app, &one_24, 150, codes).await), (20, 0));
}

/// T-150: attackers use up the total every minute.
async fn addresses_without_failures_can_sign_in_while_the_total_is_used_up(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oPatient");
    for minute in 0..3 {
        let code = phone.code("验证码").await;
        let codes = std::slice::from_ref(&code);
        // Three networks use up the total; a network that failed before is then refused.
        let addresses = (0..6_u8).flat_map(|n| (0..20_u8).map(move |_| IpAddr::from([203, n, 113, 1])));
        let attackers = browsers(&app, addresses).await;
        let tally = attack(&app, &attackers, 120, codes).await;
        // In the first minute, networks without failures used the reserve, one guess each.
        assert!((30..=36).contains(&tally.wrong), "minute {minute}: {tally:?}");
        let late = browsers(&app, std::iter::once(IpAddr::from([203, 0, 113, 1]))).await.remove(0);
        let refused = enter_code(&app.ctx, &late.0, &code, late.1).await;
        assert!(matches!(refused, Err(CoreError::TooMany(1..=60))), "minute {minute}: {refused:?}");
        // A right code from any other address succeeds every time: a right guess is not counted.
        for n in 0..12_u8 {
            let code = app.phone(&format!("oOwner{n}")).code("验证码").await;
            let owner = begin_login(&app).await;
            enter_code(&app.ctx, &owner, &code, IpAddr::from([192, 0, 2, n])).await.unwrap();
            collect(&app.ctx, &owner).await.unwrap();
        }
        app.clock.advance_ms(60_000);
    }
    // Sending the code in the chat worked all the time.
    let sent = begin_login(&app).await;
    assert!(app.phone("oOwner0").ask(sent.code()).await.contains("是你在登录吗"));
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'codes.slowed'").await, 1);
}

/// Each browser has its own five guesses; all of them guess concurrently.
async fn concurrent_guesses_from_many_browsers_do_not_outrun_the_total(database: &Database) {
    let app = App::on(database).await;
    let code = app.phone("oSprayed").code("验证码").await;
    let codes = std::slice::from_ref(&code);
    for round in 0..rounds(2, 20) {
        app.clock.advance_ms(61_000);
        let browsers = browsers(&app, (0..120_u8).map(|n| IpAddr::from([100, n, 2, 3]))).await;
        let guesses = browsers.iter().enumerate().map(|(n, (secrets, address))| {
            let (ctx, guess) = (&app.ctx, wrong(n + 1_000 * round, codes));
            async move { enter_code(ctx, secrets, &guess, *address).await }
        });
        let results = join_all(guesses).await;
        let evaluated = results.iter().filter(|r| matches!(r, Err(CoreError::WrongCode))).count();
        assert!(evaluated <= 40, "round {round}: {evaluated} were evaluated");
        let odd = results.iter().find(|r| !matches!(r, Err(CoreError::WrongCode | CoreError::TooMany(_))));
        assert!(odd.is_none(), "round {round}: {odd:?}");
    }
    // The audit log has one entry an hour, however long the attack lasts.
    assert_eq!(app.count("SELECT COUNT(*) FROM audit_entries WHERE action = 'codes.slowed'").await, 1);
}

const WRONG_CODES: &str = "SELECT COALESCE(MAX(used), 0) FROM rate_counters WHERE bucket LIKE 'wrong-codes/%'";
const UNBOUND: &str = "SELECT COALESCE(MAX(used), 0) FROM rate_counters WHERE bucket LIKE 'unbound-codes/%'";

async fn only_wrong_codes_are_counted(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oHonest");
    crate::rig::register(&app, &phone, "honest").await;
    enter_code(&app.ctx, &begin_login(&app).await, &phone.code("验证码").await, HERE).await.unwrap();
    assert_eq!(app.count(WRONG_CODES).await, 0, "a right code");
    // A refused common password costs neither a guess nor the code, in both dialects.
    let code = phone.code("改密").await;
    let session = begin::login(&app.ctx, Purpose::Reset, asker()).await.unwrap();
    let address = "192.0.2.77".parse().unwrap();
    for _ in 0..6 {
        let refused = reset::set_password(&app.ctx, &session, &code, "password", HERE).await;
        assert!(matches!(refused, Err(CoreError::Invalid(_))), "{refused:?}");
    }
    for _ in 0..12 {
        let refused = unsolicited_code::set_password(&app.ctx, &code, "password", address).await;
        assert!(matches!(refused, Err(CoreError::Invalid(_))), "{refused:?}");
    }
    assert_eq!((app.count(WRONG_CODES).await, app.count(UNBOUND).await), (0, 0));
    unsolicited_code::set_password(&app.ctx, &code, "another horse", address).await.unwrap();
    assert_eq!((app.count(WRONG_CODES).await, app.count(UNBOUND).await), (0, 0));
    // A taken username is not counted either: the code was right.
    let code = app.phone("oNew").code("验证码").await;
    let taken = unsolicited_code::register(&app.ctx, "honest", "another horse", &code, address).await;
    assert!(matches!(taken, Err(CoreError::Invalid(_))), "{taken:?}");
    let again = phone.code("验证码").await;
    let known = unsolicited_code::register(&app.ctx, "newname", "another horse", &again, address).await;
    assert!(matches!(known, Err(CoreError::AlreadyRegistered)), "{known:?}");
    assert_eq!((app.count(WRONG_CODES).await, app.count(UNBOUND).await), (0, 0));
}

/// Hashing is expensive: a client over the limit must not cause it. The refusal of a common password would show that it was reached.
async fn no_password_is_hashed_when_no_guess_is_left(database: &Database) {
    let app = App::on(database).await;
    let phone = app.phone("oTarget");
    crate::rig::register(&app, &phone, "target").await;
    let code = phone.code("改密").await;
    let codes = std::slice::from_ref(&code);
    let address = "192.0.2.78".parse().unwrap();
    for n in 0..10 {
        let refused = unsolicited_code::set_password(&app.ctx, &wrong(n, codes), "another horse", address).await;
        assert!(matches!(refused, Err(CoreError::WrongCode)), "{refused:?}");
    }
    let refused = unsolicited_code::set_password(&app.ctx, &code, "password", address).await;
    assert!(matches!(refused, Err(CoreError::TooMany(_))), "{refused:?}");
    let session = begin::login(&app.ctx, Purpose::Reset, asker()).await.unwrap();
    for n in 0..5 {
        assert!(reset::set_password(&app.ctx, &session, &wrong(n, codes), "another horse", HERE).await.is_err());
    }
    let refused = reset::set_password(&app.ctx, &session, &code, "password", HERE).await;
    assert!(matches!(refused, Err(CoreError::SessionOver)), "{refused:?}");
}
