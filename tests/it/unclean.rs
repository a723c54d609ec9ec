//! T-190 to T-192: signed pushes that are not clean. What people type is answered, what cannot be read has no effect and gets
//! `success`, and no text speaks for another person.

use crate::rig::{AES_KEY, APPID, App, BEGINNING_MS, Database, Push, account, content, http, opened, says};
use base64::Engine as _;
use serde_json::Value;
use std::sync::Arc;
use weida::{
    base::clock::FakeClock,
    core::{account as accounts, rule::edit},
    store::Link as _,
    wechat::crypto::{AesKey, encrypt},
};

crate::every_engine!(
    what_people_type_is_answered,
    what_cannot_be_read_has_no_effect,
    no_text_speaks_for_another_person,
    a_lost_sender_is_no_fault,
);

const SENDER: &str = "oSender";
const VICTIM: &str = "oVictim";

/// The modes in which the same document is pushed.
#[derive(Debug, Clone, Copy)]
enum Mode {
    Plain,
    Safe,
    /// With the plain fields beside the encrypted text.
    Compatible,
}

const ENCRYPTED: [Mode; 2] = [Mode::Safe, Mode::Compatible];

/// Sends a document and returns status and body.
async fn send(app: &App, mode: Mode, document: &[u8]) -> (u16, String) {
    let now = app.clock_secs();
    let (push, body) = match mode {
        Mode::Plain => (Push::plain("", now), document.to_vec()),
        Mode::Safe | Mode::Compatible => {
            let push = Push::of_envelope(&encrypt(&AesKey::parse(AES_KEY).unwrap(), APPID, document, [7; 16]), now);
            let seal = push.body.split("<Encrypt>").nth(1).unwrap().to_owned();
            let end = document.windows(6).rposition(|tag| tag == b"</xml>").unwrap_or(document.len());
            let body = match mode {
                Mode::Compatible => {
                    let seal = seal.strip_suffix("</xml>").unwrap();
                    [&document[..end], b"<Encrypt>", seal.as_bytes(), &document[end..]].concat()
                }
                _ => push.body.clone().into_bytes(),
            };
            (push, body)
        }
    };
    let answer = http().post(app.url(&push.path())).body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A text message with these bytes between the tags of `Content`.
fn text_of(sender: &str, id: u64, inside: &[u8]) -> Vec<u8> {
    let head = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName><CreateTime>1757650000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>"
    );
    [head.as_bytes(), inside, format!("</Content><MsgId>{id}</MsgId></xml>").as_bytes()].concat()
}

fn section(text: &[u8]) -> Vec<u8> {
    [b"<![CDATA[", text, b"]]>"].concat()
}

async fn plain_app(database: &Database) -> App {
    App::with(database, Arc::new(FakeClock::at(BEGINNING_MS)), &[("WECHAT_AES_KEY", "")]).await
}

/// The document of an answer.
fn answer(mode: Mode, body: &str) -> Option<String> {
    match mode {
        Mode::Plain => (body != "success").then(|| body.to_owned()),
        _ => opened(body),
    }
}

async fn what_people_type_is_answered(database: &Database) {
    let (encrypted, plain) = (App::on(database).await, plain_app(database).await);
    edit::add(&encrypted.ctx, &account(), &says("你好", "{{keyword}}，收到")).await.unwrap();
    edit::add(
        &encrypted.ctx,
        &account(),
        &weida::core::rule::draft::Draft::of_text(
            weida::core::rule::TriggerKind::Default,
            "",
            weida::core::rule::MatchType::Exact,
            "没听懂",
        ),
    )
    .await
    .unwrap();
    let mut typed: Vec<(Vec<u8>, &str)> = Vec::new();
    for c in ["\u{2}", "\0", "\u{8}", "\u{b}", "\u{c}", "\u{10}", "\u{1b}", "\u{1d}", "\u{fffe}", "\u{ffff}"] {
        typed.push((section(format!("你{c}好").as_bytes()), "你好，收到"));
    }
    typed.extend([
        ("你&#x2;好&#xFFFF;".as_bytes().to_vec(), "你好，收到"),
        (section(b"\xc4\xe3\xba\xc3"), "没听懂"),
        (section("你好\u{fffd}".as_bytes()), "没听懂"),
        (section(b"<xml><Content><![CDATA[nihao]]></Content></xml>"), "没听懂"),
        (section(b"a]]>b"), "没听懂"),
        (section(b"]]></Content></xml>"), "没听懂"),
    ]);
    let mut id = 100;
    for (inside, expected) in typed {
        for (app, mode) in [(&plain, Mode::Plain), (&encrypted, Mode::Safe), (&encrypted, Mode::Compatible)] {
            id += 1;
            let document = text_of(SENDER, id, &inside);
            let shown = String::from_utf8_lossy(&inside).into_owned();
            for mark in [&b""[..], b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"] {
                // The second delivery is the same message.
                let (status, body) = send(app, mode, &[mark, &document].concat()).await;
                assert_eq!(status, 200, "{shown}");
                let document = answer(mode, &body).unwrap_or_else(|| panic!("{mode:?} {shown}"));
                assert_eq!(content(&document), expected, "{mode:?} {shown}");
                assert!(document.contains(&format!("<ToUserName><![CDATA[{SENDER}]]>")), "{document}");
            }
        }
    }
    // The log has what was read.
    assert_eq!(encrypted.count("SELECT COUNT(*) FROM messages").await, i64::try_from(id - 100).unwrap());
    assert_eq!(encrypted.count("SELECT COUNT(*) FROM messages WHERE content = '你好'").await, 33);
    assert_eq!(encrypted.count("SELECT COUNT(*) FROM messages WHERE content = 'a]]>b'").await, 3);
}

/// The hostile documents that must have no effect, by name.
fn hostile() -> Vec<(String, Vec<u8>)> {
    let file: Value = serde_json::from_str(include_str!("../vectors/hostile.json")).unwrap();
    let samples = file["samples"].as_array().unwrap().iter();
    let refused = samples.filter(|sample| sample["expect"].as_str().unwrap().starts_with("reject"));
    let bytes = |sample: &Value| match (&sample["body"], &sample["body_parts"]) {
        (Value::String(body), _) => body.clone().into_bytes(),
        (_, Value::Array(parts)) => {
            let times = |part: &Value| usize::try_from(part[1].as_u64().unwrap()).unwrap();
            parts.iter().map(|part| part[0].as_str().unwrap().repeat(times(part))).collect::<String>().into_bytes()
        }
        _ => base64::prelude::BASE64_STANDARD.decode(sample["body_base64"].as_str().unwrap()).unwrap(),
    };
    refused.map(|sample| (sample["id"].as_str().unwrap().to_owned(), bytes(sample))).collect()
}

async fn what_cannot_be_read_has_no_effect(database: &Database) {
    let (encrypted, plain) = (App::on(database).await, plain_app(database).await);
    let mut documents = hostile();
    assert!(documents.len() > 12);
    documents.extend([
        ("nothing".to_owned(), Vec::new()),
        (
            "a second sender".to_owned(),
            text_of(
                SENDER,
                1,
                format!("<![CDATA[x]]></Content><FromUserName>{VICTIM}</FromUserName><Content>").as_bytes(),
            ),
        ),
        ("a doctype by a person".to_owned(), text_of(SENDER, 2, b"<![CDATA[x]]></Content><!DOCTYPE x><Content>")),
        (
            "a time that is none".to_owned(),
            String::from_utf8(text_of(SENDER, 3, b"x")).unwrap().replace("1757650000", "now").into_bytes(),
        ),
    ]);
    let rows = [
        "SELECT COUNT(*) FROM messages",
        "SELECT COUNT(*) FROM deliveries",
        "SELECT COUNT(*) FROM identities",
        "SELECT COUNT(*) FROM dynamic_codes",
    ];
    for (name, document) in documents {
        for (app, mode) in [(&plain, Mode::Plain), (&encrypted, Mode::Safe), (&encrypted, Mode::Compatible)] {
            let signed = send(app, mode, &document).await;
            // What is beside the encrypted text may hide it: then nothing is signed.
            let is_hidden = matches!(mode, Mode::Compatible) && matches!(signed.0, 403 | 413);
            assert!(is_hidden || signed == (200, "success".to_owned()), "{name} {mode:?}: {signed:?}");
            for row in rows {
                assert_eq!(app.count(row).await, 0, "{name} {mode:?}");
            }
        }
        // Without a signature it is refused.
        let push = Push::plain("", plain.clock_secs()).with("signature", &"0".repeat(40));
        let refused = http().post(plain.url(&push.path())).body(document).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{name}");
    }
}

async fn no_text_speaks_for_another_person(database: &Database) {
    let (encrypted, plain) = (App::on(database).await, plain_app(database).await);
    // The victim is an admin with a WeChat.
    let admin = accounts::admin::create(&encrypted.ctx, "root", "correct horse battery").await.unwrap();
    encrypted.phone(VICTIM).follow().await;
    let mut tx = encrypted.ctx.store.begin().await.unwrap();
    let own = tx.sql("UPDATE identities SET user_id = ? WHERE openid = ?").bind(admin).bind(VICTIM.to_owned());
    own.execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    let before = encrypted.count("SELECT COUNT(*) FROM messages WHERE openid = 'oVictim'").await;
    let victim = format!("<FromUserName><![CDATA[{VICTIM}]]></FromUserName>");
    let leaving = "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[unsubscribe]]></Event>";
    let gone = format!("<Event>user_authorization_cancellation</Event><OpenID>{VICTIM}</OpenID>");
    let smuggled = [victim.clone(), format!("{victim}{leaving}"), leaving.to_owned(), gone];
    let fields = |written: &str| {
        let cdata = |name: &str| format!("<{name}><![CDATA[{written}]]></{name}>");
        [
            ("text", cdata("Content")),
            ("link", format!("{}{}{}", cdata("Title"), cdata("Description"), cdata("Url"))),
            ("location", format!("{}<Scale>1</Scale>", cdata("Label"))),
            ("voice", cdata("Recognition")),
            ("event", format!("<Event><![CDATA[CLICK]]></Event>{}", cdata("EventKey"))),
            (
                "event",
                format!(
                    "<Event>scancode_waitmsg</Event><EventKey>k</EventKey><ScanCodeInfo>{}</ScanCodeInfo>",
                    cdata("ScanResult")
                ),
            ),
            (
                "event",
                format!("<Event>location_select</Event><SendLocationInfo>{}</SendLocationInfo>", cdata("Poiname")),
            ),
        ]
    };
    let names = ["Content", "Title", "Description", "Url", "Label", "Recognition", "EventKey", "ScanResult", "Poiname"];
    let mut id = 0;
    for part in smuggled {
        for name in names {
            for written in [
                format!("]]></{name}>{part}<{name}><![CDATA["),
                format!("]]></{name}>{part}"),
                format!("<![CDATA[]]></{name}>{part}<x><![CDATA["),
                format!("x]]></{name}></xml><xml>{part}<!--"),
            ] {
                let shapes = fields("").map(|(_, empty)| empty.contains(&format!("<{name}>")));
                for ((kind, fields), _) in fields(&written).into_iter().zip(shapes).filter(|(_, has_name)| *has_name) {
                    for (app, mode) in [(&plain, Mode::Plain), (&encrypted, ENCRYPTED[id % 2])] {
                        id += 1;
                        let document = format!(
                            "<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>{SENDER}</FromUserName><CreateTime>{}</CreateTime><MsgType>{kind}</MsgType>{fields}</xml>",
                            1_757_650_000 + id
                        );
                        let (status, body) = send(app, mode, document.as_bytes()).await;
                        assert_eq!(status, 200, "{mode:?} {document}");
                        let answered = answer(mode, &body);
                        assert!(
                            answered
                                .is_none_or(|xml| xml.contains(SENDER)
                                    && !xml.contains(&format!("<ToUserName><![CDATA[{VICTIM}"))),
                            "{document}"
                        );
                    }
                }
            }
        }
    }
    assert_eq!(encrypted.count("SELECT COUNT(*) FROM messages WHERE openid = 'oVictim'").await, before);
    assert_eq!(
        encrypted
            .count(
                "SELECT COUNT(*) FROM identities WHERE openid = 'oVictim' AND is_subscribed = 1 AND user_id IS NOT NULL"
            )
            .await,
        1
    );
    assert_eq!(encrypted.count("SELECT COUNT(*) FROM identities WHERE is_subscribed = 0").await, 0);
}

async fn a_lost_sender_is_no_fault(database: &Database) {
    let app = App::on(database).await;
    let document = String::from_utf8(text_of(SENDER, 7, b"x")).unwrap();
    let without = document.replace(&format!("<FromUserName><![CDATA[{SENDER}]]></FromUserName>"), "");
    for document in [without, document.replace(SENDER, ""), document.replace(SENDER, "no openid")] {
        for mode in ENCRYPTED {
            assert_eq!(send(&app, mode, document.as_bytes()).await, (200, "success".to_owned()), "{document}");
        }
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 0);
}
