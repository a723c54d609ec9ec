//! The keys that tokens are signed with: given by the settings, or made at the first start and kept in the database.
//!
//! A new key is published a moment before it signs, so that every instance knows it by then; an older one verifies until the
//! last token that it signed has ended.

use super::standing;
use crate::core::{CoreError, Ctx, chance::Chance, secret::Use};
use crate::store::{self, Link, Store, StoreError};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicI64, Ordering},
};

/// The fact under which the database's keys are kept.
const KEYS: &str = "token-keys";
/// From being published to signing: more than an instance needs to hear of it.
const LEAD_MS: i64 = 2_000;
/// Beyond its tokens' life an old key is kept this much longer, for clocks that differ.
const GRACE_MS: i64 = 60_000;
/// Keys at a time: what fits into a fact.
const MOST: usize = 16;
/// A token with an unknown key makes an instance look for newer ones no more often than this.
const LOOK_AGAIN_MS: i64 = 1_000;

/// One key. `Debug` shows its id only.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    pub secret: SecretString,
    /// Epoch milliseconds from which it signs.
    signs_from: i64,
    /// When its last token ends; None for the newest key.
    ends_at: Option<i64>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys that this instance knows, newest first.
#[derive(Debug, Default)]
pub struct Ring {
    keys: RwLock<Arc<Vec<Key>>>,
    /// True where the settings give the keys: then the database's are not used.
    is_given: bool,
    looked_at: AtomicI64,
}

impl Ring {
    /// Keys of the settings: the present one, and the one before it for as long as it is given.
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

    /// The database's keys; the first instance makes the first one.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn stored(store: &Store, chance: &dyn Chance) -> Result<Self, StoreError> {
        loop {
            let text = store::fact::find_fact(&mut store.read().await?, KEYS).await?;
            let found = text.as_deref().map(parsed).unwrap_or_default();
            if !found.is_empty() {
                let keys = RwLock::new(Arc::new(found));
                return Ok(Self { keys, is_given: false, looked_at: AtomicI64::new(i64::MIN) });
            }
            let first = written(&[random(chance, 0)]);
            let mut tx = store.begin().await?;
            // What cannot be read is replaced: nothing verifies with it anyway. That and nothing else: another instance may have
            // put its key there meanwhile, and signs with it.
            if let Some(text) = &text {
                store::fact::delete_fact_if(&mut tx, KEYS, text).await?;
            }
            match store::fact::insert_fact(&mut tx, KEYS, &first).await {
                Ok(()) => {
                    store::fact::bump_revision(&mut tx, standing::TOPIC).await?;
                    tx.commit().await?;
                }
                Err(e) if e.is_retryable() => tx.rollback().await?,
                Err(e) => return Err(e),
            }
        }
    }

    /// The key to sign with.
    pub(super) fn signing(&self, now: i64) -> Result<Key, CoreError> {
        let keys = self.known();
        let key = keys.iter().find(|key| key.signs_from <= now).or(keys.last());
        key.cloned().ok_or_else(|| CoreError::Fault("there is no key to sign tokens with".to_owned()))
    }

    fn known(&self) -> Arc<Vec<Key>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn matching(&self, id: Option<&str>, now: i64) -> Vec<Key> {
        let is_alive = |key: &&Key| key.ends_at.is_none_or(|at| now < at);
        self.known().iter().filter(is_alive).filter(|key| id.is_none_or(|id| key.id == id)).cloned().collect()
    }
}

/// The keys that may have signed a token which names this one, or none. An unknown one may be another instance's newest.
pub(super) async fn verifying(ctx: &Ctx, id: Option<&str>) -> Result<Vec<Key>, CoreError> {
    let now = ctx.now();
    let found = ctx.ring.matching(id, now);
    let looked_at = ctx.ring.looked_at.load(Ordering::SeqCst);
    let may_look = looked_at.checked_add(LOOK_AGAIN_MS).is_none_or(|at| at <= now || looked_at > now);
    if !found.is_empty() || ctx.ring.is_given || !may_look {
        return Ok(found);
    }
    ctx.ring.looked_at.store(now, Ordering::SeqCst);
    reload(ctx).await?;
    Ok(ctx.ring.matching(id, now))
}

/// Publishes a new key; the older ones verify until their tokens have ended. Returns when it begins to sign, in epoch
/// milliseconds.
///
/// # Errors
/// [`CoreError::Forbidden`] where the settings give the keys; [`CoreError::TooMany`] where too many are in use already;
/// [`CoreError::Collided`] where somebody else did the same.
pub async fn rotate(ctx: &Ctx) -> Result<i64, CoreError> {
    if ctx.ring.is_given {
        return Err(CoreError::Forbidden);
    }
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    let old = store::fact::find_fact(&mut tx, KEYS).await?.ok_or(CoreError::Collided)?;
    let mut keys = parsed(&old);
    keys.retain(|key| key.ends_at.is_none_or(|at| now < at));
    if keys.len() >= MOST {
        let first_end = keys.iter().filter_map(|key| key.ends_at).min().unwrap_or(now);
        return Err(CoreError::TooMany((first_end - now).div_euclid(1000) + 1));
    }
    let signs_from = now + LEAD_MS;
    let ends_at = signs_from + super::life_secs(ctx) * 1000 + GRACE_MS;
    for key in keys.iter_mut().filter(|key| key.ends_at.is_none()) {
        key.ends_at = Some(ends_at);
    }
    keys.insert(0, random(ctx.chance.as_ref(), signs_from));
    if !store::fact::delete_fact_if(&mut tx, KEYS, &old).await? {
        return Err(CoreError::Collided);
    }
    store::fact::insert_fact(&mut tx, KEYS, &written(&keys)).await?;
    store::fact::bump_revision(&mut tx, standing::TOPIC).await?;
    tx.commit().await?;
    reload(ctx).await?;
    Ok(signs_from)
}

/// Reads the database's keys again.
pub(super) async fn reload(ctx: &Ctx) -> Result<(), CoreError> {
    if !ctx.ring.is_given {
        let found = load(&mut ctx.store.read().await?).await?;
        *ctx.ring.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(found);
    }
    Ok(())
}

async fn load(db: &mut impl Link) -> Result<Vec<Key>, StoreError> {
    Ok(store::fact::find_fact(db, KEYS).await?.map(|text| parsed(&text)).unwrap_or_default())
}

fn random(chance: &dyn Chance, signs_from: i64) -> Key {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    Key { id: chance.token(), secret: SecretString::from(hex::encode(bytes)), signs_from, ends_at: None }
}

/// One key a line: id, secret, and the two times.
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
    use crate::core::chance::SeededChance;

    #[test]
    fn keys_are_read_as_they_were_written_and_a_full_ring_fits_into_a_fact() {
        let chance = SeededChance::new(19);
        let mut keys: Vec<Key> = (0..MOST).map(|_| random(&chance, 1_757_650_000_000)).collect();
        keys.iter_mut().skip(1).for_each(|key| key.ends_at = Some(1_757_650_000_000));
        let text = written(&keys);
        assert!(text.len() <= 2000, "{} bytes", text.len());
        let read = parsed(&text);
        assert_eq!(written(&read), text);
        assert_eq!(read.len(), MOST);
        assert!(!format!("{read:?}").contains(keys[0].secret.expose_secret()));
    }

    #[test]
    fn a_new_key_signs_from_its_time_on_and_an_old_one_verifies_until_its_end() {
        let chance = SeededChance::new(20);
        let (new, mut old) = (random(&chance, 2_000), random(&chance, 0));
        old.ends_at = Some(9_000);
        let ring = Ring { keys: RwLock::new(Arc::new(vec![new.clone(), old.clone()])), ..Ring::default() };
        assert_eq!(ring.signing(1_999).unwrap().id, old.id);
        assert_eq!(ring.signing(2_000).unwrap().id, new.id);
        assert_eq!(ring.matching(Some(&old.id), 8_999).len(), 1);
        assert!(ring.matching(Some(&old.id), 9_000).is_empty());
        // A token that names no key may be of any.
        assert_eq!(ring.matching(None, 8_999).len(), 2);
    }
}
