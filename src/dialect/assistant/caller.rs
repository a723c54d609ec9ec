//! Identifies the caller by the session cookie.

use super::fault::Fault;
use crate::{
    core::{
        CoreError,
        account::{Role, User},
        rule::{Source, edit::Editor},
    },
    http::{client::Client, session, state::AppState},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use tower_sessions::Session;

/// The calling user, and the client.
pub struct Caller {
    pub user: User,
    pub session: Session,
    pub client: Client,
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let missing = || CoreError::Fault("a call without a session".to_owned());
        let session = parts.extensions.get::<Session>().cloned().ok_or_else(missing)?;
        let client = parts.extensions.get::<Client>().cloned().ok_or_else(missing)?;
        let user = session::current_user(&state.ctx(), &session).await?.ok_or(CoreError::NotSignedIn)?;
        Ok(Self { user, session, client })
    }
}

impl Caller {
    /// As the editor of their own rules.
    pub fn editor(&self) -> Editor {
        self.editor_of(self.user.id)
    }

    /// As the editor of the rules that an older address names: the caller's own or, for an admin, any user's.
    /// `None` for everyone else's.
    pub fn editor_named(&self, owner_id: i64) -> Option<Editor> {
        (owner_id == self.user.id || self.user.role == Role::Admin).then(|| self.editor_of(owner_id))
    }

    fn editor_of(&self, owner_id: i64) -> Editor {
        Editor { owner_id, actor_id: self.user.id, door: Source::Api, address: self.client.address.to_string() }
    }
}
