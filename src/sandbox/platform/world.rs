//! The fake platform's state, which survives a restart.

use super::{
    allowance::Allowance,
    chat::{By, Chat, ChatContent, Note},
    code::Codes,
    credentials::{Credentials, letters},
    token::Tokens,
};
use crate::base::rng::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most users.
pub const PEOPLE_MAX: usize = 10_000;
/// WeChat's own limit.
pub const NICKNAME_MAX_CHARS: usize = 16;

/// The kind of account, which determines the APIs it may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// 认证服务号: may call every API here.
    VerifiedService,
    /// 个人订阅号: receives pushes and replies, but may call no other API (48001).
    PersonalSubscription,
}

/// The fake platform's state.
#[derive(Debug, Serialize, Deserialize)]
pub struct World {
    pub credentials: Credentials,
    pub kind: AccountKind,
    pub people: BTreeMap<String, Person>,
    pub codes: Codes,
    pub tokens: Tokens,
    /// `MsgId` of the last message: messages are numbered across all users.
    pub last_msg_id: u64,
    /// Unused login codes of the mini-program, with their users.
    pub js_codes: BTreeMap<String, String>,
    /// The same for web login, with what they were exchanged for.
    #[serde(default)]
    pub web_codes: BTreeMap<String, String>,
    #[serde(default)]
    pub web_tokens: BTreeMap<String, String>,
    /// Upload times by media id.
    #[serde(default)]
    pub media: BTreeMap<String, i64>,
    /// True once the sandbox has ended: the state is not stored any more.
    #[serde(skip)]
    pub is_over: bool,
}

/// A WeChat user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// Their id for this account: `o` and 27 characters.
    pub openid: String,
    /// Their id for the mini-program.
    pub mini_openid: String,
    /// Their id for the owner of both, if the account is bound to an Open Platform account.
    pub unionid: Option<String>,
    /// WeChat reveals it to no account (since 2021-12-27); only shown here.
    pub nickname: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    pub follow: Option<Follow>,
    pub chat: Chat,
    pub(super) allowance: Allowance,
    /// When an event last happened, in seconds, by its name and key: see `user_action`.
    pub(super) event_secs: BTreeMap<String, i64>,
}

/// How and since when a user follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Seconds since the Unix epoch.
    pub since_secs: i64,
    /// The scene of the scanned code.
    pub scene: Option<String>,
}

/// Why an action was refused. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such user.
    UnknownPerson,
    /// Only followers can do this.
    MustFollow,
    FollowsAlready,
    Empty,
    TooLong,
    /// There are too many users.
    Crowded,
    /// Not a code of this account.
    ForeignCode,
    CodeExpired,
}

impl World {
    /// A new account without users.
    #[must_use]
    pub fn new(credentials: Credentials, rng: &dyn Rng) -> Self {
        Self {
            credentials,
            kind: AccountKind::VerifiedService,
            people: BTreeMap::new(),
            codes: Codes::default(),
            tokens: Tokens::default(),
            // Real ones have 17 digits: too many for a JavaScript number, which programs should be tested with.
            last_msg_id: 20_000_000_000_000_000 + rng.below(1_000_000_000_000_000),
            js_codes: BTreeMap::new(),
            web_codes: BTreeMap::new(),
            web_tokens: BTreeMap::new(),
            media: BTreeMap::new(),
            is_over: false,
        }
    }

    /// Adds a user who does not follow.
    ///
    /// # Errors
    /// [`Refusal::Empty`], [`Refusal::TooLong`] for the name, [`Refusal::Crowded`].
    pub fn add_person(&mut self, nickname: &str, rng: &dyn Rng, now_ms: i64) -> Result<String, Refusal> {
        let nickname: String = nickname.trim().chars().filter(|c| !c.is_control()).collect();
        match nickname.chars().count() {
            0 => return Err(Refusal::Empty),
            1..=NICKNAME_MAX_CHARS => {}
            _ => return Err(Refusal::TooLong),
        }
        if self.people.len() >= PEOPLE_MAX {
            return Err(Refusal::Crowded);
        }
        let openid = format!("o{}", letters(rng, 27));
        let person = Person {
            openid: openid.clone(),
            mini_openid: format!("o{}", letters(rng, 27)),
            unionid: None,
            nickname,
            created_at_ms: now_ms,
            follow: None,
            chat: Chat::default(),
            allowance: Allowance::default(),
            event_secs: BTreeMap::new(),
        };
        self.people.insert(openid.clone(), person);
        Ok(openid)
    }

    /// The user, mutable.
    ///
    /// # Errors
    /// [`Refusal::UnknownPerson`].
    pub fn person(&mut self, openid: &str) -> Result<&mut Person, Refusal> {
        self.people.get_mut(openid).ok_or(Refusal::UnknownPerson)
    }

    /// The id of the next message.
    pub fn next_msg_id(&mut self) -> u64 {
        self.last_msg_id += 1;
        self.last_msg_id
    }
}

impl Person {
    /// Their id for the owner's website.
    pub fn web_openid(&self) -> String {
        self.mini_openid.replacen('o', "w", 1)
    }

    /// Adds a note of WeChat to the chat.
    pub(super) fn note(&mut self, at_ms: i64, note: Note) {
        self.chat.add(at_ms, By::Platform, ChatContent::Note(note));
    }
}
