//! Everything that the stand-in remembers, also over a restart.

use super::{
    allowance::Allowance,
    chat::{By, Chat, Note, Said},
    code::Codes,
    credentials::{Credentials, letters},
    token::Tokens,
};
use crate::core::chance::Chance;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stand-in is for trying things out; beyond this it is refused.
pub const PEOPLE_MAX: usize = 10_000;
/// As WeChat has it.
pub const NICKNAME_MAX_CHARS: usize = 16;

/// What kind of account this is: it decides what the account may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// 认证服务号: may call everything here.
    VerifiedService,
    /// 个人订阅号: hears and answers, and no more (48001).
    PersonalSubscription,
}

/// The stand-in's memory.
#[derive(Debug, Serialize, Deserialize)]
pub struct World {
    pub credentials: Credentials,
    pub kind: AccountKind,
    pub people: BTreeMap<String, Person>,
    pub codes: Codes,
    pub tokens: Tokens,
    /// `MsgId` of the last message: messages are numbered over all people.
    pub last_msg_id: u64,
    /// Login codes of the mini-program that nobody has used, and whose they are.
    pub js_codes: BTreeMap<String, String>,
    /// The same of web login, and what they were exchanged for.
    #[serde(default)]
    pub web_codes: BTreeMap<String, String>,
    #[serde(default)]
    pub web_tokens: BTreeMap<String, String>,
    /// What was uploaded, and when, by media id.
    #[serde(default)]
    pub media: BTreeMap<String, i64>,
}

/// Somebody with WeChat.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// Their id for this account: `o` and 27 characters.
    pub openid: String,
    /// Their id for the mini-program.
    pub mini_openid: String,
    /// Their id for the owner of both, where the account is bound to an Open Platform account.
    pub unionid: Option<String>,
    /// WeChat tells it to no account (since 2021-12-27); it is only shown here.
    pub nickname: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    pub follow: Option<Follow>,
    pub chat: Chat,
    pub(super) allowance: Allowance,
    /// When an event last happened, in seconds, by its name and key: see [`super::act`].
    pub(super) event_secs: BTreeMap<String, i64>,
}

/// How and since when somebody follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follow {
    /// Seconds since the Unix epoch.
    pub since_secs: i64,
    /// The scene of the code that they scanned.
    pub scene: Option<String>,
}

/// Why the stand-in does not do what a person wants. Nothing happened then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such person.
    Nobody,
    /// Only followers can do this.
    MustFollow,
    FollowsAlready,
    Empty,
    TooLong,
    /// There are too many people.
    Crowded,
    /// Not a code of this account.
    ForeignCode,
    CodeExpired,
}

impl World {
    /// A new account without people.
    #[must_use]
    pub fn new(credentials: Credentials, chance: &dyn Chance) -> Self {
        Self {
            credentials,
            kind: AccountKind::VerifiedService,
            people: BTreeMap::new(),
            codes: Codes::default(),
            tokens: Tokens::default(),
            // Real ones have 17 digits: too many for a JavaScript number, which is worth meeting here.
            last_msg_id: 20_000_000_000_000_000 + chance.below(1_000_000_000_000_000),
            js_codes: BTreeMap::new(),
            web_codes: BTreeMap::new(),
            web_tokens: BTreeMap::new(),
            media: BTreeMap::new(),
        }
    }

    /// Adds somebody who does not follow.
    ///
    /// # Errors
    /// [`Refusal::Empty`], [`Refusal::TooLong`] for the name, [`Refusal::Crowded`].
    pub fn add_person(&mut self, nickname: &str, chance: &dyn Chance, now_ms: i64) -> Result<String, Refusal> {
        let nickname: String = nickname.trim().chars().filter(|c| !c.is_control()).collect();
        match nickname.chars().count() {
            0 => return Err(Refusal::Empty),
            1..=NICKNAME_MAX_CHARS => {}
            _ => return Err(Refusal::TooLong),
        }
        if self.people.len() >= PEOPLE_MAX {
            return Err(Refusal::Crowded);
        }
        let openid = format!("o{}", letters(chance, 27));
        let person = Person {
            openid: openid.clone(),
            mini_openid: format!("o{}", letters(chance, 27)),
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

    /// The person, to be changed.
    ///
    /// # Errors
    /// [`Refusal::Nobody`].
    pub fn person(&mut self, openid: &str) -> Result<&mut Person, Refusal> {
        self.people.get_mut(openid).ok_or(Refusal::Nobody)
    }

    /// The number of the next message.
    pub fn next_msg_id(&mut self) -> u64 {
        self.last_msg_id += 1;
        self.last_msg_id
    }
}

impl Person {
    /// Their id for the owner's web site.
    pub fn web_openid(&self) -> String {
        self.mini_openid.replacen('o', "w", 1)
    }

    /// WeChat's own words in the chat.
    pub(super) fn note(&mut self, at_ms: i64, note: Note) {
        self.chat.add(at_ms, By::Platform, Said::Note(note));
    }
}
