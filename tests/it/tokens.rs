//! T-19: tokens. Foreign, expired and revoked tokens are refused; valid tokens are accepted, also while keys rotate.

use crate::rig::{App, BEGINNING_MS, Database, Engine, eventually, new_user, rounds, signed as forged};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use weida::{
    base::{
        clock::FakeClock,
        rng::{Rng, SystemRng},
    },
    core::{CoreError, TokenFault, secret_key::SecretKey, token},
    store::Store,
};

crate::every_engine!(
    a_token_identifies_its_bearer_until_it_expires,
    signing_out_everywhere_ends_all_tokens_and_no_others,
    a_revoked_token_is_refused_everywhere_within_a_second,
    a_token_is_renewed_in_its_last_day,
    a_trial_token_is_never_renewed,
    two_concurrent_first_starts_agree_on_one_key,
);

const SECRET: &str = "canary-jwt-secret-of-at-least-32-bytes";
const DAY_MS: i64 = 24 * 3_600_000;

fn fault(result: Result<token::Bearer, CoreError>) -> Option<TokenFault> {
    match result {
        Err(CoreError::BadToken(fault)) => Some(fault),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    }
}

async fn a_token_identifies_its_bearer_until_it_expires(database: &Database) {
    let app = App::on(database).await;
    let user = new_user(&app, "oBearer").await;
    let text = crate::rig::token(&app.ctx, user, Some("oBearer")).await.unwrap();
    let bearer = token::verify(&app.ctx, &text).await.unwrap();
    assert_eq!((bearer.user_id, bearer.openid.as_deref(), bearer.level.as_str()), (user, Some("oBearer"), "normal"));
    app.clock.advance_ms(7 * DAY_MS - 1000);
    assert!(token::verify(&app.ctx, &text).await.is_ok());
    app.clock.advance_ms(1000);
    assert_eq!(fault(token::verify(&app.ctx, &text).await), Some(TokenFault::Expired));
}

async fn signing_out_everywhere_ends_all_tokens_and_no_others(database: &Database) {
    let app = App::on(database).await;
    let (one, other) = (new_user(&app, "oOne").await, new_user(&app, "oOther").await);
    let issue = async |user| crate::rig::token(&app.ctx, user, None).await.unwrap();
    let (first, second, others) = (issue(one).await, issue(one).await, issue(other).await);
    // The tokens are cached from here on.
    for text in [&first, &second, &others] {
        token::verify(&app.ctx, text).await.unwrap();
    }
    let bearer = token::verify(&app.ctx, &first).await.unwrap();
    token::revoke(&app.ctx, &bearer).await.unwrap();
    token::revoke(&app.ctx, &bearer).await.unwrap();
    assert_eq!(fault(token::verify(&app.ctx, &first).await), Some(TokenFault::Revoked));
    assert!(token::verify(&app.ctx, &second).await.is_ok());
    weida::core::account::session::revoke_others(&app.ctx, one, "").await.unwrap();
    assert_eq!(fault(token::verify(&app.ctx, &second).await), Some(TokenFault::Revoked));
    assert!(token::verify(&app.ctx, &others).await.is_ok());
    // A token issued afterwards, in the same second, is valid.
    assert!(token::verify(&app.ctx, &issue(one).await).await.is_ok());
    weida::core::account::deletion::delete(&app.ctx, other, None, "x").await.unwrap();
    assert_eq!(fault(token::verify(&app.ctx, &others).await), Some(TokenFault::Gone));
}

async fn a_revoked_token_is_refused_everywhere_within_a_second(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let (one, other) = (App::with(database, clock.clone(), &[]).await, App::with(database, clock, &[]).await);
    for round in 0..5 {
        let user = new_user(&one, &format!("oRound{round}")).await;
        let text = crate::rig::token(&one.ctx, user, None).await.unwrap();
        token::verify(&other.ctx, &text).await.unwrap();
        token::revoke_all(&one.ctx, user).await.unwrap();
        assert_eq!(fault(token::verify(&one.ctx, &text).await), Some(TokenFault::Revoked));
        let is_refused = eventually(Duration::from_secs(1), async || token::verify(&other.ctx, &text).await.is_err());
        assert!(is_refused.await, "round {round}: the other instance still accepts it");
    }
}

/// With `WEIDA_UNFOLLOW=signout`, unfollowing signs the user out everywhere, other programs included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unfollowing_revokes_tokens_if_so_configured() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    for (choice, is_out) in [("signout", true), ("keep", false)] {
        let app = App::with(&database, clock.clone(), &[("WEIDA_UNFOLLOW", choice)]).await;
        let phone = app.phone(&format!("oLeaves{choice}"));
        let user = crate::rig::register(&app, &phone, choice).await;
        let text = crate::rig::token(&app.ctx, user, None).await.unwrap();
        phone.push(&phone.event("unsubscribe", "")).await;
        let is_refused = eventually(Duration::from_secs(1), async || token::verify(&app.ctx, &text).await.is_err());
        assert_eq!(is_refused.await, is_out, "{choice}");
    }
}

async fn a_token_is_renewed_in_its_last_day(database: &Database) {
    let app = App::on(database).await;
    let user = new_user(&app, "oRenews").await;
    let text = crate::rig::token(&app.ctx, user, Some("oRenews")).await.unwrap();
    assert!(matches!(token::refresh(&app.ctx, &text).await, Err(CoreError::BadToken(TokenFault::Fresh))));
    app.clock.advance_ms(6 * DAY_MS);
    let renewed = token::refresh(&app.ctx, &text).await.unwrap();
    app.clock.advance_ms(DAY_MS);
    assert_eq!(fault(token::verify(&app.ctx, &text).await), Some(TokenFault::Expired));
    let bearer = token::verify(&app.ctx, &renewed).await.unwrap();
    assert_eq!((bearer.user_id, bearer.openid.as_deref()), (user, Some("oRenews")));
}

async fn a_trial_token_is_never_renewed(database: &Database) {
    let app = App::on(database).await;
    let user = weida::core::account::find(&app.ctx, new_user(&app, "oTries").await).await.unwrap().unwrap();
    let text = token::issue_once(&app.ctx, &user, None, 900).await.unwrap();
    assert!(token::verify(&app.ctx, &text).await.is_ok());
    assert!(matches!(token::refresh(&app.ctx, &text).await, Err(CoreError::BadToken(TokenFault::Final))));
    app.clock.advance_ms(900_000);
    assert_eq!(fault(token::verify(&app.ctx, &text).await), Some(TokenFault::Expired));
}

/// A random source that blocks each drawing of a key until all participants draw one.
#[derive(Debug)]
struct Together(SystemRng, std::sync::Barrier);

impl Rng for Together {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == 32 {
            self.1.wait();
        }
        self.0.fill(bytes);
    }
}

/// Both starts find no key before either creates one.
async fn two_concurrent_first_starts_agree_on_one_key(database: &Database) {
    let rng = Arc::new(Together(SystemRng, std::sync::Barrier::new(2)));
    // The schema exists, so only the creation of the keys races.
    drop(Store::open(&database.url).await.unwrap());
    // Each in its own runtime: the blocking wait of one must not block the other.
    let start = || {
        let (url, rng) = (database.url.clone(), rng.clone());
        tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let store = Store::open(&url).await.unwrap();
                let key = SecretKey::parse(crate::rig::SECRET_KEY).unwrap();
                token::KeyRing::stored(&store, &key, rng.as_ref()).await.unwrap()
            })
        })
    };
    let (one, other) = futures::future::join(start(), start()).await;
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    // A third start finds the same key.
    let key = SecretKey::parse(crate::rig::SECRET_KEY).unwrap();
    let third = token::KeyRing::stored(&Store::open(&database.url).await.unwrap(), &key, &SystemRng).await.unwrap();
    assert_eq!(format!("{one:?}"), format!("{third:?}"));
}

#[tokio::test]
async fn forty_hostile_tokens_are_refused() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("JWT_SECRET", SECRET)]).await;
    let (user, gone) = (new_user(&app, "oVictim").await, new_user(&app, "oGone").await);
    let good = crate::rig::token(&app.ctx, user, Some("oVictim")).await.unwrap();
    let (head, body, mark) = {
        let mut parts = good.split('.');
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    let of_gone = crate::rig::token(&app.ctx, gone, None).await.unwrap();
    weida::core::account::deletion::delete(&app.ctx, gone, None, "x").await.unwrap();
    let now = BEGINNING_MS / 1000;
    let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (header, claims) = (read(head), read(body));
    // A forged token with correct parts is accepted.
    assert!(token::verify(&app.ctx, &forged(&header, &claims, SECRET)).await.is_ok());
    let with = |pairs: Value| {
        let mut changed = claims.clone();
        for (name, value) in pairs.as_object().unwrap() {
            changed[name] = value.clone();
        }
        forged(&header, &changed, SECRET)
    };
    let without = |name: &str| {
        let mut changed = claims.clone();
        changed.as_object_mut().unwrap().remove(name);
        forged(&header, &changed, SECRET)
    };
    let head_with = |pairs: Value| {
        let mut changed = header.clone();
        for (name, value) in pairs.as_object().unwrap() {
            changed[name] = value.clone();
        }
        forged(&changed, &claims, SECRET)
    };
    let none = |alg: &str| format!("{}.{body}.", URL_SAFE_NO_PAD.encode(json!({"alg": alg, "typ": "JWT"}).to_string()));
    let mut flipped = mark.as_bytes().to_vec();
    flipped[0] = if flipped[0] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let mut hostile: Vec<(&str, String)> = vec![
        ("nothing", String::new()),
        ("dots", "..".to_owned()),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{good}.x")),
        ("no mark", format!("{head}.{body}.")),
        ("another mark", format!("{head}.{body}.{flipped}")),
        ("half a mark", format!("{head}.{body}.{}", &mark[..20])),
        ("body of another", format!("{head}.{}.{mark}", of_gone.split('.').nth(1).unwrap())),
        ("not base64", format!("{head}.{body}!.{mark}")),
        ("padded", format!("{head}.{body}==.{mark}")),
        ("alg none", none("none")),
        ("alg None", none("None")),
        ("alg NONE", none("NONE")),
        ("alg none, our mark", format!("{}{mark}", none("none"))),
        ("alg HS384", head_with(json!({"alg": "HS384"}))),
        ("alg HS512", head_with(json!({"alg": "HS512"}))),
        ("alg RS256", head_with(json!({"alg": "RS256"}))),
        ("alg ES256", head_with(json!({"alg": "ES256"}))),
        ("alg EdDSA", head_with(json!({"alg": "EdDSA"}))),
        ("alg a number", head_with(json!({"alg": 256}))),
        ("no kid", forged(&json!({"alg": "HS256", "typ": "JWT"}), &claims, SECRET)),
        ("unknown kid", head_with(json!({"kid": "0000000000000000"}))),
        ("kid a path", head_with(json!({"kid": "../../dev/null"}))),
        ("kid SQL", head_with(json!({"kid": "' OR 1=1 --"}))),
        ("critical header", head_with(json!({"crit": ["exp"]}))),
        ("own key in the header", forged(&json!({"alg": "HS256", "jwk": {"kty": "oct", "k": "AA"}}), &claims, "AA")),
        ("another secret", forged(&header, &claims, "another-secret-of-at-least-32-bytes")),
        ("empty secret", forged(&header, &claims, "")),
        ("no exp", without("exp")),
        ("no iat", without("iat")),
        ("no sub", without("sub")),
        ("no jti", without("jti")),
        ("exp a text", with(json!({"exp": (now + 100).to_string()}))),
        ("exp in the past", with(json!({"exp": now - 1}))),
        ("exp just now", with(json!({"exp": now}))),
        ("exp negative", with(json!({"exp": -1}))),
        ("iat in the future", with(json!({"iat": now + 3600, "exp": now + 7200}))),
        ("iat after exp", with(json!({"iat": now + 50, "exp": now + 40}))),
        ("not before tomorrow", with(json!({"nbf": now + 86_400}))),
        ("for another audience", with(json!({"aud": "another-program"}))),
        ("by another issuer", with(json!({"iss": "https://evil.test"}))),
        ("no type", without("typ")),
        ("of another type", with(json!({"typ": "refresh"}))),
        ("the issuer in a list", with(json!({"iss": ["weida"]}))),
        ("sub a number", with(json!({"sub": user}))),
        ("sub unknown", with(json!({"sub": "999999999"}))),
        ("sub zero", with(json!({"sub": "0"}))),
        ("sub the account", with(json!({"sub": "-1"}))),
        ("sub no number", with(json!({"sub": format!("{user} OR 1=1")}))),
        ("jti empty", with(json!({"jti": ""}))),
        ("a future generation", with(json!({"gen": 1}))),
        ("of a deleted user", of_gone),
        ("too long", format!("{head}.{}.{mark}", "A".repeat(5_000))),
        ("spaces", format!(" {good} x")),
    ];
    hostile.push(("NUL", format!("{good}\0")));
    assert!(hostile.len() >= 40);
    for (name, text) in &hostile {
        let refused = token::verify(&app.ctx, text).await;
        assert!(matches!(refused, Err(CoreError::BadToken(_))), "{name}: {refused:?}");
    }
    assert!(token::verify(&app.ctx, &good).await.is_ok());
}

/// Keys rotate ten times while two instances issue and verify tokens; no valid token is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_valid_token_is_refused_while_keys_rotate() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let (one, other) = (App::with(&database, clock.clone(), &[]).await, App::with(&database, clock.clone(), &[]).await);
    let user = new_user(&one, "oLoad").await;
    let mut held = vec![crate::rig::token(&one.ctx, user, None).await.unwrap()];
    let each = rounds(20, 200);
    for round in 0..10 {
        let rotating = if round % 2 == 0 { &one } else { &other };
        let signs_from = token::keys::rotate(&rotating.ctx).await.unwrap();
        // Before, at and after the time from which the new key signs.
        for step in [signs_from - BEGINNING_MS, 0, 1] {
            let now = weida::base::clock::Clock::now_ms(clock.as_ref());
            clock.advance_ms(if step > 1 { (signs_from - 1 - now).max(0) } else { 1 });
            for n in 0..each {
                let (issuer, verifier) = if n % 2 == 0 { (&one, &other) } else { (&other, &one) };
                let text = crate::rig::token(&issuer.ctx, user, None).await.unwrap();
                let read = token::verify(&verifier.ctx, &text).await;
                assert!(read.is_ok(), "round {round}, {n}: {read:?}");
                // One of each instance: the one that rotated signs with the new key first.
                if n < 2 {
                    held.push(text);
                }
            }
        }
        clock.advance_ms(2_000);
    }
    // Times are whole seconds: the newest key signs only from now on.
    held.push(crate::rig::token(&other.ctx, user, None).await.unwrap());
    for text in &held {
        assert!(token::verify(&one.ctx, text).await.is_ok() && token::verify(&other.ctx, text).await.is_ok());
    }
    let kids: std::collections::BTreeSet<&str> = held.iter().map(|t| t.split('.').next().unwrap()).collect();
    assert_eq!(kids.len(), 11, "every key has signed");
}

/// A secret from the settings is rotated there, with the previous one beside it.
#[tokio::test]
async fn a_secret_of_the_settings_is_rotated_with_an_overlap() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let next = "another-secret-of-at-least-32-bytes";
    let old = App::with(&database, clock.clone(), &[("JWT_SECRET", SECRET)]).await;
    let user = new_user(&old, "oSettings").await;
    let text = crate::rig::token(&old.ctx, user, None).await.unwrap();
    assert!(matches!(token::keys::rotate(&old.ctx).await, Err(CoreError::Forbidden)));
    let both = [("JWT_SECRET", next), ("JWT_PREVIOUS_SECRET", SECRET)];
    let new = App::with(&database, clock.clone(), &both).await;
    assert!(token::verify(&new.ctx, &text).await.is_ok());
    let newer = crate::rig::token(&new.ctx, user, None).await.unwrap();
    assert!(token::verify(&old.ctx, &newer).await.is_err(), "it signs with the new secret");
    let done = App::with(&database, clock, &[("JWT_SECRET", next)]).await;
    assert!(token::verify(&done.ctx, &text).await.is_err() && token::verify(&done.ctx, &newer).await.is_ok());
}
