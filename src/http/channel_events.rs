//! The state of a user's personal-WeChat channel for its page: twice a second while a scan is awaited, every few seconds otherwise.

use super::{
    session,
    state::AppState,
    state_stream::{self, Shown},
};
use crate::core::{
    CoreError,
    ilink::{connection, login},
};
use axum::{Extension, extract::State, response::Response};
use std::time::Duration;
use tower_sessions::Session;

/// How often the state is read while a scan is awaited, and otherwise.
const SCANNING: Duration = Duration::from_millis(500);
const CONNECTED: Duration = Duration::from_secs(3);

/// The state of the channel; `None` without a session.
async fn read(state: &AppState, session: &Session) -> Result<Option<Shown>, CoreError> {
    let ctx = &state.ctx();
    let Some(user) = session::current_user(ctx, session).await? else { return Ok(None) };
    let waiting = login::find(ctx, user.id, &session::secret_of(session)).await?;
    let view = connection::find(ctx, user.id).await?;
    let is_awaited = waiting.as_ref().is_some_and(|waiting| !waiting.state.is_final());
    let again = if is_awaited { SCANNING } else { CONNECTED };
    Ok(Some(Shown { user_id: user.id, word: word(waiting.as_ref(), view.as_ref()), again }))
}

/// The state of a channel as one word: the page that shows it loads itself again when it changes.
#[must_use]
pub fn word(waiting: Option<&login::View>, view: Option<&connection::View>) -> String {
    let scan = waiting.map(|waiting| {
        // A renewed QR code is a change, too. The sum says nothing about its text.
        let text = waiting.qr_text.as_deref().unwrap_or_default();
        let sum = text.bytes().fold(7_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(u16::from(byte)));
        format!("{}-{sum:x}", waiting.state.as_str())
    });
    let connection = view.map(|view| {
        let error = view.last_error.as_ref().map_or(0, |(_, at)| *at);
        format!("{}-{}-{}-{}-{}-{error}", view.epoch, view.received, view.sent, view.waiting, view.undelivered)
    });
    format!("{}/{}", scan.unwrap_or_default(), connection.unwrap_or_default())
}

/// `GET /me/wechat/events`.
pub async fn events(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    let of = state.clone();
    state_stream::events(state, move || {
        let (state, session) = (of.clone(), session.clone());
        async move { read(&state, &session).await }
    })
    .await
}

/// `GET /me/wechat/state`.
pub async fn status(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    state_stream::status(read(&state, &session).await)
}
