//! Verifies and decrypts the platform's requests, and encrypts the replies.
//!
//! The order of the checks matters. Nothing is decrypted before its signature is verified (otherwise the errors would be a padding
//! oracle), nothing is parsed as a message before it is decrypted, and once encryption is configured nothing unsigned is used:
//! neither a plain body nor the plain fields beside `Encrypt` in the compatible mode.
//! A [`Refusal`] has a class for the log and no details for the client. One that [is authentic](Refusal::is_authentic) is a push
//! of the platform that cannot be read: it has no effect, and must be answered with [`SUCCESS`], or the platform delivers it again,
//! tells the person of a fault, and after many of them stops pushing.
//!
//! In plain mode the signature does not cover the body. That is the platform's design: [`PlainSignature`] lets the receiver accept
//! each signature for one body only; an attacker who sees an address before the platform's own request arrives can still post another
//! body. The safe mode prevents that.
//! Facts: developers.weixin.qq.com, "接收消息推送" and "消息加解密".

use super::crypto::{self, AesKey};
use super::message::Message;
use super::signature::{Stamp, sign, verify};
use super::xml::{self, Element, PLAIN_MAX_BYTES, Writer};
use crate::base::rng::Rng;
use sha2::{Digest as _, Sha256};

mod envelope;
mod query;
mod refusal;
mod settings;

use query::Query;
pub use refusal::Refusal;
pub use settings::{Mode, PushSettings, SettingsError};

/// The largest difference between the sender's clock and ours, in seconds, in either direction.
pub const WINDOW_SECS: i64 = 300;

/// The response for "no reply" in every mode; never encrypted.
pub const SUCCESS: &str = "success";

/// A verified push.
#[derive(Debug)]
pub struct Push {
    /// What it says.
    pub message: Message,
    /// How the reply must be encrypted.
    pub seal: Seal,
}

/// The mode of a push, which its reply must use too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// The reply is sent unencrypted.
    Plain,
    /// The reply is encrypted with this key, which decrypted the push.
    Encrypted(AesKey),
}

/// The signature of a push in plain mode. It does not cover the body: the receiver must remember the body it came with.
#[derive(Debug, Clone)]
pub struct PlainSignature {
    /// The push's own time stamp, in epoch milliseconds.
    pub signed_at_ms: i64,
    /// Timestamp, nonce and signature as sent.
    pub triple: String,
    /// Hexadecimal SHA-256 of the body.
    pub body_digest: String,
}

/// The signature of a push if it is valid and nothing else covers the body, that is, in plain mode.
#[must_use]
pub fn plain_signature(settings: &PushSettings, raw_query: &str, body: &[u8], now_secs: i64) -> Option<PlainSignature> {
    if settings.mode() != Mode::Plain {
        return None;
    }
    let query = Query::parse(raw_query).ok()?;
    let stamp = check_origin(settings, &query, now_secs).ok()?;
    let (nonce, signature) = (query.get("nonce")?, query.get("signature")?);
    Some(PlainSignature {
        signed_at_ms: stamp.secs() * 1000,
        triple: format!("{} {nonce} {signature}", stamp.as_str()),
        body_digest: hex::encode(Sha256::digest(body)),
    })
}

/// Verifies the request that the platform sends when the address is saved in its console. Returns the `echostr` to
/// answer with, 1 to 128 characters of `[0-9A-Za-z_-]`; in every mode it is neither encrypted nor covered by the
/// signature.
///
/// # Errors
/// [`Refusal`] if it is not from the platform, is too old, or its echo has other characters.
pub fn verify_url(settings: &PushSettings, raw_query: &str, now_secs: i64) -> Result<String, Refusal> {
    let query = Query::parse(raw_query)?;
    check_origin(settings, &query, now_secs)?;
    let echo = query.get("echostr").ok_or(Refusal::Shape)?;
    let is_harmless = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if (1..=128).contains(&echo.len()) && echo.bytes().all(is_harmless) {
        Ok(echo.to_owned())
    } else {
        Err(Refusal::Shape)
    }
}

/// Checks the address of a push before its body is received: shapes, freshness, and the signature of the address.
///
/// # Errors
/// [`Refusal`] if [`open_push`] would refuse the address with any body.
pub fn check_address(settings: &PushSettings, raw_query: &str, now_secs: i64) -> Result<(), Refusal> {
    check_origin(settings, &Query::parse(raw_query)?, now_secs).map(drop)
}

/// Verifies, decrypts and parses a push.
///
/// # Errors
/// [`Refusal`] unless it is certainly a push of the platform to this account, and can be read.
pub fn open_push(settings: &PushSettings, raw_query: &str, body: &[u8], now_secs: i64) -> Result<Push, Refusal> {
    let query = Query::parse(raw_query)?;
    let stamp = check_origin(settings, &query, now_secs)?;
    let is_encrypted = match query.get("encrypt_type") {
        None | Some("raw") => false,
        Some("aes") => true,
        Some(_) => return Err(Refusal::Shape),
    };
    let (document, seal) = match (settings.mode(), is_encrypted) {
        (Mode::Plain, false) => (xml::parse_push(body, PLAIN_MAX_BYTES).map_err(Refusal::Xml)?, Seal::Plain),
        (Mode::Plain, true) => return Err(Refusal::Keyless),
        (Mode::Compatible | Mode::Safe, false) => return Err(Refusal::Downgrade),
        (Mode::Compatible | Mode::Safe, true) => open_envelope(settings, &query, &stamp, body)?,
    };
    let message = Message::read(&document, settings.appid()).map_err(Refusal::Message)?;
    Ok(Push { message, seal })
}

/// Encrypts the reply `xml` in the mode of its push. [`SUCCESS`] and the empty reply stay as they are: the platform
/// expects them unencrypted in every mode.
pub fn seal_reply(settings: &PushSettings, seal: &Seal, xml: &str, now_secs: i64, chance: &dyn Rng) -> String {
    let key = match seal {
        Seal::Encrypted(key) if !xml.is_empty() && xml != SUCCESS => key,
        _ => return xml.to_owned(),
    };
    let mut random = [0; 16];
    chance.fill(&mut random);
    let encrypt = crypto::encrypt(key, settings.appid(), xml, random);
    let (stamp, nonce) = (now_secs.to_string(), chance.digits(10));
    let signature = sign(&[settings.token(), &stamp, &nonce, &encrypt]);
    Writer::new()
        .text("Encrypt", &encrypt)
        .text("MsgSignature", &signature)
        .number("TimeStamp", now_secs)
        .text("Nonce", &nonce)
        .finish()
}

/// The checks that every request must pass: shapes, then freshness, then the signature of the address.
fn check_origin(settings: &PushSettings, query: &Query, now_secs: i64) -> Result<Stamp, Refusal> {
    let (stamp, nonce) = (query.stamp()?, query.nonce()?);
    let signature = query.get("signature").ok_or(Refusal::Shape)?;
    if stamp.secs().abs_diff(now_secs) > WINDOW_SECS.unsigned_abs() {
        return Err(Refusal::Stale);
    }
    if !verify(&[settings.token(), stamp.as_str(), nonce.as_str()], signature) {
        return Err(Refusal::Signature);
    }
    Ok(stamp)
}

/// Decrypts an encrypted push. Reads only `Encrypt` of the outer document.
fn open_envelope(
    settings: &PushSettings,
    query: &Query,
    stamp: &Stamp,
    body: &[u8],
) -> Result<(Element, Seal), Refusal> {
    let (texts, fault) = envelope::encrypted_texts(body);
    let refused = |otherwise| fault.map_or(otherwise, Refusal::Envelope);
    // Checked before the signature: an empty text adds nothing to the signed string, so the signature of the address,
    // which any log may contain, would be valid for it.
    if texts.is_empty() {
        return Err(refused(Refusal::NoEncrypt));
    }
    let (given, nonce) = (query.get("msg_signature").ok_or(Refusal::Shape)?, query.nonce()?);
    let is_signed = |text: &&String| verify(&[settings.token(), stamp.as_str(), nonce.as_str(), text.as_str()], given);
    let encrypt = texts.iter().find(is_signed).ok_or_else(|| refused(Refusal::MessageSignature))?;
    if let Some(error) = fault {
        return Err(Refusal::Xml(error));
    }
    let (plain, used) =
        crypto::decrypt_bytes(settings.aes_keys(), encrypt, settings.appid()).map_err(Refusal::Crypto)?;
    let document = xml::parse_push(&plain, PLAIN_MAX_BYTES).map_err(Refusal::Xml)?;
    let key = settings.aes_keys().get(used).ok_or(Refusal::Keyless)?;
    Ok((document, Seal::Encrypted(key.clone())))
}

#[cfg(test)]
mod tests;
