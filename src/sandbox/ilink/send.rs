//! What the bot sends: messages, the typing indicator, and its notices.

use super::call::{BAD_CONTEXT, BAD_RECIPIENT, BAD_REQUEST, Call, LIMITED, Refused};
use super::chat::{Content, FileKind, LineBy};
use super::files::Files;
use super::state::State;
use serde_json::{Value, json};

/// The longest text, in bytes. (O)
const TEXT_MAX_BYTES: usize = 16 * 1024;
/// How long one call shows that the bot is typing.
const TYPING_MS: i64 = 5_000;

/// `sendmessage`
pub(super) fn message(state: &State, call: &Call) -> Result<Value, Refused> {
    let message = &call.body["msg"];
    let text = |name: &str| message[name].as_str().unwrap_or_default();
    let now_ms = state.clock.now_ms();
    let is_shaped = message["message_type"] == 2 && message["message_state"] == 2 && text("from_user_id").is_empty();
    let [item] = message["item_list"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        return Err(BAD_REQUEST);
    };
    if !is_shaped || text("client_id").is_empty() || text("client_id").len() > 128 {
        return Err(BAD_REQUEST);
    }
    if text("to_user_id") != call.owner {
        return Err(BAD_RECIPIENT);
    }
    state.change(|world| {
        let content = content(item, &world.files)?;
        let id = world.next_message_id();
        let contact = world.contacts.get_mut(&call.owner).ok_or(BAD_RECIPIENT)?;
        if let Some(earlier) = contact.sent_as(text("client_id")) {
            contact.counts.duplicates += 1;
            return Ok(json!({ "ret": 0, "message_id": earlier }));
        }
        if contact.left(now_ms) == 0 {
            return Err(LIMITED);
        }
        if !contact.contexts.iter().any(|known| known == text("context_token")) {
            return Err(BAD_CONTEXT);
        }
        contact.sent += 1;
        contact.counts.shown += 1;
        contact.typing_until_ms = 0;
        contact.remember(text("client_id"), id);
        contact.chat.add(now_ms, LineBy::Bot, content);
        Ok(json!({ "ret": 0, "message_id": id }))
    })
}

/// What the owner sees; a file must have been uploaded, and its key must open it.
fn content(item: &Value, files: &Files) -> Result<Content, Refused> {
    let file = |kind: FileKind, of: &str| {
        let media = &item[of]["media"];
        let (param, key) = (media["encrypt_query_param"].as_str(), media["aes_key"].as_str());
        let file = param.filter(|param| files.opens(param, key.unwrap_or_default())).ok_or(BAD_REQUEST)?;
        let name = item[of]["file_name"].as_str().unwrap_or_default().to_owned();
        Ok(Content::File { kind, file: file.to_owned(), name })
    };
    match item["type"].as_i64() {
        Some(1) => {
            let text = item["text_item"]["text"].as_str().unwrap_or_default();
            let is_valid = (1..=TEXT_MAX_BYTES).contains(&text.len());
            if is_valid { Ok(Content::Text(text.to_owned())) } else { Err(BAD_REQUEST) }
        }
        Some(2) => file(FileKind::Image, "image_item"),
        Some(3) => file(FileKind::Voice, "voice_item"),
        Some(4) => file(FileKind::File, "file_item"),
        Some(5) => file(FileKind::Video, "video_item"),
        _ => Err(BAD_REQUEST),
    }
}

/// `getconfig`
pub(super) fn config(state: &State, call: &Call) -> Result<Value, Refused> {
    let world = state.world();
    let contact = world.contacts.get(&call.owner).filter(|_| call.text("ilink_user_id") == call.owner);
    let contact = contact.ok_or(BAD_RECIPIENT)?;
    if !contact.contexts.iter().any(|known| known == call.text("context_token")) {
        return Err(BAD_CONTEXT);
    }
    Ok(json!({ "ret": 0, "typing_ticket": ticket(&call.owner) }))
}

/// `sendtyping`
pub(super) fn typing(state: &State, call: &Call) -> Result<Value, Refused> {
    if call.text("ilink_user_id") != call.owner || call.text("typing_ticket") != ticket(&call.owner) {
        return Err(BAD_RECIPIENT);
    }
    let until_ms = match call.body["status"].as_i64() {
        Some(1) => state.clock.now_ms() + TYPING_MS,
        Some(2) => 0,
        _ => return Err(BAD_REQUEST),
    };
    state.change(|world| {
        if let Some(contact) = world.contacts.get_mut(&call.owner) {
            contact.typing_until_ms = until_ms;
        }
    });
    Ok(json!({ "ret": 0 }))
}

fn ticket(owner: &str) -> String {
    format!("ticket-{owner}")
}

/// `msg/notifystart` and `msg/notifystop`
pub(super) fn notified(state: &State, call: &Call, is_start: bool) -> Value {
    state.change(|world| {
        if let Some(contact) = world.contacts.get_mut(&call.owner) {
            let counts = &mut contact.counts;
            *(if is_start { &mut counts.notified_start } else { &mut counts.notified_stop }) += 1;
        }
    });
    json!({ "ret": 0 })
}
