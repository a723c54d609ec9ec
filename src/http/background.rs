//! What goes on without anybody asking: listening for other instances, ending and sweeping.

use super::state::AppState;
use crate::core::{CoreError, Ctx, credit, keep, reply, signin, token};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How soon a change made by another instance is known here.
const LISTEN: Duration = Duration::from_millis(300);
/// How often credits held by this instance are renewed, and those of dead ones given back.
const HOLD: Duration = Duration::from_secs(2);
const EXPIRE: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_mins(5);

/// Starts the background work; it ends with the program.
pub fn start(state: &AppState) {
    let rounds = |every: Duration| {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    };
    let (ctx, stopping) = (state.ctx.clone(), state.stopping.clone());
    let (mut listen, mut hold, mut expire, mut sweep) = (rounds(LISTEN), rounds(HOLD), rounds(EXPIRE), rounds(SWEEP));
    tokio::spawn(async move {
        loop {
            let done = tokio::select! {
                _ = listen.tick() => follow_changes(&ctx).await,
                _ = hold.tick() => follow_holds(&ctx).await,
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

/// What other instances have changed.
async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    token::standing::follow_changes(ctx).await?;
    signin::hub::listen(ctx).await?;
    reply::shelf::follow_changes(ctx).await
}

async fn follow_holds(ctx: &Ctx) -> Result<(), CoreError> {
    credit::hold::renew(ctx).await?;
    credit::hold::release(ctx, false).await
}
