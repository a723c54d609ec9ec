//! Rules ranked by how often they answered.

use super::{Ask, RuleScope, padded};
use crate::{
    core::{
        CoreError, Ctx,
        rule::{Rule, TriggerKind, search},
    },
    web::{
        component::{Card, Empty, Head, Kind, LinkButton, Pager, Shape, Spark, Table},
        page::Ago,
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;
use std::{cmp::Reverse, collections::HashMap};

/// Rules per page.
const SIZE: usize = 50;
/// The most days of a rule's small picture.
const MOST_DRAWN: i64 = 30;
/// The most keywords shown for a rule.
const MOST_SHOWN: usize = 4;

/// The rules that answered, the most frequent first; `hits` are those of the longest range, by rule.
pub async fn ranked(
    ctx: &Ctx,
    scope: RuleScope,
    ask: Ask,
    hits: &HashMap<i64, Vec<i64>>,
) -> Result<AnyView, CoreError> {
    let order = order(ask, hits);
    let pages = order.len().div_ceil(SIZE);
    let page = ask.page.min(pages.max(1));
    let ids: Vec<i64> = order.iter().skip((page - 1) * SIZE).take(SIZE).map(|(_, id)| *id).collect();
    let mut rules: HashMap<i64, Rule> =
        search::find_by_id(ctx, scope.owner_id, &ids).await?.into_iter().map(|rule| (rule.id, rule)).collect();
    let rows: Vec<AnyView> =
        ids.iter().filter_map(|id| Some(row(scope, ask, &rules.remove(id)?, hits.get(id)?, ctx.now()))).collect();
    Ok(card(scope, ask, rows, (page, pages)))
}

/// The hits and the id of each rule that answered, the most frequent first.
pub fn order(ask: Ask, hits: &HashMap<i64, Vec<i64>>) -> Vec<(i64, i64)> {
    let mut order: Vec<(i64, i64)> = hits.iter().map(|(id, days)| (ask.shown(days).iter().sum(), *id)).collect();
    order.retain(|(sum, _)| *sum > 0);
    order.sort_by_key(|(sum, id)| (Reverse(*sum), *id));
    order
}

fn card(scope: RuleScope, ask: Ask, rows: Vec<AnyView>, (page, pages): (usize, usize)) -> AnyView {
    let t = Numbers::of(scope.lang);
    if rows.is_empty() {
        return view! {
            <section class="card">
                <Empty title=t.empty text=t.empty_text shape=Shape::Chat>
                    <LinkButton href=scope.owner.below("bench") text=t.to_bench kind=Kind::Plain />
                </Empty>
            </section>
        }
        .into_any();
    }
    let unused = format!("{}?state=unused", scope.owner.list());
    let base = format!("{}&page=", Ask::address(scope, ask.days, None));
    let as_u64 = |n: usize| u64::try_from(n).unwrap_or_default();
    let heads = vec![
        Head::Text(t.number),
        Head::Text(t.keywords),
        Head::Text(t.trend),
        Head::Number(t.week),
        Head::Number(t.month),
        Head::Number(t.ever),
        Head::Text(t.last),
    ];
    view! {
        <Card
            title=t.rules
            note=fill(t.rules_note, &[("n", &ask.days.to_string())])
            actions=move || view! { <LinkButton href=unused text=t.unused kind=Kind::Plain small=true /> }
            flush=true
        >
            <Table heads>{rows}</Table>
        </Card>
        <Pager lang=scope.lang page=as_u64(page) pages=as_u64(pages) base />
    }
    .into_any()
}

fn row(scope: RuleScope, ask: Ask, rule: &Rule, days: &[i64], now: i64) -> AnyView {
    let t = Numbers::of(scope.lang);
    let sum = |of: i64| Ask { days: of, ..ask }.shown(days).iter().sum::<i64>();
    // A picture of more columns does not fit beside the keywords.
    let drawn = ask.days.min(MOST_DRAWN);
    let trend = Ask { days: drawn, ..ask }.shown(days);
    let values = [("n", padded(rule.number)), ("days", drawn.to_string()), ("hits", sum(drawn).to_string())];
    let label = fill(t.trend_of, &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let last = rule.last_hit_at.map(|at| view! { <Ago lang=scope.lang at now /> });
    view! {
        <tr>
            <th scope="row"><a class="num" href=scope.owner.rule(rule.number)>{padded(rule.number)}</a></th>
            <td data-label=t.keywords>{keywords(scope, rule)}</td>
            <td data-label=t.trend>
                <a class="trend" href=Ask::address(scope, ask.days, Some(rule.number))>
                    <Spark values=trend.to_vec() label />
                </a>
            </td>
            <td data-label=t.week class="num">{sum(7)}</td>
            <td data-label=t.month class="num">{sum(30)}</td>
            <td data-label=t.ever class="num">{rule.hits}</td>
            <td data-label=t.last>{last}</td>
        </tr>
    }
    .into_any()
}

/// The keywords that identify a rule.
pub fn keywords(scope: RuleScope, rule: &Rule) -> AnyView {
    let t = scope.texts();
    let name = (!rule.name.is_empty()).then(|| view! { <span class="rule-name">{rule.name.clone()}</span> });
    let words = rule.keywords.iter().take(MOST_SHOWN).map(|keyword| {
        let text =
            if rule.cause == TriggerKind::Kind { t.kind(&keyword.text).to_owned() } else { keyword.text.clone() };
        view! { <span class="keyword">{text}</span> }
    });
    let cause = (rule.keywords.is_empty() && rule.name.is_empty()).then(|| t.cause(rule.cause));
    let more = rule.keywords.len().saturating_sub(MOST_SHOWN);
    let more = (more > 0).then(|| view! { <span class="soft">{format!("+{more}")}</span> });
    view! { <span class="keywords">{name} {words.collect_view()} {cause} {more}</span> }.into_any()
}
