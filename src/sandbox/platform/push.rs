//! A push, and how it is signed and encrypted in each mode. Facts: docs/WECHAT.md, 1.3 and 1.4.

use super::{chat::Unanswered, credentials::Credentials};
use crate::{
    base::rng::Rng,
    wechat::{callback::Mode, crypto, signature::sign, xml::Writer},
};

/// A message or an event, ready to be sent repeatedly: every retry is the same document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    openid: String,
    xml: String,
    is_event: bool,
    /// What the chat calls it if nothing answers; `None`: nothing need answer it.
    unanswered: Option<Unanswered>,
}

/// One delivery of a push, with its own signature, time and nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Encoded, without the question mark.
    pub query: String,
    pub body: String,
}

impl Push {
    /// `xml` is the unencrypted document.
    #[must_use]
    pub fn new(openid: &str, xml: String, is_event: bool) -> Self {
        Self { openid: openid.to_owned(), xml, is_event, unanswered: None }
    }

    /// A push that the user expects an answer to.
    #[must_use]
    pub(super) fn expecting_answer(self, unanswered: Unanswered) -> Self {
        Self { unanswered: Some(unanswered), ..self }
    }

    /// What the chat calls it if nothing answers; `None`: nothing need answer it.
    #[must_use]
    pub(super) fn unanswered(&self) -> Option<Unanswered> {
        self.unanswered
    }

    /// The user who caused it.
    #[must_use]
    pub fn openid(&self) -> &str {
        &self.openid
    }

    /// The unencrypted document.
    #[must_use]
    pub fn xml(&self) -> &str {
        &self.xml
    }

    /// Whether it is an event, which may be answered with more than one article.
    #[must_use]
    pub fn is_event(&self) -> bool {
        self.is_event
    }

    /// Signs it, and encrypts it except in plain mode.
    ///
    /// # Errors
    /// One line: the AES key is invalid.
    pub fn seal(&self, as_: &Credentials, mode: Mode, now_secs: i64, rng: &dyn Rng) -> Result<Sealed, String> {
        let mut query = signed(as_, now_secs, rng);
        query.push(("openid", self.openid.clone()));
        if mode == Mode::Plain {
            return Ok(Sealed { query: encoded(&query), body: self.xml.clone() });
        }
        let mut random = [0; 16];
        rng.fill(&mut random);
        let encrypt = crypto::encrypt(&as_.key()?, &as_.appid, &self.xml, random);
        let stamp = |name| query.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value.as_str());
        let signature = sign(&[&as_.token, stamp("timestamp"), stamp("nonce"), &encrypt]);
        query.extend([("encrypt_type", "aes".to_owned()), ("msg_signature", signature)]);
        let envelope = Writer::new().text("ToUserName", &as_.original_id).text("Encrypt", &encrypt).finish();
        let body = match self.xml.strip_suffix("</xml>") {
            // The plain fields, with the encrypted document beside them.
            Some(plain) if mode == Mode::Compatible => format!("{plain}<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"),
            _ => envelope,
        };
        Ok(Sealed { query: encoded(&query), body })
    }
}

/// The query of the platform's verification of an address; the same unencrypted scheme in every mode.
pub(super) fn verification(as_: &Credentials, echo: &str, now_secs: i64, rng: &dyn Rng) -> String {
    let mut query = signed(as_, now_secs, rng);
    query.push(("echostr", echo.to_owned()));
    encoded(&query)
}

fn signed(as_: &Credentials, now_secs: i64, rng: &dyn Rng) -> Vec<(&'static str, String)> {
    let (timestamp, nonce) = (now_secs.to_string(), rng.digits(10));
    let signature = sign(&[&as_.token, &timestamp, &nonce]);
    vec![("signature", signature), ("timestamp", timestamp), ("nonce", nonce)]
}

fn encoded(pairs: &[(&'static str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::rng::SystemRng,
        wechat::callback::{PushSettings, open_push, verify_url},
    };

    const NOW: i64 = 1_757_650_000;
    const XML: &str = "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1757650000</CreateTime><MsgType>text</MsgType><Content>你好</Content><MsgId>1</MsgId></xml>";

    fn settings(of: &Credentials, mode: Mode) -> PushSettings {
        let keys = if mode == Mode::Plain { vec![] } else { vec![of.key().unwrap()] };
        PushSettings::new(&of.token, &of.appid, mode, keys).unwrap()
    }

    #[test]
    fn the_product_opens_a_push_of_every_mode() {
        let credentials = Credentials::random(&SystemRng);
        for mode in [Mode::Plain, Mode::Compatible, Mode::Safe] {
            let push = Push::new("oA", XML.to_owned(), false);
            let sealed = push.seal(&credentials, mode, NOW, &SystemRng).unwrap();
            let opened = open_push(&settings(&credentials, mode), &sealed.query, sealed.body.as_bytes(), NOW).unwrap();
            assert_eq!(opened.message.from, "oA");
            assert_eq!(sealed.body.contains("你好"), mode != Mode::Safe);
            assert_eq!(sealed.body.contains("<Encrypt>"), mode != Mode::Plain);
        }
    }

    #[test]
    fn every_delivery_is_signed_anew() {
        let credentials = Credentials::random(&SystemRng);
        let push = Push::new("oA", XML.to_owned(), false);
        let deliver = || push.seal(&credentials, Mode::Safe, NOW, &SystemRng).unwrap();
        assert_ne!(deliver(), deliver());
    }

    #[test]
    fn the_product_echoes_a_verification() {
        let credentials = Credentials::random(&SystemRng);
        let query = verification(&credentials, "4375120948345356249", NOW, &SystemRng);
        assert_eq!(verify_url(&settings(&credentials, Mode::Safe), &query, NOW).unwrap(), "4375120948345356249");
    }
}
