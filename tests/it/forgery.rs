//! T-20: forged pushes. A sender without the token and the key changes nothing and learns nothing from the refusal.

use crate::rig::{AES_KEY, APPID, App, BEGINNING_MS, Database, Engine, Phone, Push, TOKEN, next};
use axum::{body::Body, http::Request};
use std::{collections::BTreeSet, sync::Arc};
use tower::ServiceExt as _;
use weida::{
    base::{
        clock::FakeClock,
        rng::{Rng as _, SeededRng},
    },
    wechat::{
        crypto::{AesKey, encrypt},
        signature::sign,
    },
};

/// Pushes of each kind: 25 kinds make 5,000.
const EACH: usize = 200;

/// Sends to the router without a network.
async fn send(router: &axum::Router, push: &Push) -> (u16, String) {
    let request = Request::post(push.path()).body(Body::from(push.body.clone())).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Counts of the rows that a push could create.
async fn effects(app: &App) -> [i64; 5] {
    [
        app.count("SELECT COUNT(*) FROM messages").await,
        app.count("SELECT COUNT(*) FROM deliveries").await,
        app.count("SELECT COUNT(*) FROM identities").await,
        app.count("SELECT COUNT(*) FROM dynamic_codes").await,
        app.count("SELECT COUNT(*) FROM rate_counters").await,
    ]
}

struct Forger {
    phone: Phone,
    now: i64,
    rng: SeededRng,
}

impl Forger {
    fn document(&self) -> String {
        self.phone.text("验证码")
    }

    fn genuine(&self) -> Push {
        Push::safe(&self.document(), self.now)
    }

    fn sealed(&self, appid: &str) -> String {
        let mut random = [0; 16];
        self.rng.fill(&mut random);
        encrypt(&AesKey::parse(AES_KEY).unwrap(), appid, self.document(), random)
    }

    fn hex(&self) -> String {
        let mut bytes = [0; 20];
        self.rng.fill(&mut bytes);
        hex::encode(bytes)
    }

    /// Changes one character of a base64 text.
    fn bent(&self, sealed: &str) -> String {
        let at = usize::try_from(self.rng.below(sealed.len() as u64 - 4)).unwrap();
        let other = if sealed.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &sealed[..at], &sealed[at + 1..])
    }

    /// Every kind of forgery, by name. Some have a valid signature and a faulty envelope.
    fn forged(&self, n: usize) -> Vec<(&'static str, Push)> {
        let good = self.genuine();
        let wrap =
            |sealed: &str| format!("<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>");
        let body = |push: Push, body: String| Push { body, ..push };
        let (stamp, nonce) = (good.get("timestamp").to_owned(), good.get("nonce").to_owned());
        let fresh = || Push::of_envelope(&self.sealed(APPID), self.now);
        let stale = |by: i64| Push::safe(&self.document(), self.now + by);
        let signed = |sealed: &str| Push::of_envelope(sealed, self.now);
        let whole = self.sealed(APPID);
        let twice = |name: &str| {
            let mut push = self.genuine();
            push.query.push((name.to_owned(), push.get(name).to_owned()));
            push
        };
        let names = ["signature", "msg_signature", "timestamp", "nonce", "encrypt_type"];
        vec![
            ("no signature", self.genuine().without("signature")),
            ("an empty signature", self.genuine().with("signature", "")),
            ("half a signature", self.genuine().with("signature", &good.get("signature")[..20])),
            ("another signature", self.genuine().with("signature", &self.hex())),
            ("a signature in capitals", self.genuine().with("signature", &good.get("signature").to_uppercase())),
            ("a signature without the token", {
                self.genuine()
                    .with("timestamp", &stamp)
                    .with("nonce", &nonce)
                    .with("signature", &sign(&[&stamp, &nonce]))
            }),
            ("301 s old", stale(-301)),
            ("301 s early", stale(301)),
            ("another nonce", self.genuine().with("nonce", &format!("x{n}"))),
            ("another time", self.genuine().with("timestamp", &(self.now - 1).to_string())),
            ("digits moved from time to nonce", {
                self.genuine().with("timestamp", &stamp[..9]).with("nonce", &format!("{}{nonce}", &stamp[9..]))
            }),
            ("another's envelope", body(self.genuine(), fresh().body)),
            ("a bent envelope", body(self.genuine(), wrap(&self.bent(&whole)))),
            ("no msg_signature", self.genuine().without("msg_signature")),
            ("the address's signature twice", self.genuine().with("msg_signature", good.get("signature"))),
            ("another msg_signature", self.genuine().with("msg_signature", &self.hex())),
            ("raw, with a plain body", body(self.genuine().with("encrypt_type", "raw"), self.document())),
            ("no type, with a plain body", Push::plain(&self.document(), self.now)),
            ("another type", self.genuine().with("encrypt_type", ["AES", "", "none", "aes "][n % 4])),
            ("plain fields and no envelope", body(self.genuine(), self.document())),
            ("an empty envelope", {
                // `msg_signature` is then the same as `signature`.
                let push = signed("");
                body(push.clone().with("msg_signature", push.get("signature")), wrap(["", " ", "\n"][n % 3]))
            }),
            ("another account's envelope", signed(&self.sealed("wxfedcba9876543210"))),
            ("a bent envelope, signed", signed(&self.bent_tail(&whole))),
            (
                "a cut envelope, signed",
                signed(&whole[..4 * usize::try_from(self.rng.below(whole.len() as u64 / 4)).unwrap()]),
            ),
            ("a parameter twice", twice(names[n % names.len()])),
        ]
    }

    /// Changes the block before the last, which breaks the padding or the appid before it.
    fn bent_tail(&self, sealed: &str) -> String {
        let at = sealed.len() - 44 + usize::try_from(self.rng.below(16)).unwrap();
        let other = if sealed.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &sealed[..at], &sealed[at + 1..])
    }
}

crate::every_engine!(five_thousand_forged_pushes_change_nothing, a_replayed_push_has_no_second_effect);

async fn five_thousand_forged_pushes_change_nothing(database: &Database) {
    let app = App::on(database).await;
    let router = app.router();
    let forger = Forger { phone: app.phone("oForger"), now: app.clock_secs(), rng: SeededRng::new(20) };
    // Refused pushes do not reach the database, so a tenth is enough on the servers.
    let each = if database.engine == Engine::Sqlite { EACH } else { EACH / 10 };
    let (mut kinds, mut refusals, mut sent) = (BTreeSet::new(), BTreeSet::new(), 0);
    for n in 0..each {
        for (kind, push) in forger.forged(n) {
            let (status, body) = send(&router, &push).await;
            assert!(status == 403 && body.is_empty(), "{kind}: {status} {body} {push:?}");
            refusals.insert((status, body));
            kinds.insert(kind);
            sent += 1;
        }
    }
    assert_eq!((kinds.len(), refusals.len(), effects(&app).await), (25, 1, [0; 5]));
    // The same sender's genuine pushes are accepted, also at both ends of the time window.
    for by in [0, -300, 300] {
        let (status, body) = send(&router, &Push::safe(&forger.document(), forger.now + by)).await;
        assert!(status == 200 && body.contains("<Encrypt>"), "{by} s: {status} {body}");
    }
    eprintln!("{:?}: {sent} forged pushes, 0 effects", database.engine);
}

async fn a_replayed_push_has_no_second_effect(database: &Database) {
    let app = App::on(database).await;
    let router = app.router();
    let phone = app.phone("oSeen");
    let push = Push::safe(&phone.text("验证码"), app.clock_secs());
    let first = crate::rig::opened(&send(&router, &push).await.1);
    let before = effects(&app).await;
    // Within its time window a repeated push gets the same answer from any sender, without a second effect.
    for _ in 0..20 {
        let (status, body) = send(&router, &push).await;
        assert_eq!((status, crate::rig::opened(&body)), (200, first.clone()));
    }
    assert_eq!(effects(&app).await, before);
    app.clock.advance_ms(301_000);
    assert_eq!(send(&router, &push).await.0, 403);
    assert_eq!(effects(&app).await, before);
}

#[tokio::test]
async fn in_plain_mode_a_wrong_signature_is_refused_and_nothing_encrypted_is_read() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::with(&database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_AES_KEY", "")]).await;
    let (router, phone, now) = (app.router(), app.phone("oPlain"), app.clock_secs());
    let forger = Forger { phone: phone.clone(), now, rng: SeededRng::new(21) };
    let good = || Push::plain(&phone.text("验证码"), now);
    let pushes = [
        good().without("signature"),
        good().with("signature", &forger.hex()),
        good().with("signature", ""),
        good().with("nonce", &format!("n{}", next())),
        good().with("timestamp", &(now + 1).to_string()),
        Push::plain(&phone.text("验证码"), now - 301),
        Push::plain(&phone.text("验证码"), now + 301),
        good().with("encrypt_type", "aes"),
        forger.genuine(),
        good().with("signature", &sign(&["", good().get("timestamp"), good().get("nonce")])),
    ];
    for push in pushes {
        assert_eq!(send(&router, &push).await, (403, String::new()), "{push:?}");
    }
    assert_eq!(effects(&app).await, [0; 5]);
    let (status, body) = send(&router, &good().with("encrypt_type", "raw")).await;
    assert!(status == 200 && body.contains("<Content>") && !body.contains(TOKEN), "{body}");
}
