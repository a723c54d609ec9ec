//! A push that this program signs itself and sends to its own public address, as the platform would: `weida doctor` finds out by it what is
//! between the two. It is the only address that may be private and is called nevertheless, because the operator configured it.

use super::{
    callback::{Mode, PushSettings},
    crypto,
    signature::sign,
    xml::Writer,
};
use crate::base::{rng::Rng, tls};
use reqwest::{StatusCode, header, redirect};
use std::{
    error::Error as _,
    time::{Duration, Instant},
};
use url::Url;

/// The event's name; the platform sends none that is called like this.
pub const EVENT: &str = "weida_doctor";
/// Marks the address of the push: a refusal of it is the doctor's own finding, and not one of the platform's pushes.
pub const MARK: &str = "weida_doctor";
/// The sender, who is no follower.
const SENDER: &str = "weida-doctor";
/// The whole request; the platform waits for 5 s.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer that are read.
const ANSWER_MAX_BYTES: usize = 64 * 1024;

/// The answer.
#[derive(Debug)]
pub struct Answered {
    /// The text that arrived, and how long it took to begin and to end.
    pub text: String,
    pub first: Duration,
    pub last: Duration,
}

/// Why there is no answer of this program.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection: the name does not resolve, nothing listens, the certificate is refused. One line without the query.
    Unreachable(String),
    /// A connection, and no answer in time.
    Silent,
    /// The address leads elsewhere.
    Redirected(String),
    /// Another status than 200.
    Status(u16),
}

/// Sends the push to `address`, the push address below the public URL. `nonce`: at most 32 letters and digits.
///
/// # Errors
/// [`Failure`]
pub async fn send(
    address: &Url,
    settings: &PushSettings,
    to: &str,
    nonce: &str,
    now_secs: i64,
    rng: &dyn Rng,
) -> Result<Answered, Failure> {
    let (url, body) = signed(address, settings, to, nonce, now_secs, rng);
    let client = tls::http_client().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy().build();
    let client = client.map_err(|e| Failure::Unreachable(e.to_string()))?;
    let begun = Instant::now();
    let request = client.post(url).header(header::CONTENT_TYPE, "text/xml").body(body);
    let mut response = request.send().await.map_err(|e| failure(&e))?;
    if response.status().is_redirection() {
        let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        return Err(Failure::Redirected(to.split('?').next().unwrap_or_default().to_owned()));
    }
    if response.status() != StatusCode::OK {
        return Err(Failure::Status(response.status().as_u16()));
    }
    let (mut bytes, mut first) = (Vec::new(), None);
    while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e))? {
        first.get_or_insert_with(|| begun.elapsed());
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_MAX_BYTES {
            break;
        }
    }
    let last = begun.elapsed();
    Ok(Answered { text: String::from_utf8_lossy(&bytes).into_owned(), first: first.unwrap_or(last), last })
}

/// The address with its signature, and the body.
fn signed(
    address: &Url,
    settings: &PushSettings,
    to: &str,
    nonce: &str,
    now_secs: i64,
    rng: &dyn Rng,
) -> (Url, String) {
    let document = Writer::new()
        .text("ToUserName", to)
        .text("FromUserName", SENDER)
        .number("CreateTime", now_secs)
        .text("MsgType", "event")
        .text("Event", EVENT)
        .finish();
    let (stamp, mut url) = (now_secs.to_string(), address.clone());
    let signature = sign(&[settings.token(), &stamp, nonce]);
    url.query_pairs_mut().extend_pairs([
        ("signature", signature.as_str()),
        ("timestamp", stamp.as_str()),
        ("nonce", nonce),
        (MARK, "1"),
    ]);
    let Some(key) = settings.aes_keys().first().filter(|_| settings.mode() != Mode::Plain) else {
        return (url, document);
    };
    let mut random = [0; 16];
    rng.fill(&mut random);
    let encrypt = crypto::encrypt(key, settings.appid(), &document, random);
    let signature = sign(&[settings.token(), &stamp, nonce, &encrypt]);
    url.query_pairs_mut().extend_pairs([("encrypt_type", "aes"), ("msg_signature", signature.as_str())]);
    (url, Writer::new().text("ToUserName", to).text("Encrypt", &encrypt).finish())
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() && !error.is_connect() {
        return Failure::Silent;
    }
    // The innermost error says what happened; the outer ones repeat the address.
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    let text = if error.source().is_some() { cause.to_string() } else { "no connection".to_owned() };
    Failure::Unreachable(text.lines().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::rng::SystemRng,
        wechat::{callback::open_push, crypto::AesKey},
    };

    #[test]
    fn the_push_is_one_of_the_platform_in_both_modes() {
        let key = AesKey::parse("cPpFMlYSZgCB6BZzT55xuJCnrL9FUVufBUgOgtXLGZi").unwrap();
        let address = Url::parse("https://wx.example/api/v1/auth/wechat/verify").unwrap();
        for (mode, keys) in [(Mode::Plain, vec![]), (Mode::Safe, vec![key])] {
            let settings = PushSettings::new("Tok3n", "wx1", mode, keys).unwrap();
            let (url, body) = signed(&address, &settings, "gh_1", "abc123", 1_757_650_000, &SystemRng);
            let push = open_push(&settings, url.query().unwrap(), body.as_bytes(), 1_757_650_000).unwrap();
            assert_eq!((push.message.event_name(), push.message.to.as_str()), (Some(EVENT), "gh_1"));
        }
    }
}
