//! Changing rules. All or nothing, in one transaction; every error names its field, and every duplicate its keyword.
//!
//! Each operation has two forms: alone, and `…_within` the caller's transaction, whose commit invalidates the owner's cached rule set.
//! Edits of one owner are serialized across instances.

pub use super::editor::Editor;

use super::{
    Rule, Source,
    action::Action,
    change_set::{self, ChangeRecorder, ChangeSet},
    draft::{self, Draft, Limits, PRIORITY_MAX, Parsed},
    duplicate,
    rejection::{Fault, RuleRejection},
};
use crate::{
    core::{CoreError, Ctx, Problem},
    store::{self, Tx, rule_edit::Touch},
};
use std::collections::{HashMap, HashSet};

/// This many drafts without expressions are parsed in one or two milliseconds at most.
const SHORT: usize = 200;

/// A rule and its new contents.
#[derive(Debug, Clone)]
pub struct Update {
    pub number: i64,
    /// The revision that the user saw; `None`: any.
    pub revision: Option<i64>,
    pub draft: Draft,
}

/// Changes that are applied together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub add: Vec<Draft>,
    pub update: Vec<Update>,
    /// Numbers.
    pub delete: Vec<i64>,
}

impl Plan {
    fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.add.iter().chain(self.update.iter().map(|update| &update.draft))
    }
}

/// The result of an edit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edited {
    /// The change in the history; `None` if nothing changed: then nothing was written.
    pub change_id: Option<i64>,
    /// The numbers of the added rules, in order.
    pub numbers: Vec<i64>,
}

/// Validates drafts that would be added, without adding them: field errors and all duplicates.
///
/// # Errors
/// [`RuleRejection::Drafts`] with every invalid draft.
pub async fn check(ctx: &Ctx, owner_id: i64, drafts: &[Draft]) -> Result<(), RuleRejection> {
    let parsed = prepare(ctx, owner_id, drafts.to_vec(), HashSet::new()).await?;
    let parsed: Vec<&Parsed> = parsed.iter().collect();
    let faults = duplicate::find_duplicates(&mut ctx.store.read().await?, owner_id, &parsed, &HashSet::new()).await?;
    if faults.is_empty() { Ok(()) } else { Err(RuleRejection::Drafts(faults)) }
}

/// Adds a rule and returns its number.
///
/// # Errors
/// As [`apply_within`].
pub async fn add(ctx: &Ctx, editor: &Editor, draft: &Draft) -> Result<i64, RuleRejection> {
    let numbers = add_many(ctx, editor, vec![draft.clone()]).await?;
    Ok(numbers.first().copied().unwrap_or_default())
}

/// Adds rules and returns their numbers, in order.
///
/// # Errors
/// As [`apply_within`].
pub async fn add_many(ctx: &Ctx, editor: &Editor, drafts: Vec<Draft>) -> Result<Vec<i64>, RuleRejection> {
    apply(ctx, editor, Plan { add: drafts, ..Plan::default() }).await.map(|edited| edited.numbers)
}

/// Replaces a rule's contents, if it still has `revision`. Returns the change; `None` if nothing changed.
///
/// # Errors
/// As [`apply_within`].
pub async fn update(
    ctx: &Ctx,
    editor: &Editor,
    number: i64,
    revision: i64,
    draft: &Draft,
) -> Result<Option<i64>, RuleRejection> {
    let update = Update { number, revision: Some(revision), draft: draft.clone() };
    apply(ctx, editor, Plan { update: vec![update], ..Plan::default() }).await.map(|edited| edited.change_id)
}

/// Deletes rules. They can be restored from the history. Returns the change; `None` if there were no numbers.
///
/// # Errors
/// As [`apply_within`].
pub async fn delete(ctx: &Ctx, editor: &Editor, numbers: &[i64]) -> Result<Option<i64>, RuleRejection> {
    apply(ctx, editor, Plan { delete: numbers.to_vec(), ..Plan::default() }).await.map(|edited| edited.change_id)
}

/// Applies a plan, as one change.
///
/// # Errors
/// As [`apply_within`]; [`CoreError::Busy`] if the worker pool is full.
pub async fn apply(ctx: &Ctx, editor: &Editor, plan: Plan) -> Result<Edited, RuleRejection> {
    let parsed = prepare(ctx, editor.owner_id, plan.drafts().cloned().collect(), HashSet::new()).await?;
    store::transact!(ctx.store, |tx| carry_out(ctx, tx, editor, &plan, parsed.clone()).await)
}

/// [`apply`] inside the caller's transaction. New expressions are validated there: not suitable for many.
///
/// # Errors
/// [`RuleRejection::Drafts`] with every invalid draft, added ones first; [`CoreError::NotFound`] if a number does not exist;
/// [`CoreError::Conflict`] if a concurrent edit saved a rule; a field error of `rules` if there would be too many.
pub async fn apply_within(ctx: &Ctx, db: &mut Tx, editor: &Editor, plan: &Plan) -> Result<Edited, RuleRejection> {
    let numbers: Vec<i64> = plan.update.iter().map(|update| update.number).collect();
    let now = store::rule::list_by_number(db, editor.owner_id, &numbers).await?;
    let drafts = now.into_iter().map(|record| Draft::from(&Rule::from(record)));
    let known = drafts.flat_map(|draft| draft::expressions(&draft).map(str::to_owned).collect::<Vec<_>>()).collect();
    let parsed = parse_all(plan.drafts(), Limits::of(ctx, editor.owner_id), &known)?;
    carry_out(ctx, db, editor, plan, parsed).await
}

/// Applies a plan whose drafts were parsed: `parsed` has them in their order.
///
/// # Errors
/// As [`apply_within`].
pub(super) async fn carry_out(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    plan: &Plan,
    mut parsed: Vec<Parsed>,
) -> Result<Edited, RuleRejection> {
    let updated = parsed.split_off(plan.add.len());
    let owner = change_set::lock(db, editor.owner_id).await?;
    let numbers: Vec<i64> = plan.update.iter().map(|u| u.number).chain(plan.delete.iter().copied()).collect();
    let mut rules = rules(db, editor.owner_id, &numbers).await?;
    let mut rewritten = Vec::with_capacity(updated.len());
    for (update, parsed) in plan.update.iter().zip(updated) {
        let rule = rules.remove(&update.number).ok_or(CoreError::NotFound)?;
        if update.revision.is_some_and(|revision| revision != rule.revision) {
            return Err(CoreError::Conflict.into());
        }
        // A draft equal to its rule changes nothing.
        if Draft::from(&rule) != parsed.draft {
            rewritten.push((rule, parsed));
        }
    }
    let mut removed: Vec<Rule> = rules.into_values().collect();
    removed.sort_by_key(|r| r.number);
    if parsed.is_empty() && rewritten.is_empty() && removed.is_empty() {
        return Ok(Edited::default());
    }
    let changes = ChangeSet { added: parsed, rewritten, removed, ..ChangeSet::default() };
    let action = action(editor, &changes);
    let (change_id, numbers) = change_set::apply(ctx, db, editor, &owner, changes, (action, None)).await?;
    Ok(Edited { change_id: Some(change_id), numbers })
}

fn action(editor: &Editor, changes: &ChangeSet) -> Action {
    match (changes.added.is_empty(), changes.rewritten.is_empty(), changes.removed.is_empty()) {
        _ if matches!(editor.door, Source::Import) => Action::Import,
        (false, true, true) => Action::Add,
        (true, false, true) => Action::Update,
        (true, true, _) => Action::Delete,
        _ => Action::Import,
    }
}

/// Enables or disables rules. Returns the change; `None` if nothing changed.
///
/// # Errors
/// [`CoreError::NotFound`] if a number does not exist.
pub async fn set_enabled(
    ctx: &Ctx,
    editor: &Editor,
    numbers: &[i64],
    is_enabled: bool,
) -> Result<Option<i64>, RuleRejection> {
    store::transact!(ctx.store, |tx| set_enabled_within(ctx, tx, editor, numbers, is_enabled).await)
}

/// [`set_enabled`] inside the caller's transaction.
///
/// # Errors
/// As [`set_enabled`].
pub async fn set_enabled_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    is_enabled: bool,
) -> Result<Option<i64>, RuleRejection> {
    let action = if is_enabled { Action::Enable } else { Action::Disable };
    let is_other = |rule: &Rule| rule.is_enabled != is_enabled;
    let change = |draft: &mut Draft| draft.is_enabled = is_enabled;
    let (change_id, ids) = touch(ctx, db, editor, numbers, action, (is_other, change)).await?;
    store::rule_edit::update_enabled(db, &ids, is_enabled, &touched(ctx, editor)).await?;
    Ok(change_id)
}

/// Sets the priority of rules. Returns the change; `None` if nothing changed.
///
/// # Errors
/// A field error of `priority`; [`CoreError::NotFound`] if a number does not exist.
pub async fn set_priority(
    ctx: &Ctx,
    editor: &Editor,
    numbers: &[i64],
    priority: i64,
) -> Result<Option<i64>, RuleRejection> {
    if !(-PRIORITY_MAX..=PRIORITY_MAX).contains(&priority) {
        return Err(CoreError::field_error("priority", Problem::OutOfRange(-PRIORITY_MAX, PRIORITY_MAX)).into());
    }
    store::transact!(ctx.store, |tx| set_priority_within(ctx, tx, editor, numbers, priority).await)
}

async fn set_priority_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    priority: i64,
) -> Result<Option<i64>, RuleRejection> {
    let is_other = |rule: &Rule| rule.priority != priority;
    let change = |draft: &mut Draft| draft.priority = priority;
    let (change_id, ids) = touch(ctx, db, editor, numbers, Action::Priority, (is_other, change)).await?;
    store::rule_edit::update_priority(db, &ids, priority, &touched(ctx, editor)).await?;
    Ok(change_id)
}

/// Moves rules up (`step` above 0) or down: adds `step` to their priority. A rule at the limit stays. Returns the change; `None`
/// if nothing changed.
///
/// # Errors
/// [`CoreError::NotFound`] if a number does not exist.
pub async fn shift(ctx: &Ctx, editor: &Editor, numbers: &[i64], step: i64) -> Result<Option<i64>, RuleRejection> {
    store::transact!(ctx.store, |tx| shift_within(ctx, tx, editor, numbers, step).await)
}

async fn shift_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    step: i64,
) -> Result<Option<i64>, RuleRejection> {
    let may = |rule: &Rule| step != 0 && (-PRIORITY_MAX..=PRIORITY_MAX).contains(&(rule.priority + step));
    let change = |draft: &mut Draft| draft.priority += step;
    let (change_id, ids) = touch(ctx, db, editor, numbers, Action::Priority, (may, change)).await?;
    store::rule_edit::update_priority_by(db, &ids, step, &touched(ctx, editor)).await?;
    Ok(change_id)
}

/// Records a change of one field in the history of the affected rules, and returns it with their ids; the caller writes the
/// field itself.
async fn touch(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    action: Action,
    (is_concerned, change): (impl Fn(&Rule) -> bool, impl Fn(&mut Draft)),
) -> Result<(Option<i64>, Vec<i64>), CoreError> {
    let owner = change_set::lock(db, editor.owner_id).await?;
    let mut rules: Vec<Rule> = rules(db, editor.owner_id, numbers).await?.into_values().filter(is_concerned).collect();
    rules.sort_by_key(|r| r.number);
    let mut recorder = ChangeRecorder::new(ctx);
    for rule in &rules {
        let mut draft = Draft::from(rule);
        change(&mut draft);
        recorder.note(editor.owner_id, (rule.id, rule.number), Some(rule), Some(&draft));
    }
    if rules.is_empty() {
        return Ok((None, Vec::new()));
    }
    let counts = (owner.last_number, owner.rules);
    let change_id = change_set::finish(ctx, db, editor, counts, recorder, (action, None)).await?;
    Ok((Some(change_id), rules.iter().map(|r| r.id).collect()))
}

pub(super) fn touched(ctx: &Ctx, editor: &Editor) -> Touch {
    Touch { now: ctx.now(), actor_id: editor.actor_id, door: editor.door.as_str() }
}

/// The rules with these numbers; an error if one does not exist.
pub(super) async fn rules(db: &mut Tx, owner_id: i64, numbers: &[i64]) -> Result<HashMap<i64, Rule>, CoreError> {
    let wanted: HashSet<i64> = numbers.iter().copied().collect();
    let mut numbers: Vec<i64> = wanted.iter().copied().collect();
    numbers.sort_unstable();
    let found = store::rule::list_by_number(db, owner_id, &numbers).await?;
    if found.len() == wanted.len() {
        Ok(found.into_iter().map(|record| (record.rule.number, Rule::from(record))).collect())
    } else {
        Err(CoreError::NotFound)
    }
}

/// Parses drafts before a transaction begins: on the embedded database it would block all other writers. Expressions in
/// `known` are trusted.
///
/// # Errors
/// [`RuleRejection::Drafts`]; a field error of `expressions` if there are more than an owner may have;
/// [`CoreError::Busy`].
pub(super) async fn prepare(
    ctx: &Ctx,
    owner_id: i64,
    drafts: Vec<Draft>,
    known: HashSet<String>,
) -> Result<Vec<Parsed>, RuleRejection> {
    let limits = Limits::of(ctx, owner_id);
    let new = drafts.iter().flat_map(draft::expressions).filter(|text| !known.contains(*text)).count();
    if i64::try_from(new).unwrap_or(i64::MAX) > draft::most_expressions(owner_id) {
        return Err(CoreError::Invalid(vec![draft::too_many_expressions(owner_id)]).into());
    }
    if new == 0 && drafts.len() <= SHORT {
        return parse_all(drafts.iter(), limits, &known);
    }
    ctx.worker_pool.rules(move || parse_all(drafts.iter(), limits, &known)).await?
}

fn parse_all<'a>(
    drafts: impl Iterator<Item = &'a Draft>,
    limits: Limits,
    known: &HashSet<String>,
) -> Result<Vec<Parsed>, RuleRejection> {
    let (mut parsed, mut faults) = (Vec::new(), Vec::new());
    for (index, draft) in drafts.enumerate() {
        match draft::parse(draft, limits, known) {
            Ok(one) => parsed.push(one),
            Err(CoreError::Invalid(flaws)) => faults.push(Fault { index, flaws, duplicates: Vec::new() }),
            Err(other) => return Err(other.into()),
        }
    }
    if faults.is_empty() { Ok(parsed) } else { Err(RuleRejection::Drafts(faults)) }
}
