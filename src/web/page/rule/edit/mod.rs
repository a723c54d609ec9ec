//! One rule: the pages to create and to change one, and the editor that both, and the list, show.

mod block;
mod conflict;
mod file;
mod home_switch;
mod keyword;
mod media;
mod preview;
mod view;

pub use view::{Addresses, Shown, editor};

use super::{RuleOwner, RuleScope, Section, acts::acts_form, param};
use crate::{
    core::{
        CoreError,
        rule::{TriggerKind, search},
    },
    web::{
        form::{EditorForm, ReturnedForm},
        page::{PageContent, PageError, Visitor, page, script},
    },
};
use leptos::prelude::*;

#[component]
pub fn NewRulePage() -> impl IntoView {
    page(new)
}

#[component]
pub fn RulePage() -> impl IntoView {
    let number = param("number");
    page(move |visitor| change(visitor, number))
}

async fn new(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let form = match visitor.request.returned() {
        Some(ReturnedForm::Editor(form)) => form.as_ref().clone(),
        _ => fresh(&visitor, scope).await?,
    };
    let address = visitor.request.address_of_page();
    alone(&visitor, scope, &form, &address).await
}

async fn change(visitor: Visitor, number: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let form = match visitor.request.returned() {
        Some(ReturnedForm::Editor(form)) => form.as_ref().clone(),
        _ => EditorForm::of(&search::find(&visitor.request.ctx, scope.owner_id, number).await?),
    };
    alone(&visitor, scope, &form, &scope.owner.rule(number)).await
}

/// The editor on its own page.
async fn alone(visitor: &Visitor, scope: RuleScope, form: &EditorForm, action: &str) -> Result<PageContent, PageError> {
    let back = scope.owner.list();
    let editor = editor(visitor, scope, form, Addresses { action, back }, Shown::Page).await?;
    let body = view! { <div class="work">{editor}</div> {acts_form(scope, back)} {script("/editor.js")} };
    Ok(scope.sheet(Section::Rules, view::title(scope, form), body.into_any()))
}

/// A new form with values from the URL; `from` is the number of a rule to copy.
async fn fresh(visitor: &Visitor, scope: RuleScope) -> Result<EditorForm, CoreError> {
    if let Ok(number) = visitor.request.query("from").parse() {
        return Ok(EditorForm::copy(&search::find(&visitor.request.ctx, scope.owner_id, number).await?));
    }
    let requested = TriggerKind::of(&visitor.request.query("cause"));
    let cause = if scope.owner == RuleOwner::Account { requested } else { TriggerKind::Keyword };
    Ok(EditorForm::new(cause, visitor.request.query("keyword").trim(), &visitor.request.query("text")))
}
