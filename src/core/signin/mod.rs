//! Sign-in sessions: a browser that wants to sign in, a WeChat user, and three ways to connect them.
//!
//! `waiting → scanned → success`, and `expired`, `refused`, `error` from the first two. Only forward, each step once: every
//! step is one conditional update (`store::signin`). The secrets are all different and stored as keyed hashes: the *scene* in
//! the QR is public and proves nothing; the *browser* secret in a cookie and the *poll* secret collect the result; the *code*
//! is shown on the page, to be sent to the account.

pub mod api_session;
pub mod begin;
pub mod chat;
pub mod chat_outcome;
pub mod collect;
pub mod enter_code;
pub mod follow;
pub mod plain_mode;
pub mod qr_availability;
pub mod reset;
pub mod scene;
pub mod status_broadcast;
pub mod unsolicited_code;
pub mod wechat_apps;

mod complete;
mod secrets;

pub use secrets::Secrets;

use crate::store::signin::SigninRow;

/// The minimum time to collect a success, however late it came.
const COLLECT_MS: i64 = 60_000;

/// What the browser requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Create an account, with the name and password typed in this browser.
    Register,
    /// Sign in.
    Login,
    /// Bind WeChat to the signed-in account.
    Bind,
    /// Reset a forgotten password by a code.
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

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Waiting,
    /// A user scanned the QR or sent the code; the confirmation is pending.
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

    /// True if the state will not change any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Scanned)
    }
}

/// Why a session ended as an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The WeChat identity has an account, which a registration must not change.
    AlreadyRegistered,
    /// Another user took the name before the confirmation.
    UsernameTaken,
    /// The identity belongs to another user, or the user has another identity.
    AlreadyBound,
    /// The account is disabled.
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

/// A session as its waiting page may see it: without any data of the user before the confirmation.
#[derive(Debug, Clone)]
pub struct View {
    pub id: i64,
    pub purpose: Purpose,
    pub status: Status,
    pub fault: Option<Fault>,
    /// The QR's content; `None` if only codes are available.
    pub qr_url: Option<String>,
    /// The name that a registration requests.
    pub username: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub expires_at: i64,
    /// How often the page was renewed.
    pub refreshes: i64,
    pub guesses_left: i64,
    /// The path of this site to redirect to afterwards.
    pub next_path: Option<String>,
    pub is_collected: bool,
}

impl View {
    /// True for a sign-in that has not ended and leads to this path.
    #[must_use]
    pub fn waits_for_login(&self, next_path: Option<&str>) -> bool {
        self.purpose == Purpose::Login && !self.status.is_final() && self.next_path.as_deref() == next_path
    }

    fn of(row: SigninRow, guesses_per_session: i64, now: i64) -> Self {
        let status = Status::of(&row.status);
        Self {
            id: row.id,
            purpose: Purpose::of(&row.purpose),
            // The cleanup task stores it a little later.
            status: if row.expires_at <= now && !status.is_final() { Status::Expired } else { status },
            fault: row.fault.as_deref().and_then(Fault::of),
            qr_url: row.qr_url,
            username: row.pending_username,
            created_at: row.created_at,
            expires_at: row.expires_at,
            refreshes: row.refreshes,
            guesses_left: (guesses_per_session - row.guesses).max(0),
            next_path: row.next_path,
            is_collected: row.consumed_at.is_some(),
        }
    }
}
