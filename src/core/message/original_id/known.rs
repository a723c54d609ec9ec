//! The account's original id as this instance knows it.

use crate::store::{self, Store, StoreError};
use std::sync::{
    PoisonError, RwLock,
    atomic::{AtomicBool, AtomicI64},
};

/// The fact that stores appid and original id.
pub(super) const KNOWN: &str = "original-id";

/// The original id as this instance knows it.
#[derive(Debug, Default)]
pub struct OriginalId {
    id: RwLock<Option<String>>,
    /// When a foreign id was last stored, in epoch milliseconds.
    pub(super) foreign_recorded_at: AtomicI64,
    /// True if this instance has stored that the account's pushes are encrypted.
    pub(in crate::core::message) has_stored_encryption: AtomicBool,
}

impl OriginalId {
    /// From the settings, else the stored one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn load(store: &Store, appid: &str, given: Option<&str>) -> Result<Self, StoreError> {
        let id = match given {
            Some(id) => Some(id.to_owned()),
            None => learned(store, appid).await?,
        };
        Ok(Self {
            id: RwLock::new(id),
            foreign_recorded_at: AtomicI64::new(i64::MIN),
            has_stored_encryption: AtomicBool::new(false),
        })
    }

    /// The id, if it is known.
    #[must_use]
    pub fn get(&self) -> Option<String> {
        self.id.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, id: &str) {
        *self.id.write().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
    }
}

/// The id learned from an encrypted push.
pub(in crate::core::message) async fn learned(store: &Store, appid: &str) -> Result<Option<String>, StoreError> {
    let fact = store::fact::find_fact(&mut store.read().await?, KNOWN).await?;
    Ok(fact
        .as_deref()
        .and_then(|fact| fact.split_once(' '))
        .filter(|(of, _)| *of == appid)
        .map(|(_, id)| id.to_owned()))
}
