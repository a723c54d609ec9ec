//! Group commit of the embedded database. Transactions that wait for its only writer follow each other inside one transaction of SQLite,
//! each within a savepoint, and one `COMMIT` (one `fsync`) makes all of them durable. Each caller goes on after that commit. A
//! transaction that fails is rolled back alone. Nothing waits for a timer: where no other transaction waits, the commit comes at once.
//!
//! Database servers commit concurrent transactions in groups themselves.

use super::{StoreError, checkpoint::Checkpoints, effects::Effects};
use sqlx::{Any, Executor as _, Transaction};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// The most transactions of one commit.
const MEMBERS_MAX: usize = 64;
/// How long further transactions may join: the first one waits for the commit. None joins while a message waits for the writer.
const JOINABLE: Duration = Duration::from_millis(20);

/// The queue for the only writer.
#[derive(Debug, Clone, Default)]
pub(super) struct WriterQueue(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// Messages that wait for the writer: no further transaction joins a group before them.
    urgent: AtomicUsize,
}

#[derive(Debug, Default)]
struct Queue {
    is_busy: bool,
    waiting: VecDeque<oneshot::Sender<Turn>>,
}

impl WriterQueue {
    /// Waits until this caller may use the writer.
    ///
    /// # Errors
    /// It was not free in time.
    pub(super) async fn turn(&self, timeout: Duration) -> Result<Turn, StoreError> {
        let receiver = {
            let mut queue = self.queue();
            if !queue.is_busy {
                queue.is_busy = true;
                return Ok(Turn { queue: self.clone(), open: None, is_over: false });
            }
            let (sender, receiver) = oneshot::channel();
            queue.waiting.push_back(sender);
            receiver
        };
        match tokio::time::timeout(timeout, receiver).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)),
        }
    }

    /// The number of callers that wait.
    pub(super) fn waiting(&self) -> usize {
        self.queue().waiting.len()
    }

    /// Counts a message that waits for the writer, until the guard is dropped.
    pub(super) fn urgent(&self) -> Urgent<'_> {
        self.0.urgent.fetch_add(1, Ordering::SeqCst);
        Urgent(&self.0.urgent)
    }

    /// Gives the turn to the first caller that still waits. Returns the transaction if none does; the caller then keeps the turn.
    fn pass(&self, mut open: Option<Open>) -> Option<Open> {
        loop {
            let waiting = {
                let mut queue = self.queue();
                let Some(waiting) = queue.waiting.pop_front() else {
                    queue.is_busy = open.is_some();
                    return open;
                };
                waiting
            };
            match waiting.send(Turn { queue: self.clone(), open, is_over: false }) {
                Ok(()) => return None,
                // That caller is gone.
                Err(mut back) => {
                    back.is_over = true;
                    open = back.open.take();
                }
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message that waits for the writer.
pub(super) struct Urgent<'a>(&'a AtomicUsize);

impl Drop for Urgent<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The right to use the writer. On drop the next caller gets it.
#[derive(Debug)]
pub(super) struct Turn {
    queue: WriterQueue,
    /// The transaction of those before.
    open: Option<Open>,
    is_over: bool,
}

impl Turn {
    /// The transaction that this caller joins.
    pub(super) fn take(&mut self) -> Option<Open> {
        self.open.take()
    }

    /// Ends a member's work: the next caller joins the transaction, or it is committed.
    pub(super) async fn end(mut self, open: Open) {
        self.is_over = true;
        let Shared { urgent, .. } = &*self.queue.0;
        let is_joinable =
            open.members.len() < MEMBERS_MAX && open.began.elapsed() < JOINABLE && urgent.load(Ordering::SeqCst) == 0;
        let rest = if is_joinable { self.queue.pass(Some(open)) } else { Some(open) };
        if let Some(open) = rest {
            // The next caller waits for the connection while this is committed, and others wait for that caller.
            self.queue.pass(None);
            open.commit().await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.is_over = true;
        match self.open.take() {
            None => drop(self.queue.pass(None)),
            // Its caller is gone before it began: the transaction goes on without it.
            Some(open) => spawn(Self { queue: self.queue.clone(), open: None, is_over: false }.end(open)),
        }
    }
}

/// A transaction whose work is done, and which waits for the commit.
#[derive(Debug)]
struct Member {
    effects: Effects,
    committed: oneshot::Sender<Result<(), StoreError>>,
}

/// An open transaction of SQLite with the work of its members.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) inner: Transaction<'static, Any>,
    checkpoints: Checkpoints,
    began: Instant,
    members: Vec<Member>,
}

impl Open {
    pub(super) fn new(inner: Transaction<'static, Any>, checkpoints: Checkpoints) -> Self {
        Self { inner, checkpoints, began: Instant::now(), members: Vec::new() }
    }

    /// True if the work of others is in it, so that a failure must not roll back all.
    pub(super) fn is_shared(&self) -> bool {
        !self.members.is_empty()
    }

    /// Begins the work of the next member.
    pub(super) async fn begin_member(&mut self) -> Result<(), StoreError> {
        Ok(self.inner.execute("SAVEPOINT member").await.map(drop)?)
    }

    /// Adds a member whose work is done.
    async fn add(&mut self, effects: Effects) -> Result<oneshot::Receiver<Result<(), StoreError>>, StoreError> {
        if self.is_shared() {
            self.inner.execute("RELEASE member").await?;
        }
        let (committed, receiver) = oneshot::channel();
        self.members.push(Member { effects, committed });
        Ok(receiver)
    }

    /// Undoes the work of the last member, which is not added.
    async fn undo_member(&mut self) -> Result<(), StoreError> {
        // A cancelled member may have ended before its savepoint was made.
        match self.inner.execute("ROLLBACK TO member").await {
            Ok(_) => Ok(self.inner.execute("RELEASE member").await.map(drop)?),
            Err(sqlx::Error::Database(error)) if error.message().contains("no such savepoint") => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Commits the work of all members.
    async fn commit(self) {
        let outcome = self.inner.commit().await.map_err(StoreError::from);
        if outcome.is_ok() {
            self.checkpoints.committed();
        }
        for Member { effects, committed } in self.members {
            // A panic must not keep the outcome from the others, who would do committed work again.
            if outcome.is_ok() && catch_unwind(AssertUnwindSafe(|| effects.run())).is_err() {
                tracing::error!("an effect of a committed transaction panicked");
            }
            // Its caller may be gone.
            committed.send(outcome.as_ref().map(drop).map_err(StoreError::copy)).ok();
        }
    }
}

/// Ends work: it waits for the commit of its group, or is committed here. The receiver gets the outcome of the commit, and fails if all
/// is rolled back before.
pub(super) async fn end(
    mut open: Open,
    turn: Option<Turn>,
    effects: Effects,
) -> Result<oneshot::Receiver<Result<(), StoreError>>, StoreError> {
    let committed = open.add(effects).await?;
    match turn {
        Some(turn) => turn.end(open).await,
        None => open.commit().await,
    }
    Ok(committed)
}

/// Undoes the work of a member whose transaction holds the work of others.
pub(super) async fn undo(mut open: Open, turn: Turn) {
    // Otherwise all is rolled back, and done again.
    if open.undo_member().await.is_ok() {
        turn.end(open).await;
    }
}

/// Goes on although the caller is gone. Without a runtime the program ends, and the transaction is rolled back.
pub(super) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(work);
    }
}
