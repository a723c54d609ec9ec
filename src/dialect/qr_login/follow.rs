//! Following a session: asked again and again, held until something changes, or told as it happens.

use super::{
    QrLogin,
    wire::{Done, State as Told},
};
use crate::{
    core::{
        CoreError, Ctx,
        signin::{Status, remote},
    },
    http::{
        api::{Answer, Params},
        state::AppState,
    },
};
use axum::{
    extract::State,
    response::{
        IntoResponse as _,
        sse::{Event, KeepAlive, Sse},
    },
};
use std::{convert::Infallible, time::Duration};
use tokio::sync::watch;

/// The longest that a poll is held.
const WAIT_MAX_SECS: u64 = 25;
/// A session lives for minutes; whatever happens, a stream ends.
const STREAM_MAX: Duration = Duration::from_secs(3700);
/// How often a held call looks whether its session's time is over: nobody tells that.
const LOOK: Duration = Duration::from_secs(1);

pub async fn poll(State(state): State<AppState>, params: Params<QrLogin>) -> Answer<QrLogin> {
    let id = params.need("id")?;
    let wait = params.number::<u64>("wait")?.unwrap_or(0).min(WAIT_MAX_SECS);
    if wait > 0 {
        let (session, status) = remote::state(&state.ctx, id).await?;
        // What is over will not change any more: whoever asks late is told at once.
        if !status.is_final() {
            let told = state.ctx.hub.follow(session, status);
            let changed = until_changed(&state, id, status, told);
            tokio::time::timeout(Duration::from_secs(wait), changed).await.ok();
        }
    }
    Ok(Done::answer(Told::from(remote::look(&state.ctx, id).await?)))
}

/// The same as server-sent events: the state now, and each one after it, until the last.
pub async fn events(State(state): State<AppState>, params: Params<QrLogin>) -> Answer<QrLogin> {
    let id = params.need("id")?.to_owned();
    // What is not there is told in the dialect's words, not in a stream.
    let (session, mut status) = remote::state(&state.ctx, &id).await?;
    let told = state.ctx.hub.follow(session, status);
    let first = remote::look(&state.ctx, &id).await?;
    let stream = async_stream::stream! {
        let mut is_over = first.is_final();
        yield Ok::<_, Infallible>(event(first));
        while !is_over && !state.stopping.is_cancelled() {
            let changed = until_changed(&state, &id, status, told.clone());
            if tokio::time::timeout(STREAM_MAX, changed).await.is_err() {
                break;
            }
            let Ok((_, now)) = remote::state(&state.ctx, &id).await else { break };
            status = now;
            let Ok(seen) = remote::look(&state.ctx, &id).await else { break };
            is_over = seen.is_final();
            yield Ok(event(seen));
        }
    };
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

/// Waits until the session is no longer as it was known, or the program stops.
async fn until_changed(state: &AppState, id: &str, known: Status, mut told: watch::Receiver<Status>) {
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            changed = told.changed() => if changed.is_err() || *told.borrow_and_update() != known { return },
            _ = look.tick() => if is_changed(&state.ctx, id, known).await { return },
            () = state.stopping.cancelled() => return,
        }
    }
}

async fn is_changed(ctx: &Ctx, id: &str, known: Status) -> bool {
    match remote::state(ctx, id).await {
        Ok((_, status)) => status != known,
        Err(CoreError::NotFound) => true,
        // Not reachable just now: it may be in a moment.
        Err(_) => false,
    }
}

fn event(seen: remote::Seen) -> Event {
    let told = serde_json::to_string(&Done::of(Told::from(seen))).unwrap_or_default();
    Event::default().data(told)
}
