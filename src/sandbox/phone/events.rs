//! The page hears of every change, wherever it comes from.

use crate::http::state::AppState;
use axum::{
    extract::State,
    http::StatusCode,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use std::{convert::Infallible, time::Duration};

/// How long a browser waits before it comes back after the stream broke, for instance because the program restarts.
const RETRY: Duration = Duration::from_millis(500);
/// Changes that come together are told together.
const PAUSE: Duration = Duration::from_millis(50);

/// `GET /sandbox/events`: `changed` with the revision, at the start and with each change of people, chats or codes. What
/// changed, the page shows.
pub async fn follow(State(state): State<AppState>) -> Response {
    let Some(phone) = state.sandbox.clone() else { return StatusCode::NOT_FOUND.into_response() };
    let mut revisions = phone.platform.revisions();
    let stream = async_stream::stream! {
        loop {
            let revision = *revisions.borrow_and_update();
            let event = Event::default().event("changed").data(revision.to_string());
            yield Ok::<_, Infallible>(event.retry(RETRY));
            tokio::select! {
                changed = revisions.changed() => if changed.is_err() { break },
                () = state.stopping.cancelled() => break,
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}
