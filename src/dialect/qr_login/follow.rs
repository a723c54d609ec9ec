//! Following a session: by polling, by long polling, or by server-sent events.
//!
//! A waiting follower does not query the database: changes are broadcast, and the end of the session is known in
//! advance.

use super::{
    QrLogin,
    wire::{Done, State as WireState},
};
use crate::{
    core::{
        CoreError, Ctx,
        signin::{
            Status,
            api_session::{self, ApiSession},
        },
    },
    http::{
        api::{Answer, Params},
        sse,
        state::AppState,
    },
};
use axum::{extract::State, response::sse::Event};
use std::{convert::Infallible, time::Duration};
use tokio::sync::watch;

/// The longest wait of a poll.
const WAIT_MAX_SECS: u64 = 25;
/// The most concurrent followers of one session: one program that may have reconnected a few times.
const MOST_FOLLOWERS: usize = 4;
/// `Retry-After` in seconds when a session has too many followers.
const CROWDED_SECS: i64 = 5;

pub async fn poll(State(state): State<AppState>, params: Params<QrLogin>) -> Answer<QrLogin> {
    let id = params.need("id")?;
    let wait = params.number::<u64>("wait")?.unwrap_or(0).min(WAIT_MAX_SECS);
    if wait > 0 {
        let session = api_session::state(&state.ctx(), id).await?;
        // A final state does not change any more: answer immediately.
        if !session.status.is_final() {
            let mut status_changes = follow(&state.ctx(), session)?;
            // A change between the first read and the subscription was not broadcast to this follower.
            if api_session::state(&state.ctx(), id).await?.status == session.status {
                let changed = until_changed(&state, session, &mut status_changes);
                tokio::time::timeout(Duration::from_secs(wait), changed).await.ok();
            }
        }
    }
    Ok(Done::answer(WireState::from(api_session::look(&state.ctx(), id).await?)))
}

/// The same as server-sent events: the current state and every later one, until the final state.
pub async fn events(State(state): State<AppState>, params: Params<QrLogin>) -> Answer<QrLogin> {
    let id = params.need("id")?.to_owned();
    // A missing session is reported as an error response, not in a stream.
    let mut session = api_session::state(&state.ctx(), &id).await?;
    let mut status_changes = follow(&state.ctx(), session)?;
    session = api_session::state(&state.ctx(), &id).await?;
    let first = api_session::look(&state.ctx(), &id).await?;
    let stream = async_stream::stream! {
        let mut is_over = first.is_final();
        yield Ok::<_, Infallible>(event(first));
        while !is_over && !state.stopping.is_cancelled() {
            until_changed(&state, session, &mut status_changes).await;
            let Ok(now) = api_session::state(&state.ctx(), &id).await else { break };
            session = now;
            let Ok(seen) = api_session::look(&state.ctx(), &id).await else { break };
            is_over = seen.is_final();
            yield Ok(event(seen));
        }
    };
    Ok(sse::respond(stream, sse::comments()))
}

/// Subscribes to a session, unless it has too many followers.
fn follow(ctx: &Ctx, session: ApiSession) -> Result<watch::Receiver<Status>, CoreError> {
    ctx.status_broadcast.follow(session.id, session.status, MOST_FOLLOWERS).ok_or(CoreError::TooMany(CROWDED_SECS))
}

/// Waits until the session's state differs from `known`, the session expires, or the program stops.
async fn until_changed(state: &AppState, known: ApiSession, status_changes: &mut watch::Receiver<Status>) {
    let left = known.expires_at - state.ctx().now();
    // One millisecond more, so that the session has expired when it is read.
    let over = tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0) + 1));
    let changed = async {
        // A late broadcast may repeat the known state.
        while status_changes.changed().await.is_ok() && *status_changes.borrow_and_update() == known.status {}
    };
    tokio::select! {
        () = changed => {}
        () = over => {}
        () = state.stopping.cancelled() => {}
    }
}

fn event(seen: api_session::Seen) -> Event {
    let status_changes = serde_json::to_string(&Done::of(WireState::from(seen))).unwrap_or_default();
    Event::default().data(status_changes)
}
