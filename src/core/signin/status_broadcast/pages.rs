//! The pages that wait for sessions of this instance.

use crate::core::signin::Status;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// The waiting pages.
#[derive(Debug, Default)]
pub struct StatusBroadcast(Mutex<HashMap<i64, watch::Sender<Status>>>);

impl StatusBroadcast {
    /// Subscribes to a session's status. `None` if it has `most` subscribers.
    #[must_use]
    pub fn follow(&self, id: i64, status: Status, most: usize) -> Option<watch::Receiver<Status>> {
        let mut waiting = self.waiting();
        let sender = waiting.entry(id).or_insert_with(|| watch::channel(status).0);
        (sender.receiver_count() < most).then(|| sender.subscribe())
    }

    /// The number of subscribers of a session.
    #[must_use]
    pub fn followers(&self, id: i64) -> usize {
        self.waiting().get(&id).map_or(0, watch::Sender::receiver_count)
    }

    /// Notifies the pages that wait for a session.
    pub fn announce(&self, id: i64, status: Status) {
        if let Some(sender) = self.waiting().get(&id) {
            sender.send_if_modified(|known| std::mem::replace(known, status) != status);
        }
    }

    /// Whether no page waits. Forgets the sessions whose pages are gone, so it is called from time to time.
    pub(super) fn is_empty(&self) -> bool {
        let mut waiting = self.waiting();
        waiting.retain(|_, sender| sender.receiver_count() > 0);
        waiting.is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<Status>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_of_a_session_hears_of_it_and_no_other() {
        let broadcast = StatusBroadcast::default();
        let follow = |id| broadcast.follow(id, Status::Waiting, 2);
        let (mut one, mut two, other) = (follow(1).unwrap(), follow(1).unwrap(), follow(2).unwrap());
        assert!(follow(1).is_none());
        broadcast.announce(1, Status::Scanned);
        one.changed().await.unwrap();
        two.changed().await.unwrap();
        assert_eq!(*one.borrow(), Status::Scanned);
        assert!(!other.has_changed().unwrap());
    }

    #[test]
    fn a_session_without_waiting_pages_costs_nothing() {
        let broadcast = StatusBroadcast::default();
        drop(broadcast.follow(1, Status::Waiting, 1));
        assert!(broadcast.is_empty());
    }
}
