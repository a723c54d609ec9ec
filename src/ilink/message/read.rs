//! Reads received messages. Fields that are missing or of another type are left out; nothing here fails on a text.

use super::{CONTEXT_TOKEN_MAX_BYTES, Content, Item, Message, MessageId, Quote, Sender};
use crate::ilink::media::MediaRef;
use secrecy::SecretString;
use serde_json::Value;

/// The longest id of a person, a bot or a group, in bytes.
const NAME_MAX_BYTES: usize = 128;
/// The most items of one message that are read.
const ITEMS_MAX: usize = 50;

impl Message {
    /// Reads one of `msgs`. `None` if it does not name its sender.
    pub(in crate::ilink) fn read(value: &Value) -> Option<Self> {
        let items = value["item_list"].as_array().map(Vec::as_slice).unwrap_or_default();
        let items = &items[..items.len().min(ITEMS_MAX)];
        let item_id = || items.iter().find_map(|item| MessageId::read(&item["msg_id"]));
        Some(Self {
            id: MessageId::read(&value["message_id"]).or_else(item_id),
            from_user_id: name(&value["from_user_id"])?,
            to_user_id: name(&value["to_user_id"]).unwrap_or_default(),
            group_id: name(&value["group_id"]),
            created_at_ms: integer(&value["create_time_ms"]).filter(|ms| *ms > 0),
            sender: match integer(&value["message_type"]) {
                Some(1) => Sender::User,
                Some(2) => Sender::Bot,
                other => Sender::Other(other.unwrap_or_default()),
            },
            state: integer(&value["message_state"]).unwrap_or_default(),
            items: items.iter().map(item).collect(),
            context_token: value["context_token"]
                .as_str()
                .filter(|token| (1..=CONTEXT_TOKEN_MAX_BYTES).contains(&token.len()) && is_visible(token))
                .map(SecretString::from),
        })
    }
}

fn item(value: &Value) -> Item {
    Item { content: content(value), quote: quote(&value["ref_msg"]) }
}

fn content(item: &Value) -> Content {
    let kind = integer(&item["type"]).unwrap_or_default();
    let read = match kind {
        1 => text(&item["text_item"]["text"]).map(Content::Text),
        2 => {
            let image = &item["image_item"];
            MediaRef::read(&image["media"], image["aeskey"].as_str()).map(Content::Image)
        }
        3 => present(&item["voice_item"]).map(|voice| Content::Voice {
            media: MediaRef::read(&voice["media"], None),
            transcript: text(&voice["text"]),
            duration_ms: integer(&voice["playtime"]),
        }),
        4 => present(&item["file_item"]).map(|file| Content::File {
            media: MediaRef::read(&file["media"], None),
            name: text(&file["file_name"]),
            size_bytes: integer(&file["len"]),
        }),
        5 => present(&item["video_item"]).map(|video| Content::Video {
            media: MediaRef::read(&video["media"], None),
            duration_secs: integer(&video["play_length"]),
        }),
        _ => None,
    };
    read.unwrap_or(Content::Other(kind))
}

/// A quoted item's own quote is not read: the depth is one.
fn quote(value: &Value) -> Option<Quote> {
    let value = present(value)?;
    let quoted = present(&value["message_item"]);
    let id = MessageId::read(&value["svr_id"]).or_else(|| MessageId::read(&quoted?["msg_id"]));
    Some(Quote { id, title: text(&value["title"]), content: quoted.map(|item| Box::new(content(item))) })
}

fn present(value: &Value) -> Option<&Value> {
    value.is_object().then_some(value)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// An integer, which may be written as text.
pub(in crate::ilink) fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The id of a person, a bot or a group.
fn name(value: &Value) -> Option<String> {
    value.as_str().filter(|name| (1..=NAME_MAX_BYTES).contains(&name.len()) && is_visible(name)).map(str::to_owned)
}

/// True for visible ASCII characters only: they may stand in a header.
pub(in crate::ilink) fn is_visible(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic())
}
