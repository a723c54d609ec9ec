//! The platform's side of a chat: signed, encrypted pushes, and the account's answers.

use super::{AES_KEY, APPID, TOKEN, patient};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use weida::{
    base::clock::{Clock as _, FakeClock},
    wechat::{
        crypto::{AesKey, decrypt, encrypt},
        signature::sign,
        xml,
    },
};

/// How long the program works on an answer before it gives `success`.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);
/// How often the platform delivers a push at most (docs/WECHAT.md, 2.1).
const DELIVERIES: u32 = 3;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A number that was not used before in this process.
pub fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// One push request.
#[derive(Debug, Clone)]
pub struct Push {
    pub query: Vec<(String, String)>,
    pub body: String,
}

impl Push {
    /// Encrypts and signs a document in safe mode.
    pub fn safe(document: &str, now_secs: i64) -> Self {
        let random: [u8; 16] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        let sealed = encrypt(&AesKey::parse(AES_KEY).unwrap(), APPID, document, random);
        Self::of_envelope(&sealed, now_secs)
    }

    pub fn of_envelope(sealed: &str, now_secs: i64) -> Self {
        let (timestamp, nonce) = (now_secs.to_string(), format!("n{}", next()));
        let pair = |k: &str, v: String| (k.to_owned(), v);
        Self {
            query: vec![
                pair("signature", sign(&[TOKEN, &timestamp, &nonce])),
                pair("msg_signature", sign(&[TOKEN, &timestamp, &nonce, sealed])),
                pair("encrypt_type", "aes".to_owned()),
                pair("timestamp", timestamp),
                pair("nonce", nonce),
            ],
            body: format!(
                "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
            ),
        }
    }

    /// A push in plain mode, or an imitation of one.
    pub fn plain(document: &str, now_secs: i64) -> Self {
        let push = Self::of_envelope("", now_secs).without("encrypt_type").without("msg_signature");
        Self { body: document.to_owned(), ..push }
    }

    /// The same with another value of a parameter.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(k, _)| k != name);
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a parameter.
    pub fn without(mut self, name: &str) -> Self {
        self.query.retain(|(k, _)| k != name);
        self
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> &str {
        self.query.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v)
    }

    /// Path and query of the request.
    pub fn path(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.query).finish();
        format!("/api/v1/auth/wechat/verify?{query}")
    }

    /// Sends it and returns status and body.
    pub async fn send(&self, to: SocketAddr) -> (u16, String) {
        let url = format!("http://{to}{}", self.path());
        let answer = super::http().post(url).body(self.body.clone()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// A follower's phone.
#[derive(Debug, Clone)]
pub struct Phone {
    pub openid: String,
    to: SocketAddr,
    clock: Arc<FakeClock>,
}

impl Phone {
    pub fn new(to: SocketAddr, clock: Arc<FakeClock>, openid: &str) -> Self {
        Self { openid: openid.to_owned(), to, clock }
    }

    /// The document of a text message.
    pub fn text(&self, content: &str) -> String {
        self.document(
            "text",
            &format!("<Content><![CDATA[{content}]]></Content><MsgId>{}</MsgId>", 20_000_000_000_000_000 + next()),
        )
    }

    /// The document of an event.
    pub fn event(&self, name: &str, key: &str) -> String {
        self.document("event", &format!("<Event><![CDATA[{name}]]></Event><EventKey><![CDATA[{key}]]></EventKey>"))
    }

    /// A document with its own fields.
    pub fn document(&self, kind: &str, fields: &str) -> String {
        format!(
            "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName><CreateTime>{}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{fields}</xml>",
            self.openid,
            self.clock.now_secs(),
        )
    }

    /// Sends a document and returns the text of the answer, `None` for `success`.
    ///
    /// On an overloaded machine the program may give `success` because its three seconds are over. Then the document is delivered again, as
    /// the platform does: a redelivery gets the answer of the first delivery. Deadlines themselves are tested with [`Push`].
    pub async fn push(&self, document: &str) -> Option<String> {
        for delivery in 1.. {
            let begun = Instant::now();
            let (status, body) = Push::safe(document, self.clock.now_secs()).send(self.to).await;
            assert_eq!(status, 200, "{body}");
            let is_late = begun.elapsed() >= ANSWERED_WITHIN && patient(ANSWERED_WITHIN) > ANSWERED_WITHIN;
            if body != "success" || !is_late || delivery == DELIVERIES {
                return opened(&body).map(|xml| content(&xml));
            }
            eprintln!("overloaded: no answer within {ANSWERED_WITHIN:?}, delivery {delivery} of {DELIVERIES}");
        }
        None
    }

    /// Sends a text message.
    pub async fn say(&self, content: &str) -> Option<String> {
        self.push(&self.text(content)).await
    }

    /// Sends a text message that must be answered, and returns the answer.
    pub async fn ask(&self, content: &str) -> String {
        self.say(content).await.unwrap_or_else(|| panic!("{content:?} was not answered"))
    }

    /// Follows the account.
    pub async fn follow(&self) -> Option<String> {
        self.push(&self.event("subscribe", "")).await
    }

    /// Requests a code and returns it.
    pub async fn code(&self, word: &str) -> String {
        let answer = self.ask(word).await;
        digits(&answer).unwrap_or_else(|| panic!("no code in {answer:?}"))
    }
}

/// The first run of six digits in a text.
pub fn digits(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

/// Decrypts an answer and checks its signature and appid; `None` for `success`.
pub fn opened(body: &str) -> Option<String> {
    if body == "success" || body.is_empty() {
        return None;
    }
    let envelope = xml::parse(body.as_bytes(), xml::ENVELOPE_MAX_BYTES).unwrap();
    let field = |name: &str| envelope.child(name).unwrap().text().to_owned();
    let sealed = field("Encrypt");
    assert_eq!(field("MsgSignature"), sign(&[TOKEN, &field("TimeStamp"), &field("Nonce"), &sealed]));
    Some(decrypt(&[AesKey::parse(AES_KEY).unwrap()], &sealed, APPID).unwrap().0)
}

/// The text of a decrypted answer.
pub fn content(document: &str) -> String {
    xml::parse(document.as_bytes(), xml::PLAIN_MAX_BYTES).unwrap().child("Content").unwrap().text().to_owned()
}
