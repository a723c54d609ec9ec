//! A file held against the rules that are there: what would be added, changed and removed; and doing it.

use super::{Fault, Holder, LineFlaw, Note, Noted, Parsed, Row};
use crate::{
    core::{
        CoreError, Ctx, Flaw, Problem,
        reply::{
            Cause, Matching, Rule,
            draft::{self, Draft, Limits, Parsed as Held},
            edit::{self, Editor, Update},
            media,
            refusal::{Other, Refusal},
            search, taken,
        },
    },
    store,
};
use std::collections::{HashMap, HashSet};

/// Lines between two looks at how far it is.
const WATCHED: usize = 200;

/// What becomes of rules that the file does not have.
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

    /// Reads a form's word; what is not known is merging.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text == "replace" { Self::Replace } else { Self::Merge }
    }
}

/// A rule that would say something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub line: usize,
    pub before: Rule,
    pub after: Draft,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub mode: Mode,
    pub added: Vec<Row>,
    pub changed: Vec<Changed>,
    pub removed: Vec<Rule>,
    /// How many lines say what the rules say already.
    pub unchanged: usize,
    /// Lines that cannot be imported, in order; nothing is applied while there are any, unless they are to be left out.
    pub flaws: Vec<LineFlaw>,
    /// What is left out or becomes different.
    pub notes: Vec<Note>,
}

impl Plan {
    /// True where nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }

    /// How many rules would change, in all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.added.len() + self.changed.len() + self.removed.len()
    }
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The numbers of the new rules, in the order of the file.
    pub added: Vec<i64>,
    pub changed: usize,
    pub removed: usize,
}

/// What a rule answers to: a keyword in one way of matching, or a case without keywords.
type Key = (Cause, Option<(String, Matching)>);

fn keys(draft: &Draft) -> Vec<Key> {
    if draft.keywords.is_empty() {
        return vec![(draft.cause, None)];
    }
    draft.keywords.iter().map(|k| (draft.cause, Some((k.folded(), k.matching)))).collect()
}

/// Holds a file against an owner's rules. Nothing is changed.
///
/// A line stands for the rule that has one of its keywords; else for the rule with its number, if they have anything in common
/// (name or answer): numbers of another account's file mean nothing here. Else it is a new rule.
///
/// # Errors
/// The database cannot be reached.
pub async fn plan(ctx: &Ctx, owner_id: i64, parsed: Parsed, mode: Mode) -> Result<Plan, CoreError> {
    plan_watched(ctx, owner_id, parsed, mode, |_, _| {}).await
}

/// [`plan`], telling now and then how many lines of how many are done.
///
/// # Errors
/// As [`plan`].
pub async fn plan_watched(
    ctx: &Ctx,
    owner_id: i64,
    parsed: Parsed,
    mode: Mode,
    watch: impl Fn(usize, usize),
) -> Result<Plan, CoreError> {
    let rules = search::list(ctx, owner_id).await?;
    let mut matcher = Matcher::new(&rules);
    let limits = Limits::of(ctx, owner_id);
    let mut plan = Plan { mode, flaws: parsed.flaws, notes: parsed.notes, ..Plan::default() };
    let total = parsed.rows.len();
    let mut held = Vec::with_capacity(total);
    for (done, row) in parsed.rows.into_iter().enumerate() {
        if done % WATCHED == 0 {
            watch(done, total);
            // Thousands of lines take a while: others want their turn.
            tokio::task::yield_now().await;
        }
        let tidied = draft::tidy(&row.draft).draft;
        let rule = matcher.take(&tidied, row.number).map(|at| &rules[at]);
        if rule.is_some_and(|rule| Draft::from(rule) == tidied) {
            plan.unchanged += 1;
            continue;
        }
        match draft::parse(&row.draft, limits) {
            Ok(parsed) => held.push(HeldRow { line: row.line, number: row.number, rule, parsed }),
            Err(CoreError::Invalid(flaws)) => {
                let flaw = |flaw| LineFlaw { line: row.line, fault: Fault::Draft(flaw) };
                plan.flaws.extend(flaws.into_iter().map(flaw));
            }
            Err(e) => return Err(e),
        }
    }
    if mode == Mode::Replace {
        plan.removed = matcher.rest().map(|at| rules[at].clone()).collect();
    }
    note_absent(ctx, &held, &mut plan).await?;
    let held = refuse_taken(ctx, owner_id, held, &mut plan).await?;
    for HeldRow { line, number, rule, parsed } in held {
        match rule {
            Some(rule) => plan.changed.push(Changed { line, before: rule.clone(), after: parsed.draft }),
            None => plan.added.push(Row { line, number, draft: parsed.draft }),
        }
    }
    if rules.len() + plan.added.len() > limits.most_rules() + plan.removed.len() {
        let flaw = Flaw { field: "rules", problem: Problem::TooMany(limits.most_rules()) };
        plan.flaws.push(LineFlaw { line: 0, fault: Fault::Draft(flaw) });
    }
    plan.flaws.sort_by_key(|f| f.line);
    Ok(plan)
}

/// A line that holds by itself, and the rule that it stands for.
struct HeldRow<'a> {
    line: usize,
    number: Option<i64>,
    rule: Option<&'a Rule>,
    parsed: Held,
}

/// Notes the files that lines name and that are not here: a file of rules does not bring its pictures along.
async fn note_absent(ctx: &Ctx, held: &[HeldRow<'_>], plan: &mut Plan) -> Result<(), CoreError> {
    let of_row = |row: &HeldRow<'_>| {
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
    plan.notes.extend(absent.map(|(line, _)| Note { line, noted: Noted::Absent }));
    Ok(())
}

/// Leaves the lines that have a keyword of another rule or line, and notes the others.
async fn refuse_taken<'a>(
    ctx: &Ctx,
    owner_id: i64,
    held: Vec<HeldRow<'a>>,
    plan: &mut Plan,
) -> Result<Vec<HeldRow<'a>>, CoreError> {
    let except: HashSet<i64> =
        plan.removed.iter().chain(held.iter().filter_map(|row| row.rule)).map(|rule| rule.id).collect();
    let drafts: Vec<&Held> = held.iter().map(|row| &row.parsed).collect();
    let faults = taken::faults(&mut ctx.store.read().await?, owner_id, &drafts, &except).await?;
    let lines: Vec<usize> = held.iter().map(|row| row.line).collect();
    let mut at_fault = HashSet::new();
    for fault in faults {
        at_fault.insert(fault.index);
        let line = lines[fault.index];
        plan.flaws.extend(fault.duplicates.into_iter().map(|duplicate| {
            let with = match duplicate.with {
                Other::Rule(number) => Holder::Rule(number),
                Other::Draft(index) => Holder::Line(lines[index]),
            };
            let fault = Fault::Taken { keyword: duplicate.keyword, matching: duplicate.matching, with };
            LineFlaw { line, fault }
        }));
    }
    Ok(held.into_iter().enumerate().filter(|(index, _)| !at_fault.contains(index)).map(|(_, row)| row).collect())
}

/// Finds the rules that lines stand for; each rule once.
struct Matcher<'a> {
    rules: &'a [Rule],
    by_key: HashMap<Key, usize>,
    by_number: HashMap<i64, usize>,
    is_taken: Vec<bool>,
}

impl<'a> Matcher<'a> {
    fn new(rules: &'a [Rule]) -> Self {
        let (mut by_key, mut by_number) = (HashMap::new(), HashMap::new());
        for (at, rule) in rules.iter().enumerate() {
            by_number.insert(rule.number, at);
            for key in keys(&Draft::from(rule)) {
                by_key.entry(key).or_insert(at);
            }
        }
        Self { rules, by_key, by_number, is_taken: vec![false; rules.len()] }
    }

    fn take(&mut self, draft: &Draft, number: Option<i64>) -> Option<usize> {
        let numbered = number.and_then(|n| self.by_number.get(&n).copied()).filter(|at| !self.is_taken[*at]);
        let shared = keys(draft).into_iter().filter_map(|key| self.by_key.get(&key).copied());
        let shared: Vec<usize> = shared.filter(|at| !self.is_taken[*at]).collect();
        let is_kin = |at: &usize| {
            let rule = &self.rules[*at];
            rule.cause == draft.cause
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

/// Carries a plan out, as one change of the history. Lines with flaws are left out; callers ask first.
///
/// # Errors
/// [`CoreError::Conflict`] or [`CoreError::NotFound`] where somebody changed one of the rules since the plan was made: then
/// nothing was done. As [`edit::apply_within`].
pub async fn apply(ctx: &Ctx, editor: &Editor, plan: &Plan) -> Result<Applied, Refusal> {
    let mut tx = edit::begin(ctx, editor.owner_id).await?;
    let removed: Vec<i64> = plan.removed.iter().map(|rule| rule.number).collect();
    // Those that go must be as they were looked at, like those that change.
    let now = store::rule::list_by_number(&mut tx, editor.owner_id, &removed).await?;
    let seen: HashMap<i64, i64> = plan.removed.iter().map(|rule| (rule.id, rule.revision)).collect();
    if now.len() != removed.len() || now.iter().any(|r| seen.get(&r.rule.id) != Some(&r.rule.revision)) {
        return Err(CoreError::Conflict.into());
    }
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
    let added = edit::apply_within(ctx, &mut tx, editor, edits).await?;
    edit::end(ctx, tx, editor.owner_id).await?;
    Ok(Applied { added, changed: plan.changed.len(), removed: plan.removed.len() })
}
