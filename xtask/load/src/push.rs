//! Signed pushes of text messages and follow events, in plain and in safe mode.

use crate::{Fault, args::Args};
use aes::Aes256;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding};
use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD},
};
use sha1::{Digest as _, Sha1};
use std::{
    fmt::Write as _,
    time::{SystemTime, UNIX_EPOCH},
};

/// The address of pushes.
const PATH: &str = "/api/v1/auth/wechat/verify";
/// The block size of the envelope's padding in bytes.
const PAD_BLOCK: usize = 32;
/// The last of a key's 43 symbols usually has bits beyond the 32 bytes.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// One message of a follower. The n-th is the same in each redelivery.
#[derive(Debug, Clone)]
pub struct Message {
    pub openid: String,
    /// The platform's id of a message; unused by events.
    pub id: u64,
    pub created_secs: u64,
    /// The text; `None` is the event of a new follower.
    pub text: Option<String>,
}

impl Message {
    /// `key` is the event's `EventKey`.
    fn xml(&self, account: &str, key: &str) -> String {
        let Self { openid, id, created_secs, text } = self;
        let kind = match text {
            Some(text) => {
                format!("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{id}</MsgId>")
            }
            None => format!(
                "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[{key}]]></EventKey>"
            ),
        };
        format!(
            "<xml><ToUserName><![CDATA[{account}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>\
             <CreateTime>{created_secs}</CreateTime>{kind}</xml>"
        )
    }
}

/// Signs pushes as the platform does, each with its own nonce.
#[derive(Debug, Clone)]
pub struct Signer {
    path: String,
    token: String,
    account: String,
    appid: String,
    /// The key of the safe mode; `None` is the plain mode.
    key: Option<[u8; 32]>,
    nonce: u64,
}

impl Signer {
    /// Reads `path`, `token`, `account`, `appid` and `aes-key`.
    pub fn new(args: &Args) -> Result<Self, Fault> {
        let key = match args.text("aes-key") {
            Some(text) => {
                let bytes = LENIENT.decode(format!("{text}=")).ok().and_then(|bytes| bytes.try_into().ok());
                Some(bytes.ok_or("aes-key must have 43 letters and digits")?)
            }
            None => None,
        };
        Ok(Self {
            path: args.text("path").unwrap_or(PATH).to_owned(),
            token: args.text("token").unwrap_or("loadTok3n").to_owned(),
            account: args.text("account").unwrap_or("gh_0123456789ab").to_owned(),
            appid: args.text("appid").unwrap_or("wx0123456789abcdef").to_owned(),
            key,
            nonce: now_nanos(),
        })
    }

    pub fn is_plain(&self) -> bool {
        self.key.is_none()
    }

    /// A whole request with this message.
    pub fn request(&mut self, message: &Message) -> Vec<u8> {
        let xml = message.xml(&self.account, "");
        self.request_of(xml)
    }

    /// The event of a new follower who scanned the QR code of a scene.
    pub fn request_scan(&mut self, message: &Message, scene: &str) -> Vec<u8> {
        let xml = message.xml(&self.account, &format!("qrscene_{scene}"));
        self.request_of(xml)
    }

    fn request_of(&mut self, xml: String) -> Vec<u8> {
        self.nonce = self.nonce.wrapping_add(1);
        let (now, nonce) = ((now_nanos() / 1_000_000_000).to_string(), self.nonce.to_string());
        let signature = sign(&mut [&self.token, &now, &nonce]);
        let mut query = format!("signature={signature}&timestamp={now}&nonce={nonce}");
        let mut body = xml;
        if let Some(key) = &self.key {
            let encrypted = self.encrypt(key, &body);
            let signature = sign(&mut [&self.token, &now, &nonce, &encrypted]);
            let _ = write!(query, "&encrypt_type=aes&msg_signature={signature}");
            body = format!(
                "<xml><ToUserName><![CDATA[{}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>",
                self.account
            );
        }
        format!(
            "POST {}?{query} HTTP/1.1\r\nhost: weida.test\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            body.len()
        )
        .into_bytes()
    }

    fn encrypt(&self, key: &[u8; 32], xml: &str) -> String {
        let length = u32::try_from(xml.len()).unwrap_or(u32::MAX);
        // The random beginning hides equal messages; here a number does.
        let mut envelope = format!("{:016x}", self.nonce).into_bytes();
        envelope.extend_from_slice(&length.to_be_bytes());
        envelope.extend_from_slice(xml.as_bytes());
        envelope.extend_from_slice(self.appid.as_bytes());
        let padding = PAD_BLOCK - envelope.len() % PAD_BLOCK;
        envelope.resize(envelope.len() + padding, u8::try_from(padding).unwrap_or(0));
        let mut iv = [0; 16];
        iv.copy_from_slice(&key[..16]);
        let encryptor = cbc::Encryptor::<Aes256>::new(key.into(), (&iv).into());
        STANDARD.encode(encryptor.encrypt_padded_vec::<NoPadding>(&envelope))
    }
}

/// The platform's signature: SHA-1 of the sorted texts.
fn sign(parts: &mut [&str]) -> String {
    parts.sort_unstable();
    let mut sha1 = Sha1::new();
    for part in parts.iter() {
        sha1.update(part);
    }
    let mut text = String::with_capacity(40);
    for byte in sha1.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Nanoseconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the tool is not part of the application, whose clock is an argument")]
pub fn now_nanos() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_nanos()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_covers_the_sorted_texts() {
        // printf '1712345678abcnoncetoken' | sha1sum
        assert_eq!(sign(&mut ["token", "1712345678", "abcnonce"]), sign(&mut ["abcnonce", "token", "1712345678"]));
        assert_eq!(sign(&mut ["b", "a", "c"]), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn each_request_has_a_nonce_of_its_own() {
        let mut signer = Signer::new(&Args::parse(std::iter::empty()).unwrap()).unwrap();
        let message = Message { openid: "oOne".into(), id: 7, created_secs: 8, text: Some("你好".into()) };
        let texts = [0, 1].map(|_| String::from_utf8(signer.request(&message)).unwrap());
        assert_ne!(texts[0], texts[1]);
        assert!(texts.iter().all(|text| text.contains("<MsgId>7</MsgId>") && text.contains("<CreateTime>8<")));
    }
}
