//! Changing rules. All or nothing, in one transaction; a flaw names its field, and every duplicate its keyword.
//!
//! Each verb comes twice: alone, and `…_within` a transaction of the caller's, who then calls [`shelf::put_away`] after the
//! commit. Edits of one owner go one after the other, at whatever instance.

use super::{
    Door, Rule,
    deed::{self, Deed, Done},
    draft::{self, Draft, Limits, PRIORITY_MAX, Parsed},
    history::Action,
    refusal::{Fault, Refusal},
    shelf, taken,
};
use crate::{
    core::{CoreError, Ctx, Problem},
    store::{self, StoreError, Tx, rule_edit::Touch},
};
use std::collections::{HashMap, HashSet};

/// Edits that met a rival (who drew the same id, or a deadlock) are done again from their start this many times.
pub(super) const TRIES: u32 = 3;
/// So many drafts without expressions are read in less than a millisecond or two.
const SHORT: usize = 200;

/// Does work on an owner's rules in a transaction of its own: committed, books put away; done again where it met a rival.
macro_rules! in_transaction {
    ($ctx:expr, $owner_id:expr, |$tx:ident| $work:expr) => {{
        let mut tries = 0;
        loop {
            tries += 1;
            let mut $tx = $crate::core::reply::edit::begin($ctx, $owner_id).await?;
            match $work {
                Ok(done) => {
                    $crate::core::reply::edit::end($ctx, $tx, $owner_id).await?;
                    break Ok(done);
                }
                Err(Refusal::Core(CoreError::Collided)) if tries < $crate::core::reply::edit::TRIES => {
                    $tx.rollback().await?;
                }
                Err(refused) => break Err(refused),
            }
        }
    }};
}
pub(super) use in_transaction;

/// Who changes whose rules.
#[derive(Debug, Clone, Default)]
pub struct Editor {
    /// [`super::ACCOUNT`] or a user.
    pub owner_id: i64,
    /// The user who does it; 0: the program itself.
    pub actor_id: i64,
    pub door: Door,
    /// Where the request came from; empty where it came from the chat.
    pub address: String,
}

/// A rule and what it shall say.
#[derive(Debug, Clone)]
pub struct Update {
    pub number: i64,
    /// The revision that was looked at; None: whatever it says now.
    pub revision: Option<i64>,
    pub draft: Draft,
}

/// Several changes that are made together or not at all.
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

/// What an edit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edited {
    /// The change of the history; None where the rules said all of it already: then nothing was written.
    pub change_id: Option<i64>,
    /// The numbers of the added rules, in order.
    pub numbers: Vec<i64>,
}

/// Says what is wrong with drafts that would be added, without adding them: flaws and every duplicate.
///
/// # Errors
/// [`Refusal::Drafts`] with every draft at fault.
pub async fn check(ctx: &Ctx, owner_id: i64, drafts: &[Draft]) -> Result<(), Refusal> {
    let parsed = prepare(ctx, owner_id, drafts.to_vec(), HashSet::new()).await?;
    let parsed: Vec<&Parsed> = parsed.iter().collect();
    let faults = taken::faults(&mut ctx.store.read().await?, owner_id, &parsed, &HashSet::new()).await?;
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Drafts(faults)) }
}

/// Adds a rule and returns its number.
///
/// # Errors
/// As [`apply_within`].
pub async fn add(ctx: &Ctx, editor: &Editor, draft: &Draft) -> Result<i64, Refusal> {
    let numbers = add_many(ctx, editor, vec![draft.clone()]).await?;
    Ok(numbers.first().copied().unwrap_or_default())
}

/// Adds rules and returns their numbers, in order.
///
/// # Errors
/// As [`apply_within`].
pub async fn add_many(ctx: &Ctx, editor: &Editor, drafts: Vec<Draft>) -> Result<Vec<i64>, Refusal> {
    apply(ctx, editor, Plan { add: drafts, ..Plan::default() }).await.map(|done| done.numbers)
}

/// Replaces what a rule says, if it is still at `revision`. Returns the change; None where it says that already.
///
/// # Errors
/// As [`apply_within`].
pub async fn update(
    ctx: &Ctx,
    editor: &Editor,
    number: i64,
    revision: i64,
    draft: &Draft,
) -> Result<Option<i64>, Refusal> {
    let update = Update { number, revision: Some(revision), draft: draft.clone() };
    apply(ctx, editor, Plan { update: vec![update], ..Plan::default() }).await.map(|done| done.change_id)
}

/// Deletes rules. They can be brought back from the history. Returns the change; None where there were no numbers.
///
/// # Errors
/// As [`apply_within`].
pub async fn delete(ctx: &Ctx, editor: &Editor, numbers: &[i64]) -> Result<Option<i64>, Refusal> {
    apply(ctx, editor, Plan { delete: numbers.to_vec(), ..Plan::default() }).await.map(|done| done.change_id)
}

/// Carries a plan out, as one change.
///
/// # Errors
/// As [`apply_within`]; [`CoreError::Busy`] where others have many expressions looked at.
pub async fn apply(ctx: &Ctx, editor: &Editor, plan: Plan) -> Result<Edited, Refusal> {
    let parsed = prepare(ctx, editor.owner_id, plan.drafts().cloned().collect(), HashSet::new()).await?;
    in_transaction!(ctx, editor.owner_id, |tx| carry_out(ctx, &mut tx, editor, &plan, parsed.clone()).await)
}

/// [`apply`] inside the caller's transaction. Expressions that the rules do not have yet are looked at there: not for many.
///
/// # Errors
/// [`Refusal::Drafts`] with every draft at fault, added ones first; [`CoreError::NotFound`] where a number is not there;
/// [`CoreError::Conflict`] where a rule was saved by somebody else in between; a flaw of `rules` where there would be too many.
pub async fn apply_within(ctx: &Ctx, db: &mut Tx, editor: &Editor, plan: &Plan) -> Result<Edited, Refusal> {
    let numbers: Vec<i64> = plan.update.iter().map(|update| update.number).collect();
    let now = store::rule::list_by_number(db, editor.owner_id, &numbers).await?;
    let drafts = now.into_iter().map(|record| Draft::from(&Rule::from(record)));
    let known = drafts.flat_map(|draft| draft::expressions(&draft).map(str::to_owned).collect::<Vec<_>>()).collect();
    let parsed = parse_all(plan.drafts(), Limits::of(ctx, editor.owner_id), &known)?;
    carry_out(ctx, db, editor, plan, parsed).await
}

/// Carries a plan out whose drafts were read: `parsed` has them in their order.
///
/// # Errors
/// As [`apply_within`].
pub(super) async fn carry_out(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    plan: &Plan,
    mut parsed: Vec<Parsed>,
) -> Result<Edited, Refusal> {
    let updated = parsed.split_off(plan.add.len());
    let owner = deed::lock(db, editor.owner_id).await?;
    let numbers: Vec<i64> = plan.update.iter().map(|u| u.number).chain(plan.delete.iter().copied()).collect();
    let mut rules = rules(db, editor.owner_id, &numbers).await?;
    let mut rewritten = Vec::with_capacity(updated.len());
    for (update, parsed) in plan.update.iter().zip(updated) {
        let rule = rules.remove(&update.number).ok_or(CoreError::NotFound)?;
        if update.revision.is_some_and(|revision| revision != rule.revision) {
            return Err(CoreError::Conflict.into());
        }
        // What is saved as it is was not changed.
        if Draft::from(&rule) != parsed.draft {
            rewritten.push((rule, parsed));
        }
    }
    let mut removed: Vec<Rule> = rules.into_values().collect();
    removed.sort_by_key(|r| r.number);
    if parsed.is_empty() && rewritten.is_empty() && removed.is_empty() {
        return Ok(Edited::default());
    }
    let deed = Deed { added: parsed, rewritten, removed, ..Deed::default() };
    let action = action(editor, &deed);
    let (change_id, numbers) = deed::perform(ctx, db, editor, &owner, deed, (action, None)).await?;
    Ok(Edited { change_id: Some(change_id), numbers })
}

fn action(editor: &Editor, deed: &Deed) -> Action {
    match (deed.added.is_empty(), deed.rewritten.is_empty(), deed.removed.is_empty()) {
        _ if matches!(editor.door, Door::Import) => Action::Import,
        (false, true, true) => Action::Add,
        (true, false, true) => Action::Update,
        (true, true, _) => Action::Delete,
        _ => Action::Import,
    }
}

/// Switches rules on or off. Returns the change; None where all of them were so already.
///
/// # Errors
/// [`CoreError::NotFound`] where a number is not there.
pub async fn set_enabled(
    ctx: &Ctx,
    editor: &Editor,
    numbers: &[i64],
    is_enabled: bool,
) -> Result<Option<i64>, Refusal> {
    in_transaction!(ctx, editor.owner_id, |tx| set_enabled_within(ctx, &mut tx, editor, numbers, is_enabled).await)
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
) -> Result<Option<i64>, Refusal> {
    let action = if is_enabled { Action::Enable } else { Action::Disable };
    let is_other = |rule: &Rule| rule.is_enabled != is_enabled;
    let change = |draft: &mut Draft| draft.is_enabled = is_enabled;
    let (change_id, ids) = touch(ctx, db, editor, numbers, action, (is_other, change)).await?;
    store::rule_edit::update_enabled(db, &ids, is_enabled, &touched(ctx, editor)).await?;
    Ok(change_id)
}

/// Gives rules a priority. Returns the change; None where all of them had it already.
///
/// # Errors
/// A flaw of `priority`; [`CoreError::NotFound`] where a number is not there.
pub async fn set_priority(ctx: &Ctx, editor: &Editor, numbers: &[i64], priority: i64) -> Result<Option<i64>, Refusal> {
    if !(-PRIORITY_MAX..=PRIORITY_MAX).contains(&priority) {
        return Err(CoreError::flaw("priority", Problem::OutOfRange(-PRIORITY_MAX, PRIORITY_MAX)).into());
    }
    in_transaction!(ctx, editor.owner_id, |tx| set_priority_within(ctx, &mut tx, editor, numbers, priority).await)
}

async fn set_priority_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    priority: i64,
) -> Result<Option<i64>, Refusal> {
    let is_other = |rule: &Rule| rule.priority != priority;
    let change = |draft: &mut Draft| draft.priority = priority;
    let (change_id, ids) = touch(ctx, db, editor, numbers, Action::Priority, (is_other, change)).await?;
    store::rule_edit::update_priority(db, &ids, priority, &touched(ctx, editor)).await?;
    Ok(change_id)
}

/// Moves rules up (`step` above 0) or down: their priority grows by that much. One that is at the end already stays. Returns the
/// change; None where all of them are at the end.
///
/// # Errors
/// [`CoreError::NotFound`] where a number is not there.
pub async fn shift(ctx: &Ctx, editor: &Editor, numbers: &[i64], step: i64) -> Result<Option<i64>, Refusal> {
    in_transaction!(ctx, editor.owner_id, |tx| shift_within(ctx, &mut tx, editor, numbers, step).await)
}

async fn shift_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    step: i64,
) -> Result<Option<i64>, Refusal> {
    let may = |rule: &Rule| step != 0 && (-PRIORITY_MAX..=PRIORITY_MAX).contains(&(rule.priority + step));
    let change = |draft: &mut Draft| draft.priority += step;
    let (change_id, ids) = touch(ctx, db, editor, numbers, Action::Priority, (may, change)).await?;
    store::rule_edit::update_priority_by(db, &ids, step, &touched(ctx, editor)).await?;
    Ok(change_id)
}

/// Notes a change of one field in the history of those rules that it concerns, and gives it with their ids; the field itself is
/// the caller's to write.
async fn touch(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    numbers: &[i64],
    action: Action,
    (is_concerned, change): (impl Fn(&Rule) -> bool, impl Fn(&mut Draft)),
) -> Result<(Option<i64>, Vec<i64>), CoreError> {
    let owner = deed::lock(db, editor.owner_id).await?;
    let mut rules: Vec<Rule> = rules(db, editor.owner_id, numbers).await?.into_values().filter(is_concerned).collect();
    rules.sort_by_key(|r| r.number);
    let mut done = Done::new(ctx);
    for rule in &rules {
        let mut draft = Draft::from(rule);
        change(&mut draft);
        done.note(editor.owner_id, (rule.id, rule.number), Some(rule), Some(&draft));
    }
    if rules.is_empty() {
        return Ok((None, Vec::new()));
    }
    let counts = (owner.last_number, owner.rules);
    let change_id = deed::finish(ctx, db, editor, counts, done, (action, None)).await?;
    Ok((Some(change_id), rules.iter().map(|r| r.id).collect()))
}

pub(super) fn touched(ctx: &Ctx, editor: &Editor) -> Touch {
    Touch { now: ctx.now(), actor_id: editor.actor_id, door: editor.door.as_str() }
}

/// The rules with these numbers: all of them, or none.
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

/// Reads drafts before a transaction begins: on the embedded database it would keep every other writer waiting. Expressions in
/// `known` are believed.
///
/// # Errors
/// [`Refusal::Drafts`]; a flaw of `expressions` where there are more than an owner may have; [`CoreError::Busy`].
pub(super) async fn prepare(
    ctx: &Ctx,
    owner_id: i64,
    drafts: Vec<Draft>,
    known: HashSet<String>,
) -> Result<Vec<Parsed>, Refusal> {
    let limits = Limits::of(ctx, owner_id);
    let new = drafts.iter().flat_map(draft::expressions).filter(|text| !known.contains(*text)).count();
    if i64::try_from(new).unwrap_or(i64::MAX) > draft::most_expressions(owner_id) {
        return Err(CoreError::Invalid(vec![draft::too_many_expressions(owner_id)]).into());
    }
    if new == 0 && drafts.len() <= SHORT {
        return parse_all(drafts.iter(), limits, &known);
    }
    ctx.apart.rules(move || parse_all(drafts.iter(), limits, &known)).await?
}

fn parse_all<'a>(
    drafts: impl Iterator<Item = &'a Draft>,
    limits: Limits,
    known: &HashSet<String>,
) -> Result<Vec<Parsed>, Refusal> {
    let (mut parsed, mut faults) = (Vec::new(), Vec::new());
    for (index, draft) in drafts.enumerate() {
        match draft::parse(draft, limits, known) {
            Ok(one) => parsed.push(one),
            Err(CoreError::Invalid(flaws)) => faults.push(Fault { index, flaws, duplicates: Vec::new() }),
            Err(other) => return Err(other.into()),
        }
    }
    if faults.is_empty() { Ok(parsed) } else { Err(Refusal::Drafts(faults)) }
}

/// A transaction in which this owner's rules can be locked without meeting a rival who makes the owner's row.
pub(super) async fn begin(ctx: &Ctx, owner_id: i64) -> Result<Tx, CoreError> {
    let mut tx = ctx.store.begin().await?;
    if store::rule_edit::update_owner_locked(&mut tx, owner_id).await?.is_some() {
        return Ok(tx);
    }
    match store::rule_edit::insert_owner(&mut tx, owner_id).await {
        Ok(()) => tx.commit().await?,
        Err(StoreError::Duplicate) => tx.rollback().await?,
        Err(e) => return Err(e.into()),
    }
    Ok(ctx.store.begin().await?)
}

pub(super) async fn end(ctx: &Ctx, tx: Tx, owner_id: i64) -> Result<(), Refusal> {
    tx.commit().await?;
    shelf::put_away(ctx, owner_id);
    Ok(())
}
