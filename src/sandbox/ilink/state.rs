//! The shared state of the fake platform.

use super::contact::Contact;
use super::fault::Faults;
use super::files::Files;
use super::qr::Logins;
use crate::base::{clock::Clock, rng::Rng};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::Url;

/// The ids of messages begin here: real ones do not fit into a signed number, and even less into a JavaScript number.
const FIRST_MESSAGE_ID: u64 = 17_000_000_000_000_000_000;

/// The shared state. Locked for a few lines at a time, never over a wait.
pub(super) struct State {
    pub base: Url,
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
    pub faults: Faults,
    changed: Box<dyn Fn() + Send + Sync>,
    hold: Mutex<Duration>,
    world: Mutex<World>,
}

/// Everything that happens. Logins and files are lost when the process ends.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct World {
    /// By the owner's id, `…@im.wechat`.
    pub contacts: BTreeMap<String, Contact>,
    #[serde(skip)]
    pub logins: Logins,
    #[serde(skip)]
    pub files: Files,
    last_message_id: u64,
}

impl World {
    pub fn next_message_id(&mut self) -> u64 {
        self.last_message_id += 1;
        self.last_message_id
    }

    /// The owner whose bot has this token.
    pub fn owner_of(&self, token: &str) -> Option<String> {
        let is_it = |contact: &Contact| !token.is_empty() && contact.token.as_deref() == Some(token);
        self.contacts.iter().find(|(_, contact)| is_it(contact)).map(|(owner, _)| owner.clone())
    }
}

impl State {
    pub fn new(
        base: Url,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
        changed: Box<dyn Fn() + Send + Sync>,
        hold: Duration,
    ) -> Self {
        let last_message_id = FIRST_MESSAGE_ID + rng.below(1_000_000_000_000_000);
        let world = World { last_message_id, ..World::default() };
        let faults = Faults::default();
        Self { base, clock, rng, faults, changed, hold: Mutex::new(hold), world: Mutex::new(world) }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and notifies the page.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let changed = change(&mut self.world());
        self.touch();
        changed
    }

    pub fn touch(&self) {
        (self.changed)();
    }

    pub fn hold(&self) -> Duration {
        *self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_hold(&self, hold: Duration) {
        *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = hold;
    }

    /// A random text of this length.
    pub fn letters(&self, count: usize) -> String {
        let mut text = String::with_capacity(count + 22);
        while text.len() < count {
            text.push_str(&self.rng.token());
        }
        text.truncate(count);
        text
    }
}
