//! The platform's access_token in our own database, so that all instances share it and one renews it at a time.

use crate::{
    store::{self, Store, StoreError},
    wechat::api::{StoredToken, TokenStore, TokenStoreError},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

/// The database as a [`TokenStore`].
#[derive(Debug, Clone)]
pub struct SharedTokens(pub Store);

fn failed(e: StoreError) -> TokenStoreError {
    TokenStoreError(e.to_string())
}

#[async_trait]
impl TokenStore for SharedTokens {
    async fn load(&self, appid: &str) -> Result<Option<StoredToken>, TokenStoreError> {
        let mut db = self.0.read().await.map_err(failed)?;
        let found = store::platform_token::find_token(&mut db, appid).await.map_err(failed)?;
        Ok(found.map(|(value, expires_at_ms)| StoredToken { value: SecretString::from(value), expires_at_ms }))
    }

    async fn try_lease(&self, appid: &str, owner: &str, now_ms: i64, until_ms: i64) -> Result<bool, TokenStoreError> {
        let mut tx = self.0.begin().await.map_err(failed)?;
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
        let mut tx = self.0.begin().await.map_err(failed)?;
        store::platform_token::update_token(&mut tx, appid, owner, token.value.expose_secret(), token.expires_at_ms).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }

    async fn release(&self, appid: &str, owner: &str) -> Result<(), TokenStoreError> {
        let mut tx = self.0.begin().await.map_err(failed)?;
        store::platform_token::update_released(&mut tx, appid, owner).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }
}
