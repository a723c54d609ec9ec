//! What this instance runs of the channel, in memory: the lease, the tasks, and the sign-ins that wait for a scan.

use crate::store::ilink_connection::EpochRow;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicI64},
};
use tokio::{sync::Notify, task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

/// The lease of this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lease {
    pub fence: i64,
    /// Until then no other instance can have ended it.
    pub valid_until: Instant,
}

/// The task of a connection.
#[derive(Debug)]
pub(super) struct Running {
    pub epoch: i64,
    pub stop: CancellationToken,
    pub task: JoinHandle<()>,
}

/// The connections that this instance runs.
#[derive(Debug)]
pub struct Channels {
    wake: Notify,
    lease: Mutex<Option<Lease>>,
    tasks: Mutex<HashMap<i64, Running>>,
    logins: Mutex<HashMap<i64, CancellationToken>>,
    /// The numbers of event streams, by user.
    streams: Mutex<HashMap<i64, usize>>,
    /// The revision of the connections that the tasks follow.
    pub(super) revision: AtomicI64,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            lease: Mutex::default(),
            tasks: Mutex::default(),
            logins: Mutex::default(),
            streams: Mutex::default(),
            revision: AtomicI64::new(-1),
        }
    }
}

impl Channels {
    /// Makes the supervisor look at the connections now.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for [`Self::wake`].
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    pub(super) fn lease(&self) -> Option<Lease> {
        *locked(&self.lease)
    }

    pub(super) fn set_lease(&self, lease: Option<Lease>) {
        *locked(&self.lease) = lease;
    }

    /// True while this instance certainly has the lease with this number.
    pub(super) fn holds(&self, fence: i64) -> bool {
        self.lease().is_some_and(|lease| lease.fence == fence && Instant::now() < lease.valid_until)
    }

    /// Ends the tasks of connections that are not among these, or that changed; returns those without a task.
    pub(super) fn retain(&self, rows: &[EpochRow]) -> Vec<EpochRow> {
        let wanted: HashMap<i64, i64> = rows.iter().map(|row| (row.user_id, row.epoch)).collect();
        let mut tasks = locked(&self.tasks);
        tasks.retain(|user_id, running| {
            let is_wanted = wanted.get(user_id) == Some(&running.epoch) && !running.task.is_finished();
            if !is_wanted {
                running.stop.cancel();
            }
            is_wanted
        });
        rows.iter().filter(|row| !tasks.contains_key(&row.user_id)).cloned().collect()
    }

    pub(super) fn insert(&self, user_id: i64, running: Running) {
        locked(&self.tasks).insert(user_id, running);
    }

    /// True if a task ended by itself.
    pub(super) fn has_ended(&self) -> bool {
        locked(&self.tasks).values().any(|running| running.task.is_finished())
    }

    /// Tells all tasks to end, and returns them.
    pub(super) fn end_all(&self) -> Vec<JoinHandle<()>> {
        let tasks = std::mem::take(&mut *locked(&self.tasks));
        tasks
            .into_values()
            .map(|running| {
                running.stop.cancel();
                running.task
            })
            .collect()
    }

    /// The number of connections with a task here.
    #[must_use]
    pub fn count(&self) -> usize {
        locked(&self.tasks).len()
    }

    /// Ends the user's sign-in that runs here, if any, and registers a new one.
    pub(super) fn begin_login(&self, user_id: i64) -> CancellationToken {
        let stop = CancellationToken::new();
        let mut logins = locked(&self.logins);
        logins.retain(|_, login| !login.is_cancelled());
        if let Some(earlier) = logins.insert(user_id, stop.clone()) {
            earlier.cancel();
        }
        stop
    }

    /// Counts an event stream of a user; false if `most` are open.
    pub fn open_stream(&self, user_id: i64, most: usize) -> bool {
        let mut streams = locked(&self.streams);
        let count = streams.entry(user_id).or_default();
        let has_room = *count < most;
        *count += usize::from(has_room);
        has_room
    }

    /// Counts an event stream of a user no longer.
    pub fn close_stream(&self, user_id: i64) {
        let mut streams = locked(&self.streams);
        if let Some(count) = streams.get_mut(&user_id) {
            *count = count.saturating_sub(1);
        }
        streams.retain(|_, count| *count > 0);
    }

    /// Ends all sign-ins.
    pub(super) fn end_logins(&self) {
        locked(&self.logins).drain().for_each(|(_, stop)| stop.cancel());
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
