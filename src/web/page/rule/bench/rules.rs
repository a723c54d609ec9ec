//! The rules beside a test, in the order of answering: the one that answers is lit, and those that match or nearly match are marked.

use super::{RuleScope, Tried};
use crate::{
    core::{
        CoreError,
        message::trace::Fate,
        rule::search::{self, Query, Sort},
    },
    web::{
        page::{
            Visitor,
            rule::{list::triggers, padded},
        },
        text::replies::bench::Bench,
    },
};
use leptos::prelude::*;
use std::{cmp::Reverse, collections::HashMap};

/// The most rules in the list, besides those that are marked.
const MOST: i64 = 100;

/// What a rule has to do with the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Answers,
    Matches,
    Near,
}

pub async fn rules(visitor: &Visitor, scope: RuleScope, tried: Option<&Tried>) -> Result<AnyView, CoreError> {
    let t = Bench::of(scope.lang);
    let ctx = &visitor.request.ctx;
    let query = Query { sort: Sort::Priority, is_descending: true, page: 1, size: MOST, ..Query::default() };
    let found = search::search(ctx, scope.owner_id, &query).await?;
    let (mut rules, total) = (found.rules, found.total);
    let marks = tried.map(|tried| marks(scope, tried)).unwrap_or_default();
    let missing: Vec<i64> =
        marks.keys().copied().filter(|number| rules.iter().all(|rule| rule.number != *number)).collect();
    if !missing.is_empty() {
        rules.extend(search::find_many(ctx, scope.owner_id, &missing).await?);
        rules.sort_by_key(|rule| (Reverse(rule.priority), rule.number));
    }
    let rows = rules.iter().map(|rule| {
        let mark = marks.get(&rule.number).copied();
        let class = match mark {
            Some(Mark::Answers) => "is-lit",
            None if tried.is_some() => "is-dim",
            _ if !rule.is_enabled => "is-off",
            _ => "",
        };
        let mark = mark.map(|mark| match mark {
            Mark::Answers => view! { <b class="answers">{t.fate_won}</b> }.into_any(),
            Mark::Matches => view! { <small class="soft">{t.also}</small> }.into_any(),
            Mark::Near => view! { <small class="close-by">{t.near}</small> }.into_any(),
        });
        view! {
            <tr class=class data-lit=(class == "is-lit").then_some("")>
                <th scope="row" class="no"><a href=scope.owner.rule(rule.number)>{padded(rule.number)}</a></th>
                <td>{triggers(scope, rule, |_| false)}</td>
                <td class="end">{mark}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    Ok(view! {
        <div class="pane-title"><h2>{scope.texts().section_rules}</h2><span class="soft num">{total}</span></div>
        <div class="scroll" tabindex="0" role="region" aria-label=t.rules_caption>
            <table class="list rules many">
                <caption class="sr-only">{t.rules_caption}</caption>
                <colgroup>
                    <col class="c-no" />
                    <col />
                    <col class="c-mark" />
                </colgroup>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any())
}

/// The marks of this owner's rules, by number.
fn marks(scope: RuleScope, Tried { preview, .. }: &Tried) -> HashMap<i64, Mark> {
    let mut marks = HashMap::new();
    for near in preview.near.iter().filter(|near| near.owner_id == scope.owner_id) {
        marks.insert(near.number, Mark::Near);
    }
    for tried in preview.trace.tried.iter().filter(|tried| tried.owner_id == scope.owner_id) {
        marks.insert(tried.number, if tried.fate == Fate::Won { Mark::Answers } else { Mark::Matches });
    }
    marks
}
