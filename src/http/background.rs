//! What goes on without anybody asking: listening for other instances, ending and sweeping.

use super::state::AppState;
use crate::core::{keep, reply, signin};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How soon a change made by another instance is known here.
const LISTEN: Duration = Duration::from_millis(300);
const EXPIRE: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_secs(300);

/// Starts the background work; it ends with the program.
pub fn start(state: &AppState) {
    let rounds = |every: Duration| {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    };
    let (ctx, stopping) = (state.ctx.clone(), state.stopping.clone());
    let (mut listen, mut expire, mut sweep) = (rounds(LISTEN), rounds(EXPIRE), rounds(SWEEP));
    tokio::spawn(async move {
        loop {
            let done = tokio::select! {
                _ = listen.tick() => match signin::hub::listen(&ctx).await {
                    Ok(()) => reply::shelf::follow_changes(&ctx).await,
                    failed => failed,
                },
                _ = expire.tick() => keep::expire(&ctx).await,
                _ = sweep.tick() => keep::sweep(&ctx).await,
                () = stopping.cancelled() => break,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "background work was put off");
            }
        }
    });
}
