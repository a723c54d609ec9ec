//! The button that shows a rule of the account on the home page.

use crate::{
    core::{
        CoreError, Ctx,
        rule::{TriggerKind, search},
    },
    web::{form::EditorForm, page::rule::RuleScope, text::replies::edit::Edit},
};
use leptos::prelude::*;

/// The button, for saved keyword rules of the account: a visitor's question has nothing else.
///
/// # Errors
/// The database cannot be reached.
pub async fn home_switch(ctx: &Ctx, scope: RuleScope, form: &EditorForm) -> Result<Option<AnyView>, CoreError> {
    let Some(number) = form.number.filter(|_| scope.is_accounts()) else { return Ok(None) };
    // The form may be shown because the rule was deleted meanwhile.
    let rule = match search::find(ctx, scope.owner_id, number).await {
        Ok(rule) if rule.cause == TriggerKind::Keyword => rule,
        Ok(_) | Err(CoreError::NotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let t = Edit::of(scope.lang);
    let (state, act, value) = if rule.is_on_home { (t.home_on, t.home_hide, "") } else { (t.home_off, t.home, "on") };
    let view = view! {
        <section class="part">
            <div class="part-top">
                <h3>{t.section_home}</h3>
                <button
                    class="button plain small"
                    name="on"
                    value=value
                    formaction="/do/rule-home"
                    formenctype="application/x-www-form-urlencoded"
                    formnovalidate
                >
                    {act}
                </button>
            </div>
            <p class="soft small-text">{state} " " {t.home_note}</p>
        </section>
    };
    Ok(Some(view.into_any()))
}
