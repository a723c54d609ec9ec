//! Messages: what the person writes to the bot, and what the bot sends.

use super::media::{MediaRef, UploadedFile};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

mod read;

pub(super) use read::{integer, is_visible};

/// The longest text of one message, in characters: the reference client cuts there. (S)
pub const TEXT_MAX_CHARS: usize = 4_000;

/// The longest id of a message, in bytes. A 64-bit number has 20 digits.
const ID_MAX_BYTES: usize = 64;

/// The longest `context_token`, in bytes; it is ASCII. A longer one is dropped from its message.
pub const CONTEXT_TOKEN_MAX_BYTES: usize = 4 * 1024;

/// An id of the platform: an unsigned 64-bit number as decimal text, or an opaque text of at most 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Reads an id, which the platform writes as a number or as text. `None` for zero, fractions and longer numbers: those would not be
    /// exact.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Number(number) => number.as_u64().filter(|id| *id != 0)?.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return None,
        };
        let is_valid = (1..=ID_MAX_BYTES).contains(&text.len()) && is_visible(&text) && text != "0";
        is_valid.then_some(Self(text))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A received message. Delivery is at least once: the same `id` may come again.
#[derive(Debug, Clone)]
pub struct Message {
    /// `message_id`, else the `msg_id` of the first item that has one. `None` if the platform sent neither.
    pub id: Option<MessageId>,
    /// `…@im.wechat`. Handle a message only if this is the person who connected.
    pub from_user_id: String,
    /// `…@im.bot`.
    pub to_user_id: String,
    /// `None` for a direct chat.
    pub group_id: Option<String>,
    /// Milliseconds since the Unix epoch, by the platform's clock.
    pub created_at_ms: Option<i64>,
    pub sender: Sender,
    /// 0 new, 1 being generated, 2 finished.
    pub state: i64,
    /// Usually one.
    pub items: Vec<Item>,
    /// To be sent with each answer: the latest one of this person counts. At most [`CONTEXT_TOKEN_MAX_BYTES`].
    pub context_token: Option<SecretString>,
}

/// Who wrote a message (`message_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    User,
    Bot,
    Other(i64),
}

/// One part of a received message.
#[derive(Debug, Clone)]
pub struct Item {
    pub content: Content,
    /// The message that this one answers.
    pub quote: Option<Quote>,
}

/// The content of an item.
#[derive(Debug, Clone)]
pub enum Content {
    Text(String),
    Image(MediaRef),
    /// `transcript`: what WeChat understood. `duration_ms` is the platform's `playtime`.
    Voice {
        media: Option<MediaRef>,
        transcript: Option<String>,
        duration_ms: Option<i64>,
    },
    /// `size_bytes`: as the sender's WeChat declares it.
    File {
        media: Option<MediaRef>,
        name: Option<String>,
        size_bytes: Option<i64>,
    },
    Video {
        media: Option<MediaRef>,
        duration_secs: Option<i64>,
    },
    /// A type that this program does not read (11 and 12: tool cards), or an item without content.
    Other(i64),
}

/// A quoted message. Newer WeChat sends the id alone.
#[derive(Debug, Clone)]
pub struct Quote {
    pub id: Option<MessageId>,
    pub title: Option<String>,
    pub content: Option<Box<Content>>,
}

/// A message to send: one item.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingMessage<'a> {
    /// `…@im.wechat`.
    pub to_user_id: &'a str,
    /// Unique for each message, the same for each attempt: 1 to [`super::CLIENT_ID_MAX_BYTES`] of visible ASCII.
    pub client_id: &'a str,
    /// Of the latest received message.
    pub context_token: Option<&'a SecretString>,
    pub content: OutgoingContent<'a>,
}

/// The content of a message to send.
#[derive(Debug, Clone, Copy)]
pub enum OutgoingContent<'a> {
    /// 1 to [`TEXT_MAX_CHARS`] characters.
    Text(&'a str),
    Image(&'a UploadedFile),
    Video(&'a UploadedFile),
    File {
        name: &'a str,
        file: &'a UploadedFile,
    },
    /// `encoding`: 6 SILK, 7 MP3 (types.ts). WeChat was not seen to show a bot's voice (O): a file is safer.
    Voice {
        file: &'a UploadedFile,
        encoding: u8,
        duration_ms: i64,
    },
}

impl OutgoingMessage<'_> {
    /// The body's `msg`. (S)
    pub(super) fn json(&self) -> Value {
        let mut message = json!({
            "from_user_id": "",
            "to_user_id": self.to_user_id,
            "client_id": self.client_id,
            "message_type": 2,
            "message_state": 2,
            "item_list": [self.content.json()],
        });
        if let Some(token) = self.context_token {
            message["context_token"] = token.expose_secret().into();
        }
        message
    }
}

impl OutgoingContent<'_> {
    fn json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "type": 1, "text_item": { "text": text } }),
            Self::Image(file) => {
                json!({ "type": 2, "image_item": { "media": file.json(), "mid_size": file.encrypted_bytes } })
            }
            Self::Voice { file, encoding, duration_ms } => json!({
                "type": 3,
                "voice_item": { "media": file.json(), "encode_type": encoding, "playtime": duration_ms },
            }),
            // The length is a text, and that of the file before encryption. (S)
            Self::File { name, file } => json!({
                "type": 4,
                "file_item": { "media": file.json(), "file_name": name, "len": file.size_bytes.to_string() },
            }),
            Self::Video(file) => {
                json!({ "type": 5, "video_item": { "media": file.json(), "video_size": file.encrypted_bytes } })
            }
        }
    }
}

impl UploadedFile {
    fn json(&self) -> Value {
        json!({
            "encrypt_query_param": self.download_param,
            "aes_key": self.key.to_base64_of_hex(),
            "encrypt_type": 1,
        })
    }
}
