//! `getupdates`: held until a message comes.

use super::call::{BAD_REQUEST, Call, Refused, STALE};
use super::state::State;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most messages of one answer.
const BATCH_MAX: usize = 20;

/// Counts a held poll until it ends, also when the program hangs up.
struct Held {
    state: Arc<State>,
    owner: String,
}

impl Held {
    fn new(state: &Arc<State>, owner: &str) -> Self {
        state.change(|world| {
            if let Some(contact) = world.contacts.get_mut(owner) {
                contact.polling += 1;
                contact.counts.polls_at_once = contact.counts.polls_at_once.max(contact.polling);
                contact.polled_at_ms = state.clock.now_ms();
            }
        });
        Self { state: Arc::clone(state), owner: owner.to_owned() }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let now_ms = self.state.clock.now_ms();
        if let Some(contact) = self.state.world().contacts.get_mut(&self.owner) {
            contact.polling -= 1;
            contact.polled_at_ms = now_ms;
        }
    }
}

pub(super) async fn updates(state: &Arc<State>, call: Call) -> Result<Value, Refused> {
    let cursor = match call.text("get_updates_buf") {
        "" => None,
        text => Some(read(text).ok_or(BAD_REQUEST)?),
    };
    let hold = state.hold();
    let deadline = tokio::time::Instant::now() + hold;
    let counted = Held::new(state, &call.owner);
    let mut wake = {
        let mut world = state.world();
        let contact = world.contacts.get_mut(&call.owner).ok_or(STALE)?;
        contact.pass(cursor);
        contact.wake.subscribe()
    };
    loop {
        wake.mark_unchanged();
        let (messages, next) = {
            let world = state.world();
            let contact = world.contacts.get(&call.owner).ok_or(STALE)?;
            if contact.token.as_ref() != Some(&call.token) {
                return Err(STALE);
            }
            contact.after(cursor, BATCH_MAX)
        };
        let is_over = messages.is_empty() && tokio::time::timeout_at(deadline, wake.changed()).await.is_err();
        if is_over || !messages.is_empty() {
            drop(counted);
            return Ok(json!({
                "ret": 0,
                "msgs": messages,
                "get_updates_buf": written(next),
                "longpolling_timeout_ms": u64::try_from(hold.as_millis()).unwrap_or(u64::MAX),
            }));
        }
    }
}

/// The cursor is opaque to programs.
fn written(seq: u64) -> String {
    STANDARD.encode(format!("cursor:{seq}"))
}

fn read(cursor: &str) -> Option<u64> {
    let text = String::from_utf8(STANDARD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("cursor:")?.parse().ok()
}
