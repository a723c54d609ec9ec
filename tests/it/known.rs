//! T-151: guesses at one name from many networks slow the networks that are new to its user. Browsers and networks from which the
//! user signed in before are not slowed, and a wide network shares one limit.

use crate::rig::{App, Browser, Database, register};
use futures::future::join_all;
use reqwest::{Method, StatusCode, header};
use serde_json::json;
use std::{net::IpAddr, sync::Arc};
use weida::{
    base::clock::FakeClock,
    core::{
        CoreError,
        account::{
            self, User, known,
            login::{LoginOrigin, by_password},
            profile::{self, PasswordChange},
            session,
        },
    },
};

crate::every_engine!(
    of_four_hundred_guesses_from_one_48_few_are_checked,
    a_flood_from_everywhere_never_refuses_a_known_browser,
    one_failing_network_does_not_slow_new_ones,
    a_name_that_does_not_exist_is_slowed_alike,
    a_known_mark_ends_with_its_generation_and_signs_in_nowhere,
    a_stolen_session_does_not_guess_the_password,
    every_sign_in_method_sets_the_cookie,
);

const RIGHT: &str = "correct horse";
const WRONG: &str = "not the horse";

async fn login(app: &App, name: &str, password: &str, place: impl Into<LoginOrigin<'_>>) -> Result<User, CoreError> {
    by_password(&app.ctx, name, password, place.into()).await
}

/// Makes one guess from each of these addresses within ten seconds. Returns how many were checked.
async fn flood(app: &App, name: &str, addresses: impl Iterator<Item = IpAddr>) -> usize {
    let addresses: Vec<IpAddr> = addresses.collect();
    let (mut evaluated, step) = (0, 10_000 / (i64::try_from(addresses.len()).unwrap() / 8));
    for some in addresses.chunks(8) {
        for tried in join_all(some.iter().map(|address| login(app, name, WRONG, *address))).await {
            match tried {
                Err(CoreError::WrongCredentials) => evaluated += 1,
                Err(CoreError::TooMany(1..=61)) => {}
                other => panic!("{other:?}"),
            }
        }
        app.clock.advance_ms(step);
    }
    evaluated
}

fn everywhere(n: u16) -> IpAddr {
    let [high, low] = n.to_be_bytes();
    IpAddr::from([100 + high, low, 113, 5])
}

async fn of_four_hundred_guesses_from_one_48_few_are_checked(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oWide"), "wide").await;
    let one_48 = (0..400).map(|n| format!("2001:db8:1:{n:x}::1").parse().unwrap());
    let evaluated = flood(&app, "wide", one_48).await;
    assert!((1..=12).contains(&evaluated), "{evaluated} of 400 were evaluated");
    // The owner signs in from another network with an unknown browser.
    login(&app, "wide", RIGHT, "198.51.100.7".parse::<IpAddr>().unwrap()).await.unwrap();
    // Guesses at many names: the /48 has one limit a minute.
    app.clock.advance_ms(3_600_000);
    let mut evaluated = 0;
    for n in 0..100 {
        // Each in its own /56.
        let from: IpAddr = format!("2001:db8:1:{:x}::1", n * 257).parse().unwrap();
        evaluated += usize::from(matches!(
            login(&app, &format!("name{n}"), WRONG, from).await,
            Err(CoreError::WrongCredentials)
        ));
    }
    assert_eq!(evaluated, 40);
    eprintln!("{:?}: {evaluated} of 100 names", database.engine);
}

async fn a_flood_from_everywhere_never_refuses_a_known_browser(database: &Database) {
    let app = App::on(database).await;
    let id = register(&app, &app.phone("oOwner"), "owner").await;
    let user = account::find(&app.ctx, id).await.unwrap().unwrap();
    let cookie = known::marked(&app.ctx, "", &user);
    let home: IpAddr = "198.51.100.7".parse().unwrap();
    let mut tx = app.ctx.store.begin().await.unwrap();
    known::note_network(&app.ctx, &mut tx, id, user.generation, home).await.unwrap();
    tx.commit().await.unwrap();
    let evaluated = flood(&app, "owner", (0..400).map(everywhere)).await;
    assert!((10..=16).contains(&evaluated), "{evaluated} of 400 were evaluated");
    // New networks wait, with the right password too.
    let new: IpAddr = "192.0.2.99".parse().unwrap();
    let refused = login(&app, "owner", RIGHT, new).await;
    assert!(matches!(refused, Err(CoreError::TooMany(1..=61))), "{refused:?}");
    // The known browser does not wait, from any network; the known network does not either, without the cookie.
    let known = |address| LoginOrigin { address, cookie: &cookie };
    for address in [new, "203.0.113.5".parse().unwrap(), everywhere(7)] {
        assert_eq!(login(&app, "owner", RIGHT, known(address)).await.unwrap().id, id);
    }
    assert_eq!(login(&app, "owner", RIGHT, home).await.unwrap().id, id);
    // Limits that the flood uses up for networks do not apply to the known browser.
    let neighbours = (0..200_u8).map(|n| IpAddr::from([192, 0, 2, n]));
    for address in neighbours {
        login(&app, &format!("other{address}"), WRONG, address).await.unwrap_err();
    }
    assert_eq!(login(&app, "owner", RIGHT, known(new)).await.unwrap().id, id);
    // Its own failures slow it alone.
    let mut own = 0;
    for _ in 0..20 {
        own += usize::from(matches!(login(&app, "owner", WRONG, known(new)).await, Err(CoreError::WrongCredentials)));
    }
    assert!(own <= 4, "{own}");
    assert_eq!(login(&app, "owner", RIGHT, home).await.unwrap().id, id);
    // A new network can sign in once the flood has ended.
    app.clock.advance_ms(61_000);
    assert_eq!(login(&app, "owner", RIGHT, new).await.unwrap().id, id);
}

/// T-22 over many minutes: one guessing network does not slow other networks, even those new to the user.
async fn one_failing_network_does_not_slow_new_ones(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oLong"), "long").await;
    let attacker: IpAddr = "203.0.113.66".parse().unwrap();
    for _ in 0..40 {
        login(&app, "long", WRONG, attacker).await.unwrap_err();
        app.clock.advance_ms(61_000);
        login(&app, "long", WRONG, attacker).await.unwrap_err();
    }
    let owner: IpAddr = "192.0.2.1".parse().unwrap();
    login(&app, "long", WRONG, owner).await.map(drop).expect_err("a wrong password");
    login(&app, "long", RIGHT, owner).await.unwrap();
}

async fn a_name_that_does_not_exist_is_slowed_alike(database: &Database) {
    let app = App::on(database).await;
    register(&app, &app.phone("oReal"), "real").await;
    let mut seen = Vec::new();
    for name in ["real", "unreal"] {
        app.clock.advance_ms(3_600_000 - app.ctx.now().rem_euclid(3_600_000));
        let mut answers = Vec::new();
        for n in 0..60 {
            answers.push(format!("{:?}", login(&app, name, WRONG, everywhere(n)).await.map(|user| user.id)));
            app.clock.advance_ms(250);
        }
        seen.push(answers);
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].iter().any(|answer| answer.contains("TooMany")));
}

async fn a_known_mark_ends_with_its_generation_and_signs_in_nowhere(database: &Database) {
    let app = App::on(database).await;
    let ctx = &app.ctx;
    let id = register(&app, &app.phone("oMarked"), "marked").await;
    let other = register(&app, &app.phone("oOther"), "other").await;
    let find = async |id| account::find(ctx, id).await.unwrap().unwrap();
    let (user, second) = (find(id).await, find(other).await);
    let first = known::marked(ctx, "", &user);
    // Two users share a browser; signing in again does not make the cookie grow.
    let mut both = known::marked(ctx, &first, &second);
    for _ in 0..10 {
        both = known::marked(ctx, &known::marked(ctx, &both, &user), &second);
    }
    assert_eq!(both.split('~').count(), 2);
    let is_known = |cookie: &str, user: &User| known::browser_of(ctx, cookie, user.id, user.generation).is_some();
    assert!(is_known(&both, &user) && is_known(&both, &second));
    // A mark is for one user and cannot be forged or changed.
    assert!(!is_known(&first, &second));
    let (left, proof) = first.rsplit_once('.').unwrap();
    let later = first.replacen(&format!(".{}.", ctx.now() / 1000), &format!(".{}.", ctx.now() / 1000 + 1), 1);
    for forged in
        [format!("{left}."), format!("{left}.{}", "0".repeat(32)), format!("x{first}"), later, proof.to_owned()]
    {
        assert!(!is_known(&forged, &user), "{forged}");
    }
    assert!(!is_known(&format!("{}~{first}", "x".repeat(600)), &user));
    app.clock.advance_ms(401 * 86_400_000);
    assert!(!is_known(&first, &user), "too old");
    // A new password, and signing out everywhere, make browsers and networks unknown.
    let address: IpAddr = "198.51.100.7".parse().unwrap();
    for round in 0..2 {
        let user = find(id).await;
        let cookie = known::marked(ctx, "", &user);
        let mut tx = ctx.store.begin().await.unwrap();
        known::note_network(ctx, &mut tx, id, user.generation, address).await.unwrap();
        tx.commit().await.unwrap();
        assert!(is_known(&cookie, &user) && known::is_network(ctx, id, user.generation, address).await.unwrap());
        if round == 0 {
            let change = PasswordChange { username: "", old: RIGHT, new: "another horse", keep_session: "", address };
            profile::change_password(ctx, &user, change).await.unwrap();
        } else {
            session::revoke_others(ctx, id, "").await.unwrap();
        }
        let user = find(id).await;
        assert!(!is_known(&cookie, &user) && !known::is_network(ctx, id, user.generation, address).await.unwrap());
    }
    // Deleting the account deletes its known networks.
    account::deletion::delete(ctx, id, None, "x").await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM known_networks").await, 0);
}

/// Changing the password needs the old one: a stolen session can guess it only a few times, from all addresses together.
async fn a_stolen_session_does_not_guess_the_password(database: &Database) {
    let app = App::on(database).await;
    let id = register(&app, &app.phone("oStolen"), "stolen").await;
    let user = account::find(&app.ctx, id).await.unwrap().unwrap();
    let mut evaluated = 0;
    for n in 0..200 {
        let change = PasswordChange {
            username: "",
            old: WRONG,
            new: "another horse",
            keep_session: "s",
            address: everywhere(n),
        };
        evaluated +=
            usize::from(matches!(profile::change_password(&app.ctx, &user, change).await, Err(CoreError::Invalid(_))));
    }
    assert!(evaluated <= 4, "{evaluated}");
    // The owner's own session has its own limit.
    let address = everywhere(7);
    let change = PasswordChange { username: "", old: RIGHT, new: "another horse", keep_session: "own", address };
    profile::change_password(&app.ctx, &user, change).await.unwrap();
}

const COOKIE: &str = "weida_known";

async fn every_sign_in_method_sets_the_cookie(database: &Database) {
    let clock = Arc::new(FakeClock::at(crate::rig::BEGINNING_MS));
    let app = App::with(database, clock, &[("WEIDA_TRUSTED_PROXIES", "127.0.0.1")]).await;
    register(&app, &app.phone("oPages"), "pages").await;
    let from = |address: &'static str| [("sec-fetch-site", "same-origin"), ("x-forwarded-for", address)];
    let enter = async |browser: &Browser, password: &str, address: &'static str| {
        browser.send(Method::POST, "/do/login", &[("username", "pages"), ("password", password)], &from(address)).await
    };
    let browser = Browser::on(&app);
    let wrong = enter(&browser, WRONG, "198.51.100.1").await;
    assert_eq!((wrong.location(), browser.cookie(COOKIE)), ("/login", None), "no cookie for a wrong password");
    let right = enter(&browser, RIGHT, "198.51.100.1").await;
    let set = right.headers.get_all(header::SET_COOKIE).iter().filter_map(|v| v.to_str().ok());
    let set = set.filter(|set| set.starts_with(COOKIE)).collect::<Vec<_>>();
    assert!(matches!(set.as_slice(), [only] if only.contains("HttpOnly; SameSite=Lax; Max-Age=34560000")), "{set:?}");
    // Signed out, from another network, during a flood: the browser signs in. Without its cookie it does not.
    browser.post("/do/sign-out", &[]).await;
    flood(&app, "pages", (0..400).map(everywhere)).await;
    assert_eq!(enter(&browser, RIGHT, "198.51.100.200").await.location(), "/me");
    assert_eq!(enter(&Browser::on(&app), RIGHT, "192.0.2.7").await.location(), "/login");
    // The network of the first sign-in is known too.
    assert_eq!(enter(&Browser::on(&app), RIGHT, "198.51.100.1").await.location(), "/me");
    // A new password ends the marks of all other browsers.
    let (other, old) = (Browser::on(&app), browser.cookie(COOKIE).unwrap());
    other.set_cookie(COOKIE, &old);
    let fields = [("old_password", RIGHT), ("new_password", "another horse")];
    assert_eq!(browser.send(Method::POST, "/do/password", &fields, &from("192.0.2.8")).await.location(), "/me");
    flood(&app, "pages", (0..400).map(everywhere)).await;
    assert_ne!(browser.cookie(COOKIE), Some(old));
    assert_eq!(enter(&browser, "another horse", "192.0.2.8").await.location(), "/me");
    assert_eq!(enter(&other, "another horse", "192.0.2.9").await.location(), "/login");
    // The reply-assistant API sets the cookie as well.
    app.clock.advance_ms(3_600_000);
    let call = crate::rig::http().post(app.url("/account/login")).header("x-forwarded-for", "192.0.2.10");
    let answer = call.json(&json!({ "username": "pages", "password": "another horse" })).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let marks = answer.headers().get_all(header::SET_COOKIE).iter().filter(|v| v.to_str().unwrap().starts_with(COOKIE));
    assert_eq!(marks.count(), 1);
}
