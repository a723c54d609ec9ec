//! One act on rules inside a transaction: what it does to them, what it leaves in the history, and whom it tells.

use super::{
    ACCOUNT, Door, Matching, Rule,
    draft::{self, Draft, Limits, Parsed},
    edit::Editor,
    history::{self, Action},
    refusal::Refusal,
    snapshot, taken,
};
use crate::{
    core::{CoreError, Ctx, Problem},
    store::{
        self, Tx,
        audit::AuditRow,
        rule::{RuleRecord, RuleRow},
        rule_edit::OwnerRow,
        rule_history::{ChangeRow, VersionRecord, VersionRow},
    },
};
use std::collections::HashSet;

/// Keywords that the summary of a change names.
const NAMED: usize = 3;
/// Characters of a summary, and of an audit entry's detail.
const SUMMARY_MAX_CHARS: usize = 200;

/// Locks the owner's rules for this transaction: edits of one owner go one after the other.
pub(super) async fn lock(db: &mut Tx, owner_id: i64) -> Result<OwnerRow, CoreError> {
    if let Some(owner) = store::rule_edit::update_owner_locked(db, owner_id).await? {
        return Ok(owner);
    }
    store::rule_edit::insert_owner(db, owner_id).await?;
    Ok(OwnerRow { last_number: 0, rules: 0 })
}

/// What is done, and to which rules.
#[derive(Debug, Default)]
pub(super) struct Deed {
    /// New rules: they get numbers.
    pub added: Vec<Parsed>,
    /// Rules that were deleted, as they were, under their own numbers.
    pub returned: Vec<(Rule, Parsed)>,
    /// Rules as they are, and what they shall say.
    pub rewritten: Vec<(Rule, Parsed)>,
    pub removed: Vec<Rule>,
}

/// The traces that an act leaves.
#[derive(Debug)]
pub(super) struct Done {
    change_id: i64,
    versions: Vec<VersionRecord>,
    keywords: Vec<String>,
}

impl Done {
    pub(super) fn new(ctx: &Ctx) -> Self {
        Self { change_id: ctx.next_id(), versions: Vec::new(), keywords: Vec::new() }
    }

    /// Notes what happened to one rule.
    pub(super) fn note(&mut self, owner_id: i64, rule: (i64, i64), before: Option<&Rule>, after: Option<&Draft>) {
        let (rule_id, number) = rule;
        let after_mark = after.map(snapshot::mark).unwrap_or_default();
        let version = VersionRow { change_id: self.change_id, rule_id, owner_id, number, after_mark };
        self.versions.push(VersionRecord { version, before: before.map(snapshot::write) });
        if self.keywords.len() < NAMED {
            let keywords = after.map(|d| &d.keywords).or(before.map(|r| &r.keywords));
            let name = after.map(|d| &d.name).or(before.map(|r| &r.name)).filter(|name| !name.is_empty());
            let named = name.or_else(|| Some(&keywords?.first()?.text));
            self.keywords.extend(named.cloned());
        }
    }
}

/// Does it, all or nothing, and gives the numbers of the added rules.
pub(super) async fn perform(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    owner: &OwnerRow,
    deed: Deed,
    (action, undoes): (Action, Option<i64>),
) -> Result<(i64, Vec<i64>), Refusal> {
    let owner_id = editor.owner_id;
    let rules = refuse(db, owner, owner_id, &deed).await?;
    let mut done = Done::new(ctx);
    let Deed { added, returned, rewritten, removed } = deed;
    let gone: Vec<i64> = removed.iter().map(|r| r.id).chain(rewritten.iter().map(|(r, _)| r.id)).collect();
    store::rule_edit::delete_rules(db, &gone).await?;
    let mut records = Vec::with_capacity(added.len() + returned.len() + rewritten.len());
    let mut numbers = Vec::with_capacity(added.len());
    for rule in &removed {
        done.note(owner_id, (rule.id, rule.number), Some(rule), None);
    }
    for (rule, parsed) in returned {
        done.note(owner_id, (rule.id, rule.number), None, Some(&parsed.draft));
        records.push(record(ctx, editor, &rule, parsed));
    }
    for (rule, parsed) in rewritten {
        done.note(owner_id, (rule.id, rule.number), Some(&rule), Some(&parsed.draft));
        records.push(record(ctx, editor, &rule, parsed));
    }
    for (number, parsed) in (owner.last_number + 1..).zip(added) {
        let rule = fresh(ctx, number);
        done.note(owner_id, (rule.id, number), None, Some(&parsed.draft));
        records.push(record(ctx, editor, &rule, parsed));
        numbers.push(number);
    }
    store::rule_edit::insert_rules(db, &records).await?;
    if records.iter().flat_map(|r| &r.keywords).any(|k| k.matching == Matching::Regex.as_str())
        && store::rule::count_expressions(db, owner_id).await? > draft::most_expressions(owner_id)
    {
        return Err(CoreError::Invalid(vec![draft::too_many_expressions(owner_id)]).into());
    }
    let last_number = numbers.last().copied().unwrap_or(owner.last_number);
    let change_id = finish(ctx, db, editor, (last_number, rules), done, (action, undoes)).await?;
    Ok((change_id, numbers))
}

/// How many rules there will be.
///
/// # Errors
/// Too many, or keywords that are taken.
async fn refuse(db: &mut Tx, owner: &OwnerRow, owner_id: i64, deed: &Deed) -> Result<i64, Refusal> {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let rules = owner.rules + count(deed.added.len() + deed.returned.len()) - count(deed.removed.len());
    let most = Limits { owner_id, text_max_bytes: 0 }.most_rules();
    if rules > count(most) && rules > owner.rules {
        return Err(CoreError::flaw("rules", Problem::TooMany(most)).into());
    }
    let except: HashSet<i64> = deed.removed.iter().chain(deed.rewritten.iter().map(|(r, _)| r)).map(|r| r.id).collect();
    let others = deed.rewritten.iter().chain(&deed.returned).map(|(_, parsed)| parsed);
    let drafts: Vec<&Parsed> = deed.added.iter().chain(others).collect();
    let faults = taken::faults(db, owner_id, &drafts, &except).await?;
    if faults.is_empty() { Ok(rules) } else { Err(Refusal::Drafts(faults)) }
}

/// A rule that is not there yet.
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
        updated_door: Door::default(),
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
    };
    RuleRecord { rule: row, keywords, contents }
}

/// Writes the history, tells other instances, and the audit log where the rules are the account's. Returns the change's id.
pub(super) async fn finish(
    ctx: &Ctx,
    db: &mut Tx,
    editor: &Editor,
    (last_number, rules): (i64, i64),
    done: Done,
    (action, undoes): (Action, Option<i64>),
) -> Result<i64, CoreError> {
    let summary: String = done.keywords.join("、").chars().take(SUMMARY_MAX_CHARS).collect();
    let change = ChangeRow {
        id: done.change_id,
        owner_id: editor.owner_id,
        actor_id: editor.actor_id,
        door: editor.door.as_str().to_owned(),
        action: action.as_str().to_owned(),
        rules: i64::try_from(done.versions.len()).unwrap_or(i64::MAX),
        summary,
        undoes,
        undone_by: None,
        created_at: ctx.now(),
    };
    let kept_bytes = store::rule_history::insert_change(db, change, &done.versions).await?;
    // What is taken back stays, and so does what was just done, however large.
    let stays = undoes.unwrap_or(done.change_id);
    let most_bytes = history::most_bytes(ctx, editor.owner_id);
    store::rule_history::delete_surplus(db, editor.owner_id, stays, kept_bytes, most_bytes).await?;
    store::fact::bump_revision(db, "rules").await?;
    store::rule_edit::update_owner(db, editor.owner_id, last_number, rules).await?;
    // What people do to their own rules is their own business; what is done to the account's is everybody's.
    if editor.owner_id == ACCOUNT {
        let numbers: Vec<String> = done.versions.iter().map(|v| v.version.number.to_string()).collect();
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
    Ok(done.change_id)
}
