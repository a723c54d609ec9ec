//! Tokens of other programs that sign with the same secret are refused, and ours say whose they are.

use crate::rig::{Database, Engine, JWT_SECRET, World, claims_of, header_of, register, signed};
use reqwest::Method;
use serde_json::{Value, json};
use weida::core::{CoreError, TokenFault, account, token};

const DAY_MS: i64 = 24 * 3_600_000;

/// A program with a secret that other programs have too, and its database.
async fn world() -> (World, Database) {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    (World::with(&database, &[("JWT_SECRET", JWT_SECRET)]).await, database)
}

/// The claims that libraries of other languages write, for this user id.
fn foreign(id: i64, now: i64) -> Vec<(&'static str, Value)> {
    let (exp, jti) = (now + 900, "0e8a3c0e-8f5c-4f0a-9c57-8f5d3b1c7a11");
    vec![
        (
            "flask-jwt-extended",
            json!({"fresh": true, "iat": now, "jti": jti, "type": "access", "sub": id.to_string(), "nbf": now, "csrf": jti, "exp": exp}),
        ),
        (
            "flask-jwt-extended, not fresh",
            json!({"fresh": false, "iat": now, "jti": jti, "type": "access", "sub": id.to_string(), "nbf": now, "exp": exp}),
        ),
        (
            "flask-jwt-extended, refresh",
            json!({"fresh": false, "iat": now, "jti": jti, "type": "refresh", "sub": id.to_string(), "nbf": now, "exp": exp}),
        ),
        ("simplejwt", json!({"token_type": "access", "iat": now, "jti": jti, "user_id": id, "exp": exp})),
        (
            "simplejwt with a subject",
            json!({"token_type": "access", "iat": now, "jti": jti, "user_id": id, "sub": id.to_string(), "exp": exp}),
        ),
        ("PyJWT by hand", json!({"user_id": id, "openid": "oVictim", "iat": now, "exp": exp})),
        (
            "jsonwebtoken of Node",
            json!({"sub": id.to_string(), "jti": jti, "iat": now, "exp": exp, "iss": "shop", "scope": "account"}),
        ),
        ("with our scope", json!({"sub": id.to_string(), "jti": jti, "iat": now, "exp": exp, "scope": "account"})),
        (
            "with our issuer",
            json!({"sub": id.to_string(), "jti": jti, "iat": now, "exp": exp, "scope": "account", "iss": "weida"}),
        ),
        (
            "with an issuer of another case",
            json!({"sub": id.to_string(), "jti": jti, "iat": now, "exp": exp, "iss": "Weida", "typ": "access"}),
        ),
        (
            "with our issuer and another type",
            json!({"sub": id.to_string(), "jti": jti, "iat": now, "exp": exp, "iss": "weida", "typ": "Bearer"}),
        ),
        (
            "for an audience",
            json!({"sub": id.to_string(), "jti": jti, "iat": now, "exp": exp, "iss": "weida", "typ": "access", "aud": "weida"}),
        ),
    ]
}

/// The answers of one call of each dialect that takes tokens: status and, where 200 says nothing, `valid`.
async fn answers(world: &World, token: &str) -> Vec<(u16, Option<bool>)> {
    let mut found = Vec::new();
    for (method, path) in [
        (Method::GET, "/api/v1/user/credits"),
        (Method::GET, "/account/info"),
        (Method::POST, "/api/auth/verify"),
        (Method::POST, "/api/auth/refresh"),
        (Method::POST, "/validate_token"),
        (Method::GET, "/admin/list_all_keys"),
    ] {
        let answer = world.request(method, path).bearer_auth(token).send().await.unwrap();
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.unwrap_or_default();
        found.push((status, body["valid"].as_bool()));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_another_program_with_our_secret_is_nothing_here() {
    let (world, _database) = world().await;
    let (admin, own) = world.admin("root").await;
    let now = world.app.clock_secs();
    let refused = answers(&world, "a.b.c").await;
    assert!(answers(&world, &own).await[5].0 == 200 && refused[5].0 == 401);
    let kid = header_of(&own)["kid"].clone();
    // Without a key id, as the libraries sign; with an invented one; and some that learned ours from one of our tokens.
    let plain = json!({"alg": "HS256", "typ": "JWT"});
    let invented = json!({"alg": "HS256", "typ": "JWT", "kid": "1"});
    let ours = json!({"alg": "HS256", "typ": "JWT", "kid": kid});
    for (name, claims) in foreign(admin, now) {
        for header in [&plain, &invented] {
            let text = signed(header, &claims, JWT_SECRET);
            assert_eq!(answers(&world, &text).await, refused, "{name}: {header}");
        }
        if claims.get("iss").is_some() || claims.get("sub").is_none() {
            let text = signed(&ours, &claims, JWT_SECRET);
            assert_eq!(answers(&world, &text).await, refused, "{name}, our key id");
        }
    }
    // Even all of our own claims, without the key id.
    let text = signed(&plain, &json!(claims_of(&own)), JWT_SECRET);
    assert_eq!(answers(&world, &text).await, refused);
}

/// The token from each door that gives one.
async fn every_door(world: &World) -> Vec<(&'static str, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (_, admin) = world.admin("root").await;
    let of_qr = world.poster(&admin).await;
    let wei = world.person("小微").await;
    let code = world.mini_code(&wei).await;
    let mini: Value =
        world.post("/api/auth/login", &json!({ "code": code })).send().await.unwrap().json().await.unwrap();
    let code = world.mini_code(&wei).await;
    let cloud: Value = world.get(&format!("/api/login?code={code}")).send().await.unwrap().json().await.unwrap();
    let scanned = {
        let begun: Value = world.post("/create_qr", &json!({})).send().await.unwrap().json().await.unwrap();
        let phone = world.app.phone("oScanner");
        phone.follow().await;
        phone.ask(begun["code"].as_str().unwrap()).await;
        phone.ask("1").await;
        let path = format!("/poll?id={}", begun["sessionId"].as_str().unwrap());
        world.get(&path).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let trial = {
        let user = register(&world.app, &world.app.phone("oTries"), "tries").await;
        let user = account::find(&world.app.ctx, user).await.unwrap().unwrap();
        token::issue_once(&world.app.ctx, &user, Some("oTries"), 900).await.unwrap()
    };
    world.app.clock.advance_ms(6 * DAY_MS + 1000);
    let renewed: Value = world
        .request(Method::POST, "/api/auth/refresh")
        .bearer_auth(text(&mini["data"]["token"]))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    vec![
        ("a QR that binds", of_qr),
        ("the mini program", text(&mini["data"]["token"])),
        ("cloud hosting", text(&cloud["data"]["token"])),
        ("a scan", text(&scanned["token"])),
        ("the documentation", trial),
        ("a renewal", text(&renewed["data"]["token"])),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_token_of_ours_names_issuer_type_key_and_user_and_no_audience() {
    let (world, _database) = world().await;
    for (door, text) in every_door(&world).await {
        let (header, claims) = (header_of(&text), claims_of(&text));
        assert_eq!((&claims["iss"], &claims["typ"]), (&json!("weida"), &json!("access")), "{door}");
        assert!(header["kid"].as_str().is_some_and(|kid| !kid.is_empty()), "{door}: {header:?}");
        assert!(!claims.contains_key("aud"), "{door}: {claims:?}");
        // Programs of the mini program read these two; `sub` is a text, as RFC 7519 says.
        let id = claims["user_id"].as_i64().unwrap();
        assert_eq!(claims["sub"], json!(id.to_string()), "{door}");
        assert!(claims["openid"].as_str().is_some_and(|openid| !openid.is_empty()), "{door}: {claims:?}");
        // A program that verifies with the shared secret and names neither audience nor issuer, as PyJWT's default.
        let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
        rules.validate_exp = false;
        let key = jsonwebtoken::DecodingKey::from_secret(JWT_SECRET.as_bytes());
        assert!(jsonwebtoken::decode::<Value>(&text, &key, &rules).is_ok(), "{door}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_from_before_the_upgrade_is_good_until_it_ends() {
    let (world, _database) = world().await;
    let (admin, own) = world.admin("root").await;
    let mut claims = claims_of(&own);
    for newer in ["iss", "typ", "user_id"] {
        claims.remove(newer).unwrap();
    }
    let header = json!(header_of(&own));
    let before = signed(&header, &json!(claims), JWT_SECRET);
    assert_eq!(answers(&world, &before).await, answers(&world, &own).await);
    // It is renewed into one of today.
    world.app.clock.advance_ms(6 * DAY_MS + 1000);
    let renewed = token::refresh(&world.app.ctx, &before).await.unwrap();
    assert_eq!(claims_of(&renewed)["user_id"], json!(admin));
    assert!(token::verify(&world.app.ctx, &before).await.is_ok());
    world.app.clock.advance_ms(DAY_MS);
    let ended = token::verify(&world.app.ctx, &before).await;
    assert!(matches!(ended, Err(CoreError::BadToken(TokenFault::Expired))), "{ended:?}");
}
