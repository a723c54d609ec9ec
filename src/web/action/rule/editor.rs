//! The editor: saves the rule, or returns the form with all input and the errors.

use super::{Outcome, attach::attach, change_by};
use crate::{
    core::{
        CoreError, FieldError,
        rule::{
            edit::{self, Plan},
            rejection::RuleRejection,
            search,
        },
    },
    web::{
        action::Flash,
        component::Tone,
        form::{EditorForm, ReturnedForm, editor::Button},
        page::{
            PageRequest,
            rule::{RuleScope, padded},
        },
        text::{field_error, fill, replies::list::List},
    },
};
use std::sync::Arc;

/// Carries out the button that sent the form. After saving, redirects to `back` with a notice and an undo button.
///
/// # Errors
/// An error that the input did not cause.
pub async fn submit(
    request: &PageRequest,
    scope: RuleScope,
    mut form: EditorForm,
    back: &str,
) -> Result<Outcome, CoreError> {
    attach(&request.ctx, scope, &mut form).await?;
    let returned = |form| Ok(Outcome::Returned(ReturnedForm::Editor(Arc::new(form))));
    if let Button::Step(step) = form.button.clone() {
        form.take_step(&step);
        return returned(form);
    }
    // Files that cannot be stored are reported before anything is saved.
    if !form.flaws.is_empty() {
        return returned(form);
    }
    match save(request, scope, &form).await {
        Ok((number, change_id)) => Ok(saved(scope, &form, (number, change_id), back)),
        Err(rejection) => {
            explain(request, scope, &mut form, rejection).await?;
            returned(form)
        }
    }
}

/// Returns the number of the rule and the id of the change; no id if nothing was changed.
async fn save(request: &PageRequest, scope: RuleScope, form: &EditorForm) -> Result<(i64, Option<i64>), RuleRejection> {
    let (ctx, editor) = (&request.ctx, change_by(request, scope));
    if let Some(number) = form.number {
        let change_id = edit::update(ctx, &editor, number, form.revision, &form.draft).await?;
        return Ok((number, change_id));
    }
    let done = edit::apply(ctx, &editor, Plan { add: vec![form.draft.clone()], ..Plan::default() }).await?;
    Ok((done.numbers.first().copied().unwrap_or_default(), done.change_id))
}

fn saved(scope: RuleScope, form: &EditorForm, (number, change_id): (i64, Option<i64>), back: &str) -> Outcome {
    let t = List::of(scope.lang);
    let template = match change_id {
        None => t.unchanged,
        Some(_) if form.number.is_none() => t.added,
        Some(_) => t.saved,
    };
    let text = fill(template, &[("n", &padded(number))]);
    let offer = scope.undo_offer(change_id, back);
    let next = if form.button == Button::SaveAndNew { scope.owner.below("new") } else { back.to_owned() };
    Outcome::redirect(next, Flash { offer, ..Flash::notice(Tone::Success, text) })
}

/// Writes into the form why it was not saved.
async fn explain(
    request: &PageRequest,
    scope: RuleScope,
    form: &mut EditorForm,
    rejection: RuleRejection,
) -> Result<(), CoreError> {
    let message = |flaw: &FieldError| (flaw.field.to_owned(), field_error::message(scope.lang, flaw));
    match (rejection, form.number) {
        (RuleRejection::Drafts(faults), _) => {
            for fault in faults {
                form.flaws.extend(fault.flaws.iter().map(message));
                form.taken.extend(fault.duplicates);
            }
        }
        (RuleRejection::Core(CoreError::Invalid(flaws)), _) => form.flaws.extend(flaws.iter().map(message)),
        (RuleRejection::Core(CoreError::Conflict), number) => {
            let theirs = search::find(&request.ctx, scope.owner_id, number.unwrap_or_default()).await?;
            // Saving again overwrites the version that is shown now.
            form.revision = theirs.revision;
            form.theirs = Some(theirs);
        }
        (RuleRejection::Core(CoreError::NotFound), Some(_)) => (form.number, form.is_gone) = (None, true),
        (RuleRejection::Core(other), _) => return Err(other),
    }
    Ok(())
}
