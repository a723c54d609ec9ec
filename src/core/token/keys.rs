//! The signing keys of tokens: from the settings, or created at the first start and stored in the database, encrypted.
//!
//! A new key is published a moment before it signs, so that every instance knows it by then; an older one verifies until the
//! last token that it signed has expired.

use super::{
    TOPIC,
    key_ring::{KEYS, Key, decrypted, encrypted, load, random},
};
use crate::{
    core::{CoreError, Ctx},
    store,
};
use std::sync::{Arc, PoisonError, atomic::Ordering};

/// Time from publishing to signing: more than other instances need to read the key.
const LEAD_MS: i64 = 2_000;
/// How much longer than its tokens an old key is stored, for clock differences.
const GRACE_MS: i64 = 60_000;
/// The most keys: what fits into a secret value.
pub(super) const MOST: usize = 16;
/// The shortest interval of reloading the keys because of tokens with unknown keys.
const LOOK_AGAIN_MS: i64 = 1_000;

/// The keys with this id. An unknown id may be another instance's newest key.
pub(super) async fn verifying(ctx: &Ctx, id: &str) -> Result<Vec<Key>, CoreError> {
    let now = ctx.now();
    let found = ctx.token_keys.matching(id, now);
    let looked_at = ctx.token_keys.looked_at.load(Ordering::SeqCst);
    let may_look = looked_at.checked_add(LOOK_AGAIN_MS).is_none_or(|at| at <= now || looked_at > now);
    if !found.is_empty() || ctx.token_keys.is_given || !may_look {
        return Ok(found);
    }
    ctx.token_keys.looked_at.store(now, Ordering::SeqCst);
    reload(ctx).await?;
    Ok(ctx.token_keys.matching(id, now))
}

/// Publishes a new key; older ones verify until their tokens have expired. Returns when it begins to sign, in epoch
/// milliseconds.
///
/// # Errors
/// [`CoreError::Forbidden`] if the settings give the keys; [`CoreError::TooMany`] if too many are in use already;
/// [`CoreError::Collided`] if another instance rotated concurrently.
pub async fn rotate(ctx: &Ctx) -> Result<i64, CoreError> {
    if ctx.token_keys.is_given {
        return Err(CoreError::Forbidden);
    }
    let now = ctx.now();
    let mut tx = ctx.store.begin().await?;
    let old = store::secret_value::find_value(&mut tx, KEYS).await?.ok_or(CoreError::Collided)?;
    let mut keys = decrypted(&ctx.secret_key, &old)?;
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
    keys.insert(0, random(ctx.rng.as_ref(), signs_from));
    let new = encrypted(&ctx.secret_key, &keys, ctx.rng.as_ref());
    if !store::secret_value::update_value_if(&mut tx, KEYS, &old, &new).await? {
        return Err(CoreError::Collided);
    }
    store::fact::bump_revision(&mut tx, TOPIC).await?;
    tx.commit().await?;
    reload(ctx).await?;
    Ok(signs_from)
}

/// Reloads the database's keys.
pub(super) async fn reload(ctx: &Ctx) -> Result<(), CoreError> {
    if !ctx.token_keys.is_given {
        let found = load(&mut ctx.store.read().await?, &ctx.secret_key).await?;
        *ctx.token_keys.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(found);
    }
    Ok(())
}
