//! The stand-in for the WeChat platform: a server of its own that speaks the platform's HTTP, XML, signatures and AES.
//!
//! It plays both of the platform's parts: it answers the calls that an account makes, and brings what people do
//! to the account's address ([`Act`], [`Push`]). It knows the product by its address only, and is as strict with it as the
//! platform is. What it leaves out of the platform: menus, tags, templates, materials and quotas, none of which the product uses.
//!
//! Tests start one in their own process: [`Platform::start`].

mod act;
mod allowance;
mod api;
mod chat;
mod code;
mod credentials;
mod deliver;
mod desk;
mod disk;
mod fault;
mod knob;
mod media;
mod memory;
mod people;
mod push;
mod reply;
mod spoken;
mod switch;
mod token;
mod world;

pub use act::Act;
pub use chat::{Article, By, LINES_MAX, Line, Note, Said};
pub use code::{Code, Scene};
pub use credentials::Credentials;
pub use deliver::Answer;
pub use knob::Injection;
pub use people::PersonView;
pub use push::{Push, Sealed};
pub use reply::Oddity;
pub use world::{AccountKind, Follow, NICKNAME_MAX_CHARS, Refusal};

use crate::{
    core::{chance::Chance, clock::Clock},
    wechat::callback::Mode,
};
use desk::{Desk, Line as Wire};
use media::Files;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

/// The platform hangs up after this (docs/WECHAT.md, 2.1).
const PATIENCE: Duration = Duration::from_secs(5);

/// How to play.
#[derive(Clone)]
pub struct PlatformSettings {
    /// Where the memory is kept. None: it ends with the process.
    pub folder: Option<PathBuf>,
    /// Where pushes go, verified in the background at the start. None: nowhere, until [`Platform::set_push_url`].
    pub push_url: Option<Url>,
    /// None: as it was kept, else a verified service account.
    pub kind: Option<AccountKind>,
    /// How pushes are sent.
    pub mode: Mode,
    /// None: as they were kept, else new ones.
    pub credentials: Option<Credentials>,
    /// How long the product may take to answer one delivery.
    pub patience: Duration,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
}

impl PlatformSettings {
    /// A verified service account in safe mode, kept nowhere and pushing nowhere.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        let (folder, push_url, kind, credentials) = (None, None, None, None);
        Self { folder, push_url, kind, mode: Mode::Safe, credentials, patience: PATIENCE, clock, chance }
    }
}

/// A running stand-in; it ends when dropped.
pub struct Platform {
    desk: Arc<Desk>,
    base: Url,
    server: JoinHandle<()>,
}

impl Platform {
    /// Starts on a loopback port of its own.
    ///
    /// # Errors
    /// One line: the folder cannot be used, the credentials are of no use, or no port is free.
    pub async fn start(settings: PlatformSettings) -> Result<Self, String> {
        let PlatformSettings { folder, push_url, kind, mode, credentials, patience, clock, chance } = settings;
        let files = Files::new(folder.clone());
        let (world, keeper) = memory::open(folder, credentials, kind, chance.as_ref()).await?;
        let wire = Wire { push_url: push_url.clone(), mode, verified: None };
        let desk = Arc::new(Desk::new(world, keeper, wire, (clock, chance), patience, files)?);
        let (base, server) = serve(Arc::clone(&desk)).await?;
        if let Some(url) = push_url {
            let desk = Arc::clone(&desk);
            // The product listens but does not serve yet.
            tokio::spawn(async move { verify(&desk, &url).await });
        }
        Ok(Self { desk, base, server })
    }

    /// What stands in the place of `https://api.weixin.qq.com`.
    #[must_use]
    pub fn api_base(&self) -> Url {
        self.base.clone()
    }

    /// What stands in the place of `https://mp.weixin.qq.com`.
    #[must_use]
    pub fn mp_base(&self) -> Url {
        self.base.clone()
    }

    /// The account that is lent.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.desk.credentials()
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

async fn serve(desk: Arc<Desk>) -> Result<(Url, JoinHandle<()>), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| format!("no port for the sandbox: {e}"))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let base = Url::parse(&format!("http://{address}")).map_err(|e| e.to_string())?;
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, api::router(desk)).await {
            tracing::error!(%error, "the sandbox stopped");
        }
    });
    Ok((base, server))
}

async fn verify(desk: &Desk, url: &Url) {
    let verified = desk.verify(url).await;
    if let Err(error) = &verified {
        tracing::warn!(error, "the sandbox could not verify the address that it pushes to");
    }
    desk.set_line(|line| line.verified = Some(verified));
}

#[cfg(test)]
mod tests;
