//! A change of several rules inside a transaction: applies it, records it in the history, and notifies other instances.

use super::{
    ACCOUNT, MatchType, Rule, Source, TriggerKind,
    action::Action,
    cache,
    draft::{self, Draft, Limits, Parsed},
    duplicate,
    editor::Editor,
    rejection::RuleRejection,
    snapshot,
};
use crate::{
    core::{CoreError, Ctx, Problem, account::lock_owner},
    store::{
        self, Tx,
        audit::AuditRow,
        rule::{LONG_CONTENT_CHARS, RuleRecord, RuleRow},
        rule_edit::OwnerRow,
        rule_history::{ChangeRow, VersionRecord, VersionRow},
    },
    text::cut,
};
use std::collections::HashSet;

/// The most rules that a change's summary names.
pub(super) const NAMED: usize = 3;
/// Between the names in a summary.
pub(super) const LABEL_MARK: &str = "、";
/// The most long contents of a user: with the shorter ones some 40 MB of memory while the user writes messages.
const MOST_LONG_TEXTS_EACH: i64 = 2_000;
/// The most characters of a summary, and of an audit entry's detail.
const SUMMARY_MAX_CHARS: usize = 200;

/// Locks the owner's rules for this transaction: edits of one owner are serialized.
pub(super) async fn lock(db: &mut Tx, owner_id: i64) -> Result<OwnerRow, CoreError> {
    lock_owner(db, owner_id).await?;
    if let Some(owner) = store::rule_edit::lock_owner(db, owner_id).await? {
        return Ok(owner);
    }
    store::rule_edit::insert_owner(db, owner_id).await?;
    Ok(OwnerRow { last_number: 0, rules: 0 })
}

/// Changes and the rules they apply to.
#[derive(Debug, Default)]
pub(super) struct ChangeSet {
    /// New rules: they get numbers.
    pub added: Vec<Parsed>,
    /// Rules to restore after a deletion, as they were, with their own numbers.
    pub returned: Vec<(Rule, Parsed)>,
    /// Current rules and their new contents.
    pub rewritten: Vec<(Rule, Parsed)>,
    pub removed: Vec<Rule>,
}

/// Collects the history of a change.
#[derive(Debug)]
pub(super) struct ChangeRecorder {
    change_id: i64,
    versions: Vec<VersionRecord>,
    labels: Vec<String>,
}

impl ChangeRecorder {
    pub(super) fn new(ctx: &Ctx) -> Self {
        Self { change_id: ctx.next_id(), versions: Vec::new(), labels: Vec::new() }
    }

    /// Records the change of one rule.
    pub(super) fn note(&mut self, owner_id: i64, rule: (i64, i64), before: Option<&Rule>, after: Option<&Draft>) {
        let (rule_id, number) = rule;
        let after_mark = after.map(snapshot::mark).unwrap_or_default();
        let version = VersionRow { change_id: self.change_id, rule_id, owner_id, number, after_mark };
        self.versions.push(VersionRecord { version, before: before.map(snapshot::write) });
        if self.labels.len() < NAMED {
            let known = after.cloned().or_else(|| before.map(Draft::from));
            self.labels.extend(known.map(|draft| label(&draft)));
        }
    }
}

/// What a rule is called in the summary of a change: its name or first keyword, else the stored word of what it answers, in brackets
/// (`[follow]`, `[image]`); pages translate that.
fn label(draft: &Draft) -> String {
    match (draft.name.as_str(), draft.keywords.first()) {
        ("", None) => format!("[{}]", draft.cause.as_str()),
        ("", Some(keyword)) if draft.cause == TriggerKind::Kind => format!("[{}]", keyword.text),
        ("", Some(keyword)) => keyword.text.clone(),
        (name, _) => name.to_owned(),
    }
}

/// Applies the changes, all or nothing, and returns the numbers of the added rules.
pub(super) async fn apply(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    owner: &OwnerRow,
    changes: ChangeSet,
    (action, undoes): (Action, Option<i64>),
) -> Result<(i64, Vec<i64>), RuleRejection> {
    let owner_id = editor.owner_id;
    let rules = refuse(db, owner, owner_id, &changes).await?;
    let mut recorder = ChangeRecorder::new(ctx);
    let ChangeSet { added, returned, rewritten, removed } = changes;
    let gone: Vec<i64> = removed.iter().map(|r| r.id).chain(rewritten.iter().map(|(r, _)| r.id)).collect();
    store::rule_edit::delete_rules(db, &gone).await?;
    let mut records = Vec::with_capacity(added.len() + returned.len() + rewritten.len());
    let mut numbers = Vec::with_capacity(added.len());
    for rule in &removed {
        recorder.note(owner_id, (rule.id, rule.number), Some(rule), None);
    }
    for (rule, parsed) in returned {
        recorder.note(owner_id, (rule.id, rule.number), None, Some(&parsed.draft));
        records.push(record(ctx, editor, &rule, parsed));
    }
    for (rule, parsed) in rewritten {
        recorder.note(owner_id, (rule.id, rule.number), Some(&rule), Some(&parsed.draft));
        records.push(record(ctx, editor, &rule, parsed));
    }
    for (number, parsed) in (owner.last_number + 1..).zip(added) {
        let rule = fresh(ctx, number);
        recorder.note(owner_id, (rule.id, number), None, Some(&parsed.draft));
        records.push(record(ctx, editor, &rule, parsed));
        numbers.push(number);
    }
    store::rule_edit::insert_rules(db, &records).await?;
    refuse_dear(db, owner_id, &records).await?;
    let last_number = numbers.last().copied().unwrap_or(owner.last_number);
    let change_id = finish(ctx, db, editor, (last_number, rules), recorder, (action, undoes)).await?;
    Ok((change_id, numbers))
}

/// Refuses more memory-intensive rules than one owner may have; counted only if such rules were written.
///
/// # Errors
/// Field errors of `expressions` and `long_texts`.
async fn refuse_dear(db: &mut Tx, owner_id: i64, records: &[RuleRecord]) -> Result<(), CoreError> {
    if records.iter().flat_map(|r| &r.keywords).any(|k| k.matching == MatchType::Regex.as_str())
        && store::rule::count_expressions(db, owner_id).await? > draft::most_expressions(owner_id)
    {
        return Err(CoreError::Invalid(vec![draft::too_many_expressions(owner_id)]));
    }
    let is_long = |body: &str| body.chars().nth(LONG_CONTENT_CHARS).is_some();
    if owner_id != ACCOUNT
        && records.iter().flat_map(|r| &r.contents).any(|content| is_long(&content.body))
        && store::rule::count_long_contents(db, owner_id).await? > MOST_LONG_TEXTS_EACH
    {
        let most = usize::try_from(MOST_LONG_TEXTS_EACH).unwrap_or_default();
        return Err(CoreError::field_error("long_texts", Problem::TooMany(most)));
    }
    Ok(())
}

/// The new number of rules.
///
/// # Errors
/// Too many rules, or duplicate keywords.
async fn refuse(db: &mut Tx, owner: &OwnerRow, owner_id: i64, changes: &ChangeSet) -> Result<i64, RuleRejection> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let rules = owner.rules + count(changes.added.len() + changes.returned.len()) - count(changes.removed.len());
    let most = Limits { owner_id, text_max_bytes: 0 }.most_rules();
    if rules > count(most) && rules > owner.rules {
        return Err(CoreError::field_error("rules", Problem::TooMany(most)).into());
    }
    let except: HashSet<i64> =
        changes.removed.iter().chain(changes.rewritten.iter().map(|(r, _)| r)).map(|r| r.id).collect();
    let others = changes.rewritten.iter().chain(&changes.returned).map(|(_, parsed)| parsed);
    let drafts: Vec<&Parsed> = changes.added.iter().chain(others).collect();
    let faults = duplicate::find_duplicates(db, owner_id, &drafts, &except).await?;
    if faults.is_empty() { Ok(rules) } else { Err(RuleRejection::Drafts(faults)) }
}

/// A rule that does not exist yet.
fn fresh(ctx: &Ctx, number: i64) -> Rule {
    let draft = Draft::default();
    Rule {
        id: ctx.next_id(),
        number,
        name: draft.name,
        cause: draft.cause,
        keywords: draft.keywords,
        contents: draft.contents,
        answer: draft.answer,
        priority: draft.priority,
        is_enabled: draft.is_enabled,
        hits: 0,
        last_hit_at: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        updated_by: None,
        updated_door: Source::default(),
        is_on_home: false,
        revision: 0,
    }
}

fn record(ctx: &Ctx, editor: &Editor, rule: &Rule, parsed: Parsed) -> RuleRecord {
    let sort_key = parsed.sort_key();
    let Parsed { draft, keywords, contents } = parsed;
    let row = RuleRow {
        id: rule.id,
        owner_id: editor.owner_id,
        number: rule.number,
        name: draft.name,
        cause: draft.cause.as_str().to_owned(),
        answer: draft.answer.as_str().to_owned(),
        priority: draft.priority,
        is_enabled: i64::from(draft.is_enabled),
        hits: rule.hits,
        last_hit_at: rule.last_hit_at,
        revision: rule.revision + 1,
        created_at: rule.created_at,
        updated_at: ctx.now(),
        updated_by: Some(editor.actor_id),
        updated_door: editor.door.as_str().to_owned(),
        sort_key,
        is_on_home: i64::from(rule.is_on_home),
    };
    RuleRecord { rule: row, keywords, contents }
}

/// Writes the history, notifies other instances, and writes the audit log for the account's rules. Returns the change's id.
pub(super) async fn finish(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    (last_number, rules): (i64, i64),
    recorder: ChangeRecorder,
    (action, undoes): (Action, Option<i64>),
) -> Result<i64, CoreError> {
    let summary = cut::chars(&recorder.labels.join(LABEL_MARK), SUMMARY_MAX_CHARS).to_owned();
    let change = ChangeRow {
        id: recorder.change_id,
        owner_id: editor.owner_id,
        actor_id: editor.actor_id,
        door: editor.door.as_str().to_owned(),
        action: action.as_str().to_owned(),
        rules: i64::try_from(recorder.versions.len()).unwrap_or(i64::MAX),
        summary,
        undoes,
        undone_by: None,
        created_at: ctx.now(),
    };
    let kept_bytes = store::rule_history::insert_change(db, change, &recorder.versions).await?;
    // The undone change stays, and so does the current one, whatever their size.
    let stays = undoes.unwrap_or(recorder.change_id);
    let most_bytes = most_bytes(ctx, editor.owner_id);
    store::rule_history::delete_surplus(db, editor.owner_id, stays, kept_bytes, most_bytes).await?;
    cache::changed(ctx, db, editor.owner_id).await?;
    store::rule_edit::update_owner(db, editor.owner_id, last_number, rules).await?;
    // Users' own rules are private; changes of the account's rules are audited.
    if editor.owner_id == ACCOUNT {
        let numbers: Vec<String> = recorder.versions.iter().map(|v| v.version.number.to_string()).collect();
        let row = AuditRow {
            id: ctx.next_id(),
            actor_id: Some(editor.actor_id),
            action: action.audited(),
            target: match numbers.as_slice() {
                [one] => format!("account-rule/{one}"),
                _ => "account-rules".to_owned(),
            },
            address: editor.address.clone(),
            detail: numbers.join(",").chars().take(SUMMARY_MAX_CHARS).collect(),
            created_at: ctx.now(),
        };
        store::audit::insert_entry(db, row).await?;
    }
    Ok(recorder.change_id)
}

/// How much larger the account's history may be than a user's.
const ACCOUNTS_TIMES: i64 = 8;

/// The most bytes of an owner's history; the oldest changes are deleted first.
pub(super) fn most_bytes(ctx: &Ctx, owner_id: i64) -> i64 {
    let bytes = ctx.settings.settings.reply.history_megabytes * 1024 * 1024;
    if owner_id == ACCOUNT { bytes * ACCOUNTS_TIMES } else { bytes }
}
