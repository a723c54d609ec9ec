//! Parses push documents: followers' messages and the platform's events.
//!
//! Only direct children of the root count, and the sender's identity comes from the document, never from the query: from
//! the fields before the first one that a person writes, because the platform does not escape what people write.
//! Unknown kinds and events are stored by name: the platform adds some every year, and if this program refused them,
//! the platform would show the follower that the account is out of order. Facts: developers.weixin.qq.com, "接收普通消息" and
//! "接收事件推送".

use super::fields::{HEAD, is_written_by_people};
use super::xml::Element;
use std::fmt;

mod dedupe;
mod event;

pub use dedupe::KEY_MAX_BYTES as DEDUPE_KEY_MAX_BYTES;
pub use event::*;

/// The text that the platform sends for stickers and other kinds it cannot forward. Observed by many projects, not
/// documented. It must not reach keyword or AI replies.
pub const UNSUPPORTED_PLACEHOLDER: &str = "【收到不支持的消息类型，暂无法显示】";

/// A parsed push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The account's original id (`gh_…`), the sender of a reply.
    pub to: String,
    /// The sender's openid, the recipient of a reply.
    pub from: String,
    /// When it was sent, seconds since the Unix epoch. The same in every retry.
    pub create_time_secs: i64,
    /// The platform's id of the message, up to 64 bits, as text. Most events have none; `None` also if there are two.
    pub msg_id: Option<String>,
    /// The article it was sent from, if any.
    pub article: Option<SourceArticle>,
    /// The kind with its fields.
    pub kind: Kind,
    /// The same for every retry of this push, and different for every other push to any account. At most
    /// [`DEDUPE_KEY_MAX_BYTES`] bytes. Opaque: compare it, never parse it.
    pub dedupe_key: String,
    /// The key of this push in versions before the sender belonged to it: answers of before an upgrade have it.
    pub former_dedupe_key: String,
    msg_type: String,
    event_name: Option<String>,
}

/// The article under which a message was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceArticle {
    /// The mass message's data id.
    pub msg_data_id: String,
    /// The article's number within it, from 1, as sent.
    pub index: String,
}

/// The kinds of a push. Missing and empty texts are both empty where they mean the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text, or a tap on an item of a message menu, whose id it then carries.
    Text { content: String, menu_id: Option<String> },
    /// A picture. The address is untrusted: fetch it only from `*.qpic.cn` or `*.qlogo.cn`.
    Image { pic_url: String, media_id: String },
    /// A voice message; the platform has disabled `recognition` since about 2023.
    Voice { media_id: String, format: String, media_id_16k: Option<String>, recognition: Option<String> },
    /// A video.
    Video { media_id: String, thumb_media_id: String },
    /// A video recorded in the chat.
    ShortVideo { media_id: String, thumb_media_id: String },
    /// A location.
    Location(Place),
    /// A link.
    Link { title: String, description: String, url: String },
    /// A mini-program's page.
    MiniProgramPage { title: String, appid: String, page_path: String, thumb_url: String, thumb_media_id: String },
    /// An event.
    Event(Event),
    /// A kind this program does not know.
    Unknown { msg_type: String },
}

/// A location that a follower sent. Numbers are stored as sent: nothing here calculates with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Degrees north, decimal.
    pub latitude: String,
    /// Degrees east, decimal.
    pub longitude: String,
    /// The map's zoom level.
    pub scale: String,
    /// The address as text.
    pub label: String,
    /// The name of the place; empty when it has none.
    pub name: String,
}

/// Why a document is not a valid push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageError {
    /// This field is missing or empty, or not a number where one is needed.
    Field(&'static str),
    /// This field of the head occurs twice: a person may have written one of them.
    Repeated(&'static str),
    /// This field of the head follows one that a person writes, and may be a part of it.
    Late(&'static str),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, "the push has no usable {name}"),
            Self::Repeated(name) => write!(f, "the push has more than one {name}"),
            Self::Late(name) => write!(f, "the push has its {name} after a field that people write"),
        }
    }
}

impl std::error::Error for MessageError {}

impl Message {
    /// Parses a push document that was sent to the account `appid`.
    ///
    /// # Errors
    /// [`MessageError`] if a field that every push has is missing, or not certainly the platform's.
    pub fn read(root: &Element, appid: &str) -> Result<Self, MessageError> {
        let [to, from, create_time, msg_type] = head(root)?;
        let event_name = if msg_type == "event" { Some(event_name(root)?) } else { None };
        let mut message = Self {
            to,
            from,
            create_time_secs: create_time.parse().map_err(|_| MessageError::Field("CreateTime"))?,
            msg_id: msg_id(root),
            article: source_article(root),
            kind: match &event_name {
                Some(name) => Kind::Event(Event::read(name, root)),
                None => kind(&msg_type, root),
            },
            dedupe_key: String::new(),
            former_dedupe_key: String::new(),
            msg_type,
            event_name,
        };
        message.dedupe_key = dedupe::key(&message, appid, root);
        message.former_dedupe_key = dedupe::former_key(&message, appid, root);
        Ok(message)
    }

    /// The `MsgType` as sent.
    pub fn msg_type(&self) -> &str {
        &self.msg_type
    }

    /// The `Event` as sent, if it is an event.
    pub fn event_name(&self) -> Option<&str> {
        self.event_name.as_deref()
    }

    /// Whether this is the text for stickers and other kinds that the platform does not forward.
    pub fn is_unsupported_placeholder(&self) -> bool {
        matches!(&self.kind, Kind::Text { content, .. } if content.trim() == UNSUPPORTED_PLACEHOLDER)
    }
}

/// Parses the kinds that are not events.
fn kind(msg_type: &str, root: &Element) -> Kind {
    match msg_type {
        "text" => Kind::Text { content: text(root, "Content"), menu_id: trimmed(root, "bizmsgmenuid") },
        "image" => Kind::Image { pic_url: text(root, "PicUrl"), media_id: text(root, "MediaId") },
        "voice" => Kind::Voice {
            media_id: text(root, "MediaId"),
            format: text(root, "Format"),
            media_id_16k: trimmed(root, "MediaId16K"),
            recognition: trimmed(root, "Recognition"),
        },
        "video" => Kind::Video { media_id: text(root, "MediaId"), thumb_media_id: text(root, "ThumbMediaId") },
        "shortvideo" => {
            Kind::ShortVideo { media_id: text(root, "MediaId"), thumb_media_id: text(root, "ThumbMediaId") }
        }
        "location" => Kind::Location(place(root)),
        "link" => {
            Kind::Link { title: text(root, "Title"), description: text(root, "Description"), url: text(root, "Url") }
        }
        "miniprogrampage" => Kind::MiniProgramPage {
            title: text(root, "Title"),
            appid: text(root, "AppId"),
            page_path: text(root, "PagePath"),
            thumb_url: text(root, "ThumbUrl"),
            thumb_media_id: text(root, "ThumbMediaId"),
        },
        _ => Kind::Unknown { msg_type: msg_type.to_owned() },
    }
}

fn source_article(root: &Element) -> Option<SourceArticle> {
    Some(SourceArticle { msg_data_id: trimmed(root, "MsgDataId")?, index: text(root, "Idx") })
}

/// `Location_X` is the latitude, despite its letter.
fn place(element: &Element) -> Place {
    Place {
        latitude: text(element, "Location_X"),
        longitude: text(element, "Location_Y"),
        scale: text(element, "Scale"),
        label: text(element, "Label"),
        name: text(element, "Poiname"),
    }
}

/// A field as sent, whitespace included; empty if absent.
fn text(element: &Element, name: &str) -> String {
    element.field(name).unwrap_or_default().to_owned()
}

/// A field, trimmed (some senders put whitespace around identifiers); `None` if it is empty.
fn trimmed(element: &Element, name: &str) -> Option<String> {
    element.field(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Messages have `MsgId`, results of jobs `MsgID`. `None` if there are two: a person may have written one of them.
fn msg_id(root: &Element) -> Option<String> {
    let mut ids = root.children().iter().filter(|child| matches!(child.name(), "MsgId" | "MsgID"));
    let id = ids.next()?.text().trim();
    (ids.next().is_none() && !id.is_empty()).then(|| id.to_owned())
}

fn occurs_twice(root: &Element, name: &str) -> bool {
    root.children().iter().filter(|child| child.name() == name).nth(1).is_some()
}

/// The fields of [`HEAD`], in its order: each occurs once, before every field that a person writes.
fn head(root: &Element) -> Result<[String; 4], MessageError> {
    let children = root.children();
    let first_written = children.iter().position(|child| is_written_by_people(child.name())).unwrap_or(children.len());
    let mut texts = HEAD.map(|_| String::new());
    for (text, name) in texts.iter_mut().zip(HEAD) {
        if occurs_twice(root, name) {
            return Err(MessageError::Repeated(name));
        }
        match children.iter().position(|child| child.name() == name) {
            Some(at) if at > first_written => return Err(MessageError::Late(name)),
            _ => *text = trimmed(root, name).ok_or(MessageError::Field(name))?,
        }
    }
    Ok(texts)
}

/// The name of an event. A second one may be a person's, and would decide what the event does.
fn event_name(root: &Element) -> Result<String, MessageError> {
    if occurs_twice(root, "Event") {
        return Err(MessageError::Repeated("Event"));
    }
    trimmed(root, "Event").ok_or(MessageError::Field("Event"))
}

#[cfg(test)]
mod tests;
