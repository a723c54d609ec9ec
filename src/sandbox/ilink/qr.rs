//! The QR codes of logins, and their stages.

use std::collections::BTreeMap;
use tokio::sync::watch;

/// The life of a QR code: about two minutes. (O)
const LIFE_MS: i64 = 120_000;
/// The most QR codes; beyond it the oldest are forgotten.
const LOGINS_MAX: usize = 200;

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
    pub known_tokens: Vec<String>,
    /// The person who scanned.
    pub owner: Option<String>,
    pub stage: Stage,
    /// The stage that was last reported: the next poll is held until there is another.
    pub reported: Option<&'static str>,
    /// The next answer sends the program to another host.
    pub is_moving: bool,
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
    pub fn name(&self) -> &'static str {
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
    pub fn new(content: String, created_at_ms: i64, known_tokens: Vec<String>) -> Self {
        Self {
            content,
            created_at_ms,
            known_tokens,
            owner: None,
            stage: Stage::Waiting,
            reported: None,
            is_moving: false,
            wake: watch::Sender::new(0),
        }
    }

    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.wake.subscribe()
    }

    pub fn is_alive(&self, now_ms: i64) -> bool {
        let is_over = matches!(self.stage, Stage::Blocked | Stage::Canceled | Stage::Bound | Stage::Confirmed { .. });
        !is_over && now_ms < self.created_at_ms + LIFE_MS
    }

    pub fn set(&mut self, stage: Stage) {
        self.stage = stage;
        self.wake.send_modify(|n| *n += 1);
    }
}

impl Logins {
    pub fn add(&mut self, handle: String, login: Login) {
        self.0.insert(handle, login);
        let oldest = self.0.iter().min_by_key(|(_, login)| login.created_at_ms).map(|(handle, _)| handle.clone());
        if let Some(oldest) = oldest.filter(|_| self.0.len() > LOGINS_MAX) {
            self.0.remove(&oldest);
        }
    }

    pub fn get(&mut self, handle: &str) -> Option<&mut Login> {
        self.0.get_mut(handle)
    }

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
