//! What every verb of the domain needs at hand.

use super::{
    account::{password::Hasher, unionid::Asking},
    chance::Chance,
    clock::Clock,
    credit::Holds,
    id::Ids,
    image::Studio,
    message::{commands::Commands, service::Service},
    rate::Rates,
    reply::{apart::Apart, media::send::Post, shelf::Shelf, transfer::job::Imports},
    secret::{HashKey, Use},
    signin::{doors::Doors, hub::Hub},
    token::{Ring, Standings},
    turn::{OneEach, Turns},
};
use crate::{
    config::Checked,
    store::Store,
    wechat::api::{AppKey, Client, LoginClient},
};
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
    /// Where codes of the owner's other apps are asked about.
    pub logins: LoginClient,
    /// The mini-program, where there is one.
    pub mini_program: Option<AppKey>,
    /// Web login of the open platform, where there is one.
    pub web_login: Option<AppKey>,
    pub ids: Ids,
    pub hasher: Hasher,
    pub asking: Asking,
    pub hub: Hub,
    pub doors: Doors,
    pub shelf: Shelf,
    pub post: Post,
    pub imports: Imports,
    pub apart: Apart,
    pub commands: Commands,
    pub studio: Studio,
    /// The keys that tokens are signed with.
    pub ring: Ring,
    pub standings: Standings,
    pub holds: Holds,
    pub rates: Rates,
    pub turns: Turns,
    /// Who reads a long list of theirs: it is made for one at a time.
    pub lists: Turns,
    /// Who takes their data along.
    pub exports: OneEach,
    pub service: Service,
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
