//! One rule: the pages to create and to change one, and the editor that both, and the list, show.

mod block;
mod conflict;
mod home_switch;
mod keyword;
mod media;
mod preview;
mod view;

pub use view::{Shown, editor};

use super::{RuleOwner, RuleScope, Section, padded, param};
use crate::{
    core::{
        CoreError,
        rule::{TriggerKind, search},
    },
    web::{
        form::{EditorForm, ReturnedForm},
        page::{PageContent, PageError, Visitor, page},
        text::{fill, replies::edit::Edit},
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
    let address = visitor.request.address_of_page();
    let form = match visitor.request.returned() {
        Some(ReturnedForm::Editor(form)) => form.as_ref().clone(),
        _ => fresh(&visitor, scope).await?,
    };
    let body = editor(&visitor, scope, &form, (&address, scope.owner.list()), Shown::Page).await?;
    Ok(scope.page(Section::Rules, Edit::of(scope.lang).new_title, "", ().into_any(), body))
}

async fn change(visitor: Visitor, number: i64) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let t = Edit::of(scope.lang);
    let form = match visitor.request.returned() {
        Some(ReturnedForm::Editor(form)) => form.as_ref().clone(),
        _ => EditorForm::of(&search::find(&visitor.request.ctx, scope.owner_id, number).await?),
    };
    let body = editor(&visitor, scope, &form, (&scope.owner.rule(number), scope.owner.list()), Shown::Page).await?;
    let bench = super::bench_panel(&visitor.request.ctx, scope);
    let home = home_switch::home_switch(&visitor, scope, number).await?;
    let body = view! {
        {body}
        {home}
        <details class="bench-more">
            <summary>{t.try_it}</summary>
            {bench}
        </details>
    };
    let copy = format!("{}?from={number}", scope.owner.below("new"));
    let actions = view! {
        <a class="button plain small" href=copy>{t.copy}</a>
        <a class="button plain small" href=scope.owner.rule_history(number)>{t.history}</a>
    };
    Ok(scope.page(Section::Rules, fill(t.title, &[("n", &padded(number))]), "", actions.into_any(), body.into_any()))
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
