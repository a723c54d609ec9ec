//! Answers the messages that wait. A task works while messages wait, and ends with the last one: nothing waits for a timer.

use super::{
    transaction,
    waiting::{Batched, Unit},
};
use crate::core::OfficialCtx;
use tokio::sync::oneshot;

/// Answers a message in a batch.
pub(super) async fn submit(ctx: &OfficialCtx, unit: Unit) -> Batched {
    let queue = &ctx.account.push_queue;
    // The semaphore is never closed.
    let _room = queue.room().acquire().await;
    let (sender, receiver) = oneshot::channel();
    if queue.push(unit, sender) {
        tokio::spawn(work(ctx.clone()));
    }
    receiver.await.unwrap_or(Batched::Alone)
}

async fn work(ctx: OfficialCtx) {
    let queue = Working(&ctx);
    let mut is_unavailable = false;
    while let Some((units, senders)) = queue.0.account.push_queue.take() {
        // Those that waited meanwhile have no time for another attempt: they get an apology now.
        let outcomes = if is_unavailable {
            vec![Batched::Unavailable; units.len()]
        } else {
            transaction::answer(&ctx, &units).await
        };
        is_unavailable = matches!(outcomes.first(), Some(Batched::Unavailable));
        for (sender, outcome) in senders.into_iter().zip(outcomes) {
            // Its caller may be gone.
            sender.send(outcome).ok();
        }
    }
}

/// The working task, which may panic.
struct Working<'a>(&'a OfficialCtx);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.account.push_queue.abandon();
        }
    }
}
