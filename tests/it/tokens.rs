//! T-19: tokens. What is not ours, or no longer good, is never taken; what is good is never refused, also while keys change.

use crate::rig::{App, BEGINNING_MS, Database, Engine, eventually, rounds};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use weida::{
    core::{
        CoreError,
        account::identity::{self, App as Kind, Proven},
        chance::{Chance, SystemChance},
        clock::FakeClock,
        token::{self, TokenFault},
    },
    store::Store,
};

crate::every_engine!(
    a_token_says_who_its_bearer_is_until_it_ends,
    signing_out_everywhere_ends_all_tokens_and_no_others,
    a_revoked_token_is_dead_everywhere_within_a_second,
    a_token_is_renewed_in_its_last_day,
    a_token_for_trying_is_never_renewed,
    two_first_starts_agree_on_one_key,
);

const SECRET: &str = "canary-jwt-secret-of-at-least-32-bytes";
const DAY_MS: i64 = 24 * 3_600_000;

/// Somebody who came with a mini-program.
pub async fn someone(app: &App, openid: &str) -> i64 {
    let proven = Proven {
        app: Kind::MiniProgram,
        appid: "wxmini".to_owned(),
        openid: openid.to_owned(),
        unionid: None,
        nickname: None,
        avatar_url: None,
    };
    identity::meet(&app.ctx, &proven).await.unwrap().id
}

fn fault(result: Result<token::Bearer, CoreError>) -> Option<TokenFault> {
    match result {
        Err(CoreError::BadToken(fault)) => Some(fault),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    }
}

async fn a_token_says_who_its_bearer_is_until_it_ends(database: &Database) {
    let app = App::on(database).await;
    let user = someone(&app, "oBearer").await;
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
    let (one, other) = (someone(&app, "oOne").await, someone(&app, "oOther").await);
    let issue = async |user| crate::rig::token(&app.ctx, user, None).await.unwrap();
    let (first, second, others) = (issue(one).await, issue(one).await, issue(other).await);
    // In memory from here on.
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
    // One that is made afterwards, in the same second, is good.
    assert!(token::verify(&app.ctx, &issue(one).await).await.is_ok());
    weida::core::account::leave::delete(&app.ctx, other, None, "x").await.unwrap();
    assert_eq!(fault(token::verify(&app.ctx, &others).await), Some(TokenFault::Gone));
}

async fn a_revoked_token_is_dead_everywhere_within_a_second(database: &Database) {
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let (one, other) = (App::with(database, clock.clone(), &[]).await, App::with(database, clock, &[]).await);
    for round in 0..5 {
        let user = someone(&one, &format!("oRound{round}")).await;
        let text = crate::rig::token(&one.ctx, user, None).await.unwrap();
        token::verify(&other.ctx, &text).await.unwrap();
        token::revoke_all(&one.ctx, user).await.unwrap();
        assert_eq!(fault(token::verify(&one.ctx, &text).await), Some(TokenFault::Revoked));
        let is_dead = eventually(Duration::from_secs(1), async || token::verify(&other.ctx, &text).await.is_err());
        assert!(is_dead.await, "round {round}: it lives on at the other instance");
    }
}

/// With `WEIDA_UNFOLLOW=signout` a person who unfollows is signed out everywhere, other programs included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unfollowing_ends_tokens_where_the_operator_wants_it() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    for (choice, is_out) in [("signout", true), ("keep", false)] {
        let app = App::with(&database, clock.clone(), &[("WEIDA_UNFOLLOW", choice)]).await;
        let phone = app.phone(&format!("oLeaves{choice}"));
        let user = crate::signin::register(&app, &phone, choice).await;
        let text = crate::rig::token(&app.ctx, user, None).await.unwrap();
        phone.push(&phone.event("unsubscribe", "")).await;
        let is_dead = eventually(Duration::from_secs(1), async || token::verify(&app.ctx, &text).await.is_err());
        assert_eq!(is_dead.await, is_out, "{choice}");
    }
}

async fn a_token_is_renewed_in_its_last_day(database: &Database) {
    let app = App::on(database).await;
    let user = someone(&app, "oRenews").await;
    let text = crate::rig::token(&app.ctx, user, Some("oRenews")).await.unwrap();
    assert!(matches!(token::refresh(&app.ctx, &text).await, Err(CoreError::BadToken(TokenFault::Fresh))));
    app.clock.advance_ms(6 * DAY_MS);
    let renewed = token::refresh(&app.ctx, &text).await.unwrap();
    app.clock.advance_ms(DAY_MS);
    assert_eq!(fault(token::verify(&app.ctx, &text).await), Some(TokenFault::Expired));
    let bearer = token::verify(&app.ctx, &renewed).await.unwrap();
    assert_eq!((bearer.user_id, bearer.openid.as_deref()), (user, Some("oRenews")));
}

async fn a_token_for_trying_is_never_renewed(database: &Database) {
    let app = App::on(database).await;
    let user = weida::core::account::find(&app.ctx, someone(&app, "oTries").await).await.unwrap().unwrap();
    let text = token::issue_once(&app.ctx, &user, None, 900).await.unwrap();
    assert!(token::verify(&app.ctx, &text).await.is_ok());
    assert!(matches!(token::refresh(&app.ctx, &text).await, Err(CoreError::BadToken(TokenFault::Final))));
    app.clock.advance_ms(900_000);
    assert_eq!(fault(token::verify(&app.ctx, &text).await), Some(TokenFault::Expired));
}

/// Chance that makes everybody wait who draws a key, until as many have come as are meant to.
#[derive(Debug)]
struct Together(SystemChance, std::sync::Barrier);

impl Chance for Together {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() == 32 {
            self.1.wait();
        }
        self.0.fill(bytes);
    }
}

/// Both have seen that there is no key before either has made one.
async fn two_first_starts_agree_on_one_key(database: &Database) {
    let chance = Arc::new(Together(SystemChance, std::sync::Barrier::new(2)));
    // The schema is there: it is the keys that both make.
    drop(Store::open(&database.url).await.unwrap());
    // Each in a runtime of its own: who waits for the other must not hold up its work.
    let start = || {
        let (url, chance) = (database.url.clone(), chance.clone());
        tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let store = Store::open(&url).await.unwrap();
                token::Ring::stored(&store, chance.as_ref()).await.unwrap()
            })
        })
    };
    let (one, other) = futures::future::join(start(), start()).await;
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    // And what a third one finds is the same.
    let third = token::Ring::stored(&Store::open(&database.url).await.unwrap(), &SystemChance).await.unwrap();
    assert_eq!(format!("{one:?}"), format!("{third:?}"));
}

/// Makes a token by hand.
fn forged(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let mut mac = <Hmac<sha2::Sha256>>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn forty_hostile_tokens_are_refused() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("JWT_SECRET", SECRET)]).await;
    let (user, gone) = (someone(&app, "oVictim").await, someone(&app, "oGone").await);
    let good = crate::rig::token(&app.ctx, user, Some("oVictim")).await.unwrap();
    let (head, body, mark) = {
        let mut parts = good.split('.');
        (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    let of_gone = crate::rig::token(&app.ctx, gone, None).await.unwrap();
    weida::core::account::leave::delete(&app.ctx, gone, None, "x").await.unwrap();
    let now = BEGINNING_MS / 1000;
    let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let (header, claims) = (read(head), read(body));
    // The forger's own is as good as ours where nothing is wrong with it.
    assert!(token::verify(&app.ctx, &forged(&header, &claims, SECRET)).await.is_ok());
    assert!(token::verify(&app.ctx, &forged(&json!({"alg": "HS256"}), &claims, SECRET)).await.is_ok());
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
        ("for another audience", with(json!({"aud": "somebody-else"}))),
        ("by another issuer", with(json!({"iss": "https://evil.test"}))),
        ("sub a number", with(json!({"sub": user}))),
        ("sub nobody", with(json!({"sub": "999999999"}))),
        ("sub zero", with(json!({"sub": "0"}))),
        ("sub the account", with(json!({"sub": "-1"}))),
        ("sub no number", with(json!({"sub": format!("{user} OR 1=1")}))),
        ("jti empty", with(json!({"jti": ""}))),
        ("a coming generation", with(json!({"gen": 1}))),
        ("of a user who is gone", of_gone),
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

/// Keys change ten times while tokens are made and read at two instances; not one good token is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_good_token_is_refused_while_keys_change() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let (one, other) = (App::with(&database, clock.clone(), &[]).await, App::with(&database, clock.clone(), &[]).await);
    let user = someone(&one, "oLoad").await;
    let mut held = vec![crate::rig::token(&one.ctx, user, None).await.unwrap()];
    let each = rounds(20, 200);
    for turn in 0..10 {
        let rotating = if turn % 2 == 0 { &one } else { &other };
        let signs_from = token::keys::rotate(&rotating.ctx).await.unwrap();
        // Before, at and after the moment from which the new key signs.
        for step in [signs_from - BEGINNING_MS, 0, 1] {
            let now = weida::core::clock::Clock::now_ms(clock.as_ref());
            clock.advance_ms(if step > 1 { (signs_from - 1 - now).max(0) } else { 1 });
            for n in 0..each {
                let (makes, reads) = if n % 2 == 0 { (&one, &other) } else { (&other, &one) };
                let text = crate::rig::token(&makes.ctx, user, None).await.unwrap();
                let read = token::verify(&reads.ctx, &text).await;
                assert!(read.is_ok(), "turn {turn}, {n}: {read:?}");
                // One of each: the instance that has changed the key signs with it first.
                if n < 2 {
                    held.push(text);
                }
            }
        }
        clock.advance_ms(2_000);
    }
    // Times are whole seconds: the newest key has only now begun to sign.
    held.push(crate::rig::token(&other.ctx, user, None).await.unwrap());
    for text in &held {
        assert!(token::verify(&one.ctx, text).await.is_ok() && token::verify(&other.ctx, text).await.is_ok());
    }
    let kids: std::collections::BTreeSet<&str> = held.iter().map(|t| t.split('.').next().unwrap()).collect();
    assert_eq!(kids.len(), 11, "every key has signed");
}

/// With the secret in the settings it is changed there, and the one before it is named.
#[tokio::test]
async fn a_secret_of_the_settings_is_changed_with_an_overlap() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let clock = Arc::new(FakeClock::at(BEGINNING_MS));
    let next = "another-secret-of-at-least-32-bytes";
    let old = App::with(&database, clock.clone(), &[("JWT_SECRET", SECRET)]).await;
    let user = someone(&old, "oSettings").await;
    let text = crate::rig::token(&old.ctx, user, None).await.unwrap();
    assert!(matches!(token::keys::rotate(&old.ctx).await, Err(CoreError::Forbidden)));
    let both = [("JWT_SECRET", next), ("JWT_PREVIOUS_SECRET", SECRET)];
    let new = App::with(&database, clock.clone(), &both).await;
    assert!(token::verify(&new.ctx, &text).await.is_ok());
    let newer = crate::rig::token(&new.ctx, user, None).await.unwrap();
    assert!(token::verify(&old.ctx, &newer).await.is_err(), "it signs with the new one");
    let done = App::with(&database, clock, &[("JWT_SECRET", next)]).await;
    assert!(token::verify(&done.ctx, &text).await.is_err() && token::verify(&done.ctx, &newer).await.is_ok());
}
