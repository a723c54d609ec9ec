//! Plans of imports: compares a file with the current rules, lists what would be added, changed and removed, and
//! applies it.

use super::{Fault, Field, Holder, LineFlaw, Lost, Note, NoteKind, Parsed, Row};
use crate::{
    core::{
        CoreError, Ctx, FieldError, Problem,
        rule::{
            MatchType, Rule, TriggerKind, change_set,
            draft::{self, Draft, Limits, Parsed as Held},
            duplicate,
            edit::{self, Editor, Update},
            media,
            rejection::{ConflictsWith, RuleRejection},
            search,
        },
    },
    store,
    text::fold::fold,
};
use std::collections::{HashMap, HashSet};

/// Lines between two progress reports.
const WATCHED: usize = 200;

/// What happens to rules that are not in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// They stay.
    #[default]
    Merge,
    /// They are removed.
    Replace,
}

impl Mode {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        if self == Self::Replace { "replace" } else { "merge" }
    }

    /// Parses a form's value; unknown values become merging.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text == "replace" { Self::Replace } else { Self::Merge }
    }
}

/// A rule whose contents would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub line: usize,
    pub before: Rule,
    pub after: Draft,
}

/// The effects of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub mode: Mode,
    /// True if some lines could not be parsed, or some of the platform's rules not imported: the rules they stand for are
    /// unknown.
    pub is_unsure: bool,
    pub added: Vec<Row>,
    pub changed: Vec<Changed>,
    pub removed: Vec<Rule>,
    /// Number of lines equal to their rules.
    pub unchanged: usize,
    /// Lines that cannot be imported, in order; they prevent the import, unless they are left out on request.
    pub flaws: Vec<LineFlaw>,
    /// What is left out or changed.
    pub notes: Vec<Note>,
}

impl Plan {
    /// True if nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// False if the plan must not be applied: it has invalid lines that are not to be left out, or would remove rules that an
    /// unparsed line may stand for.
    #[must_use]
    pub fn may_apply(&self, is_partial: bool) -> bool {
        self.may_remove() && (is_partial || self.flaws.is_empty())
    }

    /// False if rules would be removed that an unparsed line may stand for.
    #[must_use]
    pub fn may_remove(&self) -> bool {
        self.mode == Mode::Merge || !self.is_unsure
    }

    /// The total number of changed rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.added.len() + self.changed.len() + self.removed.len()
    }
}

/// The result of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The numbers of the new rules, in the order of the file.
    pub added: Vec<i64>,
    pub changed: usize,
    pub removed: usize,
}

/// What a rule answers: a keyword with a match type, or a trigger without keywords.
type Key = (TriggerKind, Option<(String, MatchType)>);

fn keys(draft: &Draft) -> Vec<Key> {
    if draft.keywords.is_empty() {
        return vec![(draft.cause, None)];
    }
    draft.keywords.iter().map(|k| (draft.cause, Some((k.folded(), k.matching)))).collect()
}

/// Compares a file with an owner's rules. Changes nothing.
///
/// A line stands for the rule with one of its keywords; else for the rule with its number, if they have a name or an answer in
/// common: numbers of another account's file mean nothing here. Else it is a new rule. Fields that the file omits stay unchanged.
///
/// # Errors
/// The database cannot be reached; [`CoreError::Busy`].
pub async fn plan(ctx: &Ctx, owner_id: i64, parsed: Parsed, mode: Mode) -> Result<Plan, CoreError> {
    plan_watched(ctx, owner_id, parsed, mode, |_, _| {}).await
}

/// [`plan`], reporting now and then how many lines of how many are done.
///
/// # Errors
/// As [`plan`].
pub async fn plan_watched(
    ctx: &Ctx,
    owner_id: i64,
    parsed: Parsed,
    mode: Mode,
    watch: impl Fn(usize, usize) + Send + 'static,
) -> Result<Plan, CoreError> {
    let rules = search::list(ctx, owner_id).await?;
    let limits = Limits::of(ctx, owner_id);
    // Thousands of lines and their expressions take a while.
    let work = move || {
        let (held, plan) = hold(&rules, parsed, mode, limits, watch);
        (rules, held, plan)
    };
    let (rules, held, mut plan) = ctx.worker_pool.file(work).await?;
    note_absent(ctx, &held, &mut plan).await?;
    let held = refuse_taken(ctx, owner_id, (&rules, held), &mut plan).await?;
    for HeldRow { line, number, rule, parsed } in held {
        match rule {
            Some(at) => plan.changed.push(Changed { line, before: rules[at].clone(), after: parsed.draft }),
            None => plan.added.push(Row { line, number, draft: parsed.draft, absent: Vec::new() }),
        }
    }
    if rules.len() + plan.added.len() > limits.most_rules() + plan.removed.len() {
        let flaw = FieldError { field: "rules", problem: Problem::TooMany(limits.most_rules()) };
        plan.flaws.push(LineFlaw { line: 0, fault: Fault::Draft(flaw) });
    }
    plan.flaws.sort_by_key(|f| f.line);
    Ok(plan)
}

/// A line, its rule, and the rule's new contents.
struct Meant {
    line: usize,
    number: Option<i64>,
    rule: Option<usize>,
    draft: Draft,
}

/// A valid line, and the position of its rule in the list.
struct HeldRow {
    line: usize,
    number: Option<i64>,
    rule: Option<usize>,
    parsed: Held,
}

/// Matches lines to rules, and validates what is new. Does everything that needs no database.
fn hold(
    rules: &[Rule],
    parsed: Parsed,
    mode: Mode,
    limits: Limits,
    watch: impl Fn(usize, usize),
) -> (Vec<HeldRow>, Plan) {
    let is_lost = |note: &Note| matches!(note.kind, NoteKind::Lost(Lost::NoKeywords { .. } | Lost::NoContents { .. }));
    let is_unsure = !parsed.flaws.is_empty() || parsed.notes.iter().any(is_lost);
    let mut plan = Plan { mode, is_unsure, flaws: parsed.flaws, notes: parsed.notes, ..Plan::default() };
    let mut matcher = Matcher::new(rules);
    let mut meant = Vec::with_capacity(parsed.rows.len());
    for row in parsed.rows {
        let rule = matcher.take(&row);
        let draft = rule.map_or_else(|| row.draft.clone(), |at| row.over(&rules[at]));
        if rule.is_some_and(|at| Draft::from(&rules[at]) == draft::tidy(&draft).draft) {
            plan.unchanged += 1;
        } else {
            meant.push(Meant { line: row.line, number: row.number, rule, draft });
        }
    }
    let known: HashSet<String> = rules.iter().flat_map(|rule| expressions(&Draft::from(rule))).collect();
    let new = meant.iter().flat_map(|meant| expressions(&meant.draft)).filter(|text| !known.contains(text)).count();
    // Reported before the first one is validated: each may take some tens of milliseconds.
    if i64::try_from(new).unwrap_or(i64::MAX) > draft::most_expressions(limits.owner_id) {
        plan.flaws.push(LineFlaw { line: 0, fault: Fault::Draft(draft::too_many_expressions(limits.owner_id)) });
        return (Vec::new(), plan);
    }
    let (total, mut held) = (meant.len(), Vec::with_capacity(meant.len()));
    for (done, Meant { line, number, rule, draft }) in meant.into_iter().enumerate() {
        if done % WATCHED == 0 {
            watch(done, total);
        }
        match draft::parse(&draft, limits, &known) {
            Ok(parsed) => held.push(HeldRow { line, number, rule, parsed }),
            Err(CoreError::Invalid(flaws)) => {
                plan.flaws.extend(flaws.into_iter().map(|flaw| LineFlaw { line, fault: Fault::Draft(flaw) }));
            }
            Err(other) => {
                plan.flaws.push(LineFlaw { line, fault: Fault::Unreadable(other.to_string()) });
            }
        }
    }
    if mode == Mode::Replace {
        plan.removed = matcher.rest().map(|at| rules[at].clone()).collect();
    }
    (held, plan)
}

fn expressions(draft: &Draft) -> Vec<String> {
    draft::expressions(draft).map(str::to_owned).collect()
}

/// Notes files that lines use and that are not stored here: an export of rules does not contain its pictures.
async fn note_absent(ctx: &Ctx, held: &[HeldRow], plan: &mut Plan) -> Result<(), CoreError> {
    let of_row = |row: &HeldRow| {
        let keys = row.parsed.draft.contents.iter().filter_map(media::kept_by);
        keys.map(|key| (row.line, key)).collect::<Vec<_>>()
    };
    let named: Vec<(usize, String)> = held.iter().flat_map(of_row).collect();
    if named.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = named.iter().map(|(_, key)| key.clone()).collect();
    let known = store::media::list_known(&mut ctx.store.read().await?, &keys).await?;
    let known: HashSet<String> = known.into_iter().collect();
    let absent = named.into_iter().filter(|(_, key)| !known.contains(key));
    plan.notes.extend(absent.map(|(line, _)| Note { line, kind: NoteKind::Absent }));
    Ok(())
}

/// Removes lines with a keyword of another rule or line, and records their errors.
async fn refuse_taken(
    ctx: &Ctx,
    owner_id: i64,
    (rules, held): (&[Rule], Vec<HeldRow>),
    plan: &mut Plan,
) -> Result<Vec<HeldRow>, CoreError> {
    let rewritten = held.iter().filter_map(|row| row.rule).map(|at| &rules[at]);
    let except: HashSet<i64> = plan.removed.iter().chain(rewritten).map(|rule| rule.id).collect();
    let drafts: Vec<&Held> = held.iter().map(|row| &row.parsed).collect();
    let faults = duplicate::find_duplicates(&mut ctx.store.read().await?, owner_id, &drafts, &except).await?;
    let lines: Vec<usize> = held.iter().map(|row| row.line).collect();
    let mut at_fault = HashSet::new();
    for fault in faults {
        at_fault.insert(fault.index);
        let line = lines[fault.index];
        plan.flaws.extend(fault.duplicates.into_iter().map(|duplicate| {
            let with = match duplicate.with {
                ConflictsWith::Rule(number) => Holder::Rule(number),
                ConflictsWith::Draft(index) => Holder::Line(lines[index]),
            };
            let fault = Fault::Taken { keyword: duplicate.keyword, matching: duplicate.matching, with };
            LineFlaw { line, fault }
        }));
    }
    Ok(held.into_iter().enumerate().filter(|(index, _)| !at_fault.contains(index)).map(|(_, row)| row).collect())
}

/// Matches lines to rules; each rule at most once.
struct Matcher<'a> {
    rules: &'a [Rule],
    by_key: HashMap<Key, usize>,
    /// By the text of keywords, whatever their match type.
    by_text: HashMap<(TriggerKind, String), usize>,
    by_number: HashMap<i64, usize>,
    is_taken: Vec<bool>,
}

impl<'a> Matcher<'a> {
    fn new(rules: &'a [Rule]) -> Self {
        let (mut by_key, mut by_text, mut by_number) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (at, rule) in rules.iter().enumerate() {
            by_number.insert(rule.number, at);
            for key in keys(&Draft::from(rule)) {
                by_key.entry(key).or_insert(at);
            }
            for keyword in &rule.keywords {
                by_text.entry((rule.cause, fold(&keyword.text))).or_insert(at);
            }
        }
        Self { rules, by_key, by_text, by_number, is_taken: vec![false; rules.len()] }
    }

    fn take(&mut self, row: &Row) -> Option<usize> {
        let draft = &draft::tidy(&row.draft).draft;
        let numbered = row.number.and_then(|n| self.by_number.get(&n).copied()).filter(|at| !self.is_taken[*at]);
        let by_key = keys(draft).into_iter().filter_map(|key| self.by_key.get(&key).copied());
        // If the file omits the match types, only the texts count.
        let texts = draft.keywords.iter().filter(|_| row.lacks(Field::Matching));
        let by_text = texts.filter_map(|keyword| self.by_text.get(&(draft.cause, fold(&keyword.text))).copied());
        let shared: Vec<usize> = by_key.chain(by_text).filter(|at| !self.is_taken[*at]).collect();
        let is_kin = |at: &usize| {
            let rule = &self.rules[*at];
            (rule.cause == draft.cause || row.lacks(Field::Cause))
                && (rule.contents == draft.contents || (!rule.name.is_empty() && rule.name == draft.name))
        };
        let found = numbered
            .filter(|at| shared.contains(at))
            .or_else(|| shared.first().copied())
            .or_else(|| numbered.filter(is_kin))?;
        self.is_taken[found] = true;
        Some(found)
    }

    fn rest(&self) -> impl Iterator<Item = usize> + '_ {
        self.is_taken.iter().enumerate().filter(|(_, is)| !**is).map(|(at, _)| at)
    }
}

/// Applies a plan, as one change in the history. Invalid lines are left out; the caller must confirm that first.
///
/// # Errors
/// [`CoreError::Conflict`] or [`CoreError::NotFound`] if a concurrent edit changed one of the rules since the plan was
/// made: then nothing was changed. As [`edit::apply_within`].
pub async fn apply(ctx: &Ctx, editor: &Editor, plan: &Plan) -> Result<Applied, RuleRejection> {
    let removed: Vec<i64> = plan.removed.iter().map(|rule| rule.number).collect();
    let drafts = plan.added.iter().map(|row| &row.draft).chain(plan.changed.iter().map(|changed| &changed.after));
    let drafts: Vec<Draft> = drafts.cloned().collect();
    // The plan has validated their expressions.
    let known = drafts.iter().flat_map(expressions).collect();
    let parsed = edit::prepare(ctx, editor.owner_id, drafts, known).await?;
    let seen: HashMap<i64, i64> = plan.removed.iter().map(|rule| (rule.id, rule.revision)).collect();
    let update = |changed: &Changed| Update {
        number: changed.before.number,
        revision: Some(changed.before.revision),
        draft: changed.after.clone(),
    };
    let edits = edit::Plan {
        add: plan.added.iter().map(|row| row.draft.clone()).collect(),
        update: plan.changed.iter().map(update).collect(),
        delete: removed,
    };
    let done = store::transact!(ctx.store, |tx| -> Result<edit::Edited, RuleRejection> {
        change_set::lock(tx, editor.owner_id).await?;
        // Removed rules must be unchanged since the preview, like changed ones.
        let now = store::rule::list_by_number(tx, editor.owner_id, &edits.delete).await?;
        if now.len() != edits.delete.len() || now.iter().any(|r| seen.get(&r.rule.id) != Some(&r.rule.revision)) {
            return Err(CoreError::Conflict.into());
        }
        edit::carry_out(ctx, tx, editor, &edits, parsed.clone()).await
    })?;
    Ok(Applied { added: done.numbers, changed: plan.changed.len(), removed: plan.removed.len() })
}
