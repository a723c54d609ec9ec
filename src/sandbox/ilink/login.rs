//! QR codes of logins, and what `get_qrcode_status` answers.

use super::api::{BAD_REQUEST, Refused};
use super::chat::{Content, LineBy};
use super::state::{State, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// The life of a QR code: about two minutes. (O)
const LIFE_MS: i64 = 120_000;
/// The most QR codes; beyond it the oldest are forgotten.
const LOGINS_MAX: usize = 200;
/// Wrong numbers until a QR code is blocked.
const WRONG_MAX: u8 = 3;
/// The most known tokens of one login. (S)
const KNOWN_TOKENS_MAX: usize = 10;

/// A QR code that waits to be scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrView {
    /// What the QR code says.
    pub content: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
}

/// Whether the person must type a number into the program's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberAsked {
    No,
    Yes,
}

/// The QR codes by their handles.
#[derive(Debug, Default)]
pub(super) struct Logins(BTreeMap<String, Login>);

#[derive(Debug)]
pub(super) struct Login {
    content: String,
    created_at_ms: i64,
    known_tokens: Vec<String>,
    /// The person who scanned.
    pub owner: Option<String>,
    pub stage: Stage,
    /// The stage that was last reported: the next poll is held until there is another.
    reported: Option<&'static str>,
    /// The next answer sends the program to another host.
    is_moving: bool,
    wake: watch::Sender<u64>,
}

/// The state of a QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    Waiting,
    /// The owner's WeChat asks whether to connect.
    Scanned,
    /// The owner's WeChat shows a number.
    Number {
        number: String,
        wrong: u8,
    },
    Blocked,
    /// The owner has one of the known tokens.
    Bound,
    Confirmed {
        token: String,
        bot_id: String,
    },
    Canceled,
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "wait",
            Self::Scanned => "scaned",
            Self::Number { .. } => "need_verifycode",
            Self::Blocked => "verify_code_blocked",
            Self::Bound => "binded_redirect",
            Self::Confirmed { .. } => "confirmed",
            Self::Canceled => "expired",
        }
    }
}

impl Login {
    fn is_alive(&self, now_ms: i64) -> bool {
        let is_over = matches!(self.stage, Stage::Blocked | Stage::Canceled | Stage::Bound | Stage::Confirmed { .. });
        !is_over && now_ms < self.created_at_ms + LIFE_MS
    }

    pub fn set(&mut self, stage: Stage) {
        self.stage = stage;
        self.wake.send_modify(|n| *n += 1);
    }
}

impl Logins {
    /// The QR codes that can be scanned, newest first.
    pub fn waiting(&self, now_ms: i64) -> Vec<QrView> {
        let waiting = |login: &&Login| login.is_alive(now_ms) && login.stage == Stage::Waiting;
        let view = |login: &Login| QrView { content: login.content.clone(), created_at_ms: login.created_at_ms };
        let mut list: Vec<QrView> = self.0.values().filter(waiting).map(view).collect();
        list.sort_by_key(|qr| std::cmp::Reverse(qr.created_at_ms));
        list
    }

    /// Scans: `None` if there is no such code, or it was scanned already.
    pub fn scan(&mut self, content: &str, owner: &str, number: Option<String>, moves: bool, now_ms: i64) -> Option<()> {
        let is_it = |login: &&mut Login| login.content == content && login.is_alive(now_ms);
        let login = self.0.values_mut().find(is_it).filter(|login| login.stage == Stage::Waiting)?;
        (login.owner, login.is_moving) = (Some(owner.to_owned()), moves);
        login.set(number.map_or(Stage::Scanned, |number| Stage::Number { number, wrong: 0 }));
        Some(())
    }

    /// The login that a person is at.
    pub fn of(&mut self, owner: &str, now_ms: i64) -> Option<&mut Login> {
        let mut all: Vec<&mut Login> = self.0.values_mut().collect();
        all.retain(|login| login.owner.as_deref() == Some(owner) && login.is_alive(now_ms));
        all.into_iter().max_by_key(|login| login.created_at_ms)
    }
}

/// `get_bot_qrcode`
pub(super) fn create(state: &State, body: &Value) -> Result<Value, Refused> {
    let known = body["local_token_list"].as_array().ok_or(BAD_REQUEST)?;
    if known.len() > KNOWN_TOKENS_MAX {
        return Err(BAD_REQUEST);
    }
    let known_tokens = known.iter().filter_map(|token| token.as_str().map(str::to_owned)).collect();
    let (handle, now_ms) = (state.letters(32), state.clock.now_ms());
    let content = format!("https://liteapp.weixin.qq.com/q/{}?sandbox=1", state.letters(8));
    let login = Login {
        content: content.clone(),
        created_at_ms: now_ms,
        known_tokens,
        owner: None,
        stage: Stage::Waiting,
        reported: None,
        is_moving: false,
        wake: watch::Sender::new(0),
    };
    state.change(|world| {
        let logins = &mut world.logins.0;
        logins.insert(handle.clone(), login);
        if logins.len() > LOGINS_MAX
            && let Some(oldest) =
                logins.iter().min_by_key(|(_, login)| login.created_at_ms).map(|(handle, _)| handle.clone())
        {
            logins.remove(&oldest);
        }
    });
    Ok(json!({ "ret": 0, "qrcode": handle, "qrcode_img_content": content }))
}

/// `get_qrcode_status`
pub(super) async fn status(state: &Arc<State>, handle: &str, code: Option<&str>) -> Result<Value, Refused> {
    let deadline = tokio::time::Instant::now() + state.hold();
    let mut wake = state.world().logins.0.get(handle).ok_or(BAD_REQUEST)?.wake.subscribe();
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
    let login = world.logins.0.get_mut(handle).ok_or(BAD_REQUEST)?;
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
pub(super) fn connect(state: &State, contact: &mut super::contact::Contact, now_ms: i64) -> String {
    if contact.bot_id.is_empty() {
        contact.bot_id = format!("{}@im.bot", state.letters(12).to_ascii_lowercase());
    }
    let token = format!("{}:{}", contact.bot_id, state.letters(43));
    contact.token = Some(token.clone());
    contact.chat.add(now_ms, LineBy::WeChat, Content::Connected);
    contact.notify();
    token
}
