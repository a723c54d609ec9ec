//! One row of the list.

use super::{FORM, ListQuery, RuleScope, SPARK_DAYS};
use crate::{
    core::rule::{
        AnswerMode, Content, MatchType, Rule, TriggerKind, content::ContentNames, search::Sort, warning::Warning,
    },
    web::{
        component::{Badge, Icon, Shape, Spark, Tone},
        page::{
            Ago,
            rule::{Names, padded, warnings},
        },
        text::{Common, fill, replies::list::List},
    },
};
use leptos::prelude::*;

/// The number of columns.
const COLUMNS: &str = "9";
/// The most keywords in a row.
const MOST_SHOWN: usize = 6;

/// The row of a rule, with recent hits and warnings; with `editor`, it is open for editing.
pub fn row(
    scope: RuleScope,
    query: &ListQuery,
    rule: &Rule,
    (hits, names, now): (&[i64], &Names, i64),
    (warnings, editor): (&[Warning], Option<AnyView>),
) -> AnyView {
    let (t, c) = (List::of(scope.lang), Common::of(scope.lang));
    let (n, number) = (padded(rule.number), rule.number);
    let called = |template: &str| fill(template, &[("n", &n)]);
    let class = if rule.is_enabled { "rule" } else { "rule is-off" };
    let open = editor.map(|editor| view! { <tr class="opened"><td colspan=COLUMNS>{editor}</td></tr> });
    let place = query.current_address(scope.owner.list());
    let edit = format!("{place}{}edit={number}#rule-{number}", if place.contains('?') { '&' } else { '?' });
    view! {
        <tr id=format!("rule-{number}") class=class data-row=number.to_string()>
            <td class="tick">
                <label>
                    <input type="checkbox" form=FORM name="numbers[]" value=number.to_string() aria-label=called(t.select_one) />
                </label>
            </td>
            <th scope="row"><a class="num" href=scope.owner.rule(number)>{n.clone()}</a></th>
            <td data-label=t.keywords>{keywords(scope, rule)} {warnings::lines(scope, warnings)}</td>
            <td data-label=t.reply>{reply(scope, rule)}</td>
            <td data-label=t.hits class="num">{counted(scope, rule, hits)}</td>
            <td data-label=t.priority class="num">{priority(scope, rule, &n, query)}</td>
            <td data-label=t.changed>{changed(scope, rule, names, now)}</td>
            <td data-label=c.status>{switch(scope, rule, &n)}</td>
            <td class="acts">
                <div class="row end">
                    <a class="button quiet small" href=edit data-open aria-label=called(t.edit_one)>{c.edit}</a>
                    <button
                        form=FORM
                        class="button quiet danger small"
                        name="act"
                        value=format!("delete-{number}")
                        aria-label=called(t.delete_one)
                    >
                        {c.delete}
                    </button>
                </div>
            </td>
        </tr>
        {open}
    }
    .into_any()
}

fn keywords(scope: RuleScope, rule: &Rule) -> AnyView {
    let (t, r) = (List::of(scope.lang), scope.texts());
    let name = (!rule.name.is_empty()).then(|| view! { <span class="rule-name">{rule.name.clone()}</span> });
    let cause =
        (rule.cause != TriggerKind::Keyword).then(|| view! { <Badge text=r.cause(rule.cause) tone=Tone::Info /> });
    let more = rule.keywords.len().saturating_sub(MOST_SHOWN);
    let words = rule.keywords.iter().take(MOST_SHOWN).map(|keyword| {
        let text =
            if rule.cause == TriggerKind::Kind { r.kind(&keyword.text).to_owned() } else { keyword.text.clone() };
        let way =
            (keyword.matching != MatchType::Exact).then(|| view! { <small>{r.matching(keyword.matching)}</small> });
        view! { <span class="keyword">{text} {way}</span> }
    });
    let every =
        (rule.keywords.is_empty() && rule.cause.has_keywords()).then(|| view! { <span class="soft">{t.every}</span> });
    view! {
        <div class="keywords">
            {name} {cause} {words.collect_view()} {every}
            {(more > 0).then(|| view! { <span class="soft">{format!("+{more}")}</span> })}
        </div>
    }
    .into_any()
}

/// The first text, and the number of other contents.
fn reply(scope: RuleScope, rule: &Rule) -> AnyView {
    let (t, names) = (List::of(scope.lang), ContentNames::of(scope.lang));
    let others = rule.contents.iter().filter(|content| !matches!(content, Content::Text { .. }));
    let badges = others.map(|content| view! { <Badge text=names.name(content) /> }).collect_view();
    let count = rule.contents.len();
    let several = (count > 1).then(|| {
        let text = if rule.answer == AnswerMode::Random {
            t.random.to_owned()
        } else {
            fill(t.more_contents, &[("n", &count.to_string())])
        };
        view! { <Badge text /> }
    });
    view! { <div class="rule-reply"><span class="rule-text">{rule.text().to_owned()}</span> {badges} {several}</div> }
        .into_any()
}

fn counted(scope: RuleScope, rule: &Rule, hits: &[i64]) -> AnyView {
    let t = List::of(scope.lang);
    let week: i64 = hits.iter().sum();
    let label = fill(t.hits_week, &[("n", &week.to_string())]);
    let days = usize::try_from(SPARK_DAYS).unwrap_or_default();
    let hits = if hits.is_empty() { vec![0; days] } else { hits.to_vec() };
    view! { <div class="hits"><Spark values=hits label /><span>{rule.hits}</span></div> }.into_any()
}

fn priority(scope: RuleScope, rule: &Rule, n: &str, query: &ListQuery) -> AnyView {
    let t = List::of(scope.lang);
    // In the order of priorities, a script allows dragging rows; the buttons do the same without it.
    let is_in_order = query.sort == Sort::Priority && query.is_descending;
    let grip =
        is_in_order.then(|| view! { <span class="grip" draggable="true" data-grip aria-hidden="true">"⠿"</span> });
    let button = |act: &str, label: &str, shape: Shape| {
        let (value, label) = (format!("{act}-{}", rule.number), fill(label, &[("n", n)]));
        view! { <button form=FORM name="act" value=value aria-label=label><Icon shape /></button> }
    };
    view! {
        <div class="priority">
            {grip}
            <span>{rule.priority}</span>
            <span class="priority-acts">{button("raise", t.raise_one, Shape::Up)} {button("lower", t.lower_one, Shape::Down)}</span>
        </div>
    }
    .into_any()
}

fn changed(scope: RuleScope, rule: &Rule, names: &Names, now: i64) -> AnyView {
    let t = List::of(scope.lang);
    let editor = rule.updated_by.map(|id| {
        let text =
            fill(t.changed_by, &[("who", &names.say(scope, id)), ("door", scope.texts().door(rule.updated_door))]);
        view! { <small class="soft">{text}</small> }
    });
    view! { <div class="changed"><Ago lang=scope.lang at=rule.updated_at now /> {editor}</div> }.into_any()
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
