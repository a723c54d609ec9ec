//! The keywords of a rule, each with its match type; for messages other than text, the kinds.

use super::{super::padded, RuleScope};
use crate::{
    core::rule::{
        Keyword, MatchType, TriggerKind,
        content::KINDS,
        draft::MOST_KEYWORDS,
        rejection::{ConflictsWith, Duplicate},
        rule_set,
    },
    web::{
        component::{Icon, Shape},
        form::{EditorForm, editor::field},
        text::{fill, replies::edit::Edit},
    },
};
use leptos::prelude::*;

/// What makes the rule answer, besides its trigger.
pub fn keywords(scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    match form.draft.cause {
        TriggerKind::Follow | TriggerKind::Default => {
            view! { <p class="soft">{t.no_keywords}</p> {errors(scope, form)} }.into_any()
        }
        TriggerKind::Kind => kinds(scope, form),
        TriggerKind::Keyword | TriggerKind::Menu | TriggerKind::Scan => words(scope, form),
    }
}

fn words(scope: RuleScope, form: &EditorForm) -> AnyView {
    let t = Edit::of(scope.lang);
    let (name, hint) = match form.draft.cause {
        TriggerKind::Menu => (t.menu_key, t.menu_hint),
        TriggerKind::Scan => (t.scan_key, t.scan_hint),
        _ => (t.keywords, t.keyword_hint),
    };
    let typed = &form.draft.keywords;
    let none = [Keyword { text: String::new(), matching: MatchType::Exact }];
    let typed = if typed.is_empty() { &none[..] } else { typed };
    let rows =
        typed.iter().enumerate().map(|(index, keyword)| row(scope, form, index, keyword, typed.len())).collect_view();
    view! {
        <fieldset class="kw-set">
            <legend class="sr-only">{name}</legend>
            <div class="kw-rows">{rows}</div>
            {errors(scope, form)}
            <div class="part-foot">
                {(typed.len() < MOST_KEYWORDS).then(|| view! {
                    <button class="button quiet small" name="step" value="add-keyword" formnovalidate>
                        <Icon shape=Shape::Plus />{t.keyword_add}
                    </button>
                })}
                <small class="soft" id="keywords-hint">{hint}</small>
            </div>
        </fieldset>
    }
    .into_any()
}

/// One keyword. The label of the first is that of a single keyword.
fn row(scope: RuleScope, form: &EditorForm, index: usize, keyword: &Keyword, of: usize) -> impl IntoView + use<> {
    let t = Edit::of(scope.lang);
    let n = (index + 1).to_string();
    let called = |one: &'static str, many: &str| if index == 0 { one.to_owned() } else { fill(many, &[("n", &n)]) };
    let (name, way) = (field("keyword", index), field("matching", index));
    let ways = MatchType::ALL.map(|way| {
        let text = scope.texts().matching(way);
        view! { <option value=way.as_str() selected=way == keyword.matching>{text}</option> }
    });
    let is_taken =
        form.taken.iter().any(|taken| taken.keyword == keyword.text.trim() && taken.matching == keyword.matching);
    let wrong = is_taken || form.taken.is_empty() && form.error("keywords").is_some() && index == first_flawed(form);
    let described = if wrong { "keywords-error keywords-hint" } else { "keywords-hint" };
    view! {
        <div class="kw-row">
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
                    class="icon-button"
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

/// The keyword that an error of the keywords is about: the first expression that does not compile, else the first.
fn first_flawed(form: &EditorForm) -> usize {
    let is_broken =
        |keyword: &Keyword| keyword.matching == MatchType::Regex && rule_set::compile(keyword.text.trim()).is_err();
    form.draft.keywords.iter().position(is_broken).unwrap_or_default()
}

fn kinds(scope: RuleScope, form: &EditorForm) -> AnyView {
    let (t, c) = (Edit::of(scope.lang), scope.texts());
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
            {errors(scope, form)}
            <p class="field-hint">{t.kinds_hint}</p>
        </fieldset>
    }
    .into_any()
}

/// The errors of the keywords: a flaw, or a duplicate.
fn errors(scope: RuleScope, form: &EditorForm) -> Option<AnyView> {
    let lines: Vec<AnyView> = if form.taken.is_empty() {
        let flaw = form.error("keywords").or_else(|| form.error("cause"))?;
        vec![view! { <span>{flaw}</span> }.into_any()]
    } else {
        form.taken.iter().map(|taken| duplicate_message(scope, taken)).collect()
    };
    let lines = lines.into_iter().map(|line| view! { <p class="field-error"><Icon shape=Shape::Bad />{line}</p> });
    Some(view! { <div id="keywords-error">{lines.collect_view()}</div> }.into_any())
}

/// Which rule has a keyword, with a link.
fn duplicate_message(scope: RuleScope, taken: &Duplicate) -> AnyView {
    let (t, c) = (Edit::of(scope.lang), scope.texts());
    let ConflictsWith::Rule(number) = taken.with else { return ().into_any() };
    let n = padded(number);
    let text = if taken.keyword.is_empty() {
        fill(t.taken_bare, &[("n", &n)])
    } else {
        fill(t.taken, &[("keyword", &taken.keyword), ("way", c.matching(taken.matching)), ("n", &n)])
    };
    let see = fill(t.to_taken, &[("n", &n)]);
    view! { <span>{text} " " <a href=scope.owner.rule(number) target="_blank">{see}</a></span> }.into_any()
}
