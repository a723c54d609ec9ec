//! The rule sets that are in memory, by owner.

use crate::core::rule::{ACCOUNT, rule_set::RuleSet};
use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock, RwLockWriteGuard,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};
use tokio::sync::Mutex;

/// The most cached rule sets; beyond it one is evicted, and read again on demand.
const MAX_RULE_SETS: usize = 10_000;

/// The most bytes of all compiled expressions in the cache; beyond it rule sets are evicted as well.
const MAX_EXPRESSION_BYTES: usize = 64 * 1024 * 1024;

/// A rule set with this many rules is large: a message does not wait until it is rebuilt.
pub(super) const LARGE_RULES: usize = 2_000;

/// Number of loading locks; owners share one if their ids collide.
pub(super) const LOAD_LOCKS: usize = 64;

/// A cached rule set and its state.
#[derive(Debug)]
struct Entry {
    rule_set: Arc<RuleSet>,
    /// The revision of the owner's rules when it was read.
    changed: i64,
    /// A rule has changed since. Large rule sets only: small ones are evicted.
    is_stale: bool,
    /// A task is building the next one.
    is_rebuilding: bool,
}

/// The cached rule sets, by owner.
#[derive(Debug)]
pub struct RuleCache {
    rule_sets: RwLock<HashMap<i64, Entry>>,
    pub(super) load_locks: Vec<Mutex<()>>,
    /// Raised by every change: a rule set read meanwhile may be out of date.
    pub(super) generation: AtomicU64,
    /// The revision of the database that the cache is known to agree with.
    pub(super) revision: AtomicI64,
}

impl Default for RuleCache {
    fn default() -> Self {
        Self {
            rule_sets: RwLock::default(),
            load_locks: (0..LOAD_LOCKS).map(|_| Mutex::default()).collect(),
            generation: AtomicU64::new(0),
            revision: AtomicI64::new(0),
        }
    }
}

impl RuleCache {
    /// Evicts an owner's rule set after a change; a large one stays until the next is built.
    pub fn remove(&self, owner_id: i64) {
        let mut rule_sets = self.rule_sets();
        self.generation.fetch_add(1, Ordering::SeqCst);
        match rule_sets.get_mut(&owner_id) {
            Some(entry) if entry.rule_set.len() >= LARGE_RULES => entry.is_stale = true,
            _ => {
                rule_sets.remove(&owner_id);
            }
        }
    }

    /// The same for a change of another instance, if the rule set is older than that.
    pub(super) fn remove_older(&self, owner_id: i64, changed: i64) -> bool {
        let is_older = self.rule_sets().get(&owner_id).is_none_or(|entry| entry.changed < changed);
        if is_older {
            self.remove(owner_id);
        }
        is_older
    }

    /// The rule set of an owner, and whether it is out of date.
    pub(super) fn find(&self, owner_id: i64) -> Option<(Arc<RuleSet>, bool)> {
        let rule_sets = self.rule_sets.read().unwrap_or_else(PoisonError::into_inner);
        rule_sets.get(&owner_id).map(|entry| (entry.rule_set.clone(), entry.is_stale))
    }

    /// Caches a rule set that was read since `generation`.
    pub(super) fn insert(&self, owner_id: i64, rule_set: &Arc<RuleSet>, changed: i64, generation: u64) {
        let mut rule_sets = self.rule_sets();
        let is_stale = self.generation.load(Ordering::SeqCst) != generation;
        if is_stale && rule_set.len() < LARGE_RULES {
            return;
        }
        rule_sets.insert(owner_id, Entry { rule_set: rule_set.clone(), changed, is_stale, is_rebuilding: false });
        evict(&mut rule_sets, owner_id, MAX_RULE_SETS, MAX_EXPRESSION_BYTES);
    }

    /// The rule set to build the next one from; `None` if another task builds it.
    pub(super) fn begin_rebuild(&self, owner_id: i64) -> Option<Arc<RuleSet>> {
        let mut rule_sets = self.rule_sets();
        let entry = rule_sets.get_mut(&owner_id).filter(|entry| entry.is_stale && !entry.is_rebuilding)?;
        (entry.is_rebuilding, entry.is_stale) = (true, false);
        Some(entry.rule_set.clone())
    }

    /// Ends a rebuild: with the next rule set, or with `None` after a failure. True if there were more changes.
    pub(super) fn finish_rebuild(&self, owner_id: i64, made: Option<(Arc<RuleSet>, i64)>) -> bool {
        let mut rule_sets = self.rule_sets();
        let Some(entry) = rule_sets.get_mut(&owner_id) else { return false };
        entry.is_rebuilding = false;
        if let Some((rule_set, changed)) = made {
            (entry.rule_set, entry.changed) = (rule_set, changed);
            entry.is_stale
        } else {
            entry.is_stale = true;
            false
        }
    }

    fn rule_sets(&self) -> RwLockWriteGuard<'_, HashMap<i64, Entry>> {
        self.rule_sets.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Evicts rule sets until at most `most` are cached, with at most `most_bytes` of expressions. The account's rule set answers all
/// followers, and `last` was just requested: both stay.
fn evict(rule_sets: &mut HashMap<i64, Entry>, last: i64, most: usize, most_bytes: usize) {
    let mut bytes: usize = rule_sets.values().map(|entry| entry.rule_set.expression_bytes()).sum();
    while rule_sets.len() > most || bytes > most_bytes {
        let is_heavy = bytes > most_bytes;
        let mut others = rule_sets.iter().filter(|(owner, _)| ![ACCOUNT, last].contains(owner));
        let Some((&owner, entry)) = others.find(|(_, entry)| !is_heavy || entry.rule_set.expression_bytes() > 0) else {
            return;
        };
        bytes -= entry.rule_set.expression_bytes();
        rule_sets.remove(&owner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::rule::{MatchType, rule_set::tests::rule};
    use std::collections::HashSet;

    fn open(expressions: usize) -> Entry {
        let rules = (0..expressions)
            .map(|n| rule(i64::try_from(n).unwrap(), 0, &[(MatchType::Regex, r"^订单\s*(\d+)$")]))
            .collect();
        Entry { rule_set: Arc::new(RuleSet::new(rules)), changed: 0, is_stale: false, is_rebuilding: false }
    }

    #[test]
    fn rule_sets_make_room_by_number_and_by_what_their_expressions_hold() {
        let one = open(1).rule_set.expression_bytes();
        assert!((1_000..1_000_000).contains(&one), "{one}");
        let cached =
            || HashMap::from([(ACCOUNT, open(2)), (1001, open(0)), (1002, open(2)), (1003, open(2)), (1004, open(2))]);
        let mut rule_sets = cached();
        evict(&mut rule_sets, 1004, 5, 8 * one);
        assert_eq!(rule_sets.len(), 5);
        evict(&mut rule_sets, 1004, 5, 6 * one);
        assert!(rule_sets.len() == 4 && [ACCOUNT, 1001, 1004].iter().all(|owner| rule_sets.contains_key(owner)));
        // The account's rule set and the requested one stay, whatever their size.
        evict(&mut rule_sets, 1004, 5, one);
        assert_eq!(rule_sets.keys().copied().collect::<HashSet<_>>(), HashSet::from([ACCOUNT, 1001, 1004]));
        let mut rule_sets = cached();
        evict(&mut rule_sets, 1004, 3, usize::MAX);
        assert_eq!(rule_sets.len(), 3);
    }
}
