//! Starting, serving and stopping.

use super::{
    assemble::{self, Opened},
    background,
    router::router,
};
use crate::http::{
    account_picture::AccountPicture,
    assets::Assets,
    client,
    connection::{self, Limits, Policy},
    guard,
    state::{self, AppState},
};
use crate::{
    base::{clock::Clock, rng::Rng},
    config::Checked,
    core::{
        CoreError, OfficialAccount, account, credit, ilink,
        message::encryption,
        official_account::{self, Platforms},
        rule,
    },
    file_mode,
    sandbox::{Phone, Sandbox},
    store::Store,
    wechat::callback,
};
use axum::http::Method;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long active requests may take after shutdown began.
const DRAIN: Duration = Duration::from_secs(10);

/// How long closing the database may take after that: something other than a request may hold a connection.
const CLOSE: Duration = Duration::from_secs(5);

/// The most concurrent connections to the metrics address.
const METRICS_CONNECTIONS: usize = 32;

/// A program that listens but does not serve yet.
pub struct Server {
    pub state: AppState,
    /// The sandbox's phone, if no account is configured.
    pub phone: Option<Arc<Phone>>,
    pub address: SocketAddr,
    listener: TcpListener,
    /// Locked if no other instance serves the same embedded database.
    alone: Option<std::fs::File>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Opens the port, the database and, without an account, the sandbox.
///
/// # Errors
/// One line that says what is wrong and how to fix it.
pub async fn start(mut settings: Checked, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Server, String> {
    let wanted = settings.settings.leptos.site_addr;
    let listener = TcpListener::bind(wanted).await.map_err(|e| {
        format!("{wanted} cannot be listened on: {e}; stop what uses it, or choose another address with --addr")
    })?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    if settings.settings.server.public_url.is_empty() && wanted.port() == 0 {
        settings.public_url = Url::parse(&format!("http://{address}")).map_err(|e| e.to_string())?;
    }
    let account_picture = AccountPicture::read(&settings.settings.wechat.account_picture)?;
    settings.settings.leptos.site_root = assemble::site_root(&settings.settings.leptos.site_root);
    let assets = Assets::read(&settings.settings.leptos.site_root, &settings.settings.leptos.site_pkg_dir);
    let leptos = assemble::leptos_options(&settings);
    let opened = assemble::open(&settings, clock, rng).await?;
    let (account, sandbox) = account(&settings, &opened, address).await?;
    let (phone, stand_ins) = sandbox.map_or((None, None), |(phone, stand_ins)| (Some(phone), Some(stand_ins)));
    let ctx = assemble::ctx(settings, opened, account, stand_ins).await?;
    if let Some(line) = encryption::refusal(&ctx.store, &ctx.settings).await.map_err(|e| e.to_string())? {
        ctx.store.close().await;
        return Err(line);
    }
    for path in file_mode::restrict(&assemble::private_files(&ctx)) {
        tracing::warn!(path = %path.display(), "other users of this machine may read this file, and its mode cannot be changed: run chmod 600");
    }
    official_account::store_environment(&ctx).await.map_err(|e| e.to_string())?;
    if ctx.accounts.now().is_plain {
        tracing::warn!(
            "pushes are not encrypted (plain mode): an attacker who intercepts one can forge messages of any user; admins cannot sign in or confirm by WeChat; choose 安全模式 on the platform and set WECHAT_AES_KEY"
        );
    }
    let metrics = assemble::recorder()?;
    let (proxy, forms, stopping) = (Arc::default(), Arc::default(), CancellationToken::new());
    let state = AppState::new(state::Parts {
        core: ctx,
        leptos,
        assets,
        metrics,
        proxy,
        forms,
        stopping,
        account_picture,
        private_files: assemble::private_files,
    });
    let alone = state.core.store.claim_alone();
    // Releases credits held by an instance that crashed.
    credit::hold::release(&state.ctx(), alone.is_some()).await.map_err(|e| e.to_string())?;
    if alone.is_some() {
        ilink::supervisor::release_all(&state.ctx()).await.map_err(|e| e.to_string())?;
    }
    account::directory::index_missing(&state.ctx()).await.map_err(|e| e.to_string())?;
    rule::warning::log_shadowed(&state.ctx()).await.map_err(|e| e.to_string())?;
    rule::refold::refold(&state.ctx()).await.map_err(|e| e.to_string())?;
    Ok(Server { state, phone, address, listener, alone })
}

/// The account of the start; in the sandbox also its phone and its stand-ins.
async fn account(
    settings: &Checked,
    opened: &Opened,
    address: SocketAddr,
) -> Result<(OfficialAccount, Option<(Arc<Phone>, Platforms)>), String> {
    let deps = opened.deps();
    if let Some(account) = official_account::in_force(deps, &opened.platforms, settings).await? {
        return Ok((account, None));
    }
    if !settings.is_private() {
        return Ok((official_account::unconnected(deps, &opened.platforms).await?, None));
    }
    let sandbox = open_sandbox(settings, address, &opened.clock, &opened.rng).await?;
    let stand_ins = Platforms::of(&sandbox.settings(settings.clone()), &opened.rng)?;
    let shown = (sandbox.account_name, sandbox.account_qr);
    let account = official_account::of_sandbox(deps, &stand_ins, shown, sandbox.account).await?;
    Ok((account, Some((sandbox.phone, stand_ins))))
}

impl Server {
    /// The link to create the first admin, if there is none yet.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn setup_link(&self) -> Result<Option<String>, CoreError> {
        let secret = account::admin::renew_setup_link(&self.state.ctx()).await?;
        Ok(secret.map(|secret| format!("{}setup?key={secret}", self.state.ctx().settings.public_url)))
    }

    /// Serves until shutdown: accepts no new connections, finishes active requests, closes the database.
    ///
    /// # Errors
    /// The metrics address cannot be listened on.
    pub async fn serve(self) -> Result<(), String> {
        let state = self.state;
        let stopping = state.stopping.clone();
        let channels = background::start(&state);
        if let Some(phone) = self.phone.clone() {
            let ended = state.core.accounts.sandbox_ended().clone();
            tokio::spawn(async move {
                ended.cancelled().await;
                phone.end().await;
                tracing::info!("the sandbox has ended: an Official Account is connected");
            });
        }
        if let Some(address) = state.ctx().settings.metrics_addr {
            serve_metrics(address, &state).await?;
        }
        let serving =
            connection::serve(self.listener, router(state.clone(), self.phone), policy(&state), stopping.clone());
        tokio::select! {
            () = serving => {}
            () = async { stopping.cancelled().await; tokio::time::sleep(DRAIN).await } => {
                tracing::warn!("some requests were still active after {} s", DRAIN.as_secs());
            }
        }
        if tokio::time::timeout(CLOSE, channels).await.is_err() {
            tracing::warn!("the personal channel was still busy after {} s more", CLOSE.as_secs());
        }
        if !closes(&state.ctx().store, CLOSE).await {
            tracing::warn!("the database was still in use after {} s more", CLOSE.as_secs());
        }
        drop(self.alone);
        Ok(())
    }
}

/// The rules for connections: limits from the settings, and no address limit for signed pushes.
fn policy(state: &AppState) -> Policy {
    let limits = Limits::new(&state.ctx().settings.settings.limits, connection::raise_descriptors());
    tracing::info!(connections = limits.total, a_peer = limits.per_address, "connections are limited");
    let ctx = state.core.clone();
    let [for_factor, for_proxy, for_caller] = [(); 3].map(|()| state.ctx().settings.clone());
    Policy {
        limits,
        factor: Box::new(move |address| for_factor.factor(address)),
        is_trusted_proxy: Box::new(move |peer| for_proxy.is_trusted_proxy(peer)),
        caller: Box::new(move |parts, peer| client::address(&parts.headers, peer, &for_caller.trusted_proxies)),
        is_proven: Box::new(move |parts| {
            parts.method == Method::POST
                && parts.uri.path().trim_end_matches('/') == guard::PUSH_PATH
                && ctx.accounts.now().push.as_ref().is_some_and(|push| {
                    let query = parts.uri.query().unwrap_or_default();
                    callback::check_address(push, query, ctx.clock.now_secs()).is_ok()
                })
        }),
    }
}

/// Closes the database; false if it is still in use after `patience`. The database rolls back unfinished transactions.
async fn closes(store: &Store, patience: Duration) -> bool {
    tokio::time::timeout(patience, store.close()).await.is_ok()
}

async fn serve_metrics(address: SocketAddr, state: &AppState) -> Result<(), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| format!("{address} cannot be listened on for metrics: {e}; change WEIDA_METRICS_ADDR"))?;
    let (metrics, stopping) = (state.metrics.clone(), state.stopping.clone());
    let routes = axum::Router::new().route("/metrics", axum::routing::get(move || async move { metrics.render() }));
    let limits = Limits::new(&state.ctx().settings.settings.limits, connection::raise_descriptors());
    let limits = Limits { total: METRICS_CONNECTIONS, ..limits };
    tokio::spawn(connection::serve(listener, routes, Policy::plain(limits), stopping));
    Ok(())
}

async fn open_sandbox(
    settings: &Checked,
    address: SocketAddr,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
) -> Result<Sandbox, String> {
    // The sandbox pushes over loopback, whatever the public address is.
    let push_url = Url::parse(&format!("http://127.0.0.1:{}{}", address.port(), crate::http::guard::PUSH_PATH))
        .map_err(|e| e.to_string())?;
    let reached = (push_url, address.ip(), &settings.public_url);
    Sandbox::start(&settings.data_folder, reached, clock.clone(), rng.clone()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_connection_that_is_kept_does_not_keep_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("weida.db").display())).await.unwrap();
        let kept = store.read().await.unwrap();
        assert!(!closes(&store, Duration::from_millis(20)).await);
        drop(kept);
        assert!(closes(&store, Duration::from_secs(30)).await);
    }
}
