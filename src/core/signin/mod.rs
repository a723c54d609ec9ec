//! The sign-in session: a browser that wants in, a person with a phone, and three doors between them.
//!
//! `waiting → scanned → success`, and `expired`, `refused`, `error` from the first two. Only forward, each step once: every
//! step is one conditional update (`store::signin`). Three secrets, all different, all stored as keyed hashes: the *scene* in
//! the QR is public and proves nothing; the *browser* secret in a cookie and the *poll* secret collect the result; the *code*
//! is what the page shows to be sent to the account.

pub mod app;
pub mod begin;
pub mod chat;
pub mod collect;
pub mod doors;
pub mod follow;
pub mod hub;
pub mod remote;
pub mod reset;
pub mod typed;
pub mod unbound;

mod complete;
mod secrets;

pub use secrets::Secrets;

use crate::store::signin::SigninRow;

/// How long a success can be collected at least, however late it came.
const COLLECT_MS: i64 = 60_000;

/// What the browser wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A new account, with the name and password typed in this browser.
    Register,
    /// To be signed in.
    Login,
    /// To tie WeChat to the account that is signed in.
    Bind,
    /// To set a forgotten password by a code.
    Reset,
}

impl Purpose {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Login => "login",
            Self::Bind => "bind",
            Self::Reset => "reset",
        }
    }

    fn of(text: &str) -> Self {
        match text {
            "register" => Self::Register,
            "bind" => Self::Bind,
            "reset" => Self::Reset,
            _ => Self::Login,
        }
    }
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Waiting,
    /// Somebody's phone was there; their word is awaited.
    Scanned,
    Success,
    Expired,
    Refused,
    Error,
}

impl Status {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Scanned => "scanned",
            Self::Success => "success",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Error => "error",
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        match text {
            "waiting" => Self::Waiting,
            "scanned" => Self::Scanned,
            "success" => Self::Success,
            "expired" => Self::Expired,
            "refused" => Self::Refused,
            _ => Self::Error,
        }
    }

    /// True where nothing will change any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Scanned)
    }
}

/// Why a session ended as an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The WeChat identity has an account, which a registration must not touch.
    AlreadyRegistered,
    /// Somebody took the name while the phone was on its way.
    UsernameTaken,
    /// The identity belongs to another user, or the user has another identity.
    AlreadyBound,
    /// The account may not sign in.
    Disabled,
    /// Too many wrong codes.
    Guesses,
}

impl Fault {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyRegistered => "already_registered",
            Self::UsernameTaken => "username_taken",
            Self::AlreadyBound => "already_bound",
            Self::Disabled => "disabled",
            Self::Guesses => "guesses",
        }
    }

    fn of(text: &str) -> Option<Self> {
        [Self::AlreadyRegistered, Self::UsernameTaken, Self::AlreadyBound, Self::Disabled, Self::Guesses]
            .into_iter()
            .find(|f| f.as_str() == text)
    }
}

/// A session as the page that waits for it may see it: nothing about the person before they have agreed.
#[derive(Debug, Clone)]
pub struct View {
    pub id: i64,
    pub purpose: Purpose,
    pub status: Status,
    pub fault: Option<Fault>,
    /// What the QR of door 1 says; None where only the other doors are open.
    pub qr_url: Option<String>,
    /// The name a registration asks for.
    pub username: Option<String>,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// How often the page was renewed already.
    pub refreshes: i64,
    pub guesses_left: i64,
    /// Where to go afterwards: a path of this site.
    pub next_path: Option<String>,
    pub is_collected: bool,
}

impl View {
    fn of(row: SigninRow, guesses_per_session: i64, now: i64) -> Self {
        let status = Status::of(&row.status);
        Self {
            id: row.id,
            purpose: Purpose::of(&row.purpose),
            // The sweeper writes it a little later.
            status: if row.expires_at <= now && !status.is_final() { Status::Expired } else { status },
            fault: row.fault.as_deref().and_then(Fault::of),
            qr_url: row.qr_url,
            username: row.pending_username,
            expires_at: row.expires_at,
            refreshes: row.refreshes,
            guesses_left: (guesses_per_session - row.guesses).max(0),
            next_path: row.next_path,
            is_collected: row.consumed_at.is_some(),
        }
    }
}
