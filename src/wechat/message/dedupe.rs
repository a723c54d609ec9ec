//! One key per push, the same in all of its repetitions.
//!
//! The platform repeats what was not answered within 5 s, with a new signature but the same `MsgId`; events have none
//! and are told apart by sender and second. Two events of one person can share a second (subscribe and LOCATION), so
//! name and key belong to it as well. Facts: "接收普通消息" (排重), and the practice of `WxJava`.

use super::Message;
use sha2::{Digest as _, Sha256};

/// The longest key, in bytes: what a `VARCHAR(190)` holds, the longest that every engine indexes.
pub const KEY_MAX_BYTES: usize = 190;

/// Bytes of a digest in hexadecimal, and the mark before it.
const TAIL_BYTES: usize = 65;

/// The key of `message`, sent to the account `appid`. The appid and not `ToUserName` keeps accounts apart: in the plain
/// mode the latter is anybody's word.
pub(super) fn key(message: &Message, appid: &str, event_key: &str) -> String {
    let Message { from, create_time_secs, msg_id, .. } = message;
    let msg_id = msg_id.as_deref().unwrap_or_default();
    // EventKey is free text and may hold the separator: it comes last, so two keys cannot run into each other.
    bounded(match message.event_name() {
        Some(name) => format!("event|{appid}|{from}|{create_time_secs}|{msg_id}|{name}|{event_key}"),
        None if msg_id.is_empty() => format!("time|{appid}|{from}|{create_time_secs}|{}", message.msg_type()),
        None => format!("msg|{appid}|{msg_id}"),
    })
}

/// Replaces the tail of a long key by a digest of the whole.
fn bounded(key: String) -> String {
    if key.len() <= KEY_MAX_BYTES {
        return key;
    }
    let head = &key[..key.floor_char_boundary(KEY_MAX_BYTES - TAIL_BYTES)];
    format!("{head}#{}", hex::encode(Sha256::digest(&key)))
}
