//! Following a session: asked again and again, held until something changes, or told as it happens.
//!
//! Who waits costs no look into the database: the change is announced, and when the time is over is known.

use super::{
    QrLogin,
    wire::{Done, State as Told},
};
use crate::{
    core::{
        CoreError, Ctx,
        signin::{
            Status,
            remote::{self, Standing},
        },
    },
    http::{
        api::{Answer, Params},
        events::KEEP_ALIVE,
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
/// Who waits for one session at once. It has one program, whose line may have broken a few times.
const MOST_FOLLOWERS: usize = 4;
/// When one of too many may try again, in seconds.
const CROWDED_SECS: i64 = 5;

pub async fn poll(State(state): State<AppState>, params: Params<QrLogin>) -> Answer<QrLogin> {
    let id = params.need("id")?;
    let wait = params.number::<u64>("wait")?.unwrap_or(0).min(WAIT_MAX_SECS);
    if wait > 0 {
        let standing = remote::state(&state.ctx, id).await?;
        // What is over will not change any more: whoever asks late is told at once.
        if !standing.status.is_final() {
            let mut told = follow(&state.ctx, standing)?;
            // What changed between looking and following was announced to nobody.
            if remote::state(&state.ctx, id).await?.status == standing.status {
                let changed = until_changed(&state, standing, &mut told);
                tokio::time::timeout(Duration::from_secs(wait), changed).await.ok();
            }
        }
    }
    Ok(Done::answer(Told::from(remote::look(&state.ctx, id).await?)))
}

/// The same as server-sent events: the state now, and each one after it, until the last.
pub async fn events(State(state): State<AppState>, params: Params<QrLogin>) -> Answer<QrLogin> {
    let id = params.need("id")?.to_owned();
    // What is not there is told in the dialect's words, not in a stream.
    let mut standing = remote::state(&state.ctx, &id).await?;
    let mut told = follow(&state.ctx, standing)?;
    standing = remote::state(&state.ctx, &id).await?;
    let first = remote::look(&state.ctx, &id).await?;
    let stream = async_stream::stream! {
        let mut is_over = first.is_final();
        yield Ok::<_, Infallible>(event(first));
        while !is_over && !state.stopping.is_cancelled() {
            until_changed(&state, standing, &mut told).await;
            let Ok(now) = remote::state(&state.ctx, &id).await else { break };
            standing = now;
            let Ok(seen) = remote::look(&state.ctx, &id).await else { break };
            is_over = seen.is_final();
            yield Ok(event(seen));
        }
    };
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// Follows a session, where not too many do.
fn follow(ctx: &Ctx, standing: Standing) -> Result<watch::Receiver<Status>, CoreError> {
    if ctx.hub.followers(standing.id) >= MOST_FOLLOWERS {
        return Err(CoreError::TooMany(CROWDED_SECS));
    }
    Ok(ctx.hub.follow(standing.id, standing.status))
}

/// Waits until the session is no longer as it was known, its time is over, or the program stops.
async fn until_changed(state: &AppState, known: Standing, told: &mut watch::Receiver<Status>) {
    let left = known.expires_at - state.ctx.now();
    // A moment more, so that it is over when it is looked at.
    let over = tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or(0) + 1));
    let changed = async {
        // What is told late may be known already.
        while told.changed().await.is_ok() && *told.borrow_and_update() == known.status {}
    };
    tokio::select! {
        () = changed => {}
        () = over => {}
        () = state.stopping.cancelled() => {}
    }
}

fn event(seen: remote::Seen) -> Event {
    let told = serde_json::to_string(&Done::of(Told::from(seen))).unwrap_or_default();
    Event::default().data(told)
}
