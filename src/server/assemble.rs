//! Assembles the program from its settings.

use crate::{
    base::{clock::Clock, id::Ids, rng::Rng, secret::HashKey},
    config::{self, Account, Checked},
    core::{
        CoreError, Ctx, OfficialAccount, OfficialCtx, Parts,
        access_token_store::AccessTokenStore,
        account::{password::Hasher, unionid::UnionidLookups},
        credit::Holds,
        doctor::{memory::Memory, refused_pushes::RefusedPushes},
        ilink::channels::Channels,
        image::EditQueue,
        keyed_lock::{InFlight, KeyedLock},
        message::{PushQueue, custom_message::CustomMessages, deadline::ReplyDeadline, original_id::OriginalId},
        rate::Rates,
        rule::{cache::RuleCache, media::upload::MediaUploads, transfer::job::Imports, worker_pool::WorkerPool},
        secret_key::{self, Purpose, SecretKey},
        setting::{self, LiveSettings},
        signin::{qr_availability::QrAvailability, status_broadcast::StatusBroadcast},
        token::{KeyRing, TokenStatusCache},
    },
    ilink, sandbox,
    store::{self, Store},
    telemetry,
    wechat::{
        api::{API_BASE, ApiSettings, AppKey, Client, LOGIN_PATIENCE, LoginClient, MP_BASE, TokenStore},
        callback::{Mode, PushSettings},
        crypto::AesKey,
    },
};
use leptos::config::{Env, LeptosOptions};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// The timeout of one attempt of a platform call.
const PLATFORM_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the database and creates the core's context for this account.
///
/// # Errors
/// One line that says what is wrong and how to fix it.
pub async fn ctx(
    settings: Checked,
    account: Account,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
) -> Result<OfficialCtx, String> {
    let live = LiveSettings::new(&settings);
    let store = Store::open(settings.database_url.expose_secret()).await.map_err(|e| e.to_string())?;
    let secret_key = secret_key::open(&store, secret_key::Source::of(&settings), rng.as_ref()).await?;
    let tokens = AccessTokenStore { store: store.clone(), key: secret_key.clone(), rng: rng.clone() };
    let platform = platform(&settings, &account, Arc::new(tokens), &clock, &rng)?;
    let wechat = &settings.settings.wechat;
    let mini_base = base(&wechat.api_base, API_BASE, "WECHAT_API_BASE")?;
    let web_base = base(&wechat.open_base, mini_base.as_str(), "WECHAT_OPEN_BASE")?;
    let logins = LoginClient::new(mini_base, web_base, LOGIN_PATIENCE, rng.clone()).map_err(|e| e.to_string())?;
    let ilink = Channels::new(ilink_client(&settings.settings.ilink, &rng)?);
    let (mini, web) = (&settings.settings.mini_program, &settings.settings.open_platform);
    let (mini_program, web_login) = (other_app(&mini.appid, &mini.secret), other_app(&web.appid, &web.secret));
    let hash_key = hash_key(&store, &secret_key, rng.as_ref()).await?;
    let original_id = OriginalId::load(&store, &account.appid, account.original_id.as_deref()).await;
    let original_id = original_id.map_err(|e| e.to_string())?;
    let token = &settings.settings.token;
    let key_ring = match &token.secret {
        Some(present) => KeyRing::given(|of, text| hash_key.hash(of, text), present, token.previous_secret.as_ref()),
        None => KeyRing::stored(&store, &secret_key, rng.as_ref()).await.map_err(|e| match e {
            CoreError::Fault(text) => text,
            other => other.to_string(),
        })?,
    };
    let account = OfficialAccount {
        is_plain: account.is_plain(),
        appid: account.appid,
        original_id,
        platform,
        unionid_lookups: UnionidLookups::default(),
        qr_availability: QrAvailability::default(),
        media_uploads: MediaUploads::default(),
        custom_messages: CustomMessages::default(),
        push_queue: PushQueue::default(),
        refused_pushes: RefusedPushes::default(),
        doctor: Memory::default(),
    };
    let ctx = Ctx::new(Parts {
        store,
        clock,
        rng,
        settings: Arc::new(settings),
        hash_key,
        secret_key,
        logins,
        mini_program,
        web_login,
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
        ilink,
        exports_in_flight: InFlight::default(),
    });
    setting::reload(&ctx).await.map_err(|e| e.to_string())?;
    Ok(ctx.of_account(Arc::new(account)))
}

/// The client of the platform for an account.
///
/// # Errors
/// One line that says which address is malformed.
pub fn platform(
    settings: &Checked,
    account: &Account,
    tokens: Arc<dyn TokenStore>,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
) -> Result<Client, String> {
    let wechat = &settings.settings.wechat;
    let api = ApiSettings {
        api_base: base(&wechat.api_base, API_BASE, "WECHAT_API_BASE")?,
        mp_base: base(&wechat.mp_base, MP_BASE, "WECHAT_MP_BASE")?,
        appid: account.appid.clone(),
        secret: account.secret.clone(),
        timeout: PLATFORM_TIMEOUT,
    };
    Client::new(api, tokens, clock.clone(), rng.clone()).map_err(|e| e.to_string())
}

/// The client of the personal channel's platform, or of a stand-in.
fn ilink_client(settings: &config::Ilink, rng: &Arc<dyn Rng>) -> Result<ilink::Client, String> {
    let stand_in = |given: &str, own: &str, name: &str| {
        if given.is_empty() { Ok(None) } else { base(given, own, name).map(Some) }
    };
    let api = stand_in(&settings.api_base, ilink::API_BASE, "ILINK_API_BASE")?;
    let cdn = stand_in(&settings.cdn_base, ilink::CDN_BASE, "ILINK_CDN_BASE")?;
    let hosts = ilink::Hosts::new(api, cdn).map_err(|e| format!("ILINK_API_BASE or ILINK_CDN_BASE: {e}"))?;
    ilink::Client::new(hosts, rng.clone()).map_err(|e| e.to_string())
}

fn base(given: &str, own: &str, name: &str) -> Result<Url, String> {
    let text = if given.is_empty() { own } else { given };
    Url::parse(text).map_err(|_| format!("{name} is {given:?}: it must be a URL like {own}"))
}

/// Credentials of another of the owner's apps; `None` if it is not configured.
fn other_app(appid: &str, secret: &SecretString) -> Option<AppKey> {
    (!appid.trim().is_empty()).then(|| AppKey { appid: appid.trim().to_owned(), secret: secret.clone() })
}

/// How pushes to this account are verified.
///
/// # Errors
/// One line that says which credential is malformed.
pub fn push_settings(account: &Account) -> Result<PushSettings, String> {
    let keys = [&account.aes_key, &account.previous_aes_key].into_iter().flatten();
    let keys =
        keys.map(|k| AesKey::parse(k.expose_secret())).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    // With an AES key, unencrypted pushes are refused.
    let mode = if keys.is_empty() { Mode::Plain } else { Mode::Safe };
    PushSettings::new(account.token.expose_secret(), &account.appid, mode, keys).map_err(|e| e.to_string())
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
