//! Connects a person's WeChat: a QR code, its states, a number to type in, and in the end the bot's token.
//!
//! [`Login`] is the state machine; [`Login::poll`] makes one long poll and one transition. [`Login::run`] polls until the end.

use super::client::{Bot, Client};
use super::error::Error;
use super::host::BaseUrl;
use crate::base::clock::Clock;
use secrecy::SecretString;
use std::fmt;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The longest login, in milliseconds, renewed QR codes included. The reference client: 480 s. (S)
pub const LOGIN_MAX_MS: i64 = 480_000;
/// How often a QR code that expired or was blocked is replaced. (S)
pub const RENEWALS_MAX: u8 = 3;
/// The pause between two polls. (S)
pub const POLL_PAUSE: Duration = Duration::from_secs(1);

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

/// What a confirmed login gives.
#[derive(Clone)]
pub struct Credentials {
    pub bot_token: SecretString,
    /// `ilink_bot_id`: `…@im.bot`, at most 128 bytes.
    pub bot_id: String,
    /// `ilink_user_id`, the person who scanned: `…@im.wechat`, at most 128 bytes.
    pub user_id: String,
    /// Where the bot is called from now on.
    pub base_url: BaseUrl,
}

impl Credentials {
    /// What calls need.
    #[must_use]
    pub fn bot(&self) -> Bot {
        Bot::new(self.base_url.clone(), self.bot_token.clone())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginView {
    /// Show the QR code (its text). It changes when the code is renewed.
    Scan {
        qr_content: String,
    },
    /// The person must confirm on the phone.
    Scanned,
    /// The person must type in the number that the phone shows. `is_wrong`: the one before was wrong.
    EnterCode {
        is_wrong: bool,
    },
    /// The entered number is being checked.
    Checking,
    /// Connected.
    Done,
    /// This person is connected already, with one of the known tokens.
    AlreadyConnected,
    Failed(LoginFailure),
}

/// Why a login ended without a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginFailure {
    /// 480 s are over.
    TimedOut,
    /// The QR code expired more than [`RENEWALS_MAX`] times.
    Expired,
    /// Too many wrong numbers, more than [`RENEWALS_MAX`] times.
    Blocked,
    /// The platform named a host that is not its own.
    ForeignHost,
    /// A new QR code could not be created, or the platform confirmed without a token.
    Platform,
}

/// How a login ended.
#[derive(Debug, Clone)]
pub enum LoginOutcome {
    Connected(Box<Credentials>),
    AlreadyConnected,
    Failed(LoginFailure),
}

/// A login under way.
#[derive(Debug)]
pub struct Login {
    qr: QrCode,
}

impl Login {
    /// Creates the QR code. `known_tokens`: see [`Client::qr_code`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn start(client: &Client, clock: &dyn Clock, known_tokens: Vec<SecretString>) -> Result<Self, Error> {
        let _ = (client, clock, known_tokens);
        todo!()
    }

    /// What the page shows now.
    #[must_use]
    pub fn view(&self) -> LoginView {
        let _ = &self.qr;
        todo!()
    }

    /// Takes the number that the person typed in; the next poll sends it. Ignored unless [`LoginView::EnterCode`].
    pub fn enter_code(&mut self, code: LoginCode) {
        let _ = code;
        todo!()
    }

    /// Makes one long poll and one transition; `Some` at the end. While a number is awaited, only the time is checked.
    pub async fn poll(&mut self, client: &Client, clock: &dyn Clock) -> Option<LoginOutcome> {
        let _ = (client, clock);
        todo!()
    }

    /// Polls until the end. Takes typed numbers from `codes`, and sends each change of the view to `views`. Cancelled by dropping.
    pub async fn run(
        self,
        client: &Client,
        clock: &dyn Clock,
        codes: mpsc::Receiver<LoginCode>,
        views: &watch::Sender<LoginView>,
    ) -> LoginOutcome {
        let _ = (client, clock, codes, views);
        todo!()
    }
}
