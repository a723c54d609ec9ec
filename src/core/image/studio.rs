//! Where pictures are edited: a few at a time, off the threads that serve requests, and for a limited time.
//!
//! Everybody has a desk with few places, and works on one picture at a time: whoever sends much waits for themselves, not the others
//! for them. A place is taken before the picture is received, so that nobody fills the memory with pictures that wait.

use super::{Deadline, EditError, MAX_TIME, Operation, Picture, Refusal, edit};
use crate::core::CoreError;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time::timeout};

/// Pictures at a time: each takes a core and up to half a gigabyte.
const AT_ONCE: usize = 2;
/// Callers that may wait for their turn, each with a file in memory.
const QUEUE: usize = 8;
/// Places for everybody together. Most of them only receive.
const PLACES: usize = 24;
/// Places for one user: one picture in work, two that wait.
const PLACES_EACH: usize = 3;
const REST: Duration = Duration::from_secs(30);

/// The places and the queue.
#[derive(Debug, Clone)]
pub struct Studio {
    turns: Arc<Semaphore>,
    /// Those who have a picture that waits or is worked on.
    queue: Arc<Semaphore>,
    desks: Arc<Mutex<HashMap<i64, Desk>>>,
    /// How long a turn is waited for, and how long the work may take.
    patience: Duration,
    /// How long a user rests whose work took longer: it cost a core and no credit.
    rest: Duration,
}

impl Default for Studio {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + QUEUE)),
            desks: Arc::default(),
            patience: MAX_TIME,
            rest: REST,
        }
    }
}

/// What one user has here.
#[derive(Debug)]
struct Desk {
    places: usize,
    /// One picture at a time.
    turn: Arc<Semaphore>,
    /// Nothing is taken before this.
    rests_until: Option<Instant>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { places: 0, turn: Arc::new(Semaphore::new(1)), rests_until: None }
    }
}

/// A place in the studio. It is given back when it is dropped, also with the request that it serves.
#[derive(Debug)]
pub struct Place {
    studio: Studio,
    user_id: i64,
    own_turn: Arc<Semaphore>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut desks = self.studio.desks();
        if let Some(desk) = desks.get_mut(&self.user_id) {
            desk.places -= 1;
        }
        // Few have a desk, and those who are away need none.
        let now = Instant::now();
        desks.retain(|_, desk| desk.places > 0 || desk.rests_until.is_some_and(|until| until > now));
    }
}

impl Studio {
    /// Takes a place for one edit of a user. Nothing is waited for.
    ///
    /// # Errors
    /// [`CoreError::Busy`] where this user or everybody together has too many; [`CoreError::TooMany`] while a user rests whose work
    /// took too long.
    pub fn enter(&self, user_id: i64) -> Result<Place, CoreError> {
        let now = Instant::now();
        let mut desks = self.desks();
        let taken: usize = desks.values().map(|desk| desk.places).sum();
        let own = desks.get(&user_id);
        if let Some(until) = own.and_then(|desk| desk.rests_until).filter(|until| *until > now) {
            return Err(CoreError::TooMany(i64::try_from((until - now).as_secs()).unwrap_or(0) + 1));
        }
        if taken >= PLACES || own.is_some_and(|desk| desk.places >= PLACES_EACH) {
            return Err(CoreError::Busy);
        }
        let desk = desks.entry(user_id).or_default();
        desk.places += 1;
        Ok(Place { studio: self.clone(), user_id, own_turn: desk.turn.clone() })
    }

    fn desks(&self) -> MutexGuard<'_, HashMap<i64, Desk>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send_to_rest(&self, user_id: i64) {
        self.desks().entry(user_id).or_default().rests_until = Some(Instant::now() + self.rest);
    }
}

impl Place {
    /// Does the operations, one after the other, and writes the result in the format it came in unless one of them says otherwise.
    ///
    /// # Errors
    /// What is wrong with the picture or an operation; [`Refusal::TooLong`] after [`MAX_TIME`]; [`CoreError::Busy`] where the
    /// queue is full, or a turn does not come in as much time.
    pub async fn edit(self, bytes: Vec<u8>, operations: Vec<Operation>) -> Result<Picture, EditError> {
        let (studio, user_id) = (self.studio.clone(), self.user_id);
        let Ok(queued) = studio.queue.clone().try_acquire_owned() else { return Err(CoreError::Busy.into()) };
        // The own turn first: who waits for themselves must not keep the others from one.
        let turns = async {
            let own = self.own_turn.clone().acquire_owned().await;
            (own, studio.turns.clone().acquire_owned().await)
        };
        let Ok((Ok(own), Ok(turn))) = timeout(studio.patience, turns).await else {
            return Err(CoreError::Busy.into());
        };
        // The turn goes with the work: a caller that hangs up, or is told that it took too long, lets no third one start.
        let deadline = Deadline(Instant::now() + studio.patience);
        let work = tokio::task::spawn_blocking(move || {
            let _held = (own, turn, queued, self);
            edit(&bytes, &operations, deadline)
        });
        let done = match timeout(studio.patience, work).await {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => return Err(CoreError::Fault(format!("a picture broke the editor: {error}")).into()),
            Err(_) => Err(Refusal::TooLong),
        };
        if matches!(done, Err(Refusal::TooLong)) {
            studio.send_to_rest(user_id);
        }
        Ok(done?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt as _, future::join_all};

    fn picture() -> Vec<u8> {
        super::super::tests::png(3, 2)
    }

    /// One edit of this user.
    async fn edit(studio: &Studio, user_id: i64) -> Result<Picture, EditError> {
        studio.enter(user_id)?.edit(picture(), Vec::new()).await
    }

    fn is_busy<T>(done: &Result<T, EditError>) -> bool {
        matches!(done, Err(EditError::Core(CoreError::Busy)))
    }

    #[tokio::test]
    async fn a_full_queue_is_told_at_once_and_empties_again() {
        let studio = Studio::default();
        let held = studio.turns.clone().acquire_many_owned(2).await.unwrap();
        let mut waiting: Vec<_> = (0..10).map(|user| Box::pin(edit(&studio, user))).collect();
        for caller in &mut waiting {
            assert!(caller.as_mut().now_or_never().is_none());
        }
        assert!(is_busy(&edit(&studio, 10).await));
        // One hangs up: its place is free.
        waiting.pop();
        assert_eq!((studio.queue.available_permits(), studio.desks().len()), (1, 9));
        drop(held);
        assert!(join_all(waiting).await.into_iter().all(|done| done.is_ok()));
        assert!(edit(&studio, 10).await.is_ok());
        assert_eq!(studio.queue.available_permits(), AT_ONCE + QUEUE);
        assert_eq!(studio.turns.available_permits(), AT_ONCE);
        assert!(studio.desks().is_empty());
    }

    #[tokio::test]
    async fn who_sends_much_waits_for_themselves_and_the_others_do_not() {
        let studio = Studio::default();
        let mut greedy: Vec<Place> = (0..PLACES_EACH).map(|_| studio.enter(1).unwrap()).collect();
        assert!(matches!(studio.enter(1), Err(CoreError::Busy)));
        assert!(studio.enter(2).is_ok());
        // One of theirs is worked on; the next one waits, and takes no turn from anybody.
        let own = greedy[0].own_turn.clone().try_acquire_owned().unwrap();
        let mut second = Box::pin(greedy.pop().unwrap().edit(picture(), Vec::new()));
        assert!(second.as_mut().now_or_never().is_none());
        assert_eq!(studio.turns.available_permits(), AT_ONCE);
        assert!(edit(&studio, 2).await.is_ok());
        drop(own);
        assert!(second.await.is_ok());
        // Everybody together has a number of places, too.
        let all: Vec<_> = (10..40).map(|user| studio.enter(user)).collect();
        assert_eq!(all.iter().filter(|place| place.is_ok()).count(), PLACES - greedy.len());
    }

    #[tokio::test]
    async fn a_turn_that_does_not_come_is_given_up() {
        let studio = Studio { patience: Duration::ZERO, ..Studio::default() };
        let _held = studio.turns.clone().acquire_many_owned(2).await.unwrap();
        assert!(is_busy(&edit(&studio, 1).await));
        assert!(studio.desks().is_empty());
    }

    #[tokio::test]
    async fn work_that_takes_too_long_is_told_in_time_and_its_user_rests() {
        let studio = Studio { patience: Duration::ZERO, ..Studio::default() };
        let refused = edit(&studio, 1).await;
        assert!(matches!(refused, Err(EditError::Refused(Refusal::TooLong))), "{refused:?}");
        let refused = studio.enter(1).map(drop);
        assert!(matches!(refused, Err(CoreError::TooMany(1..=30))), "{refused:?}");
        assert!(studio.enter(2).is_ok(), "nobody else");
    }
}
