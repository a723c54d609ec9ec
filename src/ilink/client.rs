//! The calls of the bot API.

use super::error::Error;
use super::host::{BaseUrl, Hosts};
use super::login::{LoginCode, QrCode, QrStatus};
use super::media::{MediaKind, MediaRef, UploadedFile};
use super::message::{Message, MessageId, OutgoingMessage};
use crate::base::rng::Rng;
use secrecy::SecretString;
use std::{fmt, sync::Arc, time::Duration};

/// The longest cursor (`get_updates_buf`), in bytes; it is ASCII. A longer one is [`Error::Unreadable`].
pub const CURSOR_MAX_BYTES: usize = 8 * 1024;
/// The longest `context_token`, in bytes; it is ASCII. A longer one is dropped from its message.
pub const CONTEXT_TOKEN_MAX_BYTES: usize = 4 * 1024;
/// The longest `client_id`, in bytes.
pub const CLIENT_ID_MAX_BYTES: usize = 64;

/// One connected person's bot: where it is called, and its token.
#[derive(Clone)]
pub struct Bot {
    base: BaseUrl,
    token: SecretString,
}

impl Bot {
    /// `base` is the `baseurl` of the confirmed login.
    #[must_use]
    pub fn new(base: BaseUrl, token: SecretString) -> Self {
        Self { base, token }
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").field("base", &self.base).finish_non_exhaustive()
    }
}

/// The result of one long poll.
#[derive(Debug, Clone, Default)]
pub struct Updates {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Messages that could not be read at all: they were logged by count, and the cursor goes on past them.
    pub unreadable: usize,
    /// The new cursor, to be stored after the messages were handled. `None`: the old one stays valid.
    pub cursor: Option<String>,
    /// How long the platform proposes to hold the next poll.
    pub hold: Option<Duration>,
    /// True if the platform did not answer within the timeout: normal for a long poll, but a platform that is silent for long looks the same.
    pub is_timeout: bool,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The platform gave the message an id. No proof that WeChat showed it.
    Accepted(MessageId),
    /// `ret: 0` without `message_id`: the platform took the message and dropped it. (O)
    NotDelivered,
}

/// The typing indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Shows it for about five seconds.
    On = 1,
    Off = 2,
}

/// The client of the iLink platform. One for the whole program: connections are shared, and a bot costs nothing but its pending request.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    hosts: Hosts,
    #[expect(dead_code, reason = "the interface comes first")]
    rng: Arc<dyn Rng>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("hosts", &self.0.hosts).finish_non_exhaustive()
    }
}

impl Client {
    /// Creates the client.
    ///
    /// # Errors
    /// [`Error::Transport`] if the machine's TLS cannot be initialized.
    pub fn new(hosts: Hosts, rng: Arc<dyn Rng>) -> Result<Self, Error> {
        Ok(Self(Arc::new(Inner { hosts, rng })))
    }

    /// The hosts that may be called.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// Creates a QR code (`get_bot_qrcode`). `known_tokens`: bot tokens of this person that may be valid still; the first 10 are sent, and the
    /// platform answers [`QrStatus::AlreadyConnected`] if the person who scans has one of them.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn qr_code(&self, known_tokens: &[SecretString]) -> Result<QrCode, Error> {
        let _ = known_tokens;
        todo!()
    }

    /// Waits up to 35 s for the next state of a QR code (`get_qrcode_status`). Timeouts, failures of the network and of gateways, and
    /// unreadable answers are [`QrStatus::Wait`].
    pub async fn qr_status(&self, base: &BaseUrl, qr: &QrCode, code: Option<&LoginCode>) -> QrStatus {
        let _ = (base, qr, code);
        todo!()
    }

    /// Waits for messages (`getupdates`). `cursor` is empty at first. `hold`: of the poll before; 35 s if `None`; from 1 s to 60 s.
    ///
    /// # Errors
    /// See [`Error`]; a timeout is [`Updates::is_timeout`] instead.
    pub async fn updates(&self, bot: &Bot, cursor: &str, hold: Option<Duration>) -> Result<Updates, Error> {
        let _ = (bot, cursor, hold);
        todo!()
    }

    /// Sends a message (`sendmessage`), within 15 s. An attempt whose result is unknown may be repeated with the same `client_id`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send(&self, bot: &Bot, message: &OutgoingMessage<'_>) -> Result<SendOutcome, Error> {
        let _ = (bot, message);
        todo!()
    }

    /// The ticket for [`Client::send_typing`] (`getconfig`), valid for up to 24 hours. `None` if the platform gave none.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn typing_ticket(
        &self,
        bot: &Bot,
        user_id: &str,
        context_token: Option<&SecretString>,
    ) -> Result<Option<SecretString>, Error> {
        let _ = (bot, user_id, context_token);
        todo!()
    }

    /// Shows or hides that the bot is typing (`sendtyping`).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send_typing(
        &self,
        bot: &Bot,
        user_id: &str,
        ticket: &SecretString,
        typing: Typing,
    ) -> Result<(), Error> {
        let _ = (bot, user_id, ticket, typing);
        todo!()
    }

    /// Notifies the platform that polling begins (`msg/notifystart`).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn notify_start(&self, bot: &Bot) -> Result<(), Error> {
        let _ = bot;
        todo!()
    }

    /// Notifies the platform that polling ends (`msg/notifystop`).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn notify_stop(&self, bot: &Bot) -> Result<(), Error> {
        let _ = bot;
        todo!()
    }

    /// Encrypts and uploads a file (`getuploadurl`, then the CDN): 1 byte to [`super::media::FILE_MAX_BYTES`].
    ///
    /// # Errors
    /// [`Error::FileSize`], [`Error::ForeignHost`], and those of calls.
    pub async fn upload(
        &self,
        bot: &Bot,
        to_user_id: &str,
        kind: MediaKind,
        bytes: &[u8],
    ) -> Result<UploadedFile, Error> {
        let _ = (bot, to_user_id, kind, bytes);
        todo!()
    }

    /// Downloads and decrypts a file of a received message, at most `max_bytes` ([`super::media::FILE_MAX_BYTES`] if more).
    ///
    /// # Errors
    /// [`Error::FileSize`] for a larger file, [`Error::MediaKey`], [`Error::ForeignHost`], and those of the network.
    pub async fn download(&self, media: &MediaRef, max_bytes: usize) -> Result<Vec<u8>, Error> {
        let _ = (media, max_bytes);
        todo!()
    }
}
