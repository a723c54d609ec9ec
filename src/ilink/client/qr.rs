//! The calls of a login, which need no token.

use super::{Client, Error};
use crate::ilink::bot::Credentials;
use crate::ilink::host::BaseUrl;
use crate::ilink::message::is_visible;
use crate::ilink::qr::{LoginCode, QrCode, QrStatus};
use crate::ilink::transport::Call;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a poll of the state is held. (S)
const HOLD: Duration = Duration::from_secs(35);
const TIMEOUT: Duration = Duration::from_secs(15);
/// The most known tokens of one login. (S)
const KNOWN_TOKENS_MAX: usize = 10;
/// The longest handle of a QR code, bot token and id, in bytes.
const HANDLE_MAX_BYTES: usize = 1024;
const TOKEN_MAX_BYTES: usize = 1024;
const ID_MAX_BYTES: usize = 128;
/// The longest content of a QR code, in bytes. Version 40 at the lowest level of correction holds 2,953.
const CONTENT_MAX_BYTES: usize = 2048;
/// The longest unknown status that is passed on, in characters.
const STATUS_MAX_CHARS: usize = 40;

impl Client {
    /// Creates a QR code (`get_bot_qrcode`). `known_tokens`: bot tokens of this person that may be valid still; the first 10 are sent, and the
    /// platform answers [`QrStatus::AlreadyConnected`] if the person who scans has one of them.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn qr_code(&self, known_tokens: &[SecretString]) -> Result<QrCode, Error> {
        let tokens: Vec<&str> = known_tokens.iter().take(KNOWN_TOKENS_MAX).map(SecretString::expose_secret).collect();
        let mut url = self.hosts().login_base().join("/ilink/bot/get_bot_qrcode");
        url.set_query(Some("bot_type=3"));
        let call = Call {
            method: Method::POST,
            path: "/ilink/bot/get_bot_qrcode",
            url,
            body: Some(serde_json::to_vec(&json!({ "local_token_list": tokens })).map_err(|_| Error::Unsendable)?),
            token: None,
            secrets: tokens,
            timeout: TIMEOUT,
        };
        let answer = self.0.transport.call(call).await?;
        let handle = bounded(&answer["qrcode"], HANDLE_MAX_BYTES).ok_or(Error::Unreadable)?;
        let content = bounded(&answer["qrcode_img_content"], CONTENT_MAX_BYTES).ok_or(Error::Unreadable)?;
        Ok(QrCode { handle: handle.into(), content: content.to_owned() })
    }

    /// Waits up to 35 s for the next state of a QR code (`get_qrcode_status`). Timeouts, failures of the network and of gateways, and
    /// unreadable answers are [`QrStatus::Wait`].
    pub async fn qr_status(&self, base: &BaseUrl, qr: &QrCode, code: Option<&LoginCode>) -> QrStatus {
        self.qr_status_within(base, qr, code, HOLD).await
    }

    /// As [`Client::qr_status`], for a shorter time.
    pub(in crate::ilink) async fn qr_status_within(
        &self,
        base: &BaseUrl,
        qr: &QrCode,
        code: Option<&LoginCode>,
        hold: Duration,
    ) -> QrStatus {
        let mut url = base.join("/ilink/bot/get_qrcode_status");
        url.query_pairs_mut().append_pair("qrcode", qr.handle.expose_secret());
        if let Some(code) = code {
            url.query_pairs_mut().append_pair("verify_code", code.as_str());
        }
        let call = Call {
            method: Method::GET,
            path: "/ilink/bot/get_qrcode_status",
            url,
            body: None,
            token: None,
            secrets: vec![qr.handle.expose_secret()],
            timeout: hold.min(HOLD),
        };
        match self.0.transport.call(call).await {
            Ok(answer) => self.status(&answer),
            Err(_) => QrStatus::Wait,
        }
    }

    fn status(&self, answer: &Value) -> QrStatus {
        match answer["status"].as_str().unwrap_or_default() {
            "wait" => QrStatus::Wait,
            "scaned" => QrStatus::Scanned,
            "need_verifycode" => QrStatus::NeedsCode,
            "verify_code_blocked" => QrStatus::CodeBlocked,
            "expired" => QrStatus::Expired,
            "scaned_but_redirect" => {
                let host = answer["redirect_host"].as_str().filter(|host| !host.is_empty());
                QrStatus::Redirected(host.map(str::to_owned))
            }
            "binded_redirect" => QrStatus::AlreadyConnected,
            "confirmed" => {
                self.credentials(answer).map_or_else(QrStatus::Refused, |c| QrStatus::Confirmed(Box::new(c)))
            }
            other => QrStatus::Unknown(other.chars().filter(|c| !c.is_control()).take(STATUS_MAX_CHARS).collect()),
        }
    }

    fn credentials(&self, answer: &Value) -> Result<Credentials, Error> {
        let field = |name: &str, max| bounded(&answer[name], max).ok_or(Error::Unreadable);
        Ok(Credentials {
            bot_token: field("bot_token", TOKEN_MAX_BYTES)?.into(),
            bot_id: field("ilink_bot_id", ID_MAX_BYTES)?.to_owned(),
            user_id: field("ilink_user_id", ID_MAX_BYTES)?.to_owned(),
            base_url: self.hosts().base(answer["baseurl"].as_str().unwrap_or_default())?,
        })
    }
}

/// A text of visible ASCII characters.
fn bounded(value: &Value, max_bytes: usize) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| (1..=max_bytes).contains(&text.len()) && is_visible(text))
}
