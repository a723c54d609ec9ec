//! What all parts of the stand-in share: its memory, its time and chance, and its line to the product.

use super::{act::Moment, credentials::Credentials, disk::Keeper, knob::Knobs, media::Files, world::World};
use crate::{
    core::{chance::Chance, clock::Clock},
    wechat::callback::Mode,
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;
use url::Url;

/// The shared parts. The memory is locked for a few lines at a time, never over a request or a write.
pub(super) struct Desk {
    world: Arc<Mutex<World>>,
    keeper: Keeper,
    /// Grows with every change.
    revision: watch::Sender<u64>,
    line: Mutex<Line>,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub knobs: Knobs,
    pub http: reqwest::Client,
    /// What was uploaded.
    pub files: Files,
    /// How long one delivery of a push may take.
    pub patience: Duration,
}

/// Where pushes go, and how.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub push_url: Option<Url>,
    pub mode: Mode,
    /// What came of the last verification of the address; None while there was none.
    pub verified: Option<Result<(), String>>,
}

impl Desk {
    pub fn new(
        world: Arc<Mutex<World>>,
        keeper: Keeper,
        line: Line,
        (clock, chance): (Arc<dyn Clock>, Arc<dyn Chance>),
        patience: Duration,
        files: Files,
    ) -> Result<Self, String> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // A connection of its own for each push: none breaks because the product was started anew meanwhile.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|e| e.to_string())?;
        // Above every revision of an earlier run: whoever looks on sees that something is new.
        let revision = watch::Sender::new(u64::try_from(clock.now_ms()).unwrap_or_default());
        let line = Mutex::new(line);
        Ok(Self { world, keeper, revision, line, clock, chance, knobs: Knobs::default(), http, files, patience })
    }

    /// Reads the memory.
    pub fn look<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&locked(&self.world))
    }

    /// Changes the memory. Returns when the change is kept.
    pub async fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let changed = change(&mut locked(&self.world));
        self.revision.send_modify(|revision| *revision += 1);
        self.keeper.keep().await;
        changed
    }

    /// The account.
    pub fn credentials(&self) -> Credentials {
        self.look(|world| world.credentials.clone())
    }

    /// How pushes go out just now.
    pub fn line(&self) -> Line {
        locked(&self.line).clone()
    }

    /// Changes how pushes go out.
    pub fn set_line(&self, change: impl FnOnce(&mut Line)) {
        change(&mut locked(&self.line));
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// A number that grows with every change.
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Now.
    pub fn moment(&self) -> Moment<'_> {
        Moment { now_ms: self.clock.now_ms(), chance: self.chance.as_ref() }
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
