//! Bulk add: one rule per line, all checked before anything is saved.

use super::{Outcome, change_by};
use crate::{
    core::{
        CoreError,
        rule::{
            MatchType,
            draft::Draft,
            edit::{self, Plan},
            rejection::{ConflictsWith, Fault, RuleRejection},
        },
    },
    web::{
        action::Flash,
        component::Tone,
        form::{BulkAddForm, Line, ReturnedForm, Written, WrongLine},
        page::{
            PageRequest,
            rule::{RuleScope, padded},
        },
        text::{
            field_error, fill,
            replies::{bulk_add::BulkAdd, list::List},
        },
    },
};
use std::sync::Arc;

/// The most lines: larger sets need the import.
const MOST_LINES: usize = 1_000;

/// Adds the rules if all lines are valid, or if the user chose to skip the invalid ones.
///
/// # Errors
/// An error that the input did not cause.
pub async fn submit(request: &PageRequest, scope: RuleScope, mut form: BulkAddForm) -> Result<Outcome, CoreError> {
    let lines = form.lines();
    form.error = error_of_count(scope, lines.len());
    if form.error.is_none() {
        form.wrong = wrong_lines(request, scope, &lines, form.matching).await?;
        let is_valid = |line: &&Line| form.wrong.iter().all(|wrong| wrong.number != line.number);
        let drafts: Vec<Draft> = lines.iter().filter(is_valid).filter_map(|line| line.draft(form.matching)).collect();
        if !drafts.is_empty() && (form.wrong.is_empty() || form.skips_wrong) {
            match add(request, scope, drafts).await {
                Ok(added) => return Ok(added),
                // A concurrent change took one of the keywords, or there are too many rules.
                Err(CoreError::Invalid(flaws)) => {
                    form.error = flaws.first().map(|flaw| field_error::message(scope.lang, flaw));
                }
                Err(other) => return Err(other),
            }
        }
    }
    Ok(Outcome::Returned(ReturnedForm::BulkAdd(Arc::new(form))))
}

fn error_of_count(scope: RuleScope, lines: usize) -> Option<String> {
    let t = BulkAdd::of(scope.lang);
    match lines {
        0 => Some(t.none.to_owned()),
        1..=MOST_LINES => None,
        _ => Some(fill(t.most, &[("n", &MOST_LINES.to_string())])),
    }
}

async fn add(request: &PageRequest, scope: RuleScope, drafts: Vec<Draft>) -> Result<Outcome, CoreError> {
    let plan = Plan { add: drafts, ..Plan::default() };
    let done = edit::apply(&request.ctx, &change_by(request, scope), plan).await?;
    let text = fill(List::of(scope.lang).added_many, &[("n", &done.numbers.len().to_string())]);
    let offer = scope.undo_offer(done.change_id, scope.owner.list());
    Ok(Outcome::redirect(scope.owner.list(), Flash { offer, ..Flash::notice(Tone::Success, text) }))
}

/// Every line that cannot be added: unreadable, invalid, or a duplicate of a rule or of an earlier line.
async fn wrong_lines(
    request: &PageRequest,
    scope: RuleScope,
    lines: &[Line],
    matching: MatchType,
) -> Result<Vec<WrongLine>, CoreError> {
    let t = BulkAdd::of(scope.lang);
    let unreadable = |line: &Line| match line.written {
        Written::Rule { .. } => None,
        Written::NoSeparator => Some(t.no_separator),
        Written::NoKeyword => Some(t.no_keyword),
        Written::NoText => Some(t.no_text),
    };
    let mut wrong: Vec<WrongLine> = lines
        .iter()
        .filter_map(|line| {
            Some(WrongLine {
                number: line.number,
                text: line.whole.clone(),
                why: unreadable(line)?.to_owned(),
                rule: None,
            })
        })
        .collect();
    let (mut readable, mut drafts): (Vec<&Line>, Vec<Draft>) =
        lines.iter().filter_map(|line| Some((line, line.draft(matching)?))).unzip();
    // Flaws are reported before duplicates are checked: check again without the flawed lines.
    for _ in 0..2 {
        match edit::check(&request.ctx, scope.owner_id, &drafts).await {
            Ok(()) => break,
            Err(RuleRejection::Drafts(faults)) => {
                wrong.extend(faults.iter().filter_map(|fault| wrong_line(scope, &readable, fault)));
                let is_good = |index: &usize| faults.iter().all(|fault| fault.index != *index);
                readable = keep(readable, is_good);
                drafts = keep(drafts, is_good);
            }
            Err(RuleRejection::Core(error)) => return Err(error),
        }
    }
    wrong.sort_by_key(|wrong| wrong.number);
    Ok(wrong)
}

fn keep<T>(all: Vec<T>, is_kept: impl Fn(&usize) -> bool) -> Vec<T> {
    all.into_iter().enumerate().filter(|(index, _)| is_kept(index)).map(|(_, one)| one).collect()
}

/// Why a line is invalid; lists every duplicate.
fn wrong_line(scope: RuleScope, lines: &[&Line], fault: &Fault) -> Option<WrongLine> {
    let t = BulkAdd::of(scope.lang);
    let line = lines.get(fault.index)?;
    let (mut why, mut rule) = (Vec::new(), None);
    for duplicate in &fault.duplicates {
        let (template, n) = match duplicate.with {
            ConflictsWith::Rule(number) => {
                rule = Some(number);
                (t.taken_rule, padded(number))
            }
            ConflictsWith::Draft(index) => (t.taken_line, lines.get(index)?.number.to_string()),
        };
        why.push(fill(template, &[("keyword", &duplicate.keyword), ("n", &n)]));
    }
    if why.is_empty() {
        why.extend(fault.flaws.iter().map(|f| field_error::message(scope.lang, f)));
    }
    Some(WrongLine { number: line.number, text: line.whole.clone(), why: why.join(scope.lang.clause_mark()), rule })
}
