//! Who waits for which session, and how they hear of its change: at once from this instance, within half a second from others.

use super::Status;
use crate::{
    core::{CoreError, Ctx},
    store,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

/// How far back changes of other instances are looked for: more than clocks of one installation differ.
const OVERLAP_MS: i64 = 10_000;

/// The pages that wait.
#[derive(Debug, Default)]
pub struct Hub(Mutex<HashMap<i64, watch::Sender<Status>>>);

impl Hub {
    /// Follows a session from its present status on.
    pub fn follow(&self, id: i64, status: Status) -> watch::Receiver<Status> {
        let mut waiting = self.waiting();
        waiting.entry(id).or_insert_with(|| watch::channel(status).0).subscribe()
    }

    /// How many follow a session just now.
    #[must_use]
    pub fn followers(&self, id: i64) -> usize {
        self.waiting().get(&id).map_or(0, watch::Sender::receiver_count)
    }

    /// Tells the pages that wait for a session.
    pub fn announce(&self, id: i64, status: Status) {
        let mut waiting = self.waiting();
        if let Some(sender) = waiting.get(&id) {
            sender.send_if_modified(|known| std::mem::replace(known, status) != status);
        }
        waiting.retain(|_, sender| sender.receiver_count() > 0);
    }

    fn is_empty(&self) -> bool {
        let mut waiting = self.waiting();
        waiting.retain(|_, sender| sender.receiver_count() > 0);
        waiting.is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<Status>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks once for what other instances changed: one statement however many pages wait, none when nobody does.
///
/// # Errors
/// The database cannot be reached.
pub async fn listen(ctx: &Ctx) -> Result<(), CoreError> {
    if ctx.hub.is_empty() {
        return Ok(());
    }
    let changed = store::signin::list_changed(&mut ctx.store.read().await?, ctx.now() - OVERLAP_MS).await?;
    for (id, status) in changed {
        ctx.hub.announce(id, Status::of(&status));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_page_of_a_session_hears_of_it_and_no_other() {
        let hub = Hub::default();
        let (mut one, mut two, other) =
            (hub.follow(1, Status::Waiting), hub.follow(1, Status::Waiting), hub.follow(2, Status::Waiting));
        hub.announce(1, Status::Scanned);
        one.changed().await.unwrap();
        two.changed().await.unwrap();
        assert_eq!(*one.borrow(), Status::Scanned);
        assert!(!other.has_changed().unwrap());
    }

    #[test]
    fn nobody_waiting_costs_nothing() {
        let hub = Hub::default();
        drop(hub.follow(1, Status::Waiting));
        assert!(hub.is_empty());
    }
}
