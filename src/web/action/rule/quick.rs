//! The form above the list: adds one rule, or returns the form with its errors.

use super::{Outcome, change_by};
use crate::{
    core::{
        CoreError, FieldError,
        rule::{
            edit::{self, Plan},
            rejection::{ConflictsWith, Duplicate, RuleRejection},
        },
    },
    web::{
        action::Flash,
        component::Tone,
        form::{QuickForm, ReturnedForm},
        page::{
            PageRequest,
            rule::{RuleScope, padded},
        },
        text::{
            field_error, fill,
            replies::{edit::Edit, list::List},
        },
    },
};
use std::sync::Arc;

/// Adds the rule and redirects to `back`, where the next one can be typed.
///
/// # Errors
/// An error that the input did not cause.
pub async fn submit(
    request: &PageRequest,
    scope: RuleScope,
    mut form: QuickForm,
    back: &str,
) -> Result<Outcome, CoreError> {
    let plan = Plan { add: vec![form.draft()], ..Plan::default() };
    match edit::apply(&request.ctx, &change_by(request, scope), plan).await {
        Ok(done) => {
            let number = done.numbers.first().copied().unwrap_or_default();
            let text = fill(List::of(scope.lang).added, &[("n", &padded(number))]);
            let offer = scope.undo_offer(done.change_id, back);
            let flash = Flash { form: "quick".to_owned(), offer, ..Flash::notice(Tone::Success, text) };
            return Ok(Outcome::redirect(back, flash));
        }
        Err(RuleRejection::Drafts(faults)) => {
            for fault in faults {
                explain(scope, &mut form, &fault.flaws, &fault.duplicates);
            }
        }
        Err(RuleRejection::Core(CoreError::Invalid(flaws))) => explain(scope, &mut form, &flaws, &[]),
        Err(RuleRejection::Core(other)) => return Err(other),
    }
    Ok(Outcome::Returned(ReturnedForm::Quick(Arc::new(form))))
}

fn explain(scope: RuleScope, form: &mut QuickForm, flaws: &[FieldError], duplicates: &[Duplicate]) {
    for flaw in flaws {
        let message = Some(field_error::message(scope.lang, flaw));
        if flaw.field == "text" { form.text_error = message } else { form.keyword_error = message }
    }
    for duplicate in duplicates {
        let ConflictsWith::Rule(number) = duplicate.with else { continue };
        let way = scope.texts().matching(duplicate.matching);
        let values = [("keyword", duplicate.keyword.as_str()), ("way", way), ("n", &padded(number))];
        form.keyword_error = Some(fill(Edit::of(scope.lang).taken, &values));
        form.taken = Some(number);
    }
}
