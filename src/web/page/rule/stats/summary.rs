//! The numbers of the last week in one line, for the top of a list.

use super::{Ask, RANGES, RuleScope, share, sums};
use crate::{
    core::{CoreError, Ctx, rule::stats},
    web::{
        component::Spark,
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;

/// Messages, hits and misses of the last seven days; `None` without messages.
///
/// # Errors
/// The database cannot be reached.
pub async fn summary(ctx: &Ctx, scope: RuleScope) -> Result<Option<AnyView>, CoreError> {
    let t = Numbers::of(scope.lang);
    let range = RANGES[0];
    let days = stats::days(ctx, scope.owner_id, range).await?;
    let (hits, misses) = sums(&days);
    if hits + misses == 0 {
        return Ok(None);
    }
    let misses = scope.is_accounts().then_some(misses);
    let label = fill(t.last_days, &[("n", &range.to_string())]);
    let values = days.iter().map(|day| day.hits).collect();
    Ok(Some(
        view! {
            <p class="summary">
                <a class="summary-days" href=Ask::address(scope, range, None)><Spark values label=t.chart_rule />{label}</a>
                {misses.map(|misses| view! { <span>{t.messages} " " <b>{hits + misses}</b></span> })}
                <span>{t.hits} " " <b>{hits}</b></span>
                {misses.map(|misses| {
                    view! {
                        <span><a href=scope.owner.below("unanswered")>{t.misses} " " <b>{misses}</b></a></span>
                        <span>{t.share} " " <b>{share(hits, misses)}</b></span>
                    }
                })}
            </p>
        }
        .into_any(),
    ))
}
