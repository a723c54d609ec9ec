//! T-26: XML documents that attack the parser. They are signed, encrypted and sent to a separate process, whose memory is
//! measured from outside. As they are signed, they are no forgeries: the answer is `success`, and nothing happens.

use crate::rig::{AES_KEY, APPID, Phone, Program, Push, environment, http, opened, patient};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use weida::{
    base::clock::{Clock as _, FakeClock, SystemClock},
    store::{Link as _, Store},
    wechat::crypto::{AesKey, encrypt},
};

/// The envelope fields of every bomb.
const HEAD: &str = "<ToUserName>gh_0123456789ab</ToUserName><FromUserName>oBomb</FromUserName><CreateTime>1757650000</CreateTime><MsgType>text</MsgType><MsgId>1</MsgId>";
/// The platform waits five seconds; an answer within this time leaves four.
const IN_TIME: Duration = Duration::from_secs(1);
const GROWTH_MAX_BYTES: u64 = 20 * 1024 * 1024;

/// Documents by name, as they are inside the encrypted envelope.
fn bombs() -> Vec<(&'static str, String)> {
    let lol = |n: usize| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10));
    let laughs: String = (1..10).map(lol).collect();
    let xml = |inside: &str| format!("<xml>{HEAD}{inside}</xml>");
    let attributes = (0..20_000).map(|n| format!("a{n}=\"\"")).collect::<Vec<_>>().join(" ");
    vec![
        ("a doctype", format!("<!DOCTYPE xml><xml>{HEAD}<Content>x</Content></xml>")),
        (
            "a file",
            format!(
                "<!DOCTYPE xml [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><xml>{HEAD}<Content>&f;</Content></xml>"
            ),
        ),
        (
            "a billion laughs",
            format!("<!DOCTYPE xml [<!ENTITY l0 \"lol\">{laughs}]><xml>{HEAD}<Content>&l9;</Content></xml>"),
        ),
        ("an unknown entity", xml("<Content>&nbsp;&x;</Content>")),
        ("a depth of 10,000", xml(&format!("{}x{}", "<a>".repeat(10_000), "</a>".repeat(10_000)))),
        ("a depth without an end", xml(&"<a>".repeat(20_000))),
        ("20,000 elements", xml(&"<a/>".repeat(15_000))),
        ("20,000 attributes", xml(&format!("<a {attributes}/>"))),
        ("a namespace", format!("<xml xmlns=\"urn:x\">{HEAD}<Content>x</Content></xml>")),
        ("an instruction", format!("<?xml-stylesheet href=\"http://127.0.0.1:9/\"?><xml>{HEAD}</xml>")),
        ("a NUL by number", xml("<Content>a&#0;b</Content>")),
        ("a section without an end", xml("<Content><![CDATA[x")),
        (
            "a section that ends early",
            xml("<Content><![CDATA[x]]></Content><MsgType>event</MsgType><x>]]></x></Content>"),
        ),
        ("a comment without an end", format!("<xml>{HEAD}<!-- ")),
        ("another root", format!("<html>{HEAD}</html>")),
        ("two roots", format!("<xml>{HEAD}</xml><xml>{HEAD}</xml>")),
        ("nothing", String::new()),
        ("a quote that never ends", xml(&format!("<a b=\"{}", "x".repeat(50_000)))),
    ]
}

fn sealed(document: &str) -> String {
    encrypt(&AesKey::parse(AES_KEY).unwrap(), APPID, document, [7; 16])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn xml_bombs_are_refused_immediately() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &environment(folder.path(), &[("RUST_LOG", "warn")]));
    let clock = Arc::new(FakeClock::at(SystemClock.now_ms()));
    let phone = Phone::new(program.address, clock.clone(), "oInnocent");
    // Warm-up: the cost of the first pushes is not counted for the bombs.
    for _ in 0..20 {
        phone.ask("帮助").await;
    }
    let now = || SystemClock.now_secs();
    let mut pushes: Vec<(&str, Push, &[u16])> = bombs()
        .into_iter()
        .flat_map(|(name, bomb)| {
            let inside = Push::safe(&bomb, now());
            // The bomb around a valid envelope: the signature of the inner document is right.
            let seal = sealed(&phone.text("x"));
            let outside = bomb.replacen("<xml>", &format!("<xml><Encrypt>{seal}</Encrypt>"), 1);
            let outside = Push { body: outside, ..Push::of_envelope(&seal, now()) };
            // Where no envelope can be found in it, nothing is signed.
            [(name, inside, &[200_u16][..]), (name, outside, &[200, 403][..])]
        })
        .collect();
    let megabytes = |n: usize| "x".repeat(n * 1024 * 1024);
    pushes.push(("10 MB", Push { body: megabytes(10), ..Push::safe("", now()) }, &[413, 403]));
    let fat = Push::safe(&phone.text("fat"), now());
    pushes.push(("10 MB around", Push { body: format!("{}<!--{}-->", fat.body, megabytes(10)), ..fat }, &[413, 403]));
    pushes.push(("200 KB inside", Push::safe(&phone.text(&"x".repeat(150_000)), now()), &[200]));

    let before = program.resident_bytes();
    let (mut slowest, mut largest) = (Duration::ZERO, before);
    for (name, push, statuses) in &pushes {
        let begun = Instant::now();
        let (status, body) = send(&program, push, push.body.clone().into_bytes()).await;
        slowest = slowest.max(begun.elapsed());
        largest = largest.max(program.resident_bytes());
        let expected = if status == 200 { "success" } else { "" };
        assert!(statuses.contains(&status) && (body == expected || status == 413), "{name}: {status} {body}");
        assert!(begun.elapsed() < patient(IN_TIME), "{name}: {:?}", begun.elapsed());
    }
    // Bytes that are no text at all.
    let seal = sealed(&phone.text("x"));
    let envelope = Push::of_envelope(&seal, now());
    for broken in [&b"\xff\xfe<xml/>"[..], b"<xml>\xc3\x28</xml>", b"<xml><Encrypt>\xed\xa0\x80</Encrypt></xml>"] {
        assert_eq!(send(&program, &envelope, broken.to_vec()).await.0, 403);
    }
    let growth = largest.saturating_sub(before);
    assert!(growth < GROWTH_MAX_BYTES, "{growth} bytes");
    eprintln!("{} bombs, slowest {slowest:?}, memory +{} KiB", pushes.len(), growth / 1024);
    // The server still runs, and none of the documents was stored as a message.
    assert!(phone.ask("帮助").await.contains("验证码"));
    let store = Store::open(&environment(folder.path(), &[])["DATABASE_URL"]).await.unwrap();
    let mut db = store.read().await.unwrap();
    let rows = db.sql("SELECT openid FROM messages WHERE openid <> 'oInnocent'").fetch_all(db.conn()).await.unwrap();
    assert!(rows.is_empty());
}

/// Odd but valid texts are stored as sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn odd_texts_are_only_texts() {
    let database = crate::rig::Database::open(crate::rig::Engine::Sqlite).await.unwrap();
    let app = crate::rig::App::on(&database).await;
    for odd in
        ["]]]]><![CDATA[>", "<xml>&amp;</xml>", "%00", "\u{202E}验证码", "'; DROP TABLE users; --", "{{nickname}}"]
    {
        let document = app.phone("oOdd").text(odd);
        let (status, body) = Push::safe(&document, app.clock_secs()).send(app.address).await;
        assert_eq!(status, 200, "{odd}");
        assert!(opened(&body).is_none_or(|xml| !xml.contains("DROP")), "{odd}");
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM messages").await, 6);
}

async fn send(program: &Program, push: &Push, body: Vec<u8>) -> (u16, String) {
    let url = format!("http://{}{}", program.address, push.path());
    match http().post(url).body(body).send().await {
        Ok(answer) => (answer.status().as_u16(), answer.text().await.unwrap_or_default()),
        // The server may hang up on a body that it has refused while the client still writes it.
        Err(error) if error.is_request() || error.is_body() => (413, String::new()),
        Err(error) => panic!("{error}"),
    }
}
