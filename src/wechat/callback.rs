//! The door for the platform's requests: who may come in, and how the answer is sealed.
//!
//! The order of the checks matters. Nothing is decrypted before its signature is verified (else the errors would be a
//! padding oracle), nothing is parsed as a message before it is decrypted, and once encryption is configured nothing
//! unsigned is ever used: neither a plain body nor the plain fields beside `Encrypt` in the compatible mode.
//! This module answers nobody: a [`Refusal`] has a class for the log and nothing for the outside.
//!
//! In the plain mode the signature does not cover the body, so whoever has seen one address can post any body within
//! [`WINDOW_SECS`]. That is the platform's design; the safe mode is the remedy.
//! Facts: developers.weixin.qq.com, "接收消息推送" and "消息加解密".

use super::crypto::{self, AesKey};
use super::message::Message;
use super::signature::{Stamp, sign, verify};
use super::xml::{self, ENVELOPE_MAX_BYTES, Element, PLAIN_MAX_BYTES, Writer};
use crate::core::chance::Chance;

mod query;
mod refusal;
mod settings;

use query::Query;
pub use refusal::Refusal;
pub use settings::{Mode, PushSettings, SettingsError};

/// How far the sender's clock may be from ours, in seconds, either way.
pub const WINDOW_SECS: i64 = 300;

/// The answer that says "nothing to say" in every mode; it is never sealed.
pub const SUCCESS: &str = "success";

/// A push that was let in.
#[derive(Debug)]
pub struct Push {
    /// What it says.
    pub message: Message,
    /// How its answer must be sealed.
    pub seal: Seal,
}

/// The mode a push came in, which its answer goes out in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seal {
    /// Answered as it is.
    Plain,
    /// Answered under this key, the one that opened the push.
    Encrypted(AesKey),
}

/// Checks the request that the platform sends when the address is saved on its website. Gives the `echostr` to answer
/// with, 1 to 128 characters of `[0-9A-Za-z_-]`; in every mode it is neither encrypted nor part of the signature.
///
/// # Errors
/// [`Refusal`] when it is not from the platform, too old, or its echo is not harmless.
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

/// Lets a push in: checks where it is from, opens it and reads it.
///
/// # Errors
/// [`Refusal`] for whatever is not certainly a push of the platform to this account.
pub fn open_push(settings: &PushSettings, raw_query: &str, body: &[u8], now_secs: i64) -> Result<Push, Refusal> {
    let query = Query::parse(raw_query)?;
    let stamp = check_origin(settings, &query, now_secs)?;
    let is_encrypted = match query.get("encrypt_type") {
        None | Some("raw") => false,
        Some("aes") => true,
        Some(_) => return Err(Refusal::Shape),
    };
    let (document, seal) = match (settings.mode(), is_encrypted) {
        (Mode::Plain, false) => (xml::parse(body, PLAIN_MAX_BYTES).map_err(Refusal::Xml)?, Seal::Plain),
        (Mode::Plain, true) => return Err(Refusal::Keyless),
        (Mode::Compatible | Mode::Safe, false) => return Err(Refusal::Downgrade),
        (Mode::Compatible | Mode::Safe, true) => open_envelope(settings, &query, &stamp, body)?,
    };
    let message = Message::read(&document, settings.appid()).map_err(Refusal::Message)?;
    if settings.original_id().is_some_and(|id| id != message.to) {
        return Err(Refusal::Account);
    }
    Ok(Push { message, seal })
}

/// Seals the reply `xml` the way its push came. [`SUCCESS`] and the empty answer stay as they are: the platform
/// expects them unencrypted in every mode.
pub fn seal_reply(settings: &PushSettings, seal: &Seal, xml: &str, now_secs: i64, chance: &dyn Chance) -> String {
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

/// Opens an encrypted push. Of the outer document only `Encrypt` is looked at.
fn open_envelope(
    settings: &PushSettings,
    query: &Query,
    stamp: &Stamp,
    body: &[u8],
) -> Result<(Element, Seal), Refusal> {
    let envelope = xml::parse(body, ENVELOPE_MAX_BYTES).map_err(Refusal::Xml)?;
    // Before the signature: an empty text adds nothing to what is signed, so the signature of the address, which any
    // log may hold, would be valid for it.
    let encrypt = envelope.field("Encrypt").map(str::trim).filter(|text| !text.is_empty()).ok_or(Refusal::NoEncrypt)?;
    let given = query.get("msg_signature").ok_or(Refusal::Shape)?;
    if !verify(&[settings.token(), stamp.as_str(), query.nonce()?.as_str(), encrypt], given) {
        return Err(Refusal::MessageSignature);
    }
    let (plain, used) = crypto::decrypt(settings.aes_keys(), encrypt, settings.appid()).map_err(Refusal::Crypto)?;
    let document = xml::parse(plain.as_bytes(), PLAIN_MAX_BYTES).map_err(Refusal::Xml)?;
    let key = settings.aes_keys().get(used).ok_or(Refusal::Keyless)?;
    Ok((document, Seal::Encrypted(key.clone())))
}

#[cfg(test)]
mod tests;
