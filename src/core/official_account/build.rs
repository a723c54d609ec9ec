//! Building an account from its credentials.

use super::{
    account::{OfficialAccount, Origin},
    platforms::Platforms,
};
use crate::{
    base::{clock::Clock, rng::Rng},
    config::Account,
    core::{
        access_token_store::AccessTokenStore,
        account::unionid::UnionidLookups,
        doctor::{memory::Memory, refused_pushes::RefusedPushes},
        message::{PushQueue, custom_message::CustomMessages, original_id::OriginalId},
        rule::media::upload::MediaUploads,
        secret_key::SecretKey,
        signin::qr_availability::QrAvailability,
    },
    store::Store,
    wechat::{
        api::{ApiSettings, Client, TokenStore},
        callback::{Mode, PushSettings},
        crypto::AesKey,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// The timeout of one attempt of a platform call.
const PLATFORM_TIMEOUT: Duration = Duration::from_secs(5);

/// What an account needs of the program.
#[derive(Debug, Clone, Copy)]
pub struct Deps<'a> {
    pub store: &'a Store,
    pub key: &'a SecretKey,
    pub clock: &'a Arc<dyn Clock>,
    pub rng: &'a Arc<dyn Rng>,
}

/// An account before it is built.
#[derive(Debug, Clone)]
pub struct Definition {
    pub origin: Origin,
    pub row: Option<(i64, i64)>,
    pub name: String,
    pub qr_url: String,
    pub is_verified: bool,
    /// `None`: there is no account.
    pub credentials: Option<Account>,
}

impl Definition {
    /// That there is no account.
    pub fn none() -> Self {
        let (name, qr_url) = (String::new(), String::new());
        Self { origin: Origin::None, row: None, name, qr_url, is_verified: false, credentials: None }
    }
}

/// Builds an account.
///
/// # Errors
/// One line: a credential is malformed, or the database cannot be reached.
pub async fn build(deps: Deps<'_>, platforms: &Platforms, of: Definition) -> Result<OfficialAccount, String> {
    let push = of.credentials.as_ref().map(push_settings).transpose()?;
    let account = of.credentials.unwrap_or_else(no_account);
    let tokens = AccessTokenStore { store: deps.store.clone(), key: deps.key.clone(), rng: deps.rng.clone() };
    let platform = client(platforms, &account, Arc::new(tokens), deps.clock, deps.rng)?;
    let original_id = OriginalId::load(deps.store, &account.appid, account.original_id.as_deref()).await;
    Ok(OfficialAccount {
        origin: of.origin,
        row: of.row,
        name: of.name,
        qr_url: of.qr_url,
        is_plain: push.is_some() && account.is_plain(),
        push,
        is_verified: AtomicBool::new(of.is_verified),
        appid: account.appid,
        original_id: original_id.map_err(|e| e.to_string())?,
        platform,
        unionid_lookups: UnionidLookups::default(),
        qr_availability: QrAvailability::default(),
        media_uploads: MediaUploads::default(),
        custom_messages: CustomMessages::default(),
        push_queue: PushQueue::default(),
        refused_pushes: RefusedPushes::default(),
        doctor: Memory::default(),
    })
}

/// The client of the platform for an account.
///
/// # Errors
/// The machine's TLS cannot be initialized.
pub fn client(
    platforms: &Platforms,
    account: &Account,
    tokens: Arc<dyn TokenStore>,
    clock: &Arc<dyn Clock>,
    rng: &Arc<dyn Rng>,
) -> Result<Client, String> {
    let api = ApiSettings {
        api_base: platforms.api_base.clone(),
        mp_base: platforms.mp_base.clone(),
        appid: account.appid.clone(),
        secret: account.secret.clone(),
        timeout: PLATFORM_TIMEOUT,
    };
    Client::new(api, tokens, clock.clone(), rng.clone()).map_err(|e| e.to_string())
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

fn no_account() -> Account {
    Account {
        appid: String::new(),
        secret: SecretString::default(),
        token: SecretString::default(),
        aes_key: None,
        previous_aes_key: None,
        original_id: None,
    }
}
