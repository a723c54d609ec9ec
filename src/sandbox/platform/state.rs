//! The shared state of the fake platform: users, clock, random source, and the connection to the program.

use super::{
    credentials::Credentials, disk::StateWriter, fault_injection::FaultInjection, files::Files, locked::locked,
    user_action::Moment, world::World,
};
use crate::{
    base::{clock::Clock, rng::Rng},
    wechat::callback::Mode,
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;
use url::Url;

/// The shared state. The users are locked for a few lines at a time, never over a request or a write.
pub(super) struct PlatformState {
    world: Arc<Mutex<World>>,
    writer: StateWriter,
    /// Increases with every change.
    revision: watch::Sender<u64>,
    line: Mutex<Line>,
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
    pub faults: FaultInjection,
    pub http: reqwest::Client,
    /// The uploaded files.
    pub files: Files,
    /// The timeout of one delivery of a push.
    pub patience: Duration,
}

/// The target and mode of pushes.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub push_url: Option<Url>,
    pub mode: Mode,
    /// The result of the last verification of the address; `None` if there was none.
    pub verified: Option<Result<(), String>>,
}

impl PlatformState {
    pub fn new(
        world: Arc<Mutex<World>>,
        writer: StateWriter,
        line: Line,
        (clock, rng): (Arc<dyn Clock>, Arc<dyn Rng>),
        patience: Duration,
        files: Files,
    ) -> Result<Self, String> {
        let http = crate::base::tls::http_client()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // A new connection for each push: none breaks because the program was restarted.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|e| e.to_string())?;
        // Higher than every revision of an earlier run, so that open pages notice the restart.
        let revision = watch::Sender::new(u64::try_from(clock.now_ms()).unwrap_or_default());
        let line = Mutex::new(line);
        Ok(Self { world, writer, revision, line, clock, rng, faults: FaultInjection::default(), http, files, patience })
    }

    /// Reads the state.
    pub fn look<T>(&self, read: impl FnOnce(&World) -> T) -> T {
        read(&locked(&self.world))
    }

    /// Changes the state. Returns once the change is stored.
    pub async fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let changed = change(&mut locked(&self.world));
        self.revision.send_modify(|revision| *revision += 1);
        self.writer.save().await;
        changed
    }

    /// The account.
    pub fn credentials(&self) -> Credentials {
        self.look(|world| world.credentials.clone())
    }

    /// The current target and mode of pushes.
    pub fn line(&self) -> Line {
        locked(&self.line).clone()
    }

    /// Changes the target or mode of pushes.
    pub fn set_line(&self, change: impl FnOnce(&mut Line)) {
        change(&mut locked(&self.line));
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Increases the revision after a change that is not part of the stored state.
    pub fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// A number that increases with every change.
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// The number of subscribers to the revisions.
    pub fn followers(&self) -> usize {
        self.revision.receiver_count()
    }

    /// The current time and random source.
    pub fn moment(&self) -> Moment<'_> {
        Moment { now_ms: self.clock.now_ms(), rng: self.rng.as_ref() }
    }
}
