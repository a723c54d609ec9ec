//! Reordering rules: a moved rule gets a priority strictly between those of its new neighbours; if there is none, as few other
//! rules as possible change theirs.

use super::{
    change_set::{self, ChangeRecorder},
    draft::{Draft, PRIORITY_MAX},
    edit::{self, Editor},
    history::Action,
    rejection::RuleRejection,
};
use crate::{
    core::{CoreError, Ctx, Problem},
    store::{self, Tx},
};
use std::collections::BTreeMap;

/// A position in the order, relative to another rule's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    After(i64),
    Before(i64),
}

/// The priorities after a move.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Move {
    /// The priority of the moved rule.
    own: i64,
    /// Other rules that make room: their positions and new priorities.
    others: Vec<(usize, i64)>,
}

/// Moves a rule to a position among the owner's rules, highest priority first. Returns the change; `None` if it is there
/// already.
///
/// # Errors
/// [`CoreError::NotFound`] if a number does not exist; a field error of `priority` if the priorities are exhausted.
pub async fn put(ctx: &Ctx, editor: &Editor, number: i64, spot: Spot) -> Result<Option<i64>, RuleRejection> {
    store::transact!(ctx.store, |tx| put_within(ctx, tx, editor, number, spot).await)
}

async fn put_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    number: i64,
    spot: Spot,
) -> Result<Option<i64>, RuleRejection> {
    let owner = change_set::lock(db, editor.owner_id).await?;
    let all = store::rule::list_priorities(db, editor.owner_id).await?;
    let others: Vec<(i64, i64)> = all.iter().copied().filter(|(known, _)| *known != number).collect();
    let own = all.iter().find(|(known, _)| *known == number).ok_or(CoreError::NotFound)?.1;
    let at = |number: i64| others.iter().position(|(known, _)| *known == number).ok_or(CoreError::NotFound);
    let at = match spot {
        Spot::After(number) => at(number)? + 1,
        Spot::Before(number) => at(number)?,
    };
    let order: Vec<i64> = others.iter().map(|(_, priority)| *priority).collect();
    if order[..at].last().is_none_or(|above| *above > own) && order.get(at).is_none_or(|below| *below < own) {
        return Ok(None);
    }
    let moved = place(&order, at)
        .ok_or_else(|| CoreError::field_error("priority", Problem::OutOfRange(-PRIORITY_MAX, PRIORITY_MAX)))?;
    let mut wanted: BTreeMap<i64, i64> =
        moved.others.iter().map(|(index, priority)| (others[*index].0, *priority)).collect();
    wanted.insert(number, moved.own);
    let numbers: Vec<i64> = wanted.keys().copied().collect();
    let rules = edit::rules(db, editor.owner_id, &numbers).await?;
    let (mut recorder, mut ids) = (ChangeRecorder::new(ctx), BTreeMap::<i64, Vec<i64>>::new());
    // The moved rule first: the change's summary names it.
    for number in std::iter::once(number).chain(numbers.into_iter().filter(|other| *other != number)) {
        let (Some(rule), Some(priority)) = (rules.get(&number), wanted.get(&number)) else { continue };
        let draft = Draft { priority: *priority, ..Draft::from(rule) };
        recorder.note(editor.owner_id, (rule.id, rule.number), Some(rule), Some(&draft));
        ids.entry(*priority).or_default().push(rule.id);
    }
    for (priority, ids) in ids {
        store::rule_edit::update_priority(db, &ids, priority, &edit::touched(ctx, editor)).await?;
    }
    let counts = (owner.last_number, owner.rules);
    Ok(Some(change_set::finish(ctx, db, editor, counts, recorder, (Action::Priority, None)).await?))
}

/// Priorities for a new rule at `at` among these, highest first; `None` if no priorities are free on either side.
///
/// Rules of equal priority on one side of the position stay equal, and the order of the others stays unchanged.
fn place(order: &[i64], at: usize) -> Option<Move> {
    let (above, below) = order.split_at_checked(at)?;
    if order.is_empty() {
        return Some(Move { own: 0, others: Vec::new() });
    }
    let ceiling = above.last().copied().unwrap_or(PRIORITY_MAX + 1);
    let floor = below.first().copied().unwrap_or(-PRIORITY_MAX - 1);
    if ceiling - floor >= 2 {
        return Some(Move { own: if below.is_empty() { ceiling - 1 } else { floor + 1 }, others: Vec::new() });
    }
    let raised = raised(above.iter().rev().copied(), floor + 1).map(|values| Move {
        own: floor + 1,
        others: values.into_iter().enumerate().map(|(n, value)| (at - 1 - n, value)).collect(),
    });
    // Moving down is moving up with negated priorities.
    let lowered = self::raised(below.iter().map(|value| -value), 1 - ceiling).map(|values| Move {
        own: ceiling - 1,
        others: values.into_iter().enumerate().map(|(n, value)| (at + n, -value)).collect(),
    });
    [raised, lowered].into_iter().flatten().min_by_key(|found| found.others.len())
}

/// New priorities from the nearest to the farthest rule, so that the nearest is above `own`; `None` beyond the highest priority.
fn raised(nearest_first: impl Iterator<Item = i64>, own: i64) -> Option<Vec<i64>> {
    let mut values = Vec::new();
    if own > PRIORITY_MAX {
        return None;
    }
    let (mut before, mut least) = (None, own + 1);
    for value in nearest_first {
        if before.is_some_and(|before| before == value) {
            least -= 1;
        }
        if value >= least {
            break;
        }
        if least > PRIORITY_MAX {
            return None;
        }
        values.push(least);
        (before, least) = (Some(value), least + 1);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moved(order: &[i64], at: usize) -> Option<(i64, Vec<(usize, i64)>)> {
        place(order, at).map(|found| (found.own, found.others))
    }

    #[test]
    fn room_is_found_or_made_on_the_side_where_fewer_move() {
        assert_eq!(moved(&[], 0), Some((0, vec![])));
        assert_eq!(moved(&[0, 0], 0), Some((1, vec![])));
        assert_eq!(moved(&[0, 0], 2), Some((-1, vec![])));
        assert_eq!(moved(&[9, 0], 1), Some((1, vec![])));
        // Between equal or adjacent priorities there is none.
        assert_eq!(moved(&[0, 0, 0], 1), Some((1, vec![(0, 2)])));
        assert_eq!(moved(&[0, 0, 0], 2), Some((-1, vec![(2, -2)])));
        assert_eq!(moved(&[5, 4], 1), Some((5, vec![(0, 6)])));
        // Equal priorities stay equal; a rule well above stays unchanged.
        assert_eq!(moved(&[9, 3, 3, 3, 3, 3, 3, 3], 3), Some((4, vec![(2, 5), (1, 5)])));
        // At the limits there is no room outwards.
        assert_eq!(moved(&[PRIORITY_MAX, 7], 0), Some((PRIORITY_MAX, vec![(0, PRIORITY_MAX - 1)])));
        assert_eq!(moved(&[1], 2), None);
    }

    proptest! {
        #[test]
        fn the_order_stays_and_the_moved_one_stands_strictly_between(
            mut order in prop::collection::vec(-4_i64..=4, 0..12), at in 0_usize..12,
            lift in prop::sample::select(vec![0, PRIORITY_MAX - 4, 4 - PRIORITY_MAX]),
        ) {
            order.sort_unstable_by(|a, b| b.cmp(a));
            let order: Vec<i64> = order.into_iter().map(|value| value + lift).collect();
            let at = at.min(order.len());
            let found = place(&order, at).unwrap();
            let mut after = order.clone();
            for (index, value) in &found.others {
                prop_assert!(value.abs() <= PRIORITY_MAX);
                after[*index] = *value;
            }
            // The two neighbours of the moved rule cannot stay equal.
            for (index, (old, new)) in order.windows(2).zip(after.windows(2)).enumerate().filter(|(n, _)| n + 1 != at) {
                prop_assert_eq!(old[0].cmp(&old[1]), new[0].cmp(&new[1]), "at {}", index);
            }
            prop_assert!(found.own.abs() <= PRIORITY_MAX);
            prop_assert!(after[..at].iter().all(|value| *value > found.own));
            prop_assert!(after[at..].iter().all(|value| *value < found.own));
        }
    }
}
