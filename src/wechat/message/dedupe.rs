//! A deduplication key of a push, the same in all of its retries.
//!
//! The platform retries a push that was not answered within 5 s, with a new signature but the same content. A message is
//! its sender's: several people have been seen with one `MsgId`, and each must get their own answer. Events have none and
//! are identified by sender and second; two of one follower can share a second (subscribe and LOCATION), so the event's
//! name and key belong to it, and a digest of the content. Facts: "接收普通消息" (排重), and the practice of `WxJava`.

use super::{Message, trimmed};
use crate::wechat::xml::Element;
use sha2::{Digest as _, Sha256};

/// The longest key, in bytes: the limit of `VARCHAR(190)`, the longest that every engine indexes.
pub const KEY_MAX_BYTES: usize = 190;

/// Bytes of a hexadecimal digest, and the separator before it.
const TAIL_BYTES: usize = 65;

/// The field of an envelope in compatible mode: it differs in every retry.
const ENVELOPE: &str = "Encrypt";

/// The key of `message`, sent to the account `appid`, from its document. The appid and not `ToUserName` distinguishes
/// accounts: in plain mode the latter is not authenticated.
pub(super) fn key(message: &Message, appid: &str, root: &Element) -> String {
    let Message { from, create_time_secs, msg_id, .. } = message;
    let event_key = trimmed(root, "EventKey").unwrap_or_default();
    // EventKey is free text and may contain the separator: it comes last, so that two keys cannot collide.
    bounded(match (message.event_name(), msg_id) {
        (None, Some(msg_id)) => format!("msg|{appid}|{from}|{msg_id}"),
        (None, None) => format!("time|{appid}|{from}|{create_time_secs}|{}|{}", message.msg_type(), digest(root)),
        (Some(name), Some(msg_id)) => format!("event|{appid}|{from}|{create_time_secs}|{msg_id}|{name}|{event_key}"),
        (Some(name), None) => {
            format!("event|{appid}|{from}|{create_time_secs}|#{}|{name}|{event_key}", digest(root))
        }
    })
}

/// The key that versions before the sender belonged to it gave to the same push.
pub(super) fn former_key(message: &Message, appid: &str, root: &Element) -> String {
    let Message { from, create_time_secs, msg_id, .. } = message;
    let msg_id = msg_id.as_deref().unwrap_or_default();
    let event_key = trimmed(root, "EventKey").unwrap_or_default();
    bounded(match message.event_name() {
        Some(name) => format!("event|{appid}|{from}|{create_time_secs}|{msg_id}|{name}|{event_key}"),
        None if msg_id.is_empty() => format!("time|{appid}|{from}|{create_time_secs}|{}", message.msg_type()),
        None => format!("msg|{appid}|{msg_id}"),
    })
}

/// A digest of all fields, in their order.
fn digest(root: &Element) -> String {
    let mut digest = Sha256::new();
    for child in root.children().iter().filter(|child| child.name() != ENVELOPE) {
        add(&mut digest, child);
    }
    hex::encode(digest.finalize())
}

/// Adds an element. Lengths come before texts, so that two documents with other fields do not give the same bytes.
fn add(digest: &mut Sha256, element: &Element) {
    for text in [element.name(), element.text()] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    digest.update((element.children().len() as u64).to_be_bytes());
    for child in element.children() {
        add(digest, child);
    }
}

/// Replaces the tail of a long key by a digest of the whole key.
fn bounded(key: String) -> String {
    if key.len() <= KEY_MAX_BYTES {
        return key;
    }
    let head = &key[..key.floor_char_boundary(KEY_MAX_BYTES - TAIL_BYTES)];
    format!("{head}#{}", hex::encode(Sha256::digest(&key)))
}
