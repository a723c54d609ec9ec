//! The numbers of the last week in one line, for the top of a list.

use super::{Ask, Desk, RANGES, share, sums};
use crate::{
    core::{CoreError, Ctx, reply::count},
    web::{
        part::Spark,
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;

/// Messages, hits and misses of the last seven days; nothing while there was no message.
///
/// # Errors
/// The database cannot be reached.
pub async fn summary(ctx: &Ctx, desk: Desk) -> Result<Option<AnyView>, CoreError> {
    let t = Numbers::of(desk.lang);
    let range = RANGES[0];
    let days = count::days(ctx, desk.owner_id, range).await?;
    let (hits, misses) = sums(&days);
    if hits + misses == 0 {
        return Ok(None);
    }
    let misses = desk.is_accounts().then_some(misses);
    let label = fill(t.last_days, &[("n", &range.to_string())]);
    let values = days.iter().map(|day| day.hits).collect();
    Ok(Some(
        view! {
            <p class="summary">
                <a class="summary-days" href=Ask::address(desk, range, None)><Spark values label=t.chart_rule />{label}</a>
                {misses.map(|misses| view! { <span>{t.messages} " " <b>{hits + misses}</b></span> })}
                <span>{t.hits} " " <b>{hits}</b></span>
                {misses.map(|misses| {
                    view! {
                        <span><a href=desk.scope.below("unanswered")>{t.misses} " " <b>{misses}</b></a></span>
                        <span>{t.share} " " <b>{share(hits, misses)}</b></span>
                    }
                })}
            </p>
        }
        .into_any(),
    ))
}
