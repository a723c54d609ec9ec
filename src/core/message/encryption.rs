//! Remembers that the account's pushes are encrypted. A key that is emptied later would silently turn the account to plain mode, in which
//! an attacker who intercepts one push can forge others.

use super::original_id;
use crate::{
    config::Checked,
    core::{CoreError, OfficialCtx},
    store::{self, Store, StoreError},
};
use std::sync::atomic::Ordering;

/// The fact that stores the appid of the last account with encrypted pushes.
const SEEN: &str = "encrypted-push";

/// Stores that the account's pushes are encrypted. An instance does so once.
///
/// # Errors
/// The database cannot be reached.
pub async fn record(ctx: &OfficialCtx) -> Result<(), CoreError> {
    if ctx.account.original_id.has_stored_encryption.load(Ordering::Relaxed) {
        Ok(())
    } else {
        Box::pin(store_seen(ctx)).await
    }
}

async fn store_seen(ctx: &OfficialCtx) -> Result<(), CoreError> {
    let stored = store::transact!(ctx.store, |tx| {
        if store::fact::find_fact(tx, SEEN).await?.as_deref() != Some(ctx.account.appid.as_str()) {
            store::fact::delete_fact(tx, SEEN).await?;
            store::fact::insert_fact(tx, SEEN, &ctx.account.appid).await?;
        }
        Ok(())
    });
    match stored {
        Ok(()) => ctx.account.original_id.has_stored_encryption.store(true, Ordering::Relaxed),
        // Other instances store it: the next push looks again.
        Err(e) if StoreError::is_retryable(&e) => {}
        Err(e) => return Err(e.into()),
    }
    Ok(())
}

/// The reason not to start with an AES key that was emptied; `None` if the account may use plain mode.
///
/// # Errors
/// The database cannot be reached.
pub async fn refusal(store: &Store, settings: &Checked) -> Result<Option<String>, StoreError> {
    let Some(account) = settings.account.as_ref().filter(|account| account.is_plain()) else { return Ok(None) };
    if !settings.has_emptied_aes_key() {
        return Ok(None);
    }
    let seen = store::fact::find_fact(&mut store.read().await?, SEEN).await?;
    let is_seen = seen.as_deref() == Some(account.appid.as_str())
        // Versions before stored the original id only, which they learned from encrypted pushes.
        || original_id::learned(store, &account.appid).await?.is_some();
    Ok(is_seen.then(|| {
        format!(
            "WECHAT_AES_KEY is empty, and this database has received encrypted pushes of {}: set it to the EncodingAESKey of the platform's console, or remove the name to choose plain mode",
            account.appid
        )
    }))
}
