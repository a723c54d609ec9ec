//! The browsers in which a user is signed in.

use crate::{
    base::secret::Use,
    core::{CoreError, Ctx, signin_log::Door, token},
    store::{self, web_session::WebSessionRow},
};

/// How a browser was signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInMethod {
    Password,
    /// WeChat: a scan, a sent code, or a code from the chat.
    WeChat,
    /// A registration in this browser; WeChat proved the identity, the browser chose the password.
    Register,
    /// The link that creates the first admin.
    Setup,
}

impl SignInMethod {
    const ALL: [Self; 4] = [Self::Password, Self::WeChat, Self::Register, Self::Setup];

    /// The value of `web_sessions.door`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::WeChat => "wechat",
            Self::Register => "register",
            Self::Setup => "setup",
        }
    }

    /// The method of this name; `None` for a session from before methods were recorded.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.as_str() == text)
    }

    /// True if unbinding WeChat ends the session.
    #[must_use]
    pub fn needs_wechat(door: Option<Self>) -> bool {
        !matches!(door, Some(Self::Password | Self::Setup))
    }
}

impl From<SignInMethod> for Door {
    fn from(method: SignInMethod) -> Self {
        match method {
            SignInMethod::Password => Self::Password,
            SignInMethod::WeChat => Self::WeChat,
            SignInMethod::Register => Self::Register,
            SignInMethod::Setup => Self::Setup,
        }
    }
}

/// A browser in which the user is signed in.
#[derive(Debug, Clone)]
pub struct WebSession {
    /// Identifies the session; grants no access.
    pub public_id: String,
    pub browser_label: String,
    pub address: String,
    /// `None` for a session from before methods were recorded.
    pub door: Option<SignInMethod>,
    /// Epoch milliseconds.
    pub created_at: i64,
    pub seen_at: i64,
    /// True for the current session.
    pub is_current: bool,
}

impl WebSession {
    /// A session that is not the current one.
    pub(crate) fn elsewhere(row: WebSessionRow) -> Self {
        Self {
            public_id: row.public_id,
            browser_label: row.browser_label,
            address: row.address,
            door: SignInMethod::of(&row.door),
            created_at: row.created_at,
            seen_at: row.seen_at,
            is_current: false,
        }
    }
}

/// A user's sessions, last used first; `current` is the cookie value of the current one.
///
/// # Errors
/// The database cannot be reached.
pub async fn list(ctx: &Ctx, user_id: i64, current: &str) -> Result<Vec<WebSession>, CoreError> {
    let current = ctx.hash(Use::WebSession, current);
    let rows = store::web_session::list_web_sessions(&mut ctx.store.read().await?, user_id, ctx.now()).await?;
    Ok(rows
        .into_iter()
        .map(|row| WebSession { is_current: row.id_hash == current, ..WebSession::elsewhere(row) })
        .collect())
}

/// Signs one browser out.
///
/// # Errors
/// [`CoreError::NotFound`] if the user has no such session.
pub async fn revoke(ctx: &Ctx, user_id: i64, public_id: &str) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        if !store::web_session::delete_one_of(tx, user_id, public_id).await? {
            return Err(CoreError::NotFound);
        }
        Ok(())
    })
}

/// Signs out every browser except the current one, and ends all tokens.
///
/// # Errors
/// The database cannot be reached.
pub async fn revoke_others(ctx: &Ctx, user_id: i64, current: &str) -> Result<(), CoreError> {
    store::transact!(ctx.store, |tx| {
        // Raise the generation first: see `profile::store_password_within`.
        token::revoke_all_within(ctx, tx, user_id).await?;
        store::web_session::delete_all_of(tx, user_id, &ctx.hash(Use::WebSession, current)).await?;
        Ok(())
    })
}
