//! A fake WeChat platform: a separate server with the platform's HTTP, XML, signatures and AES. The same server has the iLink platform
//! of [`ilink`](super::ilink).
//!
//! It has both roles of the platform: it answers the account's API calls, and sends users' actions to the account's address
//! ([`Act`], [`Push`]). It knows the program by its address only, and is as strict as the platform. Not implemented: menus, tags,
//! templates, materials and quotas, none of which the program uses.
//!
//! Tests start one in their own process: [`Platform::start`].

mod act;
mod allowance;
mod api;
mod chat;
mod code;
mod compose;
mod credentials;
mod deliver;
mod disk;
mod fault;
mod fault_injection;
mod files;
mod locked;
mod media;
mod memory;
mod people;
mod push;
mod reply;
mod state;
mod switch;
mod token;
mod user_action;
mod world;

pub use act::Act;
pub use chat::{Article, By, ChatContent, LINES_MAX, Line, Note, Unanswered};
pub use code::{Code, Scene};
pub use credentials::Credentials;
pub use deliver::Answer;
pub use disk::path as state_file;
pub use fault_injection::Injection;
pub use people::PersonView;
pub use push::{Push, Sealed};
pub use reply::Oddity;

pub use world::{AccountKind, Follow, NICKNAME_MAX_CHARS, Refusal};

use crate::{
    base::{clock::Clock, rng::Rng},
    sandbox::ilink::IlinkPlatform,
    wechat::callback::Mode,
};
use disk::StateWriter;
use files::Files;
use state::{Line as Wire, PlatformState};
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

/// The platform disconnects after this time (docs/WECHAT.md, 2.1).
const PATIENCE: Duration = Duration::from_secs(5);

/// The folder of the iLink platform's state, below that of the settings.
const ILINK_FOLDER: &str = "sandbox-ilink";

/// Settings of the fake platform.
#[derive(Clone)]
pub struct PlatformSettings {
    /// Where the state is stored. `None`: it is lost when the process ends.
    pub folder: Option<PathBuf>,
    /// The target of pushes, verified in the background at the start. `None`: no pushes until
    /// [`Platform::set_push_url`].
    pub push_url: Option<Url>,
    /// `None`: the stored kind, else a verified service account.
    pub kind: Option<AccountKind>,
    /// How pushes are encrypted.
    pub mode: Mode,
    /// `None`: the stored credentials, else new ones.
    pub credentials: Option<Credentials>,
    /// The timeout of one delivery.
    pub patience: Duration,
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
}

impl PlatformSettings {
    /// A verified service account in safe mode, without stored state and push target.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        let (folder, push_url, kind, credentials) = (None, None, None, None);
        Self { folder, push_url, kind, mode: Mode::Safe, credentials, patience: PATIENCE, clock, rng }
    }
}

/// A running fake platform; it ends when dropped.
pub struct Platform {
    state: Arc<PlatformState>,
    ilink: IlinkPlatform,
    base: Url,
    /// Where the state is stored.
    folder: Option<PathBuf>,
    server: JoinHandle<()>,
}

impl Platform {
    /// Starts on its own loopback port.
    ///
    /// # Errors
    /// One line: the folder cannot be used, the credentials are invalid, or no port is free.
    pub async fn start(settings: PlatformSettings) -> Result<Self, String> {
        let PlatformSettings { folder, push_url, kind, mode, credentials, patience, clock, rng } = settings;
        let (files, stored_in) = (Files::new(folder.clone()), folder.clone());
        let (world, writer) = memory::open(folder, credentials, kind, rng.as_ref()).await?;
        let wire = Wire { push_url: push_url.clone(), mode, verified: None };
        let state = Arc::new(PlatformState::new(world, writer, wire, (clock, rng), patience, files)?);
        let (base, ilink, server) = serve(&state, stored_in.clone()).await?;
        if let Some(url) = push_url {
            let state = Arc::clone(&state);
            // The program listens but does not serve yet.
            tokio::spawn(async move { verify(&state, &url).await });
        }
        Ok(Self { state, ilink, base, folder: stored_in, server })
    }

    /// Ends for good: it answers no call, sends no push, and what it stored is removed.
    pub async fn end(&self) {
        self.server.abort();
        self.state.set_line(|line| line.push_url = None);
        self.state.change(|world| world.is_over = true).await;
        self.state.files.clear().await;
        let Some(folder) = self.folder.clone() else { return };
        let remove = move || {
            // What was never written is not there.
            std::fs::remove_file(disk::path(&folder)).ok();
            std::fs::remove_dir_all(folder.join(ILINK_FOLDER)).ok();
        };
        tokio::task::spawn_blocking(remove).await.ok();
    }

    /// Replaces `https://api.weixin.qq.com`.
    #[must_use]
    pub fn api_base(&self) -> Url {
        self.base.clone()
    }

    /// Replaces `https://mp.weixin.qq.com`.
    #[must_use]
    pub fn mp_base(&self) -> Url {
        self.base.clone()
    }

    /// The iLink platform, on the same server.
    #[must_use]
    pub fn ilink(&self) -> &IlinkPlatform {
        &self.ilink
    }

    /// The account's credentials.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.state.credentials()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

async fn serve(
    state: &Arc<PlatformState>,
    folder: Option<PathBuf>,
) -> Result<(Url, IlinkPlatform, JoinHandle<()>), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| format!("no port for the sandbox: {e}"))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let base = Url::parse(&format!("http://{address}")).map_err(|e| e.to_string())?;
    let ilink = ilink(state, base.clone(), folder.map(|folder| folder.join(ILINK_FOLDER))).await?;
    let routes = ilink.router().merge(api::router(Arc::clone(state)));
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the sandbox stopped");
        }
    });
    Ok((base, ilink, server))
}

/// The iLink platform, with its state of an earlier process. Its changes are written, and not waited for.
async fn ilink(state: &Arc<PlatformState>, base: Url, folder: Option<PathBuf>) -> Result<IlinkPlatform, String> {
    let (shown, writer) = (Arc::clone(state), Arc::new(OnceLock::<StateWriter>::new()));
    let written = Arc::clone(&writer);
    let changed = move || {
        shown.touch();
        if let Some(writer) = written.get() {
            writer.ask();
        }
    };
    let ilink = IlinkPlatform::new(base, Arc::clone(&state.clock), Arc::clone(&state.rng), changed);
    let Some(folder) = folder else { return Ok(ilink) };
    let (path, read) = (disk::path(&folder), folder.clone());
    let unusable = |e: String| format!("{} cannot be used: {e}; delete it to begin without bots", path.display());
    let stored = tokio::task::spawn_blocking(move || disk::read(&read)).await.map_err(|e| e.to_string())?;
    if let Some(bytes) = stored.map_err(|e| unusable(e.to_string()))? {
        ilink.restore(&bytes).map_err(unusable)?;
    }
    // Set once, here.
    let (all, state) = (ilink.snapshots(), Arc::downgrade(state));
    let stored = move || state.upgrade().filter(|state| !state.look(|world| world.is_over)).and_then(|_| all());
    writer.set(StateWriter::start(&folder, stored)).ok();
    Ok(ilink)
}

async fn verify(state: &PlatformState, url: &Url) {
    let verified = state.verify(url).await;
    if let Err(error) = &verified {
        tracing::warn!(error, "the sandbox could not verify the address that it pushes to");
    }
    state.set_line(|line| line.verified = Some(verified));
}

#[cfg(test)]
mod tests;
