//! The editor: one form of three rows, its head, its body with the preview, and the bar to save. It is the panel beside the list, or a
//! page of its own.

use super::{
    super::{Names, RuleOwner, acts::FORM, padded, warnings},
    RuleScope, block, conflict,
    home_switch::home_switch,
    keyword, preview,
};
use crate::{
    core::{
        CoreError,
        rule::{TriggerKind, draft::Limits, warning},
    },
    web::{
        component::{Field, Icon, Kind, LinkButton, Shape, Submit},
        form::EditorForm,
        page::Visitor,
        text::{Common, fill, replies::edit::Edit},
    },
};
use leptos::prelude::*;

/// Where the editor is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// On its own page.
    Page,
    /// Beside the list.
    Panel,
}

/// Where the form is sent, and where "cancel" leads.
#[derive(Debug, Clone, Copy)]
pub struct Addresses<'a> {
    pub action: &'a str,
    pub back: &'a str,
}

/// The form.
///
/// # Errors
/// The database cannot be reached.
pub async fn editor(
    visitor: &Visitor,
    scope: RuleScope,
    form: &EditorForm,
    addresses: Addresses<'_>,
    shown: Shown,
) -> Result<AnyView, CoreError> {
    let ctx = &visitor.request.ctx;
    let names = Names::of(ctx, form.theirs.iter().filter_map(|rule| rule.updated_by)).await?;
    let t = Edit::of(scope.lang);
    let limits = Limits::of(ctx, scope.owner_id);
    // Only a form with a file needs multipart encoding.
    let has_media = form.draft.contents.iter().any(|content| content.media().is_some());
    let warnings = warning::warnings_of_draft(ctx, scope.owner_id, form.number, &form.draft).await?;
    let home = home_switch(ctx, scope, form).await?;
    let parts = parts(scope, form, limits, (warnings::notice(scope, &warnings), home));
    let preview = preview::preview(visitor, scope, form).await?;
    let conflict = conflict::conflict(scope, form, &names, ctx.now());
    let (head, bar) = (head(scope, form, addresses.back, shown), bar(scope, form, addresses.back, shown));
    // Steps and previews are sent to the rule's own page, which has no list.
    let alone = form.number.map_or_else(|| scope.owner.below("new"), |number| scope.owner.rule(number));
    Ok(view! {
        <form
            class=if shown == Shown::Page { "panel alone" } else { "panel" }
            id="editor"
            method="post"
            enctype=has_media.then_some("multipart/form-data")
            action=addresses.action.to_owned()
            autocomplete="off"
            aria-label=title(scope, form)
            data-guard
            data-editor=alone
            data-back=addresses.back.to_owned()
            data-changed=form.is_changed.then_some("")
        >
            // Enter in a field presses the first button: it must be this one.
            <button class="sr-only" tabindex="-1" aria-hidden="true">{t.save}</button>
            <input type="hidden" name="revision" value=form.revision.to_string() />
            {form.number.map(|number| view! { <input type="hidden" name="number" value=number.to_string() /> })}
            {head}
            <div class="panel-body">
                <div class="scroll editor" data-part="fields">{conflict} {parts}</div>
                {preview}
            </div>
            {bar}
        </form>
    }
    .into_any())
}

/// The editor's heading.
pub fn title(scope: RuleScope, form: &EditorForm) -> String {
    match form.number {
        Some(number) => fill(scope.texts().rule_called, &[("n", &padded(number))]),
        None => Edit::of(scope.lang).new_title.to_owned(),
    }
}

/// Which rule it is, its switch, and what else can be done with it.
fn head(scope: RuleScope, form: &EditorForm, back: &str, shown: Shown) -> AnyView {
    let (t, c) = (Edit::of(scope.lang), Common::of(scope.lang));
    let (title, name) = (title(scope, form), form.draft.name.clone());
    let heading = match shown {
        Shown::Page => view! { <h1>{title}</h1> }.into_any(),
        Shown::Panel => view! { <h2>{title}</h2> }.into_any(),
    };
    let link = |href: String, label: &'static str, shape: Shape| {
        view! { <a class="icon-button" href=href title=label aria-label=label><Icon shape /></a> }
    };
    let others = form.number.map(|number| {
        let copy = format!("{}?from={number}", scope.owner.below("new"));
        let delete = fill(t.delete_one, &[("n", &padded(number))]);
        view! {
            <span class="on-desk">
                {link(copy, t.copy, Shape::Copy)}
                {link(scope.owner.rule_history(number), t.history, Shape::History)}
                <button
                    form=FORM
                    class="icon-button danger"
                    name="act"
                    value=format!("delete-{number}")
                    title=delete.clone()
                    aria-label=delete
                    formnovalidate
                >
                    <Icon shape=Shape::Trash />
                </button>
            </span>
        }
    });
    view! {
        <header class="panel-head">
            {(shown == Shown::Page).then(|| link(back.to_owned(), c.back, Shape::Left))}
            {heading}
            <span class="soft cut">{name}</span>
            <span class="grow"></span>
            <label class="head-switch">
                <span>{c.enable}</span>
                <input
                    type="checkbox"
                    class="switch"
                    role="switch"
                    name="enabled"
                    value="on"
                    checked=form.draft.is_enabled
                />
            </label>
            <a class="button plain small on-phone" href="#preview"><Icon shape=Shape::Phone />{t.preview}</a>
            {others}
            {(shown == Shown::Panel).then(|| view! {
                <a class="icon-button" href=back.to_owned() title=c.close aria-label=c.close data-close><Icon shape=Shape::Cross /></a>
            })}
        </header>
    }
    .into_any()
}

fn parts(
    scope: RuleScope,
    form: &EditorForm,
    limits: Limits,
    (warnings, home): (Option<AnyView>, Option<AnyView>),
) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let (cause, keywords) = (cause(scope, form), keyword::keywords(scope, form));
    let (contents, answer) = (block::contents(scope, form, limits), block::answer(scope, form));
    let more = more(scope, form);
    view! {
        <section class="part">
            <div class="part-top"><h3>{t.section_when}</h3>{cause}</div>
            {keywords}
            {warnings}
        </section>
        <section class="part">
            <div class="part-top"><h3>{t.section_what}</h3>{answer}</div>
            {contents}
        </section>
        {more}
        {home}
        {acts(scope, form)}
    }
}

/// The trigger. Only the account's rules can answer anything but keywords.
fn cause(scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    if scope.owner == RuleOwner::User {
        return view! { <input type="hidden" name="cause" value=TriggerKind::Keyword.as_str() /> }.into_any();
    }
    let options = TriggerKind::ALL.map(|cause| {
        let text = scope.texts().cause(cause);
        view! { <option value=cause.as_str() selected=cause == form.draft.cause>{text}</option> }
    });
    view! {
        <div class="cause-pick">
            <select class="input bare" id="cause" name="cause" aria-label=t.cause autofocus=form.has_focus("cause")>
                {options.collect_view()}
            </select>
            <button class="button plain small" name="step" value="cause" data-step-of="cause" formnovalidate>{t.cause_apply}</button>
        </div>
    }
    .into_any()
}

/// What else can be done with a rule, where the head has no room for it.
fn acts(scope: RuleScope, form: &EditorForm) -> Option<AnyView> {
    let t = Edit::of(scope.lang);
    let number = form.number?;
    let copy = format!("{}?from={number}", scope.owner.below("new"));
    let delete = fill(t.delete_one, &[("n", &padded(number))]);
    let view = view! {
        <div class="part part-acts on-phone">
            <LinkButton href=copy text=t.copy kind=Kind::Plain small=true />
            <LinkButton href=scope.owner.rule_history(number) text=t.history kind=Kind::Plain small=true />
            <button form=FORM class="button plain danger small" name="act" value=format!("delete-{number}") formnovalidate>{delete}</button>
        </div>
    };
    Some(view.into_any())
}

/// Priority and name. Open where one of them is flawed.
fn more(scope: RuleScope, form: &EditorForm) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let is_open = form.error("priority").or_else(|| form.error("name")).is_some();
    let now = fill(t.priority_now, &[("n", &form.priority)]);
    view! {
        <details class="part part-more" open=is_open>
            <summary><h3>{t.section_more}</h3><span class="soft cut">{now} " " {form.draft.name.clone()}</span><Icon shape=Shape::Down /></summary>
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
        </details>
    }
}

/// Discard or save, and whether there is something to save.
fn bar(scope: RuleScope, form: &EditorForm, back: &str, shown: Shown) -> impl IntoView + use<> {
    let (t, c) = (Edit::of(scope.lang), Common::of(scope.lang));
    let is_new = form.number.is_none();
    let next = (is_new && !form.is_gone && shown == Shown::Page)
        .then(|| view! { <Submit text=t.save_next name="next" value="1" kind=Kind::Plain /> });
    let flawed = !form.flaws.is_empty() || !form.taken.is_empty();
    let state = match (flawed, form.is_changed, is_new) {
        (true, ..) => Some(t.not_saved),
        (_, true, _) => Some(c.unsaved),
        (_, _, true) => None,
        _ => Some(t.no_changes),
    };
    view! {
        <div class=if flawed { "save-bar bad" } else { "save-bar" } data-part="bar">
            <p role="status">{state.map(|text| view! { <i class="dot"></i><span data-unsaved=t.unsaved_n>{text}</span> })}</p>
            <LinkButton href=back.to_owned() text=c.discard kind=Kind::Plain />
            {next}
            <button type="submit" class="button primary">{t.save}<kbd>"Ctrl S"</kbd></button>
        </div>
    }
}
