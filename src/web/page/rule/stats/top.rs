//! The rules that answered most, as bars.

use super::{
    Ask, RuleScope,
    figures::grouped,
    padded,
    ranked::{keywords, order},
};
use crate::{
    core::{
        CoreError, Ctx,
        rule::{Rule, search},
    },
    web::{
        component::{Card, Head, Table},
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;
use std::collections::HashMap;

/// How many rules are shown.
const MOST: usize = 8;
/// The length of the longest bar, in units of the chart.
const LENGTH: i64 = 100;

/// The card; empty without hits. `hits` are those of the longest range, by rule.
pub async fn card(ctx: &Ctx, scope: RuleScope, ask: Ask, hits: &HashMap<i64, Vec<i64>>) -> Result<AnyView, CoreError> {
    let t = Numbers::of(scope.lang);
    let order: Vec<(i64, i64)> = order(ask, hits).into_iter().take(MOST).collect();
    let ids: Vec<i64> = order.iter().map(|(_, id)| *id).collect();
    let rules: HashMap<i64, Rule> =
        search::find_by_id(ctx, scope.owner_id, &ids).await?.into_iter().map(|rule| (rule.id, rule)).collect();
    let most = order.first().map_or(1, |(sum, _)| *sum);
    let rows = order.iter().filter_map(|(sum, id)| Some(row(scope, ask, rules.get(id)?, *sum, most)));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Ok(view! { <Card title=t.top><p class="soft">{t.empty_text}</p></Card> }.into_any());
    }
    let heads = vec![Head::Text(t.number), Head::Text(t.keywords), Head::Hidden(t.share_of_most), Head::Number(t.hits)];
    Ok(view! { <Card title=t.top flush=true><Table heads class="top-rules">{rows}</Table></Card> }.into_any())
}

fn row(scope: RuleScope, ask: Ask, rule: &Rule, sum: i64, most: i64) -> AnyView {
    let t = Numbers::of(scope.lang);
    let number = padded(rule.number);
    let length = (sum.saturating_mul(LENGTH) / most.max(1)).clamp(1, LENGTH);
    let label = fill(t.messages_of, &[("n", &number), ("hits", &grouped(sum))]);
    view! {
        <tr>
            <th scope="row"><a class="num" href=scope.owner.rule(rule.number)>{number}</a></th>
            <td data-label=t.keywords>{keywords(scope, rule)}</td>
            <td class="top-bar">
                <svg viewBox=format!("0 0 {LENGTH} 8") preserveAspectRatio="none" aria-hidden="true">
                    <rect width=length height="8" />
                </svg>
            </td>
            <td data-label=t.hits class="num">
                <a href=Ask::address(scope, ask.days, Some(rule.number)) aria-label=label>{grouped(sum)}</a>
            </td>
        </tr>
    }
    .into_any()
}
