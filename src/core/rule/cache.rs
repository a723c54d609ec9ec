//! The cache of rule sets: matching never reads the database while an owner's rule set is cached.
//!
//! A small rule set is evicted when a rule changes, and read again by the next caller. A large one takes a moment to build: the old one
//! answers while the new one is built in the background, from the old one and the changes. No rule set is built twice concurrently.

mod rule_sets;

pub use rule_sets::RuleCache;

use super::{MatchType, Rule, rule_set::RuleSet};
use crate::{
    core::{CoreError, Ctx},
    store::{self, Link, StoreError, Tx, rule::KeywordRow},
};
use rule_sets::{LARGE_RULES, LOAD_LOCKS};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
};

/// The topic in `revisions`.
const TOPIC: &str = "rules";
/// The most changed rules for which a large rule set is rebuilt from the old one.
const MAX_CHANGED_RULES: usize = 5_000;

/// An owner's rule set, read from the database if not cached. A large one may lag behind a change until it is rebuilt.
///
/// # Errors
/// The database cannot be reached.
pub async fn load(ctx: &Ctx, owner_id: i64) -> Result<Arc<RuleSet>, CoreError> {
    if let Some(rule_set) = cached(ctx, owner_id) {
        return Ok(rule_set);
    }
    let shard = usize::try_from(owner_id.unsigned_abs()).unwrap_or_default() % LOAD_LOCKS;
    let _held = ctx.rule_cache.load_locks[shard].lock().await;
    // A concurrent caller may have loaded it.
    if let Some(rule_set) = cached(ctx, owner_id) {
        return Ok(rule_set);
    }
    let generation = ctx.rule_cache.generation.load(Ordering::SeqCst);
    let mut db = ctx.store.read().await?;
    let (rule_set, changed) = build(&mut db, owner_id).await?;
    drop(db);
    ctx.rule_cache.insert(owner_id, &rule_set, changed, generation);
    Ok(rule_set)
}

/// An owner's rule set if it is cached.
pub(crate) fn cached(ctx: &Ctx, owner_id: i64) -> Option<Arc<RuleSet>> {
    let (rule_set, is_stale) = ctx.rule_cache.find(owner_id)?;
    if is_stale {
        rebuild(ctx, owner_id);
    }
    Some(rule_set)
}

/// Invalidates an owner's cached rule set after the commit of a change, and starts to rebuild a large one.
pub fn invalidate(ctx: &Ctx, owner_id: i64) {
    ctx.rule_cache.remove(owner_id);
    rebuild(ctx, owner_id);
}

/// Records that an owner's rules changed, in the caller's transaction: its commit invalidates the cached rule set here, and within a
/// second on other instances.
pub(crate) async fn changed(ctx: &Ctx, db: &mut Tx, owner_id: i64) -> Result<(), StoreError> {
    let cached = ctx.clone();
    db.after_commit(move || invalidate(&cached, owner_id));
    store::fact::bump_revision(db, TOPIC).await
}

/// [`changed`] for an owner that is deleted with all its rules.
pub(crate) async fn deleted(ctx: &Ctx, db: &mut Tx, owner_id: i64) -> Result<(), StoreError> {
    let cached = ctx.clone();
    db.after_commit(move || cached.rule_cache.remove(owner_id));
    store::fact::bump_revision(db, TOPIC).await
}

/// Records that rules of many owners changed, in the caller's transaction: after its commit [`follow_changes`] finds them.
pub(crate) async fn many_changed(db: &mut Tx) -> Result<(), StoreError> {
    store::fact::bump_revision(db, TOPIC).await
}

/// Invalidates the rule sets whose rules another instance changed. Called three times a second.
///
/// # Errors
/// The database cannot be reached.
pub async fn follow_changes(ctx: &Ctx) -> Result<(), CoreError> {
    let mut db = ctx.store.read().await?;
    let revision = store::fact::find_revision(&mut db, TOPIC).await?;
    let known = ctx.rule_cache.revision.load(Ordering::SeqCst);
    if known != revision {
        for owner in store::rule_edit::list_changed_owners(&mut db, known).await? {
            if ctx.rule_cache.remove_older(owner.owner_id, owner.changed) {
                rebuild(ctx, owner.owner_id);
            }
        }
        ctx.rule_cache.revision.store(revision, Ordering::SeqCst);
    }
    Ok(())
}

/// Starts to rebuild a large rule set that is out of date, unless a task does already.
fn rebuild(ctx: &Ctx, owner_id: i64) {
    let Some(mut old) = ctx.rule_cache.begin_rebuild(owner_id) else { return };
    let ctx = ctx.clone();
    tokio::spawn(async move {
        loop {
            let made = rebuild_from(&ctx, owner_id, &old).await;
            if let Err(error) = &made {
                tracing::warn!(%error, "a rule set could not be rebuilt");
            }
            if !ctx.rule_cache.finish_rebuild(owner_id, made.ok()) {
                return;
            }
            // It changed again meanwhile.
            let Some(next) = ctx.rule_cache.begin_rebuild(owner_id) else { return };
            old = next;
        }
    });
}

/// Builds a rule set from the previous one and the changes since.
async fn rebuild_from(ctx: &Ctx, owner_id: i64, old: &Arc<RuleSet>) -> Result<(Arc<RuleSet>, i64), CoreError> {
    let mut db = ctx.store.read().await?;
    // Before the rules: changes made in between are read again.
    let changed = store::rule_edit::find_changed(&mut db, owner_id).await?;
    let now: HashMap<i64, i64> = store::rule::list_revisions(&mut db, owner_id).await?.into_iter().collect();
    let known: HashMap<i64, i64> = old.rules().iter().map(|rule| (rule.id, rule.revision)).collect();
    let fresh: Vec<i64> =
        now.iter().filter(|(id, revision)| known.get(*id) != Some(*revision)).map(|(id, _)| *id).collect();
    if fresh.len() > MAX_CHANGED_RULES {
        return build(&mut db, owner_id).await;
    }
    let records = store::rule::list_by_id(&mut db, &fresh).await?;
    drop(db);
    let fresh: HashSet<i64> = fresh.into_iter().collect();
    let old = old.clone();
    let make = move || {
        let kept = old.rules().iter().filter(|rule| now.contains_key(&rule.id) && !fresh.contains(&rule.id));
        let added = records.into_iter().map(|record| Arc::new(Rule::from(record)));
        Arc::new(RuleSet::of(kept.cloned().chain(added).collect()))
    };
    Ok((blocking(make).await?, changed))
}

/// Builds a rule set from the database alone.
async fn build(db: &mut impl Link, owner_id: i64) -> Result<(Arc<RuleSet>, i64), CoreError> {
    let changed = store::rule_edit::find_changed(db, owner_id).await?;
    let records = store::rule::list_rules(db, owner_id).await?;
    // Compiling an expression may take a millisecond, and there may be hundreds.
    let is_expression = |keyword: &KeywordRow| keyword.matching == MatchType::Regex.as_str();
    let is_slow = records.len() >= LARGE_RULES || records.iter().flat_map(|record| &record.keywords).any(is_expression);
    let make = || Arc::new(RuleSet::new(records.into_iter().map(Rule::from).collect()));
    let rule_set = if is_slow { blocking(make).await? } else { make() };
    Ok((rule_set, changed))
}

/// Runs slow work off the threads that serve requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| CoreError::Fault(e.to_string()))
}
