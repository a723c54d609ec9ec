//! Stores the platform's `access_token` in our database, so that all instances share it and only one renews it at a
//! time.

use super::secret_key::{Purpose, SecretKey};
use crate::base::rng::Rng;
use crate::{
    store::{self, Store, StoreError},
    wechat::api::{StoredToken, TokenStore, TokenStoreError},
};
use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// The database as a [`TokenStore`]. Tokens are stored encrypted.
#[derive(Debug, Clone)]
pub struct AccessTokenStore {
    pub store: Store,
    pub key: SecretKey,
    pub rng: Arc<dyn Rng>,
}

fn failed(e: StoreError) -> TokenStoreError {
    TokenStoreError(e.to_string())
}

#[async_trait]
impl TokenStore for AccessTokenStore {
    async fn load(&self, appid: &str) -> Result<Option<StoredToken>, TokenStoreError> {
        let mut db = self.store.read().await.map_err(failed)?;
        let found = store::platform_token::find_token(&mut db, appid).await.map_err(failed)?;
        // A token that cannot be decrypted counts as missing: the platform issues a new one.
        Ok(found.and_then(|(stored, expires_at_ms)| {
            let value = self.key.decrypt(Purpose::PlatformToken, appid, &stored)?;
            Some(StoredToken { value, expires_at_ms })
        }))
    }

    async fn try_lease(&self, appid: &str, owner: &str, now_ms: i64, until_ms: i64) -> Result<bool, TokenStoreError> {
        let mut tx = self.store.begin().await.map_err(failed)?;
        if store::platform_token::update_lease(&mut tx, appid, owner, now_ms, until_ms).await.map_err(failed)? {
            tx.commit().await.map_err(failed)?;
            return Ok(true);
        }
        if store::platform_token::has_row(&mut tx, appid).await.map_err(failed)? {
            return Ok(false);
        }
        match store::platform_token::insert_leased(&mut tx, appid, owner, until_ms).await {
            Ok(()) => tx.commit().await.map_err(failed).map(|()| true),
            Err(e) if e.is_retryable() => Ok(false),
            Err(e) => Err(failed(e)),
        }
    }

    async fn save(&self, appid: &str, owner: &str, token: &StoredToken) -> Result<(), TokenStoreError> {
        let value = self.key.encrypt(Purpose::PlatformToken, appid, token.value.expose_secret(), self.rng.as_ref());
        store::transact!(self.store, |tx| {
            store::platform_token::update_token(tx, appid, owner, &value, token.expires_at_ms).await
        })
        .map_err(failed)
    }

    async fn release(&self, appid: &str, owner: &str) -> Result<(), TokenStoreError> {
        store::transact!(self.store, |tx| store::platform_token::update_released(tx, appid, owner).await)
            .map_err(failed)
    }
}
