//! The log of sign-ins: one line at the level `info` for each sign-in and each refused one, with door, user and cause.
//!
//! A line has no openid, no code, no name and no address: logs are kept longer and read by more people than the database.

use super::{CoreError, PlatformFault};

/// Where a user proves their identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Name and password, on the page or by the API.
    Password,
    /// A browser's session: a scan, digits sent in the chat, or a code from it.
    WeChat,
    /// A registration in a browser or by the API.
    Register,
    /// A code from the chat, typed into the page.
    Code,
    /// A code from the chat for a forgotten password.
    Reset,
    /// The link that creates the first admin.
    Setup,
    /// A session that another program follows.
    Program,
    /// A QR code of a client program, which binds the follower.
    FollowQr,
    /// A code of the mini program's `wx.login`.
    MiniProgram,
    /// A code of the open platform's web login.
    WebLogin,
    /// The gateway of cloud hosting.
    Gateway,
}

impl Door {
    fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::WeChat => "wechat",
            Self::Register => "register",
            Self::Code => "code",
            Self::Reset => "reset",
            Self::Setup => "setup",
            Self::Program => "program",
            Self::FollowQr => "follow-qr",
            Self::MiniProgram => "mini-program",
            Self::WebLogin => "web-login",
            Self::Gateway => "gateway",
        }
    }
}

/// A user signed in.
pub fn signed_in(door: Door, user_id: i64) {
    tracing::info!(door = door.name(), user = user_id, "signed in");
}

/// A sign-in was refused; the user if known.
pub fn refused(door: Door, user_id: Option<i64>, cause: &str) {
    tracing::info!(door = door.name(), user = user_id, cause, "a sign-in was refused");
}

/// [`refused`] with the error as the cause; returns the error.
pub fn failed(door: Door, user_id: Option<i64>, error: CoreError) -> CoreError {
    refused(door, user_id, cause(&error));
    error
}

fn cause(error: &CoreError) -> &'static str {
    match error {
        CoreError::Invalid(_) => "invalid",
        CoreError::WrongCredentials => "wrong-credentials",
        CoreError::WrongCode => "wrong-code",
        CoreError::SessionOver => "session-over",
        CoreError::AlreadyRegistered => "already-registered",
        CoreError::AlreadyBound => "already-bound",
        CoreError::Disabled => "disabled",
        CoreError::NotSignedIn => "not-signed-in",
        CoreError::BadToken(_) => "bad-token",
        CoreError::Forbidden => "forbidden",
        CoreError::NotFound => "not-found",
        CoreError::Conflict | CoreError::Collided => "collided",
        CoreError::LastAdmin => "last-admin",
        CoreError::KeyReused => "key-reused",
        CoreError::OutOfCredits => "out-of-credits",
        CoreError::OverQuota => "over-quota",
        CoreError::NotConfigured(_) => "not-configured",
        CoreError::TooMany(_) => "too-many",
        CoreError::Busy => "busy",
        CoreError::Unavailable => "database-unavailable",
        CoreError::Fault(_) => "fault",
        CoreError::Platform(fault) => match fault {
            PlatformFault::CodeInvalid => "wechat-code-invalid",
            PlatformFault::CodeExpired => "wechat-code-expired",
            PlatformFault::CodeUsed => "wechat-code-used",
            PlatformFault::TooOften => "wechat-too-often",
            PlatformFault::AppidWrong => "wechat-appid-wrong",
            PlatformFault::SecretWrong => "wechat-secret-wrong",
            PlatformFault::CredentialWrong => "wechat-credential-wrong",
            PlatformFault::RiskyPerson => "wechat-risky-person",
            PlatformFault::SnapshotVisitor => "wechat-snapshot-visitor",
            PlatformFault::Busy(_) => "wechat-busy",
            PlatformFault::Unreachable => "wechat-unreachable",
            PlatformFault::Other(_) => "wechat-refused",
        },
    }
}
