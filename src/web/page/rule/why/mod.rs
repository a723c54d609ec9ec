//! Why a message is answered as it is: in the test bench, and beside the preview of a rule.

mod ladder;
mod near;

use super::{RuleScope, list::chip, padded, trace::new_rule};
use crate::{
    core::{
        message::{
            AnsweredBy,
            preview::{Input, Preview},
            trace::{Fate, Tried},
        },
        rule::{ACCOUNT, Keyword, content::KINDS},
    },
    web::{
        component::{Icon, Kind, LinkButton, Notice, Shape, Tone},
        form::EditorForm,
        text::{fill, fill_spaced, replies::bench::Bench},
    },
};
use leptos::prelude::*;

/// The most matching rules that are listed beside a preview.
const MOST_BRIEF: usize = 4;

/// What is explained.
#[derive(Clone, Copy)]
pub struct Explained<'a> {
    pub input: &'a Input,
    pub preview: &'a Preview,
    /// The rule of the editor, which is not saved yet.
    pub edited: Option<&'a EditorForm>,
}

/// The reason in a narrow column: what answers, the order of answering, what else matches, and what nearly matches.
pub fn brief(scope: RuleScope, explained: &Explained<'_>) -> AnyView {
    let t = Bench::of(scope.lang);
    let title = title(t, explained);
    view! {
        <h3>{title}</h3>
        {lead(scope, explained, None)}
        {shadow(scope, explained)}
        {ladder::ladder(scope, explained, "ladder across")}
        {tried(scope, explained, MOST_BRIEF)}
        {near::near(scope, explained, None)}
    }
    .into_any()
}

/// The whole reason, for the bench. `back` is the address that a button for a near miss returns to.
pub fn whole(scope: RuleScope, explained: &Explained<'_>, back: &str) -> AnyView {
    let t = Bench::of(scope.lang);
    let trace = &explained.preview.trace;
    let ladder = ladder::ladder(scope, explained, "ladder").map(|ladder| view! { <h3>{t.order}</h3> {ladder} });
    let matched = (!trace.tried.is_empty()).then(|| view! { <h3 id="why-tried">{t.tried}</h3> });
    let none = (trace.tried.is_empty() && explained.preview.near.is_empty())
        .then(|| view! { <p class="soft why-none">{t.tried_none}</p> });
    view! {
        <h2>{title(t, explained)}</h2>
        {lead(scope, explained, Some(scope))}
        {shadow(scope, explained)}
        {seen(scope, explained)}
        {ladder}
        {matched}
        {tried(scope, explained, usize::MAX)}
        {none}
        {near::near(scope, explained, Some(back))}
    }
    .into_any()
}

fn title(t: &'static Bench, explained: &Explained<'_>) -> &'static str {
    if explained.preview.answered_by == AnsweredBy::None { t.why_none } else { t.why }
}

/// The rule that answers.
fn winner<'a>(explained: &Explained<'a>) -> Option<&'a Tried> {
    explained.preview.trace.tried.iter().find(|tried| tried.fate == Fate::Won)
}

/// True for the rule of the editor.
fn is_edited(scope: RuleScope, explained: &Explained<'_>, owner_id: i64, number: i64) -> bool {
    let edited = explained.edited.map(|form| (scope.owner_id, form.number.unwrap_or_default()));
    edited == Some((owner_id, number))
}

/// The name of a rule.
fn name(scope: RuleScope, explained: &Explained<'_>, owner_id: i64, number: i64) -> String {
    let t = Bench::of(scope.lang);
    let n = padded(number);
    if is_edited(scope, explained, owner_id, number) {
        let is_changed = explained.edited.is_some_and(|form| form.is_changed);
        let template = if is_changed { t.unsaved } else { scope.texts().rule_called };
        return if number == 0 { t.unsaved_new.to_owned() } else { fill(template, &[("n", &n)]) };
    }
    let template = match owner_id {
        ACCOUNT => t.by_account,
        owner if owner == scope.user_id => t.by_mine,
        _ => t.by_own,
    };
    fill(template, &[("n", &n)])
}

/// What answers, in a coloured line; with `edit`, a link to change the rule.
fn lead(scope: RuleScope, explained: &Explained<'_>, edit: Option<RuleScope>) -> AnyView {
    let t = Bench::of(scope.lang);
    let (trace, by) = (&explained.preview.trace, explained.preview.answered_by);
    let won = winner(explained);
    let (head, reason) = match (by, won) {
        (AnsweredBy::Command, _) => (fill(t.by_command, &[("word", &trace.folded)]), String::new()),
        (AnsweredBy::Signin, _) => (t.by_signin.to_owned(), String::new()),
        (AnsweredBy::Follow, None) => (t.by_follow.to_owned(), String::new()),
        (_, Some(tried)) => {
            let line = match by {
                AnsweredBy::Default => t.by_default.to_owned(),
                AnsweredBy::Follow => t.by_follow.to_owned(),
                _ => by_keyword(scope, explained, tried).unwrap_or_default(),
            };
            (fill_spaced(t.answers, &[("rule", &name(scope, explained, tried.owner_id, tried.number))]), line)
        }
        _ => (t.silent.to_owned(), t.by_none.to_owned()),
    };
    let is_good = by != AnsweredBy::None
        && explained
            .edited
            .is_none_or(|_| won.is_some_and(|tried| is_edited(scope, explained, tried.owner_id, tried.number)));
    let (class, shape) = if is_good { ("why-lead", Shape::Good) } else { ("why-lead none", Shape::Warning) };
    let link = edit.and(won).and_then(|tried| near::address(scope, tried.owner_id, tried.number));
    let text =
        if by.is_unanswered() && explained.edited.is_none() { Some(explained.input.text().to_owned()) } else { None };
    let make = text.filter(|text| {
        matches!(explained.input, Input::Text(_)) && !text.is_empty() && explained.preview.disabled.is_empty()
    });
    let disabled = explained.edited.is_some_and(|form| !form.draft.is_enabled).then_some(t.edited_off);
    view! {
        <p class=class role="status">
            <Icon shape />
            <span><b>{head}</b>{(!reason.is_empty()).then(|| view! { <small>{reason}</small> })}{disabled.map(|text| view! { <small>{text}</small> })}</span>
            {link.map(|href| view! { <a class="button plain small" href=href>{t.change}</a> })}
            {make.map(|text| view! { <LinkButton href=new_rule(scope, &text) text=t.make kind=Kind::Plain small=true /> })}
        </p>
    }
    .into_any()
}

fn by_keyword(scope: RuleScope, explained: &Explained<'_>, tried: &Tried) -> Option<String> {
    if let Some(kind) = kind_name(scope, explained, tried) {
        return Some(kind.to_owned());
    }
    let way = scope.texts().matching(tried.matching?);
    Some(fill(Bench::of(scope.lang).by_keyword, &[("keyword", &tried.keyword), ("way", way)]))
}

/// The name of the kind of message that a rule answers, which is stored as its keyword.
fn kind_name(scope: RuleScope, explained: &Explained<'_>, tried: &Tried) -> Option<&'static str> {
    let is_kind = matches!(explained.input, Input::Kind(_)) && KINDS.contains(&tried.keyword.as_str());
    is_kind.then(|| scope.texts().kind(&tried.keyword))
}

/// Warns about a rule that no message can reach.
fn shadow(scope: RuleScope, explained: &Explained<'_>) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    let trace = &explained.preview.trace;
    let is_shadowed = trace.tried.iter().any(|tried| tried.fate == Fate::Command);
    let text = fill(t.shadowed, &[("word", &trace.folded)]);
    is_shadowed.then(|| view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }.into_any())
}

/// The message as received, and as compared; events have none.
fn seen(scope: RuleScope, explained: &Explained<'_>) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    let Input::Text(text) = explained.input else { return None };
    let folded = &explained.preview.trace.folded;
    let folded = if folded.is_empty() { t.nothing_left.to_owned() } else { folded.clone() };
    let view = view! {
        <dl class="seen">
            <div><dt>{t.received}</dt><dd>{text.clone()}</dd></div>
            <div><dt>{t.compared}</dt><dd><code>{folded}</code><small class="soft">{t.compared_note}</small></dd></div>
        </dl>
    };
    Some(view.into_any())
}

/// Every matching rule, and why it answered or did not.
fn tried(scope: RuleScope, explained: &Explained<'_>, most: usize) -> Option<AnyView> {
    let t = Bench::of(scope.lang);
    let tried = &explained.preview.trace.tried;
    if tried.is_empty() {
        return None;
    }
    let won = winner(explained).map(|tried| padded(tried.number)).unwrap_or_default();
    let rows = tried.iter().take(most).map(|tried| {
        let is_won = tried.fate == Fate::Won;
        let template = if tried.fate == Fate::Mute && is_edited(scope, explained, tried.owner_id, tried.number) {
            t.edited_mute
        } else {
            t.fate(tried.fate)
        };
        let fate = fill(template, &[("n", &won)]);
        let keyword = match tried.matching {
            Some(_) if kind_name(scope, explained, tried).is_some() => {
                view! { <span class="kw plain">{kind_name(scope, explained, tried)}</span> }.into_any()
            }
            Some(matching) => chip(scope, &Keyword { text: tried.keyword.clone(), matching }, false),
            None => view! { <span class="soft">{t.every}</span> }.into_any(),
        };
        let name = name(scope, explained, tried.owner_id, tried.number);
        let name = match near::address(scope, tried.owner_id, tried.number).filter(|_| explained.edited.is_none()) {
            Some(href) => view! { <a href=href>{name}</a> }.into_any(),
            None => view! { <span>{name}</span> }.into_any(),
        };
        let priority = fill(t.with_priority, &[("n", &tried.priority.to_string())]);
        view! {
            <li class=is_won.then_some("won")>
                {name}
                <span class="tried-by">{keyword} <small>{priority}</small></span>
                <small class="fate">{is_won.then(|| view! { <Icon shape=Shape::Check /> })}{fate}</small>
            </li>
        }
    });
    Some(view! { <ul class="why-tried" aria-label=t.tried>{rows.collect_view()}</ul> }.into_any())
}
