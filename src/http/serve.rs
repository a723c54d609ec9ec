//! Starting, serving and stopping.

use super::{assemble, background, router::router, state::AppState};
use crate::{
    config::Checked,
    core::{CoreError, account, chance::Chance, clock::Clock, credit, reply},
    sandbox::Sandbox,
    store::Store,
};
use axum::serve::ListenerExt as _;
use secrecy::ExposeSecret as _;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long requests under way may take once the program was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// How long the database may take to be closed after that: something that is not a request may hold a connection.
const CLOSE: Duration = Duration::from_secs(5);

/// A program that listens but does not serve yet.
pub struct Server {
    pub state: AppState,
    pub address: SocketAddr,
    listener: TcpListener,
    /// Held where no other instance serves the same embedded database.
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
/// One line that says what is wrong and how to mend it.
pub async fn start(mut settings: Checked, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<Server, String> {
    let wanted = settings.settings.leptos.site_addr;
    let listener = TcpListener::bind(wanted).await.map_err(|e| {
        format!("{wanted} cannot be listened on: {e}; stop what uses it, or choose another address with --addr")
    })?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    if settings.settings.server.public_url.is_empty() && wanted.port() == 0 {
        settings.public_url = Url::parse(&format!("http://{address}")).map_err(|e| e.to_string())?;
    }
    let mut phone = None;
    let account = if let Some(account) = settings.account.clone() {
        account
    } else {
        let sandbox = open_sandbox(&settings, address, &clock, &chance).await?;
        let wechat = &mut settings.settings.wechat;
        (wechat.account_name, wechat.account_qr) = (sandbox.account_name, sandbox.account_qr);
        (wechat.api_base, wechat.mp_base) = (sandbox.api_base.to_string(), sandbox.mp_base.to_string());
        let mini = &mut settings.settings.mini_program;
        (mini.appid, mini.secret) = sandbox.mini_program;
        let web = &mut settings.settings.open_platform;
        (web.appid, web.secret) = sandbox.web_login;
        phone = Some(sandbox.phone);
        sandbox.account
    };
    let push = Arc::new(assemble::push_settings(&account)?);
    let leptos = assemble::leptos_options(&settings);
    let ctx = assemble::ctx(settings, account, clock, chance).await?;
    let metrics = assemble::recorder()?;
    let state = AppState { ctx, leptos, push, metrics, stopping: CancellationToken::new(), sandbox: phone };
    let alone = state.ctx.store.claim_alone();
    // What an instance that died had set aside.
    credit::hold::release(&state.ctx, alone.is_some()).await.map_err(|e| e.to_string())?;
    account::directory::index_missing(&state.ctx).await.map_err(|e| e.to_string())?;
    reply::refold::refold(&state.ctx).await.map_err(|e| e.to_string())?;
    Ok(Server { state, address, listener, alone })
}

impl Server {
    /// The link that makes the first admin, where there is none yet.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn setup_link(&self) -> Result<Option<String>, CoreError> {
        let secret = account::admin::renew_setup_link(&self.state.ctx).await?;
        Ok(secret.map(|secret| format!("{}setup?key={secret}", self.state.ctx.settings.public_url)))
    }

    /// Serves until told to stop: no new connections, what is under way is finished, the database is closed.
    ///
    /// # Errors
    /// The listener broke.
    pub async fn serve(self) -> Result<(), String> {
        let state = self.state;
        let stopping = state.stopping.clone();
        background::start(&state);
        if let Some(address) = state.ctx.settings.metrics_addr {
            serve_metrics(address, &state).await?;
        }
        let listener = self.listener.tap_io(|io| {
            // An answer in two writes would wait 40 ms for the other side's acknowledgement.
            io.set_nodelay(true).ok();
        });
        let service = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let told = stopping.clone();
        let graceful = axum::serve(listener, service).with_graceful_shutdown(async move { told.cancelled().await });
        tokio::select! {
            served = graceful.into_future() => served.map_err(|e| e.to_string())?,
            () = async { stopping.cancelled().await; tokio::time::sleep(DRAIN).await } => {
                tracing::warn!("some requests were still under way after {} s", DRAIN.as_secs());
            }
        }
        if !closes(&state.ctx.store, CLOSE).await {
            tracing::warn!("the database was still in use after {} s more", CLOSE.as_secs());
        }
        drop(self.alone);
        Ok(())
    }
}

/// Closes the database; false where somebody keeps it in use for longer than this. What they have begun is undone by the database.
async fn closes(store: &Store, patience: Duration) -> bool {
    tokio::time::timeout(patience, store.close()).await.is_ok()
}

async fn serve_metrics(address: SocketAddr, state: &AppState) -> Result<(), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|e| format!("{address} cannot be listened on for metrics: {e}; change WEIDA_METRICS_ADDR"))?;
    let (metrics, stopping) = (state.metrics.clone(), state.stopping.clone());
    let routes = axum::Router::new().route("/metrics", axum::routing::get(move || async move { metrics.render() }));
    tokio::spawn(async move {
        let serving = axum::serve(listener, routes).with_graceful_shutdown(async move { stopping.cancelled().await });
        if let Err(error) = serving.await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(())
}

async fn open_sandbox(
    settings: &Checked,
    address: SocketAddr,
    clock: &Arc<dyn Clock>,
    chance: &Arc<dyn Chance>,
) -> Result<Sandbox, String> {
    // The stand-in pushes over loopback, whatever the public address is.
    let push_url = Url::parse(&format!("http://127.0.0.1:{}{}", address.port(), super::guard::PUSH_PATH))
        .map_err(|e| e.to_string())?;
    Sandbox::start(&data_folder(settings), push_url, clock.clone(), chance.clone()).await
}

/// Beside the embedded database, else `data`.
fn data_folder(settings: &Checked) -> PathBuf {
    let url = settings.database_url.expose_secret();
    let path = url.strip_prefix("sqlite:").map(|p| p.trim_start_matches("//")).and_then(|p| p.split('?').next());
    path.and_then(|p| PathBuf::from(p).parent().map(PathBuf::from))
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or_else(|| PathBuf::from("data"))
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
