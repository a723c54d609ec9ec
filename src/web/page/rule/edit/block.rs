//! The contents of a rule, one block each.

use super::{RuleScope, file};
use crate::{
    core::{
        message::PART_MAX_BYTES,
        rule::{
            AnswerMode, Content, Rule,
            content::{ContentNames, MOST_CONTENTS, Part},
            draft::Limits,
        },
    },
    web::{
        component::{Field, Icon, Shape},
        escape::inside_textarea,
        form::{EditorForm, editor::field},
        page::rule::content_shape,
        text::{fill, replies::edit::Edit},
    },
    wechat::reply::TEXT_MAX_BYTES,
};
use leptos::prelude::*;

/// The most groups of an expression that are offered as variables.
const MOST_GROUPS: usize = 3;

/// Whether a rule answers with all of its contents, or with one of them; without a choice for a single one.
pub fn answer(scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    if form.draft.contents.len() < 2 {
        return view! { <input type="hidden" name="answer" value=form.draft.answer.as_str() /> }.into_any();
    }
    let options = [AnswerMode::All, AnswerMode::Random].map(|mode| {
        let (value, text, checked) = (mode.as_str(), scope.texts().answer(mode), mode == form.draft.answer);
        view! { <label><input type="radio" name="answer" value=value checked=checked /><span>{text}</span></label> }
    });
    view! { <div class="seg small" role="radiogroup" aria-label=t.answer>{options.collect_view()}</div> }.into_any()
}

/// All contents, and the buttons to add one.
pub fn contents(scope: RuleScope, form: &EditorForm, limits: Limits) -> AnyView {
    let of = form.draft.contents.len();
    let blocks =
        form.draft.contents.iter().enumerate().map(|(index, content)| block(scope, form, limits, index, content));
    let whole = form.error("contents").or_else(|| form.error("news"));
    view! {
        {blocks.collect_view()}
        {whole.map(|text| view! { <p class="field-error" role="alert"><Icon shape=Shape::Bad /><span>{text}</span></p> })}
        {(of < MOST_CONTENTS).then(|| add(scope))}
    }
    .into_any()
}

fn add(scope: RuleScope) -> impl IntoView {
    let t = Edit::of(scope.lang);
    let buttons = Content::blanks().map(|content| {
        let (kind, name) = (content.kind(), ContentNames::of(scope.lang).name(&content));
        view! { <button name="step" value=format!("add-{kind}") formnovalidate>{name}</button> }
    });
    view! { <div class="adds" role="group" aria-label=t.content_add><Icon shape=Shape::Plus />{buttons.collect_view()}</div> }
}

fn block(
    scope: RuleScope,
    form: &EditorForm,
    limits: Limits,
    index: usize,
    content: &Content,
) -> impl IntoView + use<> {
    let of = form.draft.contents.len();
    let fields = fields(scope, form, limits, index, content);
    view! {
        <div class="block" data-block=index.to_string()>
            <input type="hidden" name=field("kind", index) value=content.kind() />
            {head(scope, index, of, content)}
            {fields}
        </div>
    }
}

/// The content's kind, how much of a text is used, and the buttons to move or remove it.
fn head(scope: RuleScope, index: usize, of: usize, content: &Content) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let n = (index + 1).to_string();
    let button = |act: &str, text: &str, shape: Shape, is_there: bool| {
        let (value, label) = (format!("{act}-content-{n}"), fill(text, &[("n", &n)]));
        is_there.then(|| {
            view! {
                <button class="icon-button" name="step" value=value title=label.clone() aria-label=label formnovalidate>
                    <Icon shape />
                </button>
            }
        })
    };
    let count = matches!(content, Content::Text { .. }).then(|| {
        let (name, used) = (field("text", index), content.part(Part::Text).len());
        view! { <span class="count" data-count=name data-max=TEXT_MAX_BYTES>{used} " / " {TEXT_MAX_BYTES}</span> <small class="soft">{t.bytes}</small> }
    });
    view! {
        <div class="block-top">
            <Icon shape=content_shape(content) />
            <b>{ContentNames::of(scope.lang).name(content)}</b>
            <span class="grow"></span>
            {count}
            {button("up", t.content_up, Shape::Up, index > 0)}
            {button("down", t.content_down, Shape::Down, index + 1 < of)}
            {button("drop", t.content_drop, Shape::Cross, of > 1)}
        </div>
    }
}

/// The fields of a content.
fn fields(scope: RuleScope, form: &EditorForm, limits: Limits, index: usize, content: &Content) -> AnyView {
    let t = Edit::of(scope.lang);
    let one = |part: Part, label: &'static str, value: &str| {
        let name = part.field(index);
        let (error, autofocus) = (form.error(name), form.has_focus(name));
        view! { <Field label name value=value.to_owned() error autofocus autocomplete="off" /> }.into_any()
    };
    let fields: Vec<AnyView> = content
        .parts()
        .into_iter()
        .map(|(part, text)| match part {
            Part::Text => text_field(scope, form, limits, index, text),
            Part::Media | Part::Thumb => file::file(scope, form, index, content, part),
            Part::Title => one(part, t.item_title, text),
            Part::Description => one(part, t.description, text),
            Part::Url => one(part, t.url, text),
            Part::HqUrl => one(part, t.hq_url, text),
            Part::PictureUrl => one(part, t.picture_url, text),
        })
        .collect();
    fields.into_iter().collect_view().into_any()
}

fn text_field(scope: RuleScope, form: &EditorForm, limits: Limits, index: usize, text: &str) -> AnyView {
    let t = Edit::of(scope.lang);
    let name = field("text", index);
    let label = if index == 0 { t.content.to_owned() } else { fill(t.content_n, &[("n", &(index + 1).to_string())]) };
    let error = form.error(&name);
    let (wrong, error_id) = (error.is_some(), format!("{name}-error"));
    // A longer text is sent in parts if the account may continue it: only otherwise is it too long.
    let parts = (limits.text_max_bytes > TEXT_MAX_BYTES).then(|| parts(scope, &name, text));
    view! {
        <textarea
            class="input"
            id=name.clone()
            name=name.clone()
            rows="3"
            placeholder=t.text_example
            aria-label=label
            autofocus=wrong || form.has_focus(&name)
            aria-invalid=wrong.then_some("true")
            aria-describedby=wrong.then(|| error_id.clone())
        >
            {inside_textarea(text)}
        </textarea>
        {error.map(|error| view! { <p class="field-error" id=error_id><Icon shape=Shape::Bad /><span>{error}</span></p> })}
        {parts}
        {vars(scope, form, &name)}
    }
    .into_any()
}

/// The number of messages of a long text, updated by the page's script.
fn parts(scope: RuleScope, name: &str, text: &str) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    // A text up to one message stays whole; of several parts, the first has the hint that there are more.
    let n = if text.len() <= TEXT_MAX_BYTES { 1 } else { text.len().div_ceil(PART_MAX_BYTES) };
    let hint = fill(t.text_parts, &[("n", &n.to_string())]);
    view! {
        <p class="field-hint" role="status" data-parts=name.to_owned() data-text=t.text_parts data-size=TEXT_MAX_BYTES.to_string() data-part-bytes=PART_MAX_BYTES.to_string() hidden=n < 2>
            <span>{hint}</span>
            " "
            {t.parts_more}
        </p>
    }
}

/// Buttons that insert variables and a link at the cursor; without a script, a list of them. Groups are those of an expression.
fn vars(scope: RuleScope, form: &EditorForm, name: &str) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let mut vars = vec!["nickname".to_owned(), "user_id".to_owned(), "time".to_owned(), "keyword".to_owned()];
    if form.has_regex() {
        let expressions = Rule::expression_groups(&form.draft.keywords);
        vars.extend((1..=expressions.clamp(1, MOST_GROUPS)).map(|n| n.to_string()));
    }
    let named: Vec<(String, &'static str)> =
        vars.into_iter().filter_map(|var| Some((format!("{{{{{var}}}}}"), t.variable(&var)?))).collect();
    let link = ("<a href=\"https://\"></a>".to_owned(), t.link);
    let buttons = named.clone().into_iter().chain([link]).map(|(text, called)| {
        view! { <button type="button" data-insert=text data-into=name.to_owned()>{called}</button> }
    });
    let list = named.into_iter().map(|(text, called)| view! { <code>{text}</code> " " {called} " " });
    view! {
        <div class="vars" role="group" aria-label=t.vars>{buttons.collect_view()}</div>
        <p class="vars-list field-hint">{t.vars_list} " " {list.collect_view()}</p>
    }
}
