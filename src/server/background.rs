//! Background tasks: listening for other instances, ending sessions, cleanup. Each is a separate task, so that none waits for
//! another; a task that fails or panics runs again in its next round.

use crate::{
    core::{
        CoreError, Ctx, OfficialCtx, account::directory, cleanup, credit, ilink, message, official_account, rule,
        setting, signin, token,
    },
    http::state::AppState,
    store::{self, Watch},
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{task::JoinHandle, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

/// How soon this instance notices a change made by another instance.
const LISTEN: Duration = Duration::from_millis(300);
/// How often the credits held by this instance are renewed, and those of dead instances released.
const HOLD: Duration = Duration::from_secs(2);
const EXPIRE: Duration = Duration::from_secs(5);
/// How soon users who registered or changed are added to the index of the user list. Searches find them before that, too.
const INDEX: Duration = Duration::from_secs(3);
const SWEEP: Duration = Duration::from_mins(5);

/// Starts the background tasks; they end with the program. Returns the task that ends last: the connections of the personal channel
/// are given up to other instances.
pub fn start(state: &AppState) -> JoinHandle<()> {
    let duty = |name: &'static str, every: Duration, work: Duty, confirm: fn(&Ctx, i64)| {
        let ctx = state.core.clone();
        rounds(name, every, state.stopping.clone(), Round { watch: ctx.store.watch(), due: None, ctx, work, confirm });
    };
    let nothing: fn(&Ctx, i64) = |_, _| {};
    duty(
        "tokens",
        LISTEN,
        |ctx| Box::pin(async move { token::status::follow_changes(&ctx).await.map(by_change) }),
        token::status::confirm_unchanged,
    );
    duty(
        "sign-ins",
        LISTEN,
        |ctx| Box::pin(async move { signin::status_broadcast::listen(&ctx).await.map(by_change) }),
        nothing,
    );
    duty(
        "settings",
        LISTEN,
        |ctx| Box::pin(async move { setting::follow_changes(&ctx).await.map(by_change) }),
        nothing,
    );
    duty(
        "accounts",
        LISTEN,
        |ctx| Box::pin(async move { official_account::follow_changes(&ctx).await.map(by_change) }),
        nothing,
    );
    duty(
        "rules",
        LISTEN,
        |ctx| Box::pin(async move { rule::cache::follow_changes(&ctx).await.map(by_change) }),
        nothing,
    );
    duty(
        "user index",
        INDEX,
        |ctx| Box::pin(async move { directory::index_many_marked(&ctx).await.map(by_change) }),
        nothing,
    );
    duty("holds", HOLD, |ctx| Box::pin(async move { follow_holds(&ctx).await }), nothing);
    duty("expiry", EXPIRE, |ctx| Box::pin(async move { expire(&ctx).await }), nothing);
    duty("levels", EXPIRE, |ctx| Box::pin(async move { end_levels(&ctx).await }), nothing);
    duty(
        "sweep",
        SWEEP,
        |ctx| Box::pin(async move { cleanup::delete_expired(&ctx).await.map(|()| Due(Some(0))) }),
        nothing,
    );
    tokio::spawn(ilink::supervisor::run(state.core.clone(), state.stopping.clone()))
}

/// When a task has work although nothing was committed, in epoch milliseconds; `None`: never.
struct Due(Option<i64>);

/// For tasks that depend on commits alone.
fn by_change((): ()) -> Due {
    Due(None)
}

type Duty = fn(OfficialCtx) -> futures::future::BoxFuture<'static, Result<Due, CoreError>>;

/// A task and when it has work: apart from the cleanup, an idle program queries nothing on the embedded database.
struct Round {
    ctx: Ctx,
    watch: Watch,
    due: Option<i64>,
    work: Duty,
    /// Called instead of the work where nothing was committed before this time (epoch milliseconds).
    confirm: fn(&Ctx, i64),
}

impl Work for Round {
    async fn run(&mut self) -> Result<(), CoreError> {
        let now = self.ctx.now();
        let is_due = self.due.is_some_and(|due| due <= now);
        if !self.watch.may_have_changed() && !is_due {
            (self.confirm)(&self.ctx, now);
            return Ok(());
        }
        // The next round repeats a round that fails or panics.
        self.due = Some(i64::MIN);
        let Due(due) = (self.work)(self.ctx.official()).await?;
        self.due = due;
        Ok(())
    }
}

/// The work of one round.
trait Work: Send + 'static {
    fn run(&mut self) -> impl Future<Output = Result<(), CoreError>> + Send;
}

/// Runs a task at an interval until the program stops.
fn rounds(name: &'static str, every: Duration, stopping: CancellationToken, mut work: impl Work) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stopping.cancelled() => break,
            }
            match AssertUnwindSafe(async { work.run().await }).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, name, "a background task failed and will run again in its next round");
                }
                Err(_) => tracing::error!(name, "a background task panicked and will run again in its next round"),
            }
        }
    })
}

/// Ends overdue sign-in sessions; due again when the next one is.
async fn expire(ctx: &Ctx) -> Result<Due, CoreError> {
    let now = ctx.now();
    cleanup::expire(ctx).await?;
    Ok(Due(store::signin::find_next_expiry(&mut ctx.store.read().await?, now).await?))
}

/// Lowers levels that have ended; due again when the next one ends.
async fn end_levels(ctx: &OfficialCtx) -> Result<Due, CoreError> {
    message::level_end::end_due(ctx).await?;
    Ok(Due(store::level::find_next_end(&mut ctx.store.read().await?).await?))
}

/// Renews this instance's holds as long as there are any, and releases those of dead instances when they are over.
async fn follow_holds(ctx: &Ctx) -> Result<Due, CoreError> {
    credit::hold::renew(ctx).await?;
    credit::hold::release(ctx, false).await?;
    if ctx.holds.has_live() {
        return Ok(Due(Some(i64::MIN)));
    }
    Ok(Due(store::hold::find_next_expiry(&mut ctx.store.read().await?).await?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    /// Panics, fails, then succeeds.
    struct Shaky(u32, mpsc::UnboundedSender<u32>);

    impl Work for Shaky {
        async fn run(&mut self) -> Result<(), CoreError> {
            let round = self.0;
            self.0 += 1;
            self.1.send(round).ok();
            match round {
                0 => panic!("the first time"),
                1 => Err(CoreError::Unavailable),
                _ => Ok(()),
            }
        }
    }

    #[tokio::test]
    async fn a_duty_that_fails_or_breaks_is_done_again_and_ends_with_the_program() {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let stopping = CancellationToken::new();
        let task = rounds("test", Duration::from_millis(1), stopping.clone(), Shaky(0, sender));
        for round in 0..4 {
            assert_eq!(receiver.recv().await, Some(round));
        }
        stopping.cancel();
        task.await.unwrap();
    }
}
