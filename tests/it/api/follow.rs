//! Dialect A, as documented: a QR that binds, credits, and paid image edits.

use crate::rig::{
    Database, Engine, QR, Tape, World,
    image_edit::{SMALL, follower, png},
    too_large,
};
use reqwest::{
    Method, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use weida::{
    core::{credit, image::MAX_BYTES, token},
    sandbox::platform::Injection,
};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Changes no pixel.
const SAME: &str = r#"[{"op":"rotate","degrees":0}]"#;

crate::every_engine!(clients_of_one_user_share_credits_that_are_granted_once);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_and_every_refusal_matches_the_tape() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let mut tape = Tape::of(&world.app, "follow");
    let phone = world.app.phone("oFollower");
    tape.name(world.platform.mp_base().as_str().trim_end_matches('/'), "mp");
    let ask = |client: Value| world.post(QR, &json!({ "client_id": client, "other": [1] }));

    tape.ask("check-follow: a client that nobody knows", world.check("desktop-1")).await;
    let (_, qr) = tape.ask("qrcode: unknown fields", ask(json!("desktop-1"))).await;
    tape.name(qr["scene_id"].as_str().unwrap(), "scene");
    tape.name(qr["ticket"].as_str().unwrap(), "ticket");
    tape.name(qr["qrcode_url"].as_str().unwrap(), "picture");
    tape.name(qr["url"].as_str().unwrap(), "url");
    tape.name(qr["poll_token"].as_str().unwrap(), "poll");
    tape.ask("qrcode: no client_id", world.post(QR, &json!({}))).await;
    tape.ask("qrcode: a number", ask(json!(7))).await;
    tape.ask("qrcode: nothing", ask(json!(""))).await;
    tape.ask("qrcode: a space in it", ask(json!("a b"))).await;
    tape.ask("qrcode: 129 characters", ask(json!("长".repeat(129)))).await;
    let sent = |kind: &str, body: String| world.request(Method::POST, QR).header("content-type", kind).body(body);
    tape.ask("qrcode: not JSON", sent("application/json", "{".to_owned())).await;
    tape.ask("qrcode: plain text", sent("text/plain", r#"{"client_id":""}"#.to_owned())).await;
    tape.ask("qrcode: too large by one byte", sent("application/json", too_large())).await;
    tape.ask("qrcode: GET", world.get(QR)).await;
    tape.ask("no such call", world.get("/api/v1/nothing")).await;
    tape.ask("nothing at all", world.get("/api/v1")).await;
    for errcode in [48001, 40164, 40125, 45009, 268_487_001, -1] {
        // A busy platform is called again a few times.
        world.platform.inject("/cgi-bin/qrcode/create", Injection::Errcode(errcode), 9);
        tape.ask(&format!("qrcode: the platform says {errcode}"), ask(json!("desktop-1"))).await;
        world.platform.clear_injections();
    }

    tape.ask("check-follow: nobody was there", world.check("desktop-1")).await;
    tape.ask("check-follow: no client_id", world.get("/api/v1/auth/wechat/check-follow")).await;
    tape.ask("check-follow: POST", world.post("/api/v1/auth/wechat/check-follow", &json!({}))).await;
    world.scan(&phone, &qr).await;
    tape.ask("check-follow: followed, asked without the poll token", world.check("desktop-1")).await;
    tape.ask("check-follow: a poll token that was never given", world.check("desktop-1&poll_token=x")).await;
    let (_, done) = tape.ask("check-follow: followed", world.poll_qr(&qr)).await;
    let token = done["token"].as_str().unwrap().to_owned();
    tape.name(&token, "token");
    world.app.clock.advance_ms(10 * MINUTE_MS);
    tape.ask("check-follow: ten minutes later, without the token", world.poll_qr(&qr)).await;

    let credits = || world.get("/api/v1/user/credits");
    tape.ask("credits", credits().bearer_auth(&token)).await;
    tape.ask("credits: nobody", credits()).await;
    tape.ask("credits: no token", credits().bearer_auth("a.b.c")).await;
    tape.ask("credits: an openid that nobody vouches for", credits().header("openid", "oFollower")).await;
    tape.ask("an admin call", world.get("/admin/list_all_keys").bearer_auth(&token)).await;
    tape.ask("credits: POST", world.post("/api/v1/user/credits", &json!({}))).await;

    refused_edits(&world, &mut tape, &token).await;
    token::revoke_all(&world.app.ctx, token::verify(&world.app.ctx, &token).await.unwrap().user_id).await.unwrap();
    tape.ask("credits: revoked", credits().bearer_auth(&token)).await;
    tape.end();
}

/// Every faulty picture and operation list. None of these requests costs credits.
async fn refused_edits(world: &World, tape: &mut Tape, token: &str) {
    let edit = |image: Vec<u8>, operations: &str| world.edit(token, image, operations);
    let form = |form: Form| world.request(Method::POST, "/api/v1/image/edit").bearer_auth(token).multipart(form);
    // The multipart boundary differs between runs, so the tape has only the answers.
    tape.answer("edit: nobody", world.request(Method::POST, "/api/v1/image/edit")).await;
    tape.answer("edit: no form", world.post("/api/v1/image/edit", &json!({})).bearer_auth(token)).await;
    tape.answer("edit: an empty form", form(Form::new())).await;
    tape.answer("edit: no operations", form(Form::new().part("image", Part::bytes(png(4))))).await;
    tape.answer("edit: no image", form(Form::new().text("operations", SAME))).await;
    for (what, operations) in [
        ("not JSON", "resize"),
        ("no list", "{}"),
        ("none", "[]"),
        ("no objects", "[7]"),
        ("an unknown one", r#"[{"op":"melt"}]"#),
        ("a field that is missing", r#"[{"op":"grayscale"},{"op":"blur"}]"#),
        ("a field of another type", r#"[{"op":"resize","width":"4"}]"#),
        ("a field out of range", r#"[{"op":"brightness","value":101}]"#),
        ("a part outside", r#"[{"op":"crop","width":5,"height":1}]"#),
        ("a result that is too large", r#"[{"op":"resize","width":16384}]"#),
    ] {
        tape.answer(&format!("edit: operations, {what}"), edit(png(4), operations)).await;
    }
    let many = format!("[{}]", vec![r#"{"op":"grayscale"}"#; 21].join(","));
    tape.answer("edit: operations, too many", edit(png(4), &many)).await;
    tape.answer("edit: no picture", edit(b"GIF89a".to_vec(), SAME)).await;
    tape.answer("edit: half a picture", edit(png(40)[..60].to_vec(), SAME)).await;
    let mut large = png(4);
    // Changes the size in the header; the pixels are never decoded.
    large[16..24].fill(0x7f);
    tape.answer("edit: a picture beyond the limits", edit(large, SAME)).await;
    tape.answer("edit: 10 MiB and a byte", edit(vec![0; MAX_BYTES + 1], SAME)).await;
    let keyed = |key: &str, operations: &str| edit(png(4), operations).header("idempotency-key", key);
    tape.answer("edit: a key with a space", keyed("a b", SAME)).await;
    assert_eq!(world.credits(token).await["credits"], 100, "refused edits are free");
    assert_eq!(keyed("k", SAME).send().await.unwrap().status(), 200);
    tape.answer("edit: the key of another request", keyed("k", SMALL)).await;
    let user_id = token::verify(&world.app.ctx, token).await.unwrap().user_id;
    credit::spend(&world.app.ctx, user_id, 99, "x").await.unwrap();
    tape.answer("edit: out of credits", edit(png(4), SAME)).await;
    tape.answer("edit: PUT", world.request(Method::PUT, "/api/v1/image/edit")).await;
}

async fn clients_of_one_user_share_credits_that_are_granted_once(database: &Database) {
    let world = World::open(database).await;
    let (wei, other) = (world.app.phone("oWei"), world.app.phone("oOther"));
    let first = world.qr("desktop-1").await;
    let fresh = world.qr("desktop-1").await;
    assert_ne!(first["scene_id"], fresh["scene_id"], "a fresh scene");
    let answer = world.scan(&wei, &first).await;
    assert!(answer.contains("绑定成功") && answer.contains("取消") && answer.contains("送你 100 积分"), "{answer}");
    // A second scan by the same follower has no effect, and another follower is refused.
    assert!(world.scan(&wei, &first).await.contains("已经完成"));
    assert!(world.scan(&other, &first).await.contains("别人"));
    let done = world.polled(&first).await;
    assert_eq!((done["status"].as_str(), done["followed"].as_bool()), (Some("completed"), Some(true)));
    let token = done["token"].as_str().unwrap().to_owned();

    // A second client of the same user, who unfollows and follows again: one balance, granted once.
    wei.push(&wei.event("unsubscribe", "")).await;
    assert_eq!(world.checked("desktop-1").await["followed"], false);
    let second = world.qr("desktop-2").await;
    let answer = world.scan(&wei, &second).await;
    assert!(answer.contains("绑定成功") && !answer.contains("送你"), "{answer}");
    let token_2 = world.polled(&second).await["token"].as_str().unwrap().to_owned();
    assert_eq!(world.edit(&token_2, png(4), SMALL).send().await.unwrap().status(), 200);
    for shown in [world.credits(&token).await, world.credits(&token_2).await] {
        assert_eq!(shown, json!({ "openid": "oWei", "credits": 99, "total_granted": 100, "total_spent": 1 }));
    }
    assert_eq!(world.checked("desktop-1").await["credits"], 99);
    assert_eq!(world.app.count("SELECT COUNT(*) FROM credit_entries WHERE kind = 'grant'").await, 1);

    // The token is shown for ten minutes after its scan.
    world.app.clock.advance_ms(10 * MINUTE_MS - 1_000);
    assert!(world.polled(&second).await["token"].is_string());
    world.app.clock.advance_ms(1_000);
    assert!(world.polled(&second).await["token"].is_null());

    // Undo ends the latest bind and voids every token. A day later there is nothing to undo.
    assert!(wei.ask("取消").await.contains("已撤销"));
    let after = world.polled(&second).await;
    assert_eq!((after["status"].as_str(), after["openid"].is_null()), (Some("expired"), true));
    let answer = world.get("/api/v1/user/credits").bearer_auth(&token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(world.scan(&wei, &second).await.contains("已过期"), "an undone bind cannot be scanned again");
    world.app.clock.advance_ms(DAY_MS);
    assert!(!wei.say("取消").await.unwrap_or_default().contains("已撤销"));
    assert_eq!(world.checked("desktop-1").await["status"], "completed");

    // A QR is valid for 30 days, to the second.
    world.app.clock.advance_ms(28 * DAY_MS);
    let last = world.qr("desktop-3").await;
    world.app.clock.advance_ms(30 * DAY_MS - 1_000);
    assert_eq!(world.checked("desktop-3").await["status"], "pending");
    world.app.clock.advance_ms(1_000);
    assert_eq!(world.checked("desktop-3").await["status"], "expired");
    assert!(world.scan(&other, &last).await.contains("已过期"));

    // Deleting the user deletes the binds.
    let user_id = world.app.count("SELECT user_id FROM identities WHERE openid = 'oWei'").await;
    weida::core::account::deletion::delete(&world.app.ctx, user_id, None, "test").await.unwrap();
    assert_eq!(world.check("desktop-2").send().await.unwrap().status(), StatusCode::NOT_FOUND);
    // The other client still has an unscanned QR.
    assert_eq!(world.checked("desktop-1").await["status"], "expired");
    assert_eq!(world.app.count("SELECT COUNT(*) FROM follow_scenes WHERE openid IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_openid_header_is_trusted_only_if_so_configured() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::with(&database, &[("WEIDA_TRUST_OPENID_HEADER", "true")]).await;
    let (user_id, token) = follower(&world, "oGateway").await;
    let asked = |openid: &str| world.get("/api/v1/user/credits").header("openid", openid);
    assert_eq!(asked("oGateway").send().await.unwrap().json::<Value>().await.unwrap()["credits"], 100);
    for unknown in ["oUnknown", "ogateway", "", "oGateway "] {
        let status = asked(unknown).send().await.unwrap().status();
        assert!(status == StatusCode::UNAUTHORIZED || unknown.trim() == "oGateway", "{unknown:?}: {status}");
    }
    assert_eq!(asked("oGateway").header("openid", "oOther").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    // A token takes precedence over the openid header.
    assert_eq!(asked("oUnknown").bearer_auth(&token).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(asked("oGateway").bearer_auth("a.b.c").send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let (_, admin) = world.admin("root").await;
    world.disable(&admin, user_id).await;
    assert_eq!(asked("oGateway").send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

/// T-35: the client id, scene, tokens and idempotency keys are in no table.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_ids_tokens_and_keys_are_not_stored_in_plain_text() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let world = World::open(&database).await;
    let qr = world.qr("canary-client-8c1f").await;
    world.scan(&world.app.phone("oCanary"), &qr).await;
    let token = world.polled(&qr).await["token"].as_str().unwrap().to_owned();
    world.edit(&token, png(4), SMALL).header("idempotency-key", "canary-key-77aa").send().await.unwrap();
    let mut tx = world.app.ctx.store.begin().await.unwrap();
    weida::store::fact::insert_fact(&mut tx, "mark", "here-it-is-4d2e").await.unwrap();
    tx.commit().await.unwrap();
    let path = database.url.strip_prefix("sqlite://").unwrap();
    let mut stored = std::fs::read(path).unwrap();
    stored.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    let holds = |secret: &str| stored.windows(secret.len()).any(|found| found == secret.as_bytes());
    assert!(holds("here-it-is-4d2e"), "the search works");
    let [scene, poll] = ["scene_id", "poll_token"].map(|name| qr[name].as_str().unwrap());
    for secret in ["canary-client-8c1f", scene, poll, token.as_str(), "canary-key-77aa"] {
        assert!(!holds(secret), "{secret}");
    }
    assert!(!world.app.state.metrics.render().contains("canary"));
}
