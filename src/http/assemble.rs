//! Putting the program together from its settings.

use crate::{
    config::{Account, Checked},
    core::{
        Ctx, Parts,
        account::{password::Hasher, unionid::Asking},
        chance::Chance,
        clock::Clock,
        credit::Holds,
        id::Ids,
        image::Studio,
        message::{commands::Commands, service::Service},
        rate::Rates,
        reply::{apart::Apart, media::send::Post, shelf::Shelf, transfer::job::Imports},
        secret::HashKey,
        signin::{doors::Doors, hub::Hub},
        token::{Ring, Standings},
        tokens::SharedTokens,
        turn::{OneEach, Turns},
    },
    store::{self, Store},
    wechat::{
        api::{API_BASE, ApiSettings, AppKey, Client, LOGIN_PATIENCE, LoginClient, MP_BASE},
        callback::{Mode, PushSettings},
        crypto::AesKey,
    },
};
use leptos::config::{Env, LeptosOptions};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// One try of a call to the platform.
const PLATFORM_TIMEOUT: Duration = Duration::from_secs(5);

/// The domain on its database, speaking for this account.
///
/// # Errors
/// One line that says what is wrong and how to mend it.
pub async fn ctx(
    settings: Checked,
    account: Account,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Ctx, String> {
    let commands = Commands::new(&settings.settings.chat.commands)?;
    let store = Store::open(settings.database_url.expose_secret()).await.map_err(|e| e.to_string())?;
    let platform = platform(&settings, &account, &store, &clock, &chance)?;
    let wechat = &settings.settings.wechat;
    let mini_base = base(&wechat.api_base, API_BASE, "WECHAT_API_BASE")?;
    let web_base = base(&wechat.open_base, mini_base.as_str(), "WECHAT_OPEN_BASE")?;
    let logins = LoginClient::new(mini_base, web_base, LOGIN_PATIENCE, chance.clone()).map_err(|e| e.to_string())?;
    let (mini, web) = (&settings.settings.mini_program, &settings.settings.open_platform);
    let (mini_program, web_login) = (other_app(&mini.appid, &mini.secret), other_app(&web.appid, &web.secret));
    let hash_key = hash_key(&store, chance.as_ref()).await.map_err(|e| e.to_string())?;
    let token = &settings.settings.token;
    let ring = match &token.secret {
        Some(present) => Ring::given(|of, text| hash_key.hash(of, text), present, token.previous_secret.as_ref()),
        None => Ring::stored(&store, chance.as_ref()).await.map_err(|e| e.to_string())?,
    };
    Ok(Ctx::new(Parts {
        store,
        clock,
        chance,
        settings: Arc::new(settings),
        appid: account.appid,
        hash_key,
        platform,
        logins,
        mini_program,
        web_login,
        ids: Ids::default(),
        hasher: Hasher::default(),
        asking: Asking::default(),
        hub: Hub::default(),
        doors: Doors::default(),
        shelf: Shelf::default(),
        post: Post::default(),
        imports: Imports::default(),
        apart: Apart::default(),
        commands,
        studio: Studio::default(),
        ring,
        standings: Standings::default(),
        holds: Holds::default(),
        rates: Rates::default(),
        turns: Turns::default(),
        lists: Turns::default(),
        exports: OneEach::default(),
        service: Service::default(),
    }))
}

fn platform(
    settings: &Checked,
    account: &Account,
    store: &Store,
    clock: &Arc<dyn Clock>,
    chance: &Arc<dyn Chance>,
) -> Result<Client, String> {
    let wechat = &settings.settings.wechat;
    let api = ApiSettings {
        api_base: base(&wechat.api_base, API_BASE, "WECHAT_API_BASE")?,
        mp_base: base(&wechat.mp_base, MP_BASE, "WECHAT_MP_BASE")?,
        appid: account.appid.clone(),
        secret: account.secret.clone(),
        timeout: PLATFORM_TIMEOUT,
    };
    Client::new(api, Arc::new(SharedTokens(store.clone())), clock.clone(), chance.clone()).map_err(|e| e.to_string())
}

fn base(given: &str, own: &str, name: &str) -> Result<Url, String> {
    let text = if given.is_empty() { own } else { given };
    Url::parse(text).map_err(|_| format!("{name} is {given:?}: it must be a URL like {own}"))
}

/// Another app of the owner's; None where it is not set up.
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
    // With a key, nothing unencrypted is taken any more.
    let mode = if keys.is_empty() { Mode::Plain } else { Mode::Safe };
    PushSettings::new(account.token.expose_secret(), &account.appid, mode, keys).map_err(|e| e.to_string())
}

/// The installation's key: made by the first instance, read by all.
async fn hash_key(store: &Store, chance: &dyn Chance) -> Result<HashKey, store::StoreError> {
    const NAME: &str = "hash-key";
    loop {
        if let Some(key) =
            store::fact::find_fact(&mut store.read().await?, NAME).await?.as_deref().and_then(HashKey::parse)
        {
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

/// What leptos must know.
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

/// One recorder a process; tests start several programs in one, at the same time.
///
/// # Errors
/// Another recorder was installed by somebody else.
pub fn recorder() -> Result<PrometheusHandle, String> {
    static RECORDER: Mutex<Option<PrometheusHandle>> = Mutex::new(None);
    let mut recorder = RECORDER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = recorder.as_ref() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new().install_recorder().map_err(|e| e.to_string())?;
    Ok(recorder.insert(handle).clone())
}
