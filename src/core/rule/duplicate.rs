//! Duplicate keywords: one keyword with one match type may answer only once. Found by an index, without reading all
//! rules.

use super::{
    MatchType, TriggerKind,
    draft::Parsed,
    rejection::{ConflictsWith, Duplicate, Fault},
};
use crate::{
    core::{FieldError, Problem},
    store::{self, Link, StoreError},
};
use std::collections::{HashMap, HashSet};

/// The unique key: a keyword of a kind of rule, or such a rule without keywords.
type Key = (TriggerKind, Option<(String, MatchType)>);

fn keys(parsed: &Parsed) -> Vec<(Key, String, MatchType)> {
    let cause = parsed.draft.cause;
    if parsed.keywords.is_empty() {
        return vec![((cause, None), String::new(), MatchType::Exact)];
    }
    let key = |(k, row): (&super::Keyword, &store::rule::KeywordRow)| {
        ((cause, Some((row.folded.clone(), k.matching))), k.text.clone(), k.matching)
    };
    parsed.draft.keywords.iter().zip(&parsed.keywords).map(key).collect()
}

/// All duplicates of these drafts, among one another and with the owner's rules, except those in `except`.
pub(super) async fn find_duplicates(
    db: &mut impl Link,
    owner_id: i64,
    drafts: &[&Parsed],
    except: &HashSet<i64>,
) -> Result<Vec<Fault>, StoreError> {
    let keys: Vec<Vec<(Key, String, MatchType)>> = drafts.iter().map(|draft| keys(draft)).collect();
    let known = known(db, owner_id, &keys, except).await?;
    let mut seen: HashMap<Key, usize> = HashMap::new();
    let mut faults = Vec::new();
    for (index, keys) in keys.into_iter().enumerate() {
        let mut duplicates = Vec::new();
        for (key, keyword, matching) in keys {
            let earlier = seen.get(&key).map(|at| ConflictsWith::Draft(*at));
            if let Some(with) = known.get(&key).map(|number| ConflictsWith::Rule(*number)).or(earlier) {
                duplicates.push(Duplicate { keyword, matching, with });
            }
            seen.entry(key).or_insert(index);
        }
        if let Some(first) = duplicates.first() {
            let field = if first.keyword.is_empty() { "cause" } else { "keywords" };
            faults.push(Fault { index, flaws: vec![FieldError { field, problem: Problem::Taken }], duplicates });
        }
    }
    Ok(faults)
}

/// The owner's rules with these keys, by number.
async fn known(
    db: &mut impl Link,
    owner_id: i64,
    keys: &[Vec<(Key, String, MatchType)>],
    except: &HashSet<i64>,
) -> Result<HashMap<Key, i64>, StoreError> {
    let mut folded: HashMap<TriggerKind, HashSet<String>> = HashMap::new();
    let mut is_bare = false;
    for ((cause, keyword), _, _) in keys.iter().flatten() {
        match keyword {
            Some((text, _)) => {
                folded.entry(*cause).or_default().insert(text.clone());
            }
            None => is_bare = true,
        }
    }
    let mut known = HashMap::new();
    for (cause, texts) in folded {
        let texts: Vec<String> = texts.into_iter().collect();
        for row in store::rule::list_taken(db, owner_id, cause.as_str(), &texts).await? {
            if !except.contains(&row.rule_id) {
                known.insert((cause, Some((row.folded, MatchType::of(&row.matching)))), row.number);
            }
        }
    }
    if is_bare {
        for (cause, id, number) in store::rule::list_bare(db, owner_id).await? {
            if !except.contains(&id) {
                known.entry((TriggerKind::of(&cause), None)).or_insert(number);
            }
        }
    }
    Ok(known)
}
