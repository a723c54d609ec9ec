//! The history of rule changes: actor, time and source; undoing changes and restoring versions.
//!
//! A change stores each rule as it was *before*, and a hash of the rule afterwards. So the first change of a rule that is older
//! than the history can be undone as well, and comparing hashes shows whether a rule was changed since.

pub use super::action::Action;

use super::{
    Rule, Source,
    change_set::{self, ChangeSet, LABEL_MARK},
    draft::{self, Draft},
    edit::Editor,
    rejection::RuleRejection,
    snapshot,
};
use crate::{
    core::{CoreError, Ctx},
    store::{
        self, Tx,
        rule_history::{ChangeRow, VersionRecord},
    },
};
use std::collections::HashMap;

/// The most versions of one rule in a list.
const MOST_VERSIONS: i64 = 100;
/// The most rules of one change whose later versions are looked up.
pub const MOST_FOLLOWED: usize = 50;
/// The most changes in a list.
const MOST_CHANGES: i64 = 200;

/// One change by one editor.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: i64,
    /// The acting user; 0: the program itself.
    pub actor_id: i64,
    pub door: Source,
    pub action: Action,
    /// Number of changed rules.
    pub rules: i64,
    /// Names or first keywords of the first of them; in brackets, the stored word of what a rule without them answers
    /// (`[follow]`, `[image]`).
    pub labels: Vec<String>,
    /// The number of the rule, if it is one; only in lists.
    pub number: Option<i64>,
    /// The change that this one undid.
    pub undoes: Option<i64>,
    /// True if it was undone since.
    pub is_undone: bool,
    /// Epoch milliseconds.
    pub at: i64,
}

impl Change {
    /// The names and keywords among the labels, as one text; empty if the rules have none.
    #[must_use]
    pub fn keywords(&self) -> String {
        let own = self.labels.iter().filter(|label| !(label.starts_with('[') && label.ends_with(']')));
        own.map(String::as_str).collect::<Vec<_>>().join(LABEL_MARK)
    }
}

impl From<ChangeRow> for Change {
    fn from(row: ChangeRow) -> Self {
        Self {
            id: row.id,
            actor_id: row.actor_id,
            door: Source::of(&row.door),
            action: Action::of(&row.action),
            rules: row.rules,
            labels: row.summary.split(LABEL_MARK).filter(|label| !label.is_empty()).map(str::to_owned).collect(),
            number: None,
            undoes: row.undoes,
            is_undone: row.undone_by.is_some(),
            at: row.created_at,
        }
    }
}

/// The effect of one change on one rule.
#[derive(Debug, Clone)]
pub struct Version {
    pub change: Change,
    pub number: i64,
    /// `None`: the rule did not exist.
    pub before: Option<Rule>,
    /// `None`: the rule was deleted, or what it was is not known any more.
    pub after: Option<Rule>,
    /// The change deleted the rule.
    pub is_deleted: bool,
}

/// An owner's changes with ids below `below` (`None`: from the latest), newest first, 200 at most.
///
/// # Errors
/// The database cannot be reached.
pub async fn changes(ctx: &Ctx, owner_id: i64, below: Option<i64>, most: i64) -> Result<Vec<Change>, CoreError> {
    let (below, most) = (below.unwrap_or(i64::MAX), most.clamp(1, MOST_CHANGES));
    let mut db = ctx.store.read().await?;
    let rows = store::rule_history::list_changes(&mut db, owner_id, below, most).await?;
    let single: Vec<i64> = rows.iter().filter(|row| row.rules == 1).map(|row| row.id).collect();
    let numbers = store::rule_history::list_numbers(&mut db, &single).await?;
    Ok(rows.into_iter().map(|row| Change { number: numbers.get(&row.id).copied(), ..Change::from(row) }).collect())
}

/// All changes of the rule with this number, newest first; also for a deleted rule.
///
/// # Errors
/// The database cannot be reached.
pub async fn versions(ctx: &Ctx, owner_id: i64, number: i64) -> Result<Vec<Version>, CoreError> {
    let mut db = ctx.store.read().await?;
    let records = store::rule_history::list_versions_of(&mut db, owner_id, number, MOST_VERSIONS).await?;
    let now = store::rule::list_by_number(&mut db, owner_id, &[number]).await?.pop().map(Rule::from);
    let mut after = now;
    let mut versions = Vec::with_capacity(records.len());
    for (change, record) in records {
        let before = record.before.as_deref().and_then(snapshot::read);
        let is_deleted = record.version.after_mark.is_empty();
        versions.push(Version { change: change.into(), number, before: before.clone(), after, is_deleted });
        after = before;
    }
    Ok(versions)
}

/// The effects of one change, rule by rule. `after` of the first [`MOST_FOLLOWED`] rules is known also if they were changed since.
///
/// # Errors
/// [`CoreError::NotFound`] if the owner has no such change.
pub async fn change(ctx: &Ctx, owner_id: i64, change_id: i64) -> Result<(Change, Vec<Version>), CoreError> {
    let mut db = ctx.store.read().await?;
    let row = store::rule_history::find_change(&mut db, owner_id, change_id).await?.ok_or(CoreError::NotFound)?;
    let change = Change::from(row);
    let records = store::rule_history::list_versions(&mut db, change_id).await?;
    let mut now = by_id(&mut db, &records).await?;
    let version = |record: VersionRecord| {
        let after = now.remove(&record.version.rule_id).filter(|r| is_as(record.version.after_mark.as_str(), Some(r)));
        let before = record.before.as_deref().and_then(snapshot::read);
        let is_deleted = record.version.after_mark.is_empty();
        Version { change: change.clone(), number: record.version.number, before, after, is_deleted }
    };
    let marks: Vec<(i64, String)> =
        records.iter().map(|record| (record.version.rule_id, record.version.after_mark.clone())).collect();
    let mut versions: Vec<Version> = records.into_iter().map(version).collect();
    for (version, (rule_id, mark)) in versions.iter_mut().zip(marks).take(MOST_FOLLOWED) {
        if version.after.is_none() && !version.is_deleted {
            // What a rule was after a change is what it was before the next one.
            let next = store::rule_history::find_next(&mut db, owner_id, (version.number, rule_id), change_id).await?;
            version.after = next.as_deref().and_then(snapshot::read).filter(|rule| is_as(&mark, Some(rule)));
        }
    }
    Ok((change, versions))
}

/// Undoes a whole change: every rule becomes what it was before. The undo is a change itself, so it can be undone too.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if it was undone already or one of its rules was changed since;
/// [`RuleRejection::Drafts`] if another rule has one of the restored keywords by now.
pub async fn undo(ctx: &Ctx, editor: &Editor, change_id: i64) -> Result<Change, RuleRejection> {
    store::transact!(ctx.store, |tx| undo_within(ctx, tx, editor, Some(change_id)).await)
}

/// Undoes the latest change that this editor made to these rules and that is still in effect; called again, the one before
/// it.
///
/// # Errors
/// As [`undo`]; [`CoreError::NotFound`] if there is nothing to undo.
pub async fn undo_last(ctx: &Ctx, editor: &Editor) -> Result<Change, RuleRejection> {
    store::transact!(ctx.store, |tx| undo_within(ctx, tx, editor, None).await)
}

/// [`undo`] (or with `None` [`undo_last`]) inside the caller's transaction. Returns the undone change.
///
/// # Errors
/// As [`undo`].
pub async fn undo_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    change_id: Option<i64>,
) -> Result<Change, RuleRejection> {
    let owner = change_set::lock(db, editor.owner_id).await?;
    let change = match change_id {
        Some(id) => store::rule_history::find_change(db, editor.owner_id, id).await?,
        None => store::rule_history::find_last_change(db, editor.owner_id, editor.actor_id).await?,
    };
    let change = change.ok_or(CoreError::NotFound)?;
    if change.undone_by.is_some() {
        return Err(CoreError::Conflict.into());
    }
    let records = store::rule_history::list_versions(db, change.id).await?;
    let mut now = by_id(db, &records).await?;
    let mut changes = ChangeSet::default();
    for record in records {
        let present = now.remove(&record.version.rule_id);
        if !is_as(&record.version.after_mark, present.as_ref()) {
            return Err(CoreError::Conflict.into());
        }
        put_back(&mut changes, present, record.before.as_deref())?;
    }
    let (undoing, _) = change_set::apply(ctx, db, editor, &owner, changes, (Action::Undo, Some(change.id))).await?;
    if !store::rule_history::update_undone(db, change.id, Some(undoing)).await? {
        return Err(CoreError::Conflict.into());
    }
    // Undoing an undo makes the original change effective again.
    if let Some(original) = change.undoes {
        store::rule_history::update_undone(db, original, None).await?;
    }
    Ok(change.into())
}

/// Restores a rule as it was before a change, whatever it is now, even if it was deleted.
///
/// # Errors
/// [`CoreError::NotFound`] if there is no such version, or the rule did not exist before that change; [`RuleRejection::Drafts`] if
/// another rule has one of the restored keywords by now.
pub async fn restore(ctx: &Ctx, editor: &Editor, number: i64, change_id: i64) -> Result<(), RuleRejection> {
    store::transact!(ctx.store, |tx| restore_within(ctx, tx, editor, number, change_id).await)
}

async fn restore_within(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    number: i64,
    change_id: i64,
) -> Result<(), RuleRejection> {
    let owner = change_set::lock(db, editor.owner_id).await?;
    store::rule_history::find_change(db, editor.owner_id, change_id).await?.ok_or(CoreError::NotFound)?;
    let records = store::rule_history::list_versions(db, change_id).await?;
    let record = records.into_iter().find(|r| r.version.number == number).ok_or(CoreError::NotFound)?;
    let present = by_id(db, std::slice::from_ref(&record)).await?.remove(&record.version.rule_id);
    let before = record.before.ok_or(CoreError::NotFound)?;
    let mut changes = ChangeSet::default();
    put_back(&mut changes, present, Some(&before))?;
    change_set::apply(ctx, db, editor, &owner, changes, (Action::Restore, None)).await?;
    Ok(())
}

/// Adds the changes that make a rule what it was before.
fn put_back(changes: &mut ChangeSet, present: Option<Rule>, before: Option<&str>) -> Result<(), CoreError> {
    let read = |json| snapshot::read(json).ok_or_else(|| CoreError::Fault("a stored rule cannot be read".to_owned()));
    let before = before.map(read).transpose()?;
    match (present, before) {
        (Some(present), Some(before)) => {
            let parsed = draft::tidy(&Draft::from(&before));
            changes.rewritten.push((present, parsed));
        }
        (Some(present), None) => changes.removed.push(present),
        (None, Some(before)) => {
            let parsed = draft::tidy(&Draft::from(&before));
            changes.returned.push((before, parsed));
        }
        (None, None) => {}
    }
    Ok(())
}

/// True if the hash is that of the rule; an empty hash means no rule.
fn is_as(mark: &str, rule: Option<&Rule>) -> bool {
    match rule {
        Some(rule) => snapshot::mark(&Draft::from(rule)) == mark,
        None => mark.is_empty(),
    }
}

async fn by_id(db: &mut impl store::Link, records: &[VersionRecord]) -> Result<HashMap<i64, Rule>, CoreError> {
    let ids: Vec<i64> = records.iter().map(|r| r.version.rule_id).collect();
    let found = store::rule::list_by_id(db, &ids).await?;
    Ok(found.into_iter().map(|record| (record.rule.id, Rule::from(record))).collect())
}
