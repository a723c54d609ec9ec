//! Group commit of the embedded database: transactions that wait for the writer are committed together, and each is isolated.

use crate::rig::{App, Database, Engine, rounds};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::{Notify, oneshot};
use weida::{
    base::rng::{Rng as _, SeededRng},
    core::CoreError,
    store::{self, Store, StoreError},
    transact,
};

/// Long enough for work that nothing blocks; the end of a test that would hang.
const PATIENCE: Duration = Duration::from_secs(30);

async fn stored(store: &Store, name: &str) -> Option<String> {
    store::fact::find_fact(&mut store.read().await.unwrap(), name).await.unwrap()
}

/// Work that announces that it has written, and ends when it may.
async fn gated(store: Store, name: &'static str, wrote: oneshot::Sender<()>, may_end: oneshot::Receiver<()>) {
    let mut tx = store.begin().await.unwrap();
    store::fact::insert_fact(&mut tx, name, "stored").await.unwrap();
    wrote.send(()).unwrap();
    may_end.await.unwrap();
    tx.commit().await.unwrap();
}

struct Gate {
    wrote: Option<oneshot::Receiver<()>>,
    may_end: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<()>,
}

impl Gate {
    fn start(store: &Store, name: &'static str) -> Self {
        let ((wrote_in, wrote), (may_end, may_end_out)) = (oneshot::channel(), oneshot::channel());
        let task = tokio::spawn(gated(store.clone(), name, wrote_in, may_end_out));
        Self { wrote: Some(wrote), may_end: Some(may_end), task }
    }

    async fn wrote(&mut self) {
        tokio::time::timeout(PATIENCE, self.wrote.take().unwrap()).await.unwrap().unwrap();
    }

    fn let_end(&mut self) {
        self.may_end.take().unwrap().send(()).unwrap();
    }
}

async fn one_waits(store: &Store) {
    while store.waiting() == 0 {
        tokio::task::yield_now().await;
    }
}

/// A transaction that has ended its work, and one that has joined it and written.
async fn joined(store: &Store) -> (Gate, Gate) {
    let mut first = Gate::start(store, "first");
    first.wrote().await;
    let mut second = Gate::start(store, "second");
    // It must be in the queue before the first one ends.
    one_waits(store).await;
    first.let_end();
    second.wrote().await;
    (first, second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_transaction_joins_and_one_commit_makes_both_durable() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let store = app.ctx.store.clone();
    let (first, mut second) = joined(&store).await;
    // The first one has ended its work, and is not acknowledged: nothing is committed.
    assert!(!first.task.is_finished());
    assert_eq!((stored(&store, "first").await, stored(&store, "second").await), (None, None));
    second.let_end();
    tokio::time::timeout(PATIENCE, async { (first.task.await.unwrap(), second.task.await.unwrap()) }).await.unwrap();
    assert!(stored(&store, "first").await.is_some() && stored(&store, "second").await.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_member_takes_nothing_of_the_others_with_it() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let store = app.ctx.store.clone();
    let (first, second) = joined(&store).await;
    second.task.abort();
    tokio::time::timeout(PATIENCE, first.task).await.unwrap().unwrap();
    assert_eq!((stored(&store, "first").await.as_deref(), stored(&store, "second").await), (Some("stored"), None));
    // The writer is free again.
    let mut third = Gate::start(&store, "third");
    third.wrote().await;
    third.let_end();
    tokio::time::timeout(PATIENCE, third.task).await.unwrap().unwrap();
}

/// How a member of a random group ends.
#[derive(Debug, Clone, Copy)]
enum Ends {
    Done,
    Fails,
    /// Its caller drops it while it works.
    Cancelled,
    /// It inserts a row that exists.
    Duplicate,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_groups_keep_what_was_acknowledged_and_nothing_of_the_others() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let store = app.ctx.store.clone();
    let ran = Arc::new(Mutex::new(Vec::new()));
    for seed in 0..rounds(12, 300) {
        let rng = SeededRng::new(seed as u64);
        let members: Vec<Ends> = (0..40)
            .map(|_| [Ends::Done, Ends::Done, Ends::Fails, Ends::Cancelled, Ends::Duplicate][draw(&rng, 5)])
            .collect();
        let works = members.iter().enumerate().map(|(at, ends)| {
            let (store, ran, name, ends) = (store.clone(), ran.clone(), format!("g{seed}m{at}"), *ends);
            tokio::spawn(async move {
                let cancelled = Notify::new();
                let work = async {
                    transact!(store, |tx| -> Result<(), CoreError> {
                        store::fact::insert_fact(tx, &name, "stored").await?;
                        let (ran, name) = (ran.clone(), name.clone());
                        tx.after_commit(move || ran.lock().unwrap().push(name));
                        match ends {
                            Ends::Done => Ok(()),
                            Ends::Fails => Err(CoreError::Forbidden),
                            Ends::Cancelled => {
                                cancelled.notify_one();
                                std::future::pending().await
                            }
                            Ends::Duplicate => {
                                store::fact::insert_fact(tx, &format!("g{seed}m{at}"), "again")
                                    .await
                                    .map_err(|_| CoreError::Forbidden)?;
                                Ok(())
                            }
                        }
                    })
                };
                tokio::select! {
                    done = work => done.is_ok(),
                    () = cancelled.notified() => false,
                }
            })
        });
        let done: Vec<bool> = tokio::time::timeout(PATIENCE, futures::future::join_all(works.collect::<Vec<_>>()))
            .await
            .unwrap_or_else(|_| panic!("seed {seed}: {members:?}"))
            .into_iter()
            .map(Result::unwrap)
            .collect();
        for (at, (is_acknowledged, ends)) in done.iter().zip(&members).enumerate() {
            let (name, is_wanted) = (format!("g{seed}m{at}"), matches!(ends, Ends::Done));
            assert_eq!(*is_acknowledged, is_wanted, "seed {seed}, {at}: {ends:?}");
            assert_eq!(stored(&store, &name).await.is_some(), is_wanted, "seed {seed}, {at}: {ends:?}");
            let effects = ran.lock().unwrap().iter().filter(|ran| **ran == name).count();
            assert_eq!(effects, usize::from(is_wanted), "seed {seed}, {at}: {ends:?}");
        }
    }
}

fn draw(rng: &SeededRng, below: usize) -> usize {
    usize::try_from(rng.below(below as u64)).unwrap()
}

/// The callers that wait give up after the time limit of a connection, and the queue goes on without them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_gave_up_is_passed_over() {
    let database = Database::open(Engine::Sqlite).await.unwrap();
    let app = App::on(&database).await;
    let store = app.ctx.store.clone();
    let mut first = Gate::start(&store, "first");
    first.wrote().await;
    let gone = Gate::start(&store, "gone");
    one_waits(&store).await;
    gone.task.abort();
    assert!(gone.task.await.unwrap_err().is_cancelled());
    first.let_end();
    tokio::time::timeout(PATIENCE, first.task).await.unwrap().unwrap();
    let after: Result<(), StoreError> = transact!(store, |tx| store::fact::insert_fact(tx, "after", "stored").await);
    after.unwrap();
    assert_eq!(stored(&store, "gone").await, None);
}
