//! What every verb of the domain needs at hand.

use super::{
    account::password::Hasher,
    chance::Chance,
    clock::Clock,
    id::Ids,
    message::commands::Commands,
    reply::shelf::Shelf,
    secret::{HashKey, Use},
    signin::{doors::Doors, hub::Hub},
};
use crate::{config::Checked, store::Store, wechat::api::Client};
use std::{ops::Deref, sync::Arc};

/// The parts of a [`Ctx`].
#[derive(Debug)]
pub struct Parts {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub settings: Arc<Checked>,
    /// The Official Account that this instance speaks for.
    pub appid: String,
    pub hash_key: HashKey,
    pub platform: Client,
    pub ids: Ids,
    pub hasher: Hasher,
    pub hub: Hub,
    pub doors: Doors,
    pub shelf: Shelf,
    pub commands: Commands,
}

impl std::fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl std::fmt::Debug for dyn Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance")
    }
}

/// The domain's context: cheap to clone, shared by everything in this instance.
#[derive(Debug, Clone)]
pub struct Ctx(Arc<Parts>);

impl Ctx {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A new row id.
    #[must_use]
    pub fn next_id(&self) -> i64 {
        self.ids.next(self.clock.as_ref(), self.chance.as_ref())
    }

    /// The keyed hash under which a secret is stored.
    #[must_use]
    pub fn hash(&self, of: Use, secret: &str) -> String {
        self.hash_key.hash(of, secret)
    }
}

impl Deref for Ctx {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
