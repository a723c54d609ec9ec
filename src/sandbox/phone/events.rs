//! Notifies the page of every change.

use crate::{
    http::{sse, state::AppState},
    sandbox::Phone,
};
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response, sse::Event},
};
use std::{convert::Infallible, sync::Arc, time::Duration};

/// How long a browser waits before it reconnects after the stream broke, for instance because the program restarts.
const RETRY: Duration = Duration::from_millis(500);
/// Changes within this time are sent as one event.
const PAUSE: Duration = Duration::from_millis(50);

/// The most concurrent streams.
const STREAMS_MAX: usize = 64;

/// `GET /sandbox/events`: sends `changed` with the revision, at the start and after each change of users, chats or
/// codes. The page then loads its new state.
pub async fn follow(State(state): State<AppState>, Extension(phone): Extension<Arc<Phone>>) -> Response {
    if phone.platform.followers() >= STREAMS_MAX {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let mut revisions = phone.platform.revisions();
    let ended = state.core.accounts.sandbox_ended().clone();
    let stream = async_stream::stream! {
        loop {
            let revision = *revisions.borrow_and_update();
            let event = Event::default().event("changed").data(revision.to_string());
            yield Ok::<_, Infallible>(event.retry(RETRY));
            tokio::select! {
                changed = revisions.changed() => if changed.is_err() { break },
                () = state.stopping.cancelled() => break,
                () = ended.cancelled() => break,
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    sse::respond(stream, sse::comments())
}
