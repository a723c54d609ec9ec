//! What was done to rules, by whom, when and by which door; and taking it back.
//!
//! A change keeps what each rule said *before* it, and a mark of what it said after. So the first change of a rule of old times
//! can be taken back as well, and whether somebody has changed a rule since is told by comparing marks.

use super::{
    ACCOUNT, Door, Rule,
    deed::{self, Deed},
    draft::{self, Draft},
    edit::{Editor, in_transaction},
    refusal::Refusal,
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

/// Versions of one rule that are listed.
const MOST_VERSIONS: i64 = 100;
/// Changes that are listed at a time.
const MOST_CHANGES: i64 = 200;

/// The account's history may be so many times as large as a person's.
const ACCOUNTS_TIMES: i64 = 8;

/// Bytes that an owner's history may have; the oldest changes go first.
pub(super) fn most_bytes(ctx: &Ctx, owner_id: i64) -> i64 {
    let bytes = ctx.settings.settings.reply.history_megabytes * 1024 * 1024;
    if owner_id == ACCOUNT { bytes * ACCOUNTS_TIMES } else { bytes }
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Add,
    Update,
    Enable,
    Disable,
    Delete,
    Priority,
    /// Several kinds at once, or by a file.
    Import,
    /// An earlier version was brought back.
    Restore,
    /// A whole change was taken back.
    Undo,
}

impl Action {
    const ALL: [Self; 9] = [
        Self::Add,
        Self::Update,
        Self::Enable,
        Self::Disable,
        Self::Delete,
        Self::Priority,
        Self::Import,
        Self::Restore,
        Self::Undo,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.audited().trim_start_matches("rule.")
    }

    /// Its name in the audit log.
    pub(super) fn audited(self) -> &'static str {
        match self {
            Self::Add => "rule.add",
            Self::Update => "rule.update",
            Self::Enable => "rule.enable",
            Self::Disable => "rule.disable",
            Self::Delete => "rule.delete",
            Self::Priority => "rule.priority",
            Self::Import => "rule.import",
            Self::Restore => "rule.restore",
            Self::Undo => "rule.undo",
        }
    }

    fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|a| a.as_str() == text).unwrap_or(Self::Update)
    }
}

/// One act of one editor.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: i64,
    /// The user who did it; 0: the program itself.
    pub actor_id: i64,
    pub door: Door,
    pub action: Action,
    /// How many rules it changed.
    pub rules: i64,
    /// Names or first keywords of the first of them.
    pub summary: String,
    /// The change that this one took back.
    pub undoes: Option<i64>,
    /// Taken back since.
    pub is_undone: bool,
    /// Epoch milliseconds.
    pub at: i64,
}

impl From<ChangeRow> for Change {
    fn from(row: ChangeRow) -> Self {
        Self {
            id: row.id,
            actor_id: row.actor_id,
            door: Door::of(&row.door),
            action: Action::of(&row.action),
            rules: row.rules,
            summary: row.summary,
            undoes: row.undoes,
            is_undone: row.undone_by.is_some(),
            at: row.created_at,
        }
    }
}

/// What one change did to one rule.
#[derive(Debug, Clone)]
pub struct Version {
    pub change: Change,
    pub number: i64,
    /// None: the rule was not there.
    pub before: Option<Rule>,
    /// None: the rule was gone.
    pub after: Option<Rule>,
}

/// An owner's changes with ids below `below` (None: from the latest), newest first, 200 at most.
///
/// # Errors
/// The database cannot be reached.
pub async fn changes(ctx: &Ctx, owner_id: i64, below: Option<i64>, most: i64) -> Result<Vec<Change>, CoreError> {
    let (below, most) = (below.unwrap_or(i64::MAX), most.clamp(1, MOST_CHANGES));
    let rows = store::rule_history::list_changes(&mut ctx.store.read().await?, owner_id, below, most).await?;
    Ok(rows.into_iter().map(Change::from).collect())
}

/// Everything that was done to the rule with this number, newest first; also where it is deleted.
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
        versions.push(Version { change: change.into(), number, before: before.clone(), after });
        after = before;
    }
    Ok(versions)
}

/// What one change did, rule by rule. `after` is what the rule says today, where nobody has changed it since; else None.
///
/// # Errors
/// [`CoreError::NotFound`] where the owner has no such change.
pub async fn change(ctx: &Ctx, owner_id: i64, change_id: i64) -> Result<(Change, Vec<Version>), CoreError> {
    let mut db = ctx.store.read().await?;
    let row = store::rule_history::find_change(&mut db, owner_id, change_id).await?.ok_or(CoreError::NotFound)?;
    let change = Change::from(row);
    let records = store::rule_history::list_versions(&mut db, change_id).await?;
    let mut now = by_id(&mut db, &records).await?;
    let version = |record: VersionRecord| {
        let after = now.remove(&record.version.rule_id).filter(|r| is_as(record.version.after_mark.as_str(), Some(r)));
        let before = record.before.as_deref().and_then(snapshot::read);
        Version { change: change.clone(), number: record.version.number, before, after }
    };
    let versions = records.into_iter().map(version).collect();
    Ok((change, versions))
}

/// Takes a whole change back: every rule says what it said before. That is a change itself, so it can be taken back too.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] where it was taken back already or one of its rules was changed since;
/// [`Refusal::Drafts`] where a keyword that would come back belongs to another rule by now.
pub async fn undo(ctx: &Ctx, editor: &Editor, change_id: i64) -> Result<Change, Refusal> {
    in_transaction!(ctx, editor.owner_id, |tx| undo_within(ctx, &mut tx, editor, Some(change_id)).await)
}

/// Takes back the latest change that this editor made to these rules and that still holds; asked again, the one before it.
///
/// # Errors
/// As [`undo`]; [`CoreError::NotFound`] where there is nothing to take back.
pub async fn undo_last(ctx: &Ctx, editor: &Editor) -> Result<Change, Refusal> {
    in_transaction!(ctx, editor.owner_id, |tx| undo_within(ctx, &mut tx, editor, None).await)
}

/// [`undo`] (or with None [`undo_last`]) inside the caller's transaction. Returns the change that was taken back.
///
/// # Errors
/// As [`undo`].
pub async fn undo_within(ctx: &Ctx, db: &mut Tx, editor: &Editor, change_id: Option<i64>) -> Result<Change, Refusal> {
    let owner = deed::lock(db, editor.owner_id).await?;
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
    let mut deed = Deed::default();
    for record in records {
        let present = now.remove(&record.version.rule_id);
        if !is_as(&record.version.after_mark, present.as_ref()) {
            return Err(CoreError::Conflict.into());
        }
        put_back(&mut deed, present, record.before.as_deref())?;
    }
    let (undoing, _) = deed::perform(ctx, db, editor, &owner, deed, (Action::Undo, Some(change.id))).await?;
    if !store::rule_history::update_undone(db, change.id, Some(undoing)).await? {
        return Err(CoreError::Conflict.into());
    }
    // Taking back an undoing puts the change in force again that it had taken back.
    if let Some(original) = change.undoes {
        store::rule_history::update_undone(db, original, None).await?;
    }
    Ok(change.into())
}

/// Brings back what a rule said before a change, whatever it says now and also where it was deleted.
///
/// # Errors
/// [`CoreError::NotFound`] where there is no such version, or the rule was not there before that change; [`Refusal::Drafts`] where
/// a keyword that would come back belongs to another rule by now.
pub async fn restore(ctx: &Ctx, editor: &Editor, number: i64, change_id: i64) -> Result<(), Refusal> {
    in_transaction!(ctx, editor.owner_id, |tx| restore_within(ctx, &mut tx, editor, number, change_id).await)
}

async fn restore_within(ctx: &Ctx, db: &mut Tx, editor: &Editor, number: i64, change_id: i64) -> Result<(), Refusal> {
    let owner = deed::lock(db, editor.owner_id).await?;
    store::rule_history::find_change(db, editor.owner_id, change_id).await?.ok_or(CoreError::NotFound)?;
    let records = store::rule_history::list_versions(db, change_id).await?;
    let record = records.into_iter().find(|r| r.version.number == number).ok_or(CoreError::NotFound)?;
    let present = by_id(db, std::slice::from_ref(&record)).await?.remove(&record.version.rule_id);
    let before = record.before.ok_or(CoreError::NotFound)?;
    let mut deed = Deed::default();
    put_back(&mut deed, present, Some(&before))?;
    deed::perform(ctx, db, editor, &owner, deed, (Action::Restore, None)).await?;
    Ok(())
}

/// What must be done so that a rule is again as it was before.
fn put_back(deed: &mut Deed, present: Option<Rule>, before: Option<&str>) -> Result<(), CoreError> {
    let read = |json| snapshot::read(json).ok_or_else(|| CoreError::Fault("a kept rule cannot be read".to_owned()));
    let before = before.map(read).transpose()?;
    match (present, before) {
        (Some(present), Some(before)) => {
            let parsed = draft::tidy(&Draft::from(&before));
            deed.rewritten.push((present, parsed));
        }
        (Some(present), None) => deed.removed.push(present),
        (None, Some(before)) => {
            let parsed = draft::tidy(&Draft::from(&before));
            deed.returned.push((before, parsed));
        }
        (None, None) => {}
    }
    Ok(())
}

/// True where a rule says what the mark stands for; an empty mark stands for no rule.
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
