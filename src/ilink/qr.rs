//! The QR code of a login, and its states.

use super::bot::Credentials;
use super::error::Error;
use secrecy::SecretString;
use std::fmt;

/// A QR code of a login.
#[derive(Clone)]
pub struct QrCode {
    /// The platform's handle of this login: who has it can collect the token.
    pub(super) handle: SecretString,
    /// The text to draw as a QR code; also a link that opens WeChat. At most 2,048 bytes.
    pub content: String,
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QrCode").finish_non_exhaustive()
    }
}

/// The number that the person's WeChat shows: 1 to 12 decimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginCode(String);

impl LoginCode {
    /// Parses what was typed in; spaces around it are dropped. `None` if it is not a number of 1 to 12 ASCII digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        ((1..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A state of a QR code, as the platform reports it (`status`).
#[derive(Debug, Clone)]
pub enum QrStatus {
    /// `wait`, and each failure of the network.
    Wait,
    /// `scaned`. After a code was sent: the code was right.
    Scanned,
    /// `need_verifycode`: the person's WeChat shows a number. After a code was sent: it was wrong.
    NeedsCode,
    /// `verify_code_blocked`: too many wrong codes, this QR code is dead.
    CodeBlocked,
    /// `expired`.
    Expired,
    /// `scaned_but_redirect`, with the host as the platform named it: unchecked, and `None` if it is missing.
    Redirected(Option<String>),
    /// `binded_redirect`: the person who scanned has one of the known tokens.
    AlreadyConnected,
    /// `confirmed`.
    Confirmed(Box<Credentials>),
    /// `confirmed` without token or ids, or with a `baseurl` that is not the platform's.
    Refused(Error),
    /// A status that this program does not know: treated as [`QrStatus::Wait`].
    Unknown(String),
}
