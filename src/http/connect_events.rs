//! The state of the Official Account for the page that connects it. Any instance may receive WeChat's verification.

use super::{
    session,
    state::AppState,
    state_stream::{self, Shown},
};
use crate::core::{CoreError, account::directory::Admin, official_account};
use axum::{Extension, extract::State, response::Response};
use std::time::Duration;
use tower_sessions::Session;

/// How often the state is read.
const AGAIN: Duration = Duration::from_millis(500);

/// The state of the account; `None` for anyone but an admin.
async fn read(state: &AppState, session: &Session) -> Result<Option<Shown>, CoreError> {
    let ctx = state.ctx();
    let Some(user) = session::current_user(&ctx, session).await? else { return Ok(None) };
    let Ok(admin) = Admin::of(&user, "") else { return Ok(None) };
    let word = official_account::view(&ctx).await?.word();
    Ok(Some(Shown { user_id: admin.user_id(), word, again: AGAIN }))
}

/// `GET /admin/connect/events`.
pub async fn events(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    let of = state.clone();
    state_stream::events(state, move || {
        let (state, session) = (of.clone(), session.clone());
        async move { read(&state, &session).await }
    })
    .await
}

/// `GET /admin/connect/state`.
pub async fn status(State(state): State<AppState>, Extension(session): Extension<Session>) -> Response {
    state_stream::status(read(&state, &session).await)
}
