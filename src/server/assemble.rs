//! Assembles the program from its settings.

use crate::{
    base::{clock::Clock, id::Ids, rng::Rng, secret::HashKey},
    config::Checked,
    core::{
        CoreError, Ctx, OfficialAccount, Parts,
        account::password::Hasher,
        credit::Holds,
        ilink::channels::Channels,
        image::EditQueue,
        keyed_lock::{InFlight, KeyedLock},
        message::deadline::ReplyDeadline,
        official_account::{Accounts, Deps, Platforms},
        rate::Rates,
        rule::{cache::RuleCache, transfer::job::Imports, worker_pool::WorkerPool},
        secret_key::{self, Purpose, SecretKey},
        setting::{self, LiveSettings},
        signin::status_broadcast::StatusBroadcast,
        token::{KeyRing, TokenStatusCache},
    },
    sandbox,
    store::{self, Store},
    telemetry,
};
use leptos::config::{Env, LeptosOptions};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret as _;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// What is opened first: the account is known by its rows.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    pub secret_key: SecretKey,
    pub platforms: Arc<Platforms>,
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
}

impl Opened {
    /// What building an account takes.
    #[must_use]
    pub fn deps(&self) -> Deps<'_> {
        Deps { store: &self.store, key: &self.secret_key, clock: &self.clock, rng: &self.rng }
    }
}

/// Opens the database and the secret key.
///
/// # Errors
/// One line that says what is wrong and how to fix it.
pub async fn open(settings: &Checked, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Opened, String> {
    let platforms = Arc::new(Platforms::of(settings, &rng)?);
    let store = Store::open(settings.database_url.expose_secret()).await.map_err(|e| e.to_string())?;
    let secret_key = secret_key::open(&store, secret_key::Source::of(settings), rng.as_ref()).await?;
    Ok(Opened { store, secret_key, platforms, clock, rng })
}

/// Creates the core's context with this account. `sandbox`: what the sandbox replaces.
///
/// # Errors
/// One line that says what is wrong and how to fix it.
pub async fn ctx(
    settings: Checked,
    opened: Opened,
    account: OfficialAccount,
    sandbox: Option<Platforms>,
) -> Result<Ctx, String> {
    let live = LiveSettings::new(&settings);
    let Opened { store, secret_key, platforms, clock, rng } = opened;
    let hash_key = hash_key(&store, &secret_key, rng.as_ref()).await?;
    let token = &settings.settings.token;
    let key_ring = match &token.secret {
        Some(present) => KeyRing::given(|of, text| hash_key.hash(of, text), present, token.previous_secret.as_ref()),
        None => KeyRing::stored(&store, &secret_key, rng.as_ref()).await.map_err(|e| match e {
            CoreError::Fault(text) => text,
            other => other.to_string(),
        })?,
    };
    let ctx = Ctx::new(Parts {
        store,
        clock,
        rng,
        settings: Arc::new(settings),
        hash_key,
        secret_key,
        accounts: Accounts::new(account, platforms, sandbox),
        ids: Ids::default(),
        hasher: Hasher::default(),
        status_broadcast: StatusBroadcast::default(),
        rule_cache: RuleCache::default(),
        imports: Imports::default(),
        worker_pool: WorkerPool::default(),
        live,
        image_edits: EditQueue::default(),
        token_keys: key_ring,
        token_status: TokenStatusCache::default(),
        holds: Holds::default(),
        rates: Rates::default(),
        reply_deadline: ReplyDeadline::default(),
        row_locks: KeyedLock::default(),
        list_locks: KeyedLock::default(),
        ilink: Channels::default(),
        exports_in_flight: InFlight::default(),
    });
    setting::reload(&ctx).await.map_err(|e| e.to_string())?;
    Ok(ctx)
}

/// The installation's hash key: created by the first instance, read by all.
async fn hash_key(store: &Store, secret_key: &SecretKey, rng: &dyn Rng) -> Result<HashKey, String> {
    const NAME: &str = "hash-key";
    let failed = |e: store::StoreError| e.to_string();
    loop {
        let mut db = store.read().await.map_err(failed)?;
        if let Some(stored) = store::secret_value::find_value(&mut db, NAME).await.map_err(failed)? {
            let plain = secret_key.decrypt(Purpose::Installation, NAME, &stored);
            let key = plain.and_then(|plain| HashKey::parse(plain.expose_secret()));
            return key.ok_or_else(|| secret_key::damaged(NAME));
        }
        drop(db);
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        let value = secret_key.encrypt(Purpose::Installation, NAME, &hex::encode(bytes), rng);
        let mut tx = store.begin().await.map_err(failed)?;
        match store::secret_value::insert_value(&mut tx, NAME, &value).await {
            Ok(()) => tx.commit().await.map_err(failed)?,
            Err(e) if e.is_retryable() => tx.rollback().await.map_err(failed)?,
            Err(e) => return Err(failed(e)),
        }
    }
}

/// The files that other users of the machine must not read: database, secret key, sandbox, logs.
#[must_use]
pub fn private_files(ctx: &Ctx) -> Vec<PathBuf> {
    let mut files = ctx.store.files();
    files.push(ctx.settings.secret_key_file.clone());
    files.push(sandbox::platform::state_file(&ctx.settings.data_folder));
    files.extend(telemetry::log_files(&ctx.settings.settings.log));
    files
}

/// The folder of the static files: the one that the settings name, or `site` beside the program where that is missing, as in a package.
#[must_use]
pub fn site_root(given: &str) -> String {
    if Path::new(given).is_dir() {
        return given.to_owned();
    }
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("site")));
    let beside = beside.filter(|folder| folder.is_dir()).and_then(|folder| folder.into_os_string().into_string().ok());
    beside.unwrap_or_else(|| given.to_owned())
}

/// The options that leptos needs.
#[must_use]
pub fn leptos_options(settings: &Checked) -> LeptosOptions {
    let leptos = &settings.settings.leptos;
    LeptosOptions::builder()
        .output_name(leptos.output_name.clone())
        .site_root(leptos.site_root.clone())
        .site_pkg_dir(leptos.site_pkg_dir.clone())
        .site_addr(leptos.site_addr)
        .env(Env::PROD)
        .build()
}

/// The metrics recorder, one per process; tests start several programs in one process.
///
/// # Errors
/// Another recorder is already installed.
pub fn recorder() -> Result<PrometheusHandle, String> {
    static RECORDER: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut recorder = RECORDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = recorder.as_ref() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().map_err(|e| e.to_string())?;
    Ok(recorder.insert(handle).clone())
}
