//! The editor itself: one form, on a page of its own or opened in the list.

use super::{
    super::{Names, Scope, warn},
    Desk, Form, block, clash, keyword, preview,
};
use crate::{
    core::{
        CoreError,
        reply::{Cause, draft::Limits, warning},
    },
    web::{
        page::Visitor,
        part::{Card, Check, Field, Kind, Pick, SaveBar, Submit},
        text::replies::edit::Edit,
    },
};
use leptos::prelude::*;

/// Where the editor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// On a page of its own, with the preview beside it.
    Page,
    /// In a row of the list.
    Row,
}

/// The form, sent to `action`; giving up leads to `back`.
///
/// # Errors
/// The database cannot be reached.
pub async fn editor(
    visitor: &Visitor,
    desk: Desk,
    form: &Form,
    (action, back): (&str, &str),
    shown: Shown,
) -> Result<AnyView, CoreError> {
    let ctx = &visitor.here.ctx;
    let names = Names::of(ctx, form.theirs.iter().filter_map(|rule| rule.updated_by)).await?;
    let t = Edit::of(desk.lang);
    let limits = Limits::of(ctx, desk.owner_id);
    let is_new = form.number.is_none();
    // Only a form with a file in it is sent in parts.
    let has_media = form.draft.contents.iter().any(|content| content.media().is_some());
    let warnings = warning::warnings_of_draft(ctx, desk.owner_id, form.number, &form.draft).await?;
    let warnings = warn::notice(desk, &warnings);
    let (parts, side) = (parts(desk, form, limits, warnings), preview::preview(visitor, desk, form));
    let next = (is_new && !form.is_gone && shown == Shown::Page)
        .then(|| view! { <Submit text=t.save_next name="next" value="1" kind=Kind::Plain /> });
    let clash = clash::clash(desk, form, &names, ctx.now());
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
            // Enter in a field presses the first button there is: it must be this one.
            <button class="sr-only" tabindex="-1" aria-hidden="true">{t.save}</button>
            <input type="hidden" name="revision" value=form.revision.to_string() />
            {form.number.map(|number| view! { <input type="hidden" name="number" value=number.to_string() /> })}
            {clash}
            <div class=columns>
                <div class="stack">{parts}</div>
                <div class="duo-side">{side}</div>
            </div>
            <SaveBar lang=desk.lang back=back.to_owned() save=t.save always=is_new>{next}</SaveBar>
        </form>
    }
    .into_any())
}

fn parts(desk: Desk, form: &Form, limits: Limits, warnings: Option<AnyView>) -> impl IntoView + use<> {
    let t = Edit::of(desk.lang);
    let (cause, keywords) = (cause(desk, form), keyword::keywords(desk, form));
    let contents = block::contents(desk, form, limits);
    let more = more(desk, form);
    view! {
        <Card title=t.section_when>{cause} {keywords} {warnings}</Card>
        <Card title=t.section_what>{contents}</Card>
        <Card title=t.section_more>{more}</Card>
    }
}

/// Only the account answers to anything but keywords.
fn cause(desk: Desk, form: &Form) -> AnyView {
    let t = Edit::of(desk.lang);
    if desk.scope == Scope::Own {
        return view! { <input type="hidden" name="cause" value=Cause::Keyword.as_str() /> }.into_any();
    }
    let options = Cause::ALL.map(|cause| (cause.as_str().to_owned(), desk.texts().cause(cause).to_owned())).to_vec();
    view! {
        <div class="join cause-pick">
            <Pick label=t.cause name="cause" options value=form.draft.cause.as_str() />
            <button class="button plain" name="step" value="cause" data-step-of="cause" formnovalidate>{t.cause_apply}</button>
        </div>
    }
    .into_any()
}

fn more(desk: Desk, form: &Form) -> impl IntoView + use<> {
    let t = Edit::of(desk.lang);
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
