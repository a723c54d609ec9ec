//! Statistics by day as charts.

use super::{Ask, RuleScope, figures::percent, share, sums};
use crate::{
    core::rule::stats::Day,
    web::{
        component::{Bars, Column, Curve},
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;
use time::{Duration, OffsetDateTime};

/// Messages of these days, answered and unanswered.
pub fn of_days(scope: RuleScope, days: &[Day]) -> AnyView {
    let t = Numbers::of(scope.lang);
    let today = days.last().map_or(0, |day| day.day);
    let columns: Vec<Column> = days
        .iter()
        .map(|day| Column { name: name(scope, day.day, today), parts: vec![day.hits, day.misses] })
        .collect();
    let label = chart_label(scope, t.chart_label, &columns);
    let series = vec![t.hits.to_owned(), t.misses.to_owned()];
    view! { <Bars label series columns heading=t.day table=t.as_table /> }.into_any()
}

/// The hit rate of these days.
pub fn of_share(scope: RuleScope, days: &[Day]) -> AnyView {
    let t = Numbers::of(scope.lang);
    let today = days.last().map_or(0, |day| day.day);
    let points: Vec<(String, Option<i64>)> =
        days.iter().map(|day| (name(scope, day.day, today), percent(day.hits, day.misses))).collect();
    let (hits, misses) = sums(days);
    let label = match percent(hits, misses) {
        None => fill(t.chart_label_none, &[("days", &days.len().to_string())]),
        Some(_) => fill(t.share_label, &[("days", &days.len().to_string()), ("share", &share(hits, misses))]),
    };
    view! { <Curve label name=t.share points heading=t.day table=t.as_table /> }.into_any()
}

/// The hits of a rule: zeros if `hits` is empty. `today` is the last day.
pub fn of_rule(scope: RuleScope, ask: Ask, hits: &[i64], today: i64) -> AnyView {
    let none = vec![0; usize::try_from(ask.days).unwrap_or_default()];
    let hits = if hits.is_empty() { &none } else { ask.shown(hits) };
    let first = today + 1 - i64::try_from(hits.len()).unwrap_or_default();
    single(scope, (first..).zip(hits.iter().copied()), today)
}

/// The hits of these days.
pub fn of_hits(scope: RuleScope, days: &[Day]) -> AnyView {
    let today = days.last().map_or(0, |day| day.day);
    single(scope, days.iter().map(|day| (day.day, day.hits)), today)
}

fn single(scope: RuleScope, days: impl Iterator<Item = (i64, i64)>, today: i64) -> AnyView {
    let t = Numbers::of(scope.lang);
    let column = |(day, hits)| Column { name: name(scope, day, today), parts: vec![hits] };
    let columns: Vec<Column> = days.map(column).collect();
    let label = chart_label(scope, t.chart_label_rule, &columns);
    view! { <Bars label series=vec![t.hits.to_owned()] columns heading=t.day table=t.as_table /> }.into_any()
}

fn chart_label(scope: RuleScope, template: &str, columns: &[Column]) -> String {
    let t = Numbers::of(scope.lang);
    let sum = |column: &Column| column.parts.iter().sum::<i64>();
    let part = |at: usize| columns.iter().filter_map(|column| column.parts.get(at)).sum::<i64>().to_string();
    let days = columns.len().to_string();
    // Of equal days, the later one.
    let Some(busiest) = columns.iter().max_by_key(|column| sum(column)).filter(|column| sum(column) > 0) else {
        return fill(t.chart_label_none, &[("days", &days)]);
    };
    let all = columns.iter().map(sum).sum::<i64>().to_string();
    let values = [
        ("days", days.as_str()),
        ("all", &all),
        ("hits", &part(0)),
        ("misses", &part(1)),
        ("day", &busiest.name),
        ("most", &sum(busiest).to_string()),
    ];
    fill(template, &values)
}

/// A day of [`Day::day`] as `11-21`.
fn name(scope: RuleScope, day: i64, today: i64) -> String {
    if day == today {
        return Numbers::of(scope.lang).today.to_owned();
    }
    let date = OffsetDateTime::UNIX_EPOCH.checked_add(Duration::days(day)).map(OffsetDateTime::date);
    date.map(|date| format!("{}-{:02}", u8::from(date.month()), date.day())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{text::Lang, web::page::rule::RuleOwner};

    #[test]
    fn a_picture_is_told_in_words() {
        let scope = RuleScope { owner: RuleOwner::User, owner_id: 1, user_id: 1, is_admin: false, lang: Lang::Zh };
        // 2025-09-11 and -12.
        let days = [Day { day: 20_342, hits: 3, misses: 1 }, Day { day: 20_343, hits: 1, misses: 1 }];
        let html = of_days(scope, &days).to_html();
        assert!(html.contains("最近 2 天收到 6 条，命中 4 条，未命中 2 条。最多的一天：9-11，4 条。"), "{html}");
        assert!(html.contains("今天 · 命中 1 · 未命中 1"), "{html}");
        let ask = Ask { days: 7, page: 1, rule: Some(1) };
        assert!(of_rule(scope, ask, &[], 20_343).to_html().contains("最近 7 天没有消息。"));
        let html = of_rule(scope, ask, &[0, 0, 0, 5, 0, 0, 2], 20_343).to_html();
        assert!(html.contains("最近 7 天命中 7 次。最多的一天：9-09，5 次。"), "{html}");
    }
}
