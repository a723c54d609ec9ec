//! Forms of the rule pages. [`submit`] takes those that are sent to the address of their own page; the buttons of lists have
//! addresses of their own (`/do/rules…`).

mod attach;
mod bulk_add;
mod buttons;
mod editor;
mod home;
mod import;
mod near;
mod quick;
mod undo;

use crate::{
    core::{
        CoreError,
        rule::{Source, edit::Editor},
    },
    http::state::AppState,
    web::{
        action::Flash,
        form::{self, BulkAddForm, EditorForm, QuickForm, ReturnedForm, SubmittedForm},
        page::{
            PageRequest,
            path::with_next,
            rule::{ListQuery, RuleOwner, RuleScope},
        },
    },
};
use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;

/// How a form ends.
enum Outcome {
    Redirect(String, Option<Box<Flash>>),
    /// The page is shown with this form.
    Returned(ReturnedForm),
    /// The page takes no form, or the form names no rule: the page is shown as for a GET.
    Ignored,
}

impl Outcome {
    fn redirect(path: impl Into<String>, flash: Flash) -> Self {
        Self::Redirect(path.into(), Some(Box::new(flash)))
    }
}

/// Carries out a form that was sent to a page of rules. Gives the request of the page to be rendered, without its body, and the
/// form that it shows.
///
/// # Errors
/// The response instead of the page: a redirect, or why the form cannot be read.
pub async fn submit(state: &AppState, request: Request) -> Result<(Request, Option<ReturnedForm>), Response> {
    let (parts, form) = form::read(state, request).await?;
    let request = PageRequest::of(state.ctx(), parts.clone(), leptos_axum::ResponseOptions::default());
    let returned = match carry_out(&request, &form).await {
        Ok(Outcome::Redirect(path, flash)) => {
            if let Some(flash) = flash {
                request.set_flash(&flash);
            }
            request.redirect(&path);
            return Err(request.response().into_response());
        }
        Ok(Outcome::Returned(form)) => Some(form),
        Ok(Outcome::Ignored) => None,
        Err(CoreError::NotSignedIn) => {
            request.redirect(&with_next("/login", &request.prefs.address));
            return Err(request.response().into_response());
        }
        Err(error) => Some(ReturnedForm::Failed(Arc::new(error))),
    };
    Ok((Request::from_parts(parts, Body::empty()), returned))
}

async fn carry_out(request: &PageRequest, form: &SubmittedForm) -> Result<Outcome, CoreError> {
    let owner = RuleOwner::at(request.path());
    let scope = scope(request, owner).await?;
    let below = request.path().strip_prefix(owner.list()).unwrap_or_default();
    let parts: Vec<&str> = below.split('/').skip(1).collect();
    match parts[..] {
        [] => list(request, scope, form).await,
        ["new"] => editor::submit(request, scope, EditorForm::from(form).of_number(None), owner.list()).await,
        ["several"] => bulk_add::submit(request, scope, BulkAddForm::from(form)).await,
        ["import"] => import::begin(request, scope, form).await,
        ["import", job] => import::start(request, scope, number(job), form.into()).await,
        ["history" | "bench" | "unanswered" | "messages" | "numbers"] => Ok(Outcome::Ignored),
        [rule] => {
            let form = EditorForm::from(form).of_number(Some(number(rule)));
            editor::submit(request, scope, form, owner.list()).await
        }
        _ => Ok(Outcome::Ignored),
    }
}

/// The list takes the quick form, and the editor that is open in a row.
async fn list(request: &PageRequest, scope: RuleScope, form: &SubmittedForm) -> Result<Outcome, CoreError> {
    let back = ListQuery::read(|name| request.query(name)).current_address(scope.owner.list());
    if form.value("form") == Some("quick") {
        return quick::submit(request, scope, QuickForm::from(form), &back).await;
    }
    let form = EditorForm::from(form);
    let Some(number) = form.number.or_else(|| request.query("edit").parse().ok()) else {
        return Ok(Outcome::Ignored);
    };
    match editor::submit(request, scope, form.of_number(Some(number)), &back).await {
        // The rule no longer exists, which the list shows.
        Err(CoreError::NotFound) => Ok(Outcome::Ignored),
        outcome => outcome,
    }
}

/// A number in the URL, as the page reads it.
fn number(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

/// The scope of the signed-in user.
///
/// # Errors
/// As [`RuleScope::new`].
pub(super) async fn scope(request: &PageRequest, owner: RuleOwner) -> Result<RuleScope, CoreError> {
    RuleScope::new(owner, request.user().await?.as_ref(), request.lang())
}

/// The editor of a change that is made on a page.
fn change_by(request: &PageRequest, scope: RuleScope) -> Editor {
    Editor { owner_id: scope.owner_id, actor_id: scope.user_id, door: Source::Web, address: request.address() }
}
