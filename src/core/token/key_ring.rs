//! The keys that tokens are signed with, as this instance knows them.

use super::TOPIC;
use crate::{
    base::{rng::Rng, secret::Use},
    core::{
        CoreError,
        secret_key::{Purpose, SecretKey, damaged},
    },
    store::{self, Link, Store},
};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Arc, PoisonError, RwLock, atomic::AtomicI64};

/// The name of the keys among the secret values.
pub(super) const KEYS: &str = "token-keys";

/// One key. `Debug` shows its id only.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub secret: SecretString,
    /// Epoch milliseconds from which it signs.
    pub(super) signs_from: i64,
    /// When its last token expires; `None` for the newest key.
    pub(super) ends_at: Option<i64>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys that this instance knows, newest first.
#[derive(Debug, Default)]
pub struct KeyRing {
    pub(super) keys: RwLock<Arc<Vec<Key>>>,
    /// True if the keys come from the settings: then the database's are not used.
    pub(super) is_given: bool,
    /// When newer keys were last looked for, in epoch milliseconds.
    pub(super) looked_at: AtomicI64,
}

impl KeyRing {
    /// Keys of the settings: the current one, and the previous one while it is given.
    #[must_use]
    pub fn given(
        ctx_hash: impl Fn(Use, &str) -> String,
        present: &SecretString,
        previous: Option<&SecretString>,
    ) -> Self {
        let key = |secret: &SecretString| Key {
            id: ctx_hash(Use::TokenKey, secret.expose_secret())[..16].to_owned(),
            secret: secret.clone(),
            signs_from: i64::MIN,
            ends_at: None,
        };
        let keys = [Some(present), previous].into_iter().flatten().map(key).collect();
        Self { keys: RwLock::new(Arc::new(keys)), is_given: true, looked_at: AtomicI64::new(i64::MIN) }
    }

    /// The database's keys; the first instance creates the first one.
    ///
    /// # Errors
    /// The database cannot be reached, or its keys cannot be decrypted.
    pub async fn stored(store: &Store, secret_key: &SecretKey, chance: &dyn Rng) -> Result<Self, CoreError> {
        loop {
            let found = load(&mut store.read().await?, secret_key).await?;
            if !found.is_empty() {
                let keys = RwLock::new(Arc::new(found));
                return Ok(Self { keys, is_given: false, looked_at: AtomicI64::new(i64::MIN) });
            }
            let first = encrypted(secret_key, &[random(chance, 0)], chance);
            let mut tx = store.begin().await?;
            match store::secret_value::insert_value(&mut tx, KEYS, &first).await {
                Ok(()) => {
                    store::fact::bump_revision(&mut tx, TOPIC).await?;
                    tx.commit().await?;
                }
                Err(e) if e.is_retryable() => tx.rollback().await?,
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// The key to sign with.
    pub(super) fn signing(&self, now: i64) -> Result<Key, CoreError> {
        let keys = self.known();
        let key = keys.iter().find(|key| key.signs_from <= now).or(keys.last());
        key.cloned().ok_or_else(|| CoreError::Fault("there is no key for signing tokens".to_owned()))
    }

    fn known(&self) -> Arc<Vec<Key>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn matching(&self, id: &str, now: i64) -> Vec<Key> {
        let is_alive = |key: &&Key| key.ends_at.is_none_or(|at| now < at);
        self.known().iter().filter(is_alive).filter(|key| key.id == id).cloned().collect()
    }
}

/// The keys of the database.
pub(super) async fn load(db: &mut impl Link, secret_key: &SecretKey) -> Result<Vec<Key>, CoreError> {
    let stored = store::secret_value::find_value(db, KEYS).await?;
    stored.map_or(Ok(Vec::new()), |stored| decrypted(secret_key, &stored))
}

pub(super) fn encrypted(secret_key: &SecretKey, keys: &[Key], chance: &dyn Rng) -> String {
    secret_key.encrypt(Purpose::Installation, KEYS, &written(keys), chance)
}

pub(super) fn decrypted(secret_key: &SecretKey, stored: &str) -> Result<Vec<Key>, CoreError> {
    let plain = secret_key.decrypt(Purpose::Installation, KEYS, stored);
    let keys = plain.map(|plain| parsed(plain.expose_secret())).filter(|keys| !keys.is_empty());
    keys.ok_or_else(|| CoreError::Fault(damaged(KEYS)))
}

pub(super) fn random(chance: &dyn Rng, signs_from: i64) -> Key {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    Key { id: chance.token(), secret: SecretString::from(hex::encode(bytes)), signs_from, ends_at: None }
}

/// One key per line: id, secret, and the two times.
fn written(keys: &[Key]) -> String {
    let line = |key: &Key| {
        let ends_at = key.ends_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        format!("{} {} {} {ends_at}", key.id, key.secret.expose_secret(), key.signs_from)
    };
    keys.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn parsed(text: &str) -> Vec<Key> {
    let line = |line: &str| {
        let mut parts = line.split(' ');
        let (id, secret) = (parts.next()?.to_owned(), SecretString::from(parts.next()?));
        let signs_from = parts.next()?.parse().ok()?;
        let ends_at = match parts.next()? {
            "-" => None,
            at => Some(at.parse().ok()?),
        };
        Some(Key { id, secret, signs_from, ends_at })
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::rng::SeededRng, core::token::keys::MOST};

    #[test]
    fn keys_are_read_as_they_were_written_and_a_full_ring_fits_into_a_secret_value() {
        let chance = SeededRng::new(19);
        let mut keys: Vec<Key> = (0..MOST).map(|_| random(&chance, 1_757_650_000_000)).collect();
        keys.iter_mut().skip(1).for_each(|key| key.ends_at = Some(1_757_650_000_000));
        let text = written(&keys);
        let secret_key = SecretKey::parse(&"5a".repeat(16)).unwrap();
        let stored = encrypted(&secret_key, &keys, &chance);
        assert!(stored.len() <= 4000, "{} bytes", stored.len());
        assert_eq!(written(&decrypted(&secret_key, &stored).unwrap()), text);
        let read = parsed(&text);
        assert_eq!(written(&read), text);
        assert_eq!(read.len(), MOST);
        assert!(!format!("{read:?}").contains(keys[0].secret.expose_secret()));
    }

    #[test]
    fn a_new_key_signs_from_its_time_on_and_an_old_one_verifies_until_its_end() {
        let chance = SeededRng::new(20);
        let (new, mut old) = (random(&chance, 2_000), random(&chance, 0));
        old.ends_at = Some(9_000);
        let ring = KeyRing { keys: RwLock::new(Arc::new(vec![new.clone(), old.clone()])), ..KeyRing::default() };
        assert_eq!(ring.signing(1_999).unwrap().id, old.id);
        assert_eq!(ring.signing(2_000).unwrap().id, new.id);
        assert_eq!(ring.matching(&old.id, 8_999).len(), 1);
        assert!(ring.matching(&old.id, 9_000).is_empty());
        assert!(ring.matching("", 8_999).is_empty());
    }
}
