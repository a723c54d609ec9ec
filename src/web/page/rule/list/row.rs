//! One row of the list.

use super::{super::acts::FORM, ListQuery, RuleScope, SPARK_DAYS, says};
use crate::{
    core::rule::{Rule, warning::Warning},
    web::{
        component::{Icon, Shape, Spark},
        page::{
            Ago,
            rule::{Names, padded, warnings},
        },
        text::{fill, replies::list::List},
    },
};
use leptos::prelude::*;

/// What a row shows besides its rule.
pub struct Beside<'a> {
    pub hits: &'a [i64],
    pub names: &'a Names,
    /// Epoch milliseconds.
    pub now: i64,
    pub warnings: &'a [Warning],
    /// Its editor is open in the panel.
    pub is_open: bool,
}

/// The row of a rule.
pub fn row(scope: RuleScope, query: &ListQuery, rule: &Rule, beside: &Beside<'_>) -> AnyView {
    let t = List::of(scope.lang);
    let (n, number) = (padded(rule.number), rule.number);
    let called = |template: &str| fill(template, &[("n", &n)]);
    let class = match (beside.is_open, rule.is_enabled) {
        (true, _) => "rule is-open",
        (_, true) => "rule",
        (_, false) => "rule is-off",
    };
    let place = query.current_address(scope.owner.list());
    let edit = format!("{place}{}edit={number}", if place.contains('?') { '&' } else { '?' });
    // In the order of answering, a script allows dragging rows; two buttons, and keys, do the same.
    let grip = query.is_answering_order().then(|| {
        view! { <span class="grip" draggable="true" data-grip title=t.drag aria-hidden="true"><Icon shape=Shape::Grip class="thick" /></span> }
    });
    let warned = |keyword: &crate::core::rule::Keyword| beside.warnings.iter().any(|w| w.keyword == keyword.text);
    let warning = warnings::short(scope, beside.warnings);
    view! {
        <tr id=format!("rule-{number}") class=class data-row=number.to_string()>
            <td>{grip}</td>
            <td class="tick">
                <label>
                    <input type="checkbox" form=FORM name="numbers[]" value=number.to_string() aria-label=called(t.select_one) />
                </label>
            </td>
            <th scope="row" class="no">{n.clone()}</th>
            <td class="triggers">{says::triggers(scope, rule, warned)}</td>
            <td class="says">
                <a class="opens" href=scope.owner.rule(number) data-open=edit>
                    <span class="sr-only">{called(t.rule_called)}</span>
                    {says::answer(scope, rule)}
                </a>
                {warning}
                {acts(scope, query, rule, beside)}
            </td>
            <td class="num">{counted(scope, rule, beside.hits)}</td>
            <td class="num prio">{rule.priority}</td>
            <td class="when">{changed(scope, rule, beside)}</td>
            <td class="on">{switch(scope, rule, &n)}</td>
        </tr>
    }
    .into_any()
}

/// Who changed the rule when, and what can be done with it: shown under the mouse, and while the row has the focus.
fn acts(scope: RuleScope, query: &ListQuery, rule: &Rule, beside: &Beside<'_>) -> AnyView {
    let (t, number) = (List::of(scope.lang), rule.number);
    let n = padded(number);
    let called = |template: &str| fill(template, &[("n", &n)]);
    let button = |act: &str, label: &str, shape: Shape, class: &'static str| {
        let (value, label) = (format!("{act}-{number}"), called(label));
        view! { <button form=FORM class=class name="act" value=value title=label.clone() aria-label=label><Icon shape /></button> }
    };
    let link = |href: String, label: &str, shape: Shape| {
        let label = called(label);
        view! { <a class="icon-button" href=href title=label.clone() aria-label=label><Icon shape /></a> }
    };
    let is_in_order = query.is_answering_order();
    let copy = format!("{}?from={number}", scope.owner.below("new"));
    view! {
        <span class="row-acts">
            <small>{changed(scope, rule, beside)}</small>
            {is_in_order.then(|| button("raise", t.raise_one, Shape::Up, "icon-button"))}
            {is_in_order.then(|| button("lower", t.lower_one, Shape::Down, "icon-button"))}
            {link(copy, t.copy_one, Shape::Copy)}
            {link(scope.owner.rule_history(number), t.history_one, Shape::History)}
            {button("delete", t.delete_one, Shape::Trash, "icon-button danger")}
        </span>
    }
    .into_any()
}

/// The hits of the last days, which lead to the statistics of the rule.
fn counted(scope: RuleScope, rule: &Rule, hits: &[i64]) -> AnyView {
    let t = List::of(scope.lang);
    let week: i64 = hits.iter().sum();
    let title = fill(t.hits_week, &[("n", &week.to_string()), ("all", &rule.hits.to_string())]);
    let days = usize::try_from(SPARK_DAYS).unwrap_or_default();
    let values = if hits.is_empty() { vec![0; days] } else { hits.to_vec() };
    let href = format!("{}?rule={}", scope.owner.below("numbers"), rule.number);
    let label = title.clone();
    view! { <a class="hits" href=href tabindex="-1" title=title><Spark values label /><span>{week}</span></a> }
        .into_any()
}

fn changed(scope: RuleScope, rule: &Rule, beside: &Beside<'_>) -> AnyView {
    let editor = rule.updated_by.map(|id| format!("{} · ", beside.names.say(scope, id)));
    let (lang, now) = (scope.lang, beside.now);
    view! { <span class="changed">{editor}<Ago lang at=rule.updated_at now /></span> }.into_any()
}

/// The switch: a button that looks like one.
fn switch(scope: RuleScope, rule: &Rule, n: &str) -> AnyView {
    let t = List::of(scope.lang);
    let (act, state) = if rule.is_enabled { ("disable", "true") } else { ("enable", "false") };
    let value = format!("{act}-{}", rule.number);
    view! {
        <button
            form=FORM
            class="toggle"
            role="switch"
            aria-checked=state
            name="act"
            value=value
            aria-label=fill(t.switch_one, &[("n", n)])
        ></button>
    }
    .into_any()
}
