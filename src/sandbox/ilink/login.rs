//! QR codes of logins, and what `get_qrcode_status` answers.

use super::call::{BAD_REQUEST, Refused};
use super::chat::{Content, LineBy};
use super::contact::Contact;
use super::qr::{Login, Stage};
use super::state::{State, World};
use serde_json::{Value, json};
use std::sync::Arc;

/// The most known tokens of one login. (S)
const KNOWN_TOKENS_MAX: usize = 10;
/// Wrong numbers until a QR code is blocked.
const WRONG_MAX: u8 = 3;

/// `get_bot_qrcode`
pub(super) fn create(state: &State, body: &Value) -> Result<Value, Refused> {
    let known = body["local_token_list"].as_array().ok_or(BAD_REQUEST)?;
    if known.len() > KNOWN_TOKENS_MAX {
        return Err(BAD_REQUEST);
    }
    let known_tokens = known.iter().filter_map(|token| token.as_str().map(str::to_owned)).collect();
    let (handle, now_ms) = (state.letters(32), state.clock.now_ms());
    let content = format!("https://liteapp.weixin.qq.com/q/{}?sandbox=1", state.letters(8));
    let login = Login::new(content.clone(), now_ms, known_tokens);
    state.change(|world| world.logins.add(handle.clone(), login));
    Ok(json!({ "ret": 0, "qrcode": handle, "qrcode_img_content": content }))
}

/// `get_qrcode_status`
pub(super) async fn status(state: &Arc<State>, handle: &str, code: Option<&str>) -> Result<Value, Refused> {
    let deadline = tokio::time::Instant::now() + state.hold();
    let mut wake = state.world().logins.get(handle).ok_or(BAD_REQUEST)?.subscribe();
    let mut code = code;
    loop {
        wake.mark_unchanged();
        if let Some(answer) = answer(state, handle, code.take(), false)? {
            return Ok(answer);
        }
        let held = tokio::time::timeout_at(deadline, wake.changed()).await;
        if held.is_err() {
            return Ok(answer(state, handle, None, true)?.unwrap_or_else(|| json!({ "ret": 0, "status": "wait" })));
        }
    }
}

/// The answer if it is new, or if the poll must end.
fn answer(state: &State, handle: &str, code: Option<&str>, must_end: bool) -> Result<Option<Value>, Refused> {
    let now_ms = state.clock.now_ms();
    let mut world = state.world();
    let login = world.logins.get(handle).ok_or(BAD_REQUEST)?;
    let is_alive = login.is_alive(now_ms);
    if let (Stage::Number { number, wrong }, Some(code)) = (&mut login.stage, code) {
        if !is_alive {
            login.stage = Stage::Canceled;
        } else if number == code {
            login.stage = Stage::Scanned;
        } else {
            *wrong += 1;
            if *wrong >= WRONG_MAX {
                login.stage = Stage::Blocked;
            }
        }
        login.reported = None;
        drop(world);
        state.touch();
        return answer(state, handle, None, must_end);
    }
    if matches!(login.stage, Stage::Waiting | Stage::Scanned | Stage::Number { .. }) && !is_alive {
        login.stage = Stage::Canceled;
    }
    let name = login.stage.name();
    if login.reported == Some(name) && !must_end && matches!(login.stage, Stage::Waiting | Stage::Scanned) {
        return Ok(None);
    }
    if name == "wait" && !must_end {
        return Ok(None);
    }
    if login.is_moving {
        login.is_moving = false;
        let host = state.base.as_str().split("://").nth(1).unwrap_or_default().trim_end_matches('/');
        return Ok(Some(json!({ "ret": 0, "status": "scaned_but_redirect", "redirect_host": host })));
    }
    login.reported = Some(name);
    let mut answer = json!({ "ret": 0, "status": name });
    if let Stage::Confirmed { token, bot_id } = &login.stage {
        answer["bot_token"] = token.clone().into();
        answer["ilink_bot_id"] = bot_id.clone().into();
        answer["baseurl"] = state.base.as_str().trim_end_matches('/').into();
        answer["ilink_user_id"] = login.owner.clone().into();
    }
    Ok(Some(answer))
}

/// The answer with a host that is not the platform's.
pub(super) fn foreign(mut answer: Value) -> Value {
    if answer["status"] == "confirmed" {
        answer["baseurl"] = "https://ilinkai.weixin.qq.com.evil.example".into();
        answer
    } else {
        json!({ "ret": 0, "status": "scaned_but_redirect", "redirect_host": "evil.example" })
    }
}

/// The owner agrees: a new token, or none where the program has one that is valid.
pub(super) fn confirm(state: &State, world: &mut World, owner: &str, now_ms: i64) -> bool {
    let Some(login) = world.logins.of(owner, now_ms).filter(|login| login.stage == Stage::Scanned) else {
        return false;
    };
    let contact = world.contacts.entry(owner.to_owned()).or_default();
    if contact.token.as_ref().is_some_and(|token| login.known_tokens.contains(token)) {
        login.set(Stage::Bound);
        return true;
    }
    let token = connect(state, contact, now_ms);
    login.set(Stage::Confirmed { token, bot_id: contact.bot_id.clone() });
    true
}

/// Gives a bot a new token; the old one becomes stale.
pub(super) fn connect(state: &State, contact: &mut Contact, now_ms: i64) -> String {
    if contact.bot_id.is_empty() {
        contact.bot_id = format!("{}@im.bot", state.letters(12).to_ascii_lowercase());
    }
    let token = format!("{}:{}", contact.bot_id, state.letters(43));
    contact.token = Some(token.clone());
    contact.chat.add(now_ms, LineBy::WeChat, Content::Connected);
    contact.notify();
    token
}
