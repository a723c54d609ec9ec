//! Starting, serving and stopping.

use super::{background, router::router, state::AppState};
use crate::{
    config::{Account, Checked},
    core::{
        CoreError, Ctx, Parts,
        account::{self, password::Hasher},
        chance::Chance,
        clock::Clock,
        id::Ids,
        message::commands::Commands,
        reply::shelf::Shelf,
        secret::HashKey,
        signin::{doors::Doors, hub::Hub},
        tokens::SharedTokens,
    },
    sandbox::Sandbox,
    store::{self, Store},
    wechat::{
        api::{ApiSettings, Client},
        callback::{Mode, PushSettings},
        crypto::AesKey,
    },
};
use axum::serve::ListenerExt as _;
use leptos::config::{Env, LeptosOptions};
use secrecy::ExposeSecret as _;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long requests under way may take once the program was told to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// One try of a call to the platform.
const PLATFORM_TIMEOUT: Duration = Duration::from_secs(5);

/// A program that listens but does not serve yet.
pub struct Server {
    pub state: AppState,
    pub address: SocketAddr,
    listener: TcpListener,
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
pub async fn start(settings: Checked, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Result<Server, String> {
    let wanted = settings.settings.leptos.site_addr;
    let listener = TcpListener::bind(wanted).await.map_err(|e| format!("{wanted} cannot be listened on: {e}; stop what uses it, or choose another address with --addr"))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let mut settings = settings;
    if settings.settings.server.public_url.is_empty() && wanted.port() == 0 {
        settings.public_url = Url::parse(&format!("http://{address}")).map_err(|e| e.to_string())?;
    }
    let store = Store::open(settings.database_url.expose_secret()).await.map_err(|e| e.to_string())?;
    let sandbox = match settings.account {
        Some(_) => None,
        None => Some(open_sandbox(&settings, address, &clock, &chance).await?),
    };
    if let Some(sandbox) = &sandbox {
        let wechat = &mut settings.settings.wechat;
        (wechat.account_name, wechat.account_qr) = (sandbox.account_name.clone(), sandbox.account_qr.clone());
    }
    let account = match (&settings.account, &sandbox) {
        (Some(account), _) => account.clone(),
        (None, Some(sandbox)) => sandbox.account.clone(),
        (None, None) => return Err("there is neither an account nor a sandbox".to_owned()),
    };
    let platform = platform(&settings, sandbox.as_ref(), &account, &store, &clock, &chance)?;
    let hash_key = hash_key(&store, chance.as_ref()).await.map_err(|e| e.to_string())?;
    let push = Arc::new(push_settings(&account)?);
    let leptos = leptos_options(&settings);
    let ctx = Ctx::new(Parts {
        store,
        clock,
        chance,
        settings: Arc::new(settings),
        appid: account.appid,
        hash_key,
        platform,
        ids: Ids::default(),
        hasher: Hasher::default(),
        hub: Hub::default(),
        doors: Doors::default(),
        shelf: Shelf::default(),
        commands: Commands::default(),
    });
    let metrics = recorder()?;
    let state = AppState { ctx, leptos, push, metrics, stopping: CancellationToken::new(), sandbox: sandbox.map(|s| s.phone) };
    Ok(Server { state, address, listener })
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
        state.ctx.store.close().await;
        Ok(())
    }
}

async fn serve_metrics(address: SocketAddr, state: &AppState) -> Result<(), String> {
    let listener = TcpListener::bind(address).await.map_err(|e| format!("{address} cannot be listened on for metrics: {e}; change WEIDA_METRICS_ADDR"))?;
    let (metrics, stopping) = (state.metrics.clone(), state.stopping.clone());
    let routes = axum::Router::new().route("/metrics", axum::routing::get(move || async move { metrics.render() }));
    tokio::spawn(async move { axum::serve(listener, routes).with_graceful_shutdown(async move { stopping.cancelled().await }).await });
    Ok(())
}

async fn open_sandbox(settings: &Checked, address: SocketAddr, clock: &Arc<dyn Clock>, chance: &Arc<dyn Chance>) -> Result<Sandbox, String> {
    // The stand-in pushes over loopback, whatever the public address is.
    let push_url = Url::parse(&format!("http://127.0.0.1:{}{}", address.port(), super::guard::PUSH_PATH)).map_err(|e| e.to_string())?;
    Sandbox::start(&data_folder(settings), push_url, clock.clone(), chance.clone()).await
}

/// Beside the embedded database, else `data`.
fn data_folder(settings: &Checked) -> PathBuf {
    let url = settings.database_url.expose_secret();
    let path = url.strip_prefix("sqlite:").map(|p| p.trim_start_matches("//")).and_then(|p| p.split('?').next());
    path.and_then(|p| PathBuf::from(p).parent().map(PathBuf::from)).filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("data"))
}

fn platform(settings: &Checked, sandbox: Option<&Sandbox>, account: &Account, store: &Store, clock: &Arc<dyn Clock>, chance: &Arc<dyn Chance>) -> Result<Client, String> {
    let wechat = &settings.settings.wechat;
    let base = |given: &str, own: &str, sandboxed: Option<&Url>, name: &str| match (given, sandboxed) {
        ("", Some(url)) => Ok(url.clone()),
        ("", None) => Url::parse(own).map_err(|e| e.to_string()),
        (given, _) => Url::parse(given).map_err(|_| format!("{name} is {given:?}: it must be a URL like {own}")),
    };
    let api = ApiSettings {
        api_base: base(&wechat.api_base, "https://api.weixin.qq.com", sandbox.map(|s| &s.api_base), "WECHAT_API_BASE")?,
        mp_base: base(&wechat.mp_base, "https://mp.weixin.qq.com", sandbox.map(|s| &s.mp_base), "WECHAT_MP_BASE")?,
        appid: account.appid.clone(),
        secret: account.secret.clone(),
        timeout: PLATFORM_TIMEOUT,
    };
    Client::new(api, Arc::new(SharedTokens(store.clone())), clock.clone(), chance.clone()).map_err(|e| e.to_string())
}

fn push_settings(account: &Account) -> Result<PushSettings, String> {
    let keys = [&account.aes_key, &account.previous_aes_key].into_iter().flatten();
    let keys = keys.map(|k| AesKey::parse(k.expose_secret())).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    // With a key, nothing unencrypted is taken any more.
    let mode = if keys.is_empty() { Mode::Plain } else { Mode::Safe };
    PushSettings::new(account.token.expose_secret(), &account.appid, mode, keys).map_err(|e| e.to_string())
}

/// The installation's key: made by the first instance, read by all.
async fn hash_key(store: &Store, chance: &dyn Chance) -> Result<HashKey, store::StoreError> {
    const NAME: &str = "hash-key";
    loop {
        if let Some(key) = store::fact::find_fact(&mut store.read().await?, NAME).await?.as_deref().and_then(HashKey::parse) {
            return Ok(key);
        }
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        let mut tx = store.begin().await?;
        match store::fact::insert_fact(&mut tx, NAME, &hex::encode(bytes)).await {
            Ok(()) => tx.commit().await?,
            Err(e) if e.is_retryable() => tx.rollback().await?,
            Err(e) => return Err(e),
        }
    }
}

fn leptos_options(settings: &Checked) -> LeptosOptions {
    let leptos = &settings.settings.leptos;
    LeptosOptions::builder()
        .output_name(leptos.output_name.clone())
        .site_root(leptos.site_root.clone())
        .site_pkg_dir(leptos.site_pkg_dir.clone())
        .site_addr(leptos.site_addr)
        .env(Env::PROD)
        .build()
}

/// One recorder a process; tests start several programs in one.
fn recorder() -> Result<metrics_exporter_prometheus::PrometheusHandle, String> {
    static RECORDER: std::sync::OnceLock<metrics_exporter_prometheus::PrometheusHandle> = std::sync::OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    match metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder() {
        Ok(handle) => Ok(RECORDER.get_or_init(|| handle).clone()),
        Err(e) => RECORDER.get().cloned().ok_or_else(|| e.to_string()),
    }
}
