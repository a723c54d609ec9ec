//! Background tasks: listening for other instances, ending sessions, cleanup. Each is a separate task, so that none waits for
//! another; a task that fails or panics runs again in its next round.

use crate::core::{CoreError, Ctx, OfficialCtx, cleanup, credit, ilink, rule, signin, token};
use crate::http::state::AppState;
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{task::JoinHandle, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How soon this instance notices a change made by another instance.
const LISTEN: Duration = Duration::from_millis(300);
/// How often the credits held by this instance are renewed, and those of dead instances released.
const HOLD: Duration = Duration::from_secs(2);
const EXPIRE: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_mins(5);

/// Starts the background tasks; they end with the program. Returns the task that ends last: the connections of the personal channel
/// are given up to other instances.
pub fn start(state: &AppState) -> JoinHandle<()> {
    let duty = |name: &'static str, every: Duration, work: Duty| {
        let ctx = state.ctx.clone();
        rounds(name, every, state.stopping.clone(), move || work(ctx.clone()));
    };
    duty("tokens", LISTEN, |ctx| Box::pin(async move { token::status::follow_changes(&ctx).await }));
    duty("sign-ins", LISTEN, |ctx| Box::pin(async move { signin::status_broadcast::listen(&ctx).await }));
    duty("rules", LISTEN, |ctx| Box::pin(async move { rule::cache::follow_changes(&ctx).await }));
    duty("holds", HOLD, |ctx| Box::pin(async move { follow_holds(&ctx).await }));
    duty("expiry", EXPIRE, |ctx| Box::pin(async move { cleanup::expire(&ctx).await }));
    duty("sweep", SWEEP, |ctx| Box::pin(async move { cleanup::delete_expired(&ctx).await }));
    tokio::spawn(ilink::supervisor::run(state.ctx.clone(), state.stopping.clone()))
}

type Duty = fn(OfficialCtx) -> futures::future::BoxFuture<'static, Result<(), CoreError>>;

/// Runs a task at an interval until the program stops.
fn rounds<F>(
    name: &'static str,
    every: Duration,
    stopping: CancellationToken,
    mut work: impl FnMut() -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<(), CoreError>> + Send,
{
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stopping.cancelled() => break,
            }
            match AssertUnwindSafe(async { work().await }).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, name, "a background task failed and will run again in its next round");
                }
                Err(_) => tracing::error!(name, "a background task panicked and will run again in its next round"),
            }
        }
    })
}

async fn follow_holds(ctx: &Ctx) -> Result<(), CoreError> {
    credit::hold::renew(ctx).await?;
    credit::hold::release(ctx, false).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio::sync::mpsc;

    #[tokio::test]
    async fn a_duty_that_fails_or_breaks_is_done_again_and_ends_with_the_program() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let (rounds_begun, stopping) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        let task = rounds("test", Duration::from_millis(1), stopping.clone(), move || {
            let (round, sender) = (rounds_begun.fetch_add(1, Ordering::SeqCst), sender.clone());
            async move {
                sender.send(round).ok();
                match round {
                    0 => panic!("the first time"),
                    1 => Err(CoreError::Unavailable),
                    _ => Ok(()),
                }
            }
        });
        for round in 0..4 {
            assert_eq!(receiver.recv().await, Some(round));
        }
        stopping.cancel();
        task.await.unwrap();
    }
}
