//! The queue for picture edits: a few concurrently, off the threads that serve requests, and for a limited time.
//!
//! Each user has a few slots and edits one picture at a time: a user who sends many waits for themselves and does not delay others.
//! Further requests of the user wait in their order for one of these slots. A slot is taken before the picture is received, so that no
//! user can fill the memory with waiting pictures.

use super::{Deadline, EditError, MAX_TIME, Operation, Picture, PictureError, edit};
use crate::core::CoreError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Concurrent edits: each takes a core and up to half a gigabyte.
const MAX_CONCURRENT: usize = 2;
/// Slots for all users together, each with a file in memory.
const MAX_SLOTS: usize = 24;
/// Slots of one user: one picture being edited, two being received or waiting.
const MAX_SLOTS_PER_USER: usize = 3;
/// Requests of one user, with a slot or waiting for one.
pub const MAX_REQUESTS_PER_USER: usize = 32;
/// How long a request may wait for a slot, and a picture for its edit: below the time limit of the whole request.
const MAX_WAIT: Duration = Duration::from_mins(1);
/// `Retry-After` in seconds for a user with too many requests.
const RETRY_SECS: i64 = 2;
const SUSPENSION: Duration = Duration::from_secs(30);

/// The slots and the queue.
#[derive(Debug, Clone)]
pub struct EditQueue {
    permits: Arc<Semaphore>,
    slots: Arc<Semaphore>,
    users: Arc<Mutex<HashMap<i64, UserSlots>>>,
    timeouts: Arc<Mutex<Timeouts>>,
}

/// Time limits.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// How long an edit may take.
    pub timeout: Duration,
    /// How long a user is suspended after an edit that took longer.
    pub suspension: Duration,
    /// How long a request may wait for a slot, and a picture for its edit.
    pub wait: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { timeout: MAX_TIME, suspension: SUSPENSION, wait: MAX_WAIT }
    }
}

impl Default for EditQueue {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT)),
            slots: Arc::new(Semaphore::new(MAX_SLOTS)),
            users: Arc::default(),
            timeouts: Arc::default(),
        }
    }
}

/// The state of one user. Both semaphores are fair: first come, first served.
#[derive(Debug)]
struct UserSlots {
    /// With a slot or waiting for one.
    requests: usize,
    slots: Arc<Semaphore>,
    /// One picture at a time.
    edit: Arc<Semaphore>,
    /// The user gets no slot before this.
    suspended_until: Option<Instant>,
}

impl Default for UserSlots {
    fn default() -> Self {
        let (slots, edit) = (Semaphore::new(MAX_SLOTS_PER_USER), Semaphore::new(1));
        Self { requests: 0, slots: Arc::new(slots), edit: Arc::new(edit), suspended_until: None }
    }
}

impl UserSlots {
    /// The error of a user who must wait after an edit that took too long.
    fn check_suspension(&self, now: Instant) -> Result<(), CoreError> {
        match self.suspended_until.filter(|until| *until > now) {
            Some(until) => Err(CoreError::TooMany(i64::try_from((until - now).as_secs()).unwrap_or(0) + 1)),
            None => Ok(()),
        }
    }
}

/// A counted request of a user. Uncounted on drop, also when the request is dropped.
#[derive(Debug)]
struct Counted {
    queue: EditQueue,
    user_id: i64,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut users = self.queue.users();
        if let Some(user) = users.get_mut(&self.user_id) {
            user.requests -= 1;
        }
        // Only users with requests or a suspension need an entry.
        let now = Instant::now();
        users.retain(|_, user| user.requests > 0 || user.check_suspension(now).is_err());
    }
}

/// A slot in the queue. Freed on drop, also when the request is dropped.
#[derive(Debug)]
pub struct Slot {
    own_permit: Arc<Semaphore>,
    began: Arc<OnceLock<Instant>>,
    _shared: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
    // The last field: the user is forgotten after their permits were given back.
    request: Counted,
}

impl EditQueue {
    /// Takes a slot for one edit of a user. A user who has all of theirs waits for one.
    ///
    /// # Errors
    /// [`CoreError::TooMany`] if [`MAX_REQUESTS_PER_USER`] of this user are under way, if their own pictures take too long, or while
    /// the user is suspended after an edit that took too long; [`CoreError::Busy`] if all users together have all slots.
    pub async fn enter(&self, user_id: i64) -> Result<Slot, CoreError> {
        let (request, own_slots, own_permit) = self.count(user_id)?;
        let Ok(Ok(own)) = timeout(self.timeouts().wait, own_slots.acquire_owned()).await else {
            return Err(CoreError::TooMany(RETRY_SECS));
        };
        if let Some(user) = self.users().get(&user_id) {
            user.check_suspension(Instant::now())?;
        }
        let shared = self.slots.clone().try_acquire_owned().map_err(|_| CoreError::Busy)?;
        Ok(Slot { own_permit, began: Arc::default(), _shared: shared, _own: own, request })
    }

    /// Counts a request of a user; returns the user's semaphores.
    fn count(&self, user_id: i64) -> Result<(Counted, Arc<Semaphore>, Arc<Semaphore>), CoreError> {
        let mut users = self.users();
        let user = users.entry(user_id).or_default();
        user.check_suspension(Instant::now())?;
        if user.requests >= MAX_REQUESTS_PER_USER {
            return Err(CoreError::TooMany(RETRY_SECS));
        }
        user.requests += 1;
        Ok((Counted { queue: self.clone(), user_id }, user.slots.clone(), user.edit.clone()))
    }

    /// How many requests of a user have a slot or wait for one.
    #[must_use]
    pub fn requests_of(&self, user_id: i64) -> usize {
        self.users().get(&user_id).map_or(0, |user| user.requests)
    }

    /// Sets the time limits: tests cannot wait five seconds.
    pub fn set_timeouts(&self, times: Timeouts) {
        *self.timeouts.lock().unwrap_or_else(PoisonError::into_inner) = times;
    }

    fn timeouts(&self) -> Timeouts {
        *self.timeouts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn users(&self) -> MutexGuard<'_, HashMap<i64, UserSlots>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn suspend(&self, user_id: i64) {
        self.users().entry(user_id).or_default().suspended_until = Some(Instant::now() + self.timeouts().suspension);
    }
}

/// When the edit of a slot began, if it did: readable after the slot is dropped.
#[derive(Debug, Clone)]
pub(super) struct Began(Arc<OnceLock<Instant>>);

impl Began {
    /// True if at least half of the longest time was used.
    pub(super) fn is_long_ago(&self) -> bool {
        self.0.get().is_some_and(|at| at.elapsed() >= MAX_TIME / 2)
    }
}

impl Slot {
    pub(super) fn began(&self) -> Began {
        Began(self.began.clone())
    }

    /// Applies the operations in order, and writes the result in the input's format unless an operation sets another.
    ///
    /// # Errors
    /// A problem with the picture or an operation; [`PictureError::TooLong`] after [`MAX_TIME`]; [`CoreError::Busy`] if other pictures
    /// take all the time that it may wait.
    pub async fn edit(self, bytes: Vec<u8>, operations: Vec<Operation>) -> Result<Picture, EditError> {
        let (queue, user_id, began) = (self.request.queue.clone(), self.request.user_id, self.began.clone());
        let Timeouts { timeout: patience, wait, .. } = queue.timeouts();
        // The user's own permit first: a user waiting for themselves must not hold a shared permit.
        let permits = async {
            let own = self.own_permit.clone().acquire_owned().await;
            (own, queue.permits.clone().acquire_owned().await)
        };
        let Ok((Ok(own), Ok(shared))) = timeout(wait, permits).await else {
            return Err(CoreError::Busy.into());
        };
        // The permit belongs to the task: if the caller disconnects or times out, no additional edit starts.
        let deadline = Deadline(*began.get_or_init(Instant::now) + patience);
        let work = tokio::task::spawn_blocking(move || {
            let _held = (own, shared, self);
            edit(&bytes, &operations, deadline)
        });
        let done = match timeout(patience, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => return Err(CoreError::Fault(format!("the editor panicked on a picture: {error}")).into()),
            Err(_) => Err(PictureError::TooLong),
        };
        if matches!(done, Err(PictureError::TooLong)) {
            queue.suspend(user_id);
        }
        Ok(done?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, future::join_all};

    fn with(times: Timeouts) -> EditQueue {
        let queue = EditQueue::default();
        queue.set_timeouts(times);
        queue
    }

    fn picture() -> Vec<u8> {
        super::super::tests::png(3, 2)
    }

    /// One edit of this user.
    async fn edit(queue: &EditQueue, user_id: i64) -> Result<Picture, EditError> {
        queue.enter(user_id).await?.edit(picture(), Vec::new()).await
    }

    /// A slot that is there at once.
    fn enter(queue: &EditQueue, user_id: i64) -> Result<Slot, CoreError> {
        Box::pin(queue.enter(user_id)).as_mut().now_or_never().expect("a slot or a refusal, at once")
    }

    fn is_busy<T>(done: &Result<T, EditError>) -> bool {
        matches!(done, Err(EditError::Core(CoreError::Busy)))
    }

    #[tokio::test]
    async fn slots_are_refused_once_all_are_taken_and_come_back() {
        let queue = EditQueue::default();
        let held = queue.permits.clone().acquire_many_owned(2).await.unwrap();
        let users = i64::try_from(MAX_SLOTS).unwrap();
        let mut waiting: Vec<_> = (0..users).map(|user| Box::pin(edit(&queue, user))).collect();
        for caller in &mut waiting {
            assert!(caller.as_mut().now_or_never().is_none());
        }
        assert!(is_busy(&edit(&queue, users).await));
        // One caller disconnects: its slot is free.
        waiting.pop();
        assert_eq!((queue.slots.available_permits(), queue.users().len()), (1, MAX_SLOTS - 1));
        drop(held);
        assert!(join_all(waiting).await.into_iter().all(|done| done.is_ok()));
        assert!(edit(&queue, users).await.is_ok());
        assert_eq!(queue.slots.available_permits(), MAX_SLOTS);
        assert_eq!(queue.permits.available_permits(), MAX_CONCURRENT);
        assert!(queue.users().is_empty());
    }

    #[tokio::test]
    async fn who_sends_much_waits_for_themselves_in_order_and_the_others_do_not() {
        let queue = EditQueue::default();
        let mut greedy: Vec<Slot> = (0..MAX_SLOTS_PER_USER).map(|_| enter(&queue, 1).unwrap()).collect();
        // One edit of this user runs; the next one waits without holding a shared permit.
        let own = greedy[0].own_permit.clone().try_acquire_owned().unwrap();
        let mut second = Box::pin(greedy.pop().unwrap().edit(picture(), Vec::new()));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(queue.permits.available_permits(), MAX_CONCURRENT);
        // Further requests wait for a slot, up to the documented number.
        let mut queued: Vec<_> =
            (MAX_SLOTS_PER_USER..MAX_REQUESTS_PER_USER).map(|_| Box::pin(queue.enter(1))).collect();
        assert!(queued.iter_mut().all(|request| request.as_mut().now_or_never().is_none()));
        assert!(matches!(enter(&queue, 1), Err(CoreError::TooMany(1..))));
        assert_eq!(queue.slots.available_permits(), MAX_SLOTS - MAX_SLOTS_PER_USER);
        assert!(edit(&queue, 2).await.is_ok(), "another user does not wait");
        // One gives up; the first of the others gets the slot.
        queued.pop();
        drop(greedy.pop());
        let slot = queued[0].as_mut().now_or_never().expect("its slot").unwrap();
        assert!(queued[1].as_mut().now_or_never().is_none());
        drop((slot, own));
        assert!(second.await.is_ok());
        drop((queued, greedy));
        assert!(queue.users().is_empty());
        assert_eq!(queue.slots.available_permits(), MAX_SLOTS);
    }

    #[tokio::test]
    async fn a_slot_or_a_permit_that_does_not_come_is_given_up() {
        let queue = with(Timeouts { wait: Duration::ZERO, ..Timeouts::default() });
        let held = queue.permits.clone().acquire_many_owned(2).await.unwrap();
        assert!(is_busy(&edit(&queue, 1).await));
        assert!(queue.users().is_empty());
        drop(held);
        // The user's own requests have the slots.
        let _slots: Vec<Slot> = (0..MAX_SLOTS_PER_USER).map(|_| enter(&queue, 1).unwrap()).collect();
        let refused = queue.enter(1).await.map(drop);
        assert!(matches!(refused, Err(CoreError::TooMany(1..))), "{refused:?}");
    }

    #[tokio::test]
    async fn work_that_takes_too_long_is_reported_in_time_and_its_user_is_suspended() {
        let queue = with(Timeouts { timeout: Duration::ZERO, ..Timeouts::default() });
        let mut slots: Vec<Slot> = (0..MAX_SLOTS_PER_USER).map(|_| enter(&queue, 1).unwrap()).collect();
        let mut queued = Box::pin(queue.enter(1));
        assert!(queued.as_mut().now_or_never().is_none());
        let refused = slots.pop().unwrap().edit(picture(), Vec::new()).await;
        assert!(matches!(refused, Err(EditError::Refused(PictureError::TooLong))), "{refused:?}");
        // A request that waited meanwhile is refused, too.
        for refused in [queued.await.map(drop), enter(&queue, 1).map(drop)] {
            assert!(matches!(refused, Err(CoreError::TooMany(1..=30))), "{refused:?}");
        }
        assert!(enter(&queue, 2).is_ok(), "other users are not affected");
    }
}
