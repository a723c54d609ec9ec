//! The keywords of a rule, each with its own way of being compared; for messages that are not text, the kinds.

use super::{Desk, Form, form::field, padded};
use crate::{
    core::reply::{
        Cause, Keyword, Matching,
        content::KINDS,
        draft::MOST_KEYWORDS,
        refusal::{Duplicate, Other},
    },
    web::{
        part::{Icon, Shape},
        text::{fill, replies::edit::Edit},
    },
};
use leptos::prelude::*;

/// What makes the rule answer, besides its cause.
pub fn keywords(desk: Desk, form: &Form) -> AnyView {
    let t = Edit::of(desk.lang);
    match form.draft.cause {
        Cause::Follow | Cause::Default => view! { <p class="soft">{t.no_keywords}</p> {errors(desk, form)} }.into_any(),
        Cause::Kind => kinds(desk, form),
        Cause::Keyword | Cause::Menu | Cause::Scan => words(desk, form),
    }
}

fn words(desk: Desk, form: &Form) -> AnyView {
    let t = Edit::of(desk.lang);
    let (name, hint) = match form.draft.cause {
        Cause::Menu => (t.menu_key, t.menu_hint),
        Cause::Scan => (t.scan_key, t.scan_hint),
        _ => (t.keywords, t.keyword_hint),
    };
    let typed = &form.draft.keywords;
    let none = [Keyword { text: String::new(), matching: Matching::Exact }];
    let typed = if typed.is_empty() { &none[..] } else { typed };
    let rows =
        typed.iter().enumerate().map(|(index, keyword)| row(desk, form, index, keyword, typed.len())).collect_view();
    view! {
        <fieldset class="field">
            <legend class="field-legend">{name}</legend>
            <div class="keyword-rows">{rows}</div>
            {errors(desk, form)}
            <p class="field-hint" id="keywords-hint">{hint}</p>
            {(typed.len() < MOST_KEYWORDS).then(|| view! {
                <div class="row">
                    <button class="button quiet small" name="step" value="add-keyword" formnovalidate>
                        <Icon shape=Shape::Plus />{t.keyword_add}
                    </button>
                </div>
            })}
        </fieldset>
    }
    .into_any()
}

/// One keyword. The first is called as if it were the only one.
fn row(desk: Desk, form: &Form, index: usize, keyword: &Keyword, of: usize) -> impl IntoView + use<> {
    let t = Edit::of(desk.lang);
    let n = (index + 1).to_string();
    let called = |one: &'static str, many: &str| if index == 0 { one.to_owned() } else { fill(many, &[("n", &n)]) };
    let (name, way) = (field("keyword", index), field("matching", index));
    let long = [
        (Matching::Exact, t.exact),
        (Matching::Prefix, t.prefix),
        (Matching::Contains, t.contains),
        (Matching::Regex, t.regex),
    ];
    let ways = long.map(|(matching, text)| {
        view! { <option value=matching.as_str() selected=matching == keyword.matching>{text}</option> }
    });
    let is_wrong = index == 0 && (form.error("keywords").is_some() || !form.taken.is_empty());
    let is_taken =
        form.taken.iter().any(|taken| taken.keyword == keyword.text.trim() && taken.matching == keyword.matching);
    let wrong = is_taken || is_wrong && form.taken.is_empty();
    let described = if wrong { "keywords-error keywords-hint" } else { "keywords-hint" };
    view! {
        <div class="keyword-row">
            <input
                class="input"
                id=name.clone()
                name=name.clone()
                value=keyword.text.clone()
                autofocus=wrong || form.has_focus(&name)
                autocomplete="off"
                autocapitalize="off"
                aria-label=called(t.keyword, t.keyword_n)
                aria-invalid=wrong.then_some("true")
                aria-describedby=described
            />
            <select class="input" id=way.clone() name=way aria-label=called(t.way, t.way_n)>{ways.collect_view()}</select>
            {(of > 1).then(|| view! {
                <button
                    class="button quiet small square"
                    name="step"
                    value=format!("drop-keyword-{n}")
                    aria-label=fill(t.keyword_drop, &[("n", &n)])
                    formnovalidate
                >
                    <Icon shape=Shape::Cross />
                </button>
            })}
        </div>
    }
}

fn kinds(desk: Desk, form: &Form) -> AnyView {
    let (t, c) = (Edit::of(desk.lang), desk.texts());
    let boxes = KINDS.map(|kind| {
        let checked = form.draft.keywords.iter().any(|keyword| keyword.text == kind);
        view! {
            <label class="check">
                <input type="checkbox" name="kinds" value=kind checked=checked />
                <span>{c.kind(kind)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field">
            <legend class="field-legend">{t.kinds}</legend>
            <div class="kind-boxes">{boxes.collect_view()}</div>
            {errors(desk, form)}
            <p class="field-hint">{t.kinds_hint}</p>
        </fieldset>
    }
    .into_any()
}

/// What is wrong with the keywords: a flaw, or who has them already.
fn errors(desk: Desk, form: &Form) -> Option<AnyView> {
    let lines: Vec<AnyView> = if form.taken.is_empty() {
        let flaw = form.error("keywords").or_else(|| form.error("cause"))?;
        vec![view! { <span>{flaw}</span> }.into_any()]
    } else {
        form.taken.iter().map(|taken| told(desk, taken)).collect()
    };
    let lines = lines.into_iter().map(|line| view! { <p class="field-error"><Icon shape=Shape::Bad />{line}</p> });
    Some(view! { <div id="keywords-error">{lines.collect_view()}</div> }.into_any())
}

/// Which rule has a keyword, with a way there.
fn told(desk: Desk, taken: &Duplicate) -> AnyView {
    let (t, c) = (Edit::of(desk.lang), desk.texts());
    let Other::Rule(number) = taken.with else { return ().into_any() };
    let n = padded(number);
    let text = if taken.keyword.is_empty() {
        fill(t.taken_bare, &[("n", &n)])
    } else {
        fill(t.taken, &[("keyword", &taken.keyword), ("way", c.matching(taken.matching)), ("n", &n)])
    };
    let see = fill(t.to_taken, &[("n", &n)]);
    view! { <span>{text} " " <a href=desk.scope.rule(number) target="_blank">{see}</a></span> }.into_any()
}
