//! The calls of the bot API.

use super::bot::Bot;
use super::error::{Error, TransportFailure};
use super::host::Hosts;
use super::message::{Message, MessageId, OutgoingContent, OutgoingMessage, TEXT_MAX_CHARS, integer, is_visible};
use super::transport::{CHANNEL_VERSION, Call, Transport};
use crate::base::rng::Rng;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::{fmt, sync::Arc, time::Duration};

mod file;
mod qr;

/// The longest cursor (`get_updates_buf`), in bytes; it is ASCII. A longer one is [`Error::Unreadable`].
pub const CURSOR_MAX_BYTES: usize = 8 * 1024;
/// The longest `client_id`, in bytes.
pub const CLIENT_ID_MAX_BYTES: usize = 64;

/// How long a poll is held unless the platform proposes something else. (S)
const HOLD: Duration = Duration::from_secs(35);
/// The bounds of what the platform proposes.
const HOLD_MIN: Duration = Duration::from_secs(1);
const HOLD_MAX: Duration = Duration::from_mins(1);
/// The answer may need this much longer than the poll is held: otherwise each idle poll would end by a broken connection.
const GRACE: Duration = Duration::from_secs(5);
/// The timeouts of calls. (S)
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
const SMALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The most messages of one answer.
const MESSAGES_MAX: usize = 1_000;

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
    transport: Transport,
    /// `Weida/<version>`, for the platform's statistics.
    bot_agent: String,
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
        let bot_agent = format!("Weida/{}", env!("CARGO_PKG_VERSION"));
        Ok(Self(Arc::new(Inner { hosts, transport: Transport::new(rng)?, bot_agent })))
    }

    /// The hosts that may be called.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.0.hosts
    }

    /// Waits for messages (`getupdates`). `cursor` is empty at first. `hold`: of the poll before; 35 s if `None`; from 1 s to 60 s.
    ///
    /// # Errors
    /// See [`Error`]; a timeout is [`Updates::is_timeout`] instead.
    pub async fn updates(&self, bot: &Bot, cursor: &str, hold: Option<Duration>) -> Result<Updates, Error> {
        self.updates_within(bot, cursor, hold.unwrap_or(HOLD).clamp(HOLD_MIN, HOLD_MAX) + GRACE).await
    }

    async fn updates_within(&self, bot: &Bot, cursor: &str, timeout: Duration) -> Result<Updates, Error> {
        let body = json!({ "get_updates_buf": cursor });
        match self.post(bot, "/ilink/bot/getupdates", body, timeout, &[]).await {
            Ok(answer) => updates(&answer),
            Err(Error::Transport(TransportFailure::Timeout)) => Ok(Updates { is_timeout: true, ..Updates::default() }),
            Err(error) => Err(error),
        }
    }

    /// Sends a message (`sendmessage`), within 15 s. An attempt whose result is unknown may be repeated with the same `client_id`.
    ///
    /// # Errors
    /// See [`Error`]. [`Error::Unsendable`] without a call for an empty or longer text, and for a malformed id.
    pub async fn send(&self, bot: &Bot, message: &OutgoingMessage<'_>) -> Result<SendOutcome, Error> {
        let is_id = |id: &str, max: usize| (1..=max).contains(&id.len()) && is_visible(id);
        let is_text = match message.content {
            OutgoingContent::Text(text) => (1..=TEXT_MAX_CHARS).contains(&text.chars().count()),
            OutgoingContent::File { name, .. } => !name.is_empty(),
            _ => true,
        };
        if !is_text || !is_id(message.client_id, CLIENT_ID_MAX_BYTES) || !is_id(message.to_user_id, 128) {
            return Err(Error::Unsendable);
        }
        let body = json!({ "msg": message.json() });
        let secrets = secrets(message.context_token);
        let answer = self.post(bot, "/ilink/bot/sendmessage", body, SEND_TIMEOUT, &secrets).await?;
        Ok(MessageId::read(&answer["message_id"]).map_or(SendOutcome::NotDelivered, SendOutcome::Accepted))
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
        let mut body = json!({ "ilink_user_id": user_id });
        if let Some(token) = context_token {
            body["context_token"] = token.expose_secret().into();
        }
        let answer = self.post(bot, "/ilink/bot/getconfig", body, SMALL_TIMEOUT, &secrets(context_token)).await?;
        let ticket = answer["typing_ticket"].as_str().filter(|ticket| !ticket.is_empty());
        Ok(ticket.map(SecretString::from))
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
        let body = json!({
            "ilink_user_id": user_id,
            "typing_ticket": ticket.expose_secret(),
            "status": typing as u8,
        });
        self.post(bot, "/ilink/bot/sendtyping", body, SMALL_TIMEOUT, &secrets(Some(ticket))).await.map(drop)
    }

    /// Notifies the platform that polling begins (`msg/notifystart`).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn notify_start(&self, bot: &Bot) -> Result<(), Error> {
        self.post(bot, "/ilink/bot/msg/notifystart", json!({}), SMALL_TIMEOUT, &[]).await.map(drop)
    }

    /// Notifies the platform that polling ends (`msg/notifystop`).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn notify_stop(&self, bot: &Bot) -> Result<(), Error> {
        self.post(bot, "/ilink/bot/msg/notifystop", json!({}), SMALL_TIMEOUT, &[]).await.map(drop)
    }

    /// Makes a call of a connected bot; each body has `base_info`. (S)
    async fn post(
        &self,
        bot: &Bot,
        path: &'static str,
        mut body: Value,
        timeout: Duration,
        secrets: &[&str],
    ) -> Result<Value, Error> {
        body["base_info"] = json!({ "channel_version": CHANNEL_VERSION, "bot_agent": self.0.bot_agent });
        let call = Call {
            method: Method::POST,
            path,
            url: bot.base.join(path),
            body: Some(serde_json::to_vec(&body).map_err(|_| Error::Unsendable)?),
            token: Some(&bot.token),
            secrets: secrets.to_vec(),
            timeout,
        };
        self.0.transport.call(call).await
    }
}

fn secrets(token: Option<&SecretString>) -> Vec<&str> {
    token.map(SecretString::expose_secret).into_iter().collect()
}

fn updates(answer: &Value) -> Result<Updates, Error> {
    let list = match &answer["msgs"] {
        Value::Null => &[],
        Value::Array(list) if list.len() <= MESSAGES_MAX => list.as_slice(),
        _ => return Err(Error::Unreadable),
    };
    let messages: Vec<Message> = list.iter().filter_map(Message::read).collect();
    let unreadable = list.len() - messages.len();
    if unreadable > 0 {
        tracing::warn!(unreadable, "messages of iLink could not be read");
    }
    let cursor = match &answer["get_updates_buf"] {
        Value::Null => None,
        Value::String(cursor) if cursor.len() <= CURSOR_MAX_BYTES && is_visible(cursor) => Some(cursor.clone()),
        _ => return Err(Error::Unreadable),
    };
    let hold = integer(&answer["longpolling_timeout_ms"]).and_then(|ms| u64::try_from(ms).ok()).filter(|ms| *ms > 0);
    Ok(Updates {
        messages,
        unreadable,
        cursor: cursor.filter(|cursor| !cursor.is_empty()),
        hold: hold.map(|ms| Duration::from_millis(ms).clamp(HOLD_MIN, HOLD_MAX)),
        is_timeout: false,
    })
}

#[cfg(test)]
mod tests;
