//! What arrived: messages of people and events of the platform, parsed from a push document.
//!
//! Only direct children of the root count, and identity comes from the document, never from the query. Kinds and events
//! this program does not know are kept by name: the platform adds some every year, and refusing them would make it
//! tell the user that the account is out of order. Facts: developers.weixin.qq.com, "接收普通消息" and "接收事件推送".

use super::xml::Element;
use std::fmt;

mod dedupe;
mod event;

pub use dedupe::KEY_MAX_BYTES as DEDUPE_KEY_MAX_BYTES;
pub use event::*;

/// The text that stands in for stickers and everything else the platform cannot forward. Seen by many projects, not in
/// the documentation. It must not reach keyword or AI replies.
pub const UNSUPPORTED_PLACEHOLDER: &str = "【收到不支持的消息类型，暂无法显示】";

/// One push, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The account's original id (`gh_…`), which a reply is from.
    pub to: String,
    /// The openid of who sent it, which a reply goes to.
    pub from: String,
    /// When it was sent, seconds since the Unix epoch. The same in every repetition.
    pub create_time_secs: i64,
    /// The platform's number for it, up to 64 bits, kept as text. Most events have none.
    pub msg_id: Option<String>,
    /// The article it was sent from, if any.
    pub article: Option<SourceArticle>,
    /// What it is.
    pub kind: Kind,
    /// The same for every repetition of this push, and for no other push to any account. At most
    /// [`DEDUPE_KEY_MAX_BYTES`] bytes. Opaque: compare it, never read it.
    pub dedupe_key: String,
    msg_type: String,
    event_name: Option<String>,
}

/// The article under which a message was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceArticle {
    /// The mass message's data id.
    pub msg_data_id: String,
    /// Which of its articles, from 1, as sent.
    pub index: String,
}

/// The kinds of a push. Absent and empty texts are both empty where nothing distinguishes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Text, or a tap on an item of a message menu, whose id it then carries.
    Text { content: String, menu_id: Option<String> },
    /// A picture. The address is the sender's word: do not fetch it from anywhere but `*.qpic.cn` or `*.qlogo.cn`.
    Image { pic_url: String, media_id: String },
    /// A voice message; `recognition` has been switched off by the platform since about 2023.
    Voice { media_id: String, format: String, media_id_16k: Option<String>, recognition: Option<String> },
    /// A video.
    Video { media_id: String, thumb_media_id: String },
    /// A video taken in the chat.
    ShortVideo { media_id: String, thumb_media_id: String },
    /// A place.
    Location(Place),
    /// A shared page.
    Link { title: String, description: String, url: String },
    /// A mini program's page.
    MiniProgramPage { title: String, appid: String, page_path: String, thumb_url: String, thumb_media_id: String },
    /// Something happened.
    Event(Event),
    /// A kind this program does not know.
    Unknown { msg_type: String },
}

/// A place that a person sent. Numbers are kept as sent: nothing here calculates with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Degrees north, decimal.
    pub latitude: String,
    /// Degrees east, decimal.
    pub longitude: String,
    /// The map's zoom level.
    pub scale: String,
    /// The address, in words.
    pub label: String,
    /// The name of the place; empty when it has none.
    pub name: String,
}

/// Why a document is not a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageError {
    /// This field is missing or empty, or not a number where one is needed.
    Field(&'static str),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Field(name) = self;
        write!(f, "the push has no usable {name}")
    }
}

impl std::error::Error for MessageError {}

impl Message {
    /// Reads a push document that was sent to the account `appid`.
    ///
    /// # Errors
    /// [`MessageError`] when one of the fields that every push has is missing.
    pub fn read(root: &Element, appid: &str) -> Result<Self, MessageError> {
        let msg_type = required(root, "MsgType")?;
        let event_name = if msg_type == "event" { Some(required(root, "Event")?) } else { None };
        let create_time = required(root, "CreateTime")?;
        let mut message = Self {
            to: required(root, "ToUserName")?,
            from: required(root, "FromUserName")?,
            create_time_secs: create_time.parse().map_err(|_| MessageError::Field("CreateTime"))?,
            // Messages say MsgId, results of jobs MsgID.
            msg_id: trimmed(root, "MsgId").or_else(|| trimmed(root, "MsgID")),
            article: source_article(root),
            kind: match &event_name {
                Some(name) => Kind::Event(Event::read(name, root)),
                None => kind(&msg_type, root),
            },
            dedupe_key: String::new(),
            msg_type,
            event_name,
        };
        message.dedupe_key = dedupe::key(&message, appid, &trimmed(root, "EventKey").unwrap_or_default());
        Ok(message)
    }

    /// The `MsgType` as sent.
    pub fn msg_type(&self) -> &str {
        &self.msg_type
    }

    /// The `Event` as sent, for an event.
    pub fn event_name(&self) -> Option<&str> {
        self.event_name.as_deref()
    }

    /// Whether this is the text that stands for a sticker or another kind the platform does not forward.
    pub fn is_unsupported_placeholder(&self) -> bool {
        matches!(&self.kind, Kind::Text { content, .. } if content.trim() == UNSUPPORTED_PLACEHOLDER)
    }
}

/// Reads the kinds that are not events.
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

/// `Location_X` is the latitude, against what the letter suggests.
fn place(element: &Element) -> Place {
    Place {
        latitude: text(element, "Location_X"),
        longitude: text(element, "Location_Y"),
        scale: text(element, "Scale"),
        label: text(element, "Label"),
        name: text(element, "Poiname"),
    }
}

/// A field as sent, blanks included; empty when absent.
fn text(element: &Element, name: &str) -> String {
    element.field(name).unwrap_or_default().to_owned()
}

/// A field without the blanks around it (some senders put them around identifiers); `None` when nothing is left.
fn trimmed(element: &Element, name: &str) -> Option<String> {
    element.field(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn required(element: &Element, name: &'static str) -> Result<String, MessageError> {
    trimmed(element, name).ok_or(MessageError::Field(name))
}

#[cfg(test)]
mod tests;
