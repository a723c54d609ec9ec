//! The editor: one form, on its own page or in a row of the list.

use super::{
    super::{Names, RuleOwner, warnings},
    RuleScope, block, conflict, keyword, preview,
};
use crate::{
    core::{
        CoreError,
        rule::{TriggerKind, draft::Limits, warning},
    },
    web::{
        component::{Card, Check, Field, Kind, Pick, SaveBar, Submit},
        form::EditorForm,
        page::Visitor,
        text::replies::edit::Edit,
    },
};
use leptos::prelude::*;

/// Where the editor is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// On its own page, with the preview beside it.
    Page,
    /// In a row of the list.
    Row,
}

/// The form, submitted to `action`; "cancel" links to `back`.
///
/// # Errors
/// The database cannot be reached.
pub async fn editor(
    visitor: &Visitor,
    scope: RuleScope,
    form: &EditorForm,
    (action, back): (&str, &str),
    shown: Shown,
) -> Result<AnyView, CoreError> {
    let ctx = &visitor.request.ctx;
    let names = Names::of(ctx, form.theirs.iter().filter_map(|rule| rule.updated_by)).await?;
    let t = Edit::of(scope.lang);
    let limits = Limits::of(ctx, scope.owner_id);
    let is_new = form.number.is_none();
    // Only a form with a file needs multipart encoding.
    let has_media = form.draft.contents.iter().any(|content| content.media().is_some());
    let warnings = warning::warnings_of_draft(ctx, scope.owner_id, form.number, &form.draft).await?;
    let warnings = warnings::notice(scope, &warnings);
    let (parts, side) = (parts(scope, form, limits, warnings), preview::preview(visitor, scope, form));
    let next = (is_new && !form.is_gone && shown == Shown::Page)
        .then(|| view! { <Submit text=t.save_next name="next" value="1" kind=Kind::Plain /> });
    let conflict = conflict::conflict(scope, form, &names, ctx.now());
    let columns = if shown == Shown::Page { "duo" } else { "duo in-row" };
    Ok(view! {
        <form
            class="editor"
            method="post"
            enctype=has_media.then_some("multipart/form-data")
            action=action.to_owned()
            autocomplete="off"
            data-guard
            data-back=back.to_owned()
            data-changed=form.is_changed.then_some("")
        >
            // Enter in a field presses the first button: it must be this one.
            <button class="sr-only" tabindex="-1" aria-hidden="true">{t.save}</button>
            <input type="hidden" name="revision" value=form.revision.to_string() />
            {form.number.map(|number| view! { <input type="hidden" name="number" value=number.to_string() /> })}
            {conflict}
            <div class=columns>
                <div class="stack">{parts}</div>
                <div class="duo-side">{side}</div>
            </div>
            <SaveBar lang=scope.lang back=back.to_owned() save=t.save always=is_new>{next}</SaveBar>
        </form>
    }
    .into_any())
}

fn parts(scope: RuleScope, form: &EditorForm, limits: Limits, warnings: Option<AnyView>) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let (cause, keywords) = (cause(scope, form), keyword::keywords(scope, form));
    let contents = block::contents(scope, form, limits);
    let more = more(scope, form);
    view! {
        <Card title=t.section_when>{cause} {keywords} {warnings}</Card>
        <Card title=t.section_what>{contents}</Card>
        <Card title=t.section_more>{more}</Card>
    }
}

/// The trigger. Only the account's rules can answer anything but keywords.
fn cause(scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    if scope.owner == RuleOwner::User {
        return view! { <input type="hidden" name="cause" value=TriggerKind::Keyword.as_str() /> }.into_any();
    }
    let options =
        TriggerKind::ALL.map(|cause| (cause.as_str().to_owned(), scope.texts().cause(cause).to_owned())).to_vec();
    view! {
        <div class="join cause-pick">
            <Pick label=t.cause name="cause" options value=form.draft.cause.as_str() />
            <button class="button plain" name="step" value="cause" data-step-of="cause" formnovalidate>{t.cause_apply}</button>
        </div>
    }
    .into_any()
}

fn more(scope: RuleScope, form: &EditorForm) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    view! {
        <Check label=t.enabled name="enabled" switch=true checked=form.draft.is_enabled />
        <div class="pair">
            <Field
                label=t.priority
                name="priority"
                value=form.priority.clone()
                error=form.error("priority")
                hint=t.priority_hint
                inputmode="numeric"
            />
            <Field label=t.name name="name" value=form.draft.name.clone() error=form.error("name") hint=t.name_hint />
        </div>
    }
}
