//! Key figures of a range, each with its course and the difference to the range before.

use super::{Ask, RuleScope, share, sums};
use crate::{
    core::rule::stats::Day,
    web::{
        component::Trend,
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;

/// One figure.
struct Figure {
    name: &'static str,
    value: String,
    note: AnyView,
    course: Vec<i64>,
}

/// The figures of the account, or those of a user's own rules. `days` are those of the longest range.
pub fn figures(scope: RuleScope, ask: Ask, days: &[Day]) -> AnyView {
    let t = Numbers::of(scope.lang);
    let shown = ask.shown(days);
    let before = before(ask, days);
    let (hits, misses) = sums(shown);
    let compared = |now: i64, then: &dyn Fn(&[Day]) -> i64| {
        let text = before.map_or_else(String::new, |days| difference(t, ask, now, then(days)));
        view! { {text} }.into_any()
    };
    let hit_count = Figure {
        name: t.hits,
        value: grouped(hits),
        note: compared(hits, &|days| sums(days).0),
        course: shown.iter().map(|day| day.hits).collect(),
    };
    let figures = if scope.is_accounts() {
        let misses_note = view! { <a href=scope.owner.below("unanswered")>{t.to_misses}</a> };
        vec![
            Figure {
                name: t.messages,
                value: grouped(hits + misses),
                note: compared(hits + misses, &|days| sums(days).0 + sums(days).1),
                course: shown.iter().map(|day| day.hits + day.misses).collect(),
            },
            Figure {
                name: t.share,
                value: share(hits, misses),
                note: before.map(|days| share_before(t, ask, days)).unwrap_or_default().into_any(),
                course: shown.iter().map(|day| percent(day.hits, day.misses).unwrap_or_default()).collect(),
            },
            hit_count,
            Figure {
                name: t.misses,
                value: grouped(misses),
                note: misses_note.into_any(),
                course: shown.iter().map(|day| day.misses).collect(),
            },
        ]
    } else {
        let today = days.last().map(|day| day.hits).unwrap_or_default();
        let best = shown.iter().map(|day| day.hits).max().unwrap_or_default();
        let plain = |name, value: i64| Figure { name, value: grouped(value), note: ().into_any(), course: Vec::new() };
        vec![hit_count, plain(t.today, today), plain(t.best_day, best)]
    };
    let figures = figures.into_iter().map(figure).collect_view();
    view! { <div class="figure-strip">{figures}</div> }.into_any()
}

fn figure(of: Figure) -> impl IntoView {
    let course = (!of.course.is_empty()).then(|| view! { <Trend values=of.course /> });
    view! {
        <div class="figure">
            <p class="figure-name">{of.name}</p>
            <p class="figure-value">{of.value}</p>
            <p class="figure-note">{of.note}</p>
            {course}
        </div>
    }
}

/// The days of the same length before the shown ones; `None` if they are not loaded.
fn before(ask: Ask, days: &[Day]) -> Option<&[Day]> {
    let length = usize::try_from(ask.days).ok()?;
    let end = days.len().checked_sub(length)?;
    days.get(end.checked_sub(length)?..end)
}

/// `↑ 12%，比前 7 天`.
fn difference(t: &'static Numbers, ask: Ask, now: i64, then: i64) -> String {
    let template = match now.cmp(&then) {
        _ if then == 0 => return String::new(),
        std::cmp::Ordering::Greater => t.more,
        std::cmp::Ordering::Less => t.fewer,
        std::cmp::Ordering::Equal => t.equal,
    };
    let percent = (now.abs_diff(then)).saturating_mul(100) / then.unsigned_abs().max(1);
    let percent = if percent == 0 { "<1".to_owned() } else { percent.to_string() };
    fill(template, &[("percent", &percent), ("days", &ask.days.to_string())])
}

/// The hit rate of the days before.
fn share_before(t: &'static Numbers, ask: Ask, days: &[Day]) -> String {
    let (hits, misses) = sums(days);
    if hits + misses == 0 {
        return String::new();
    }
    fill(t.share_before, &[("share", &share(hits, misses)), ("days", &ask.days.to_string())])
}

/// Hits as a percentage, rounded down; `None` without messages.
pub fn percent(hits: i64, misses: i64) -> Option<i64> {
    (hits + misses > 0).then(|| hits.saturating_mul(100) / (hits + misses))
}

/// A number with separators: `3,482`.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    format!("{}{}", if n < 0 { "-" } else { "" }, groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn a_number_is_grouped_by_thousands() {
        let numbers = [0, 7, 999, 1_000, 12_345, 1_234_567, -1_234].map(grouped);
        assert_eq!(numbers, ["0", "7", "999", "1,000", "12,345", "1,234,567", "-1,234"]);
    }

    #[test]
    fn a_difference_is_to_the_days_before() {
        let ask = Ask { days: 7, page: 1, rule: None };
        let t = Numbers::of(Lang::Zh);
        assert_eq!(difference(t, ask, 112, 100), "↑ 12%，比前 7 天");
        assert_eq!(difference(t, ask, 50, 100), "↓ 50%，比前 7 天");
        assert_eq!((difference(t, ask, 5, 5), difference(t, ask, 5, 0)), ("与前 7 天持平".to_owned(), String::new()));
        let days: Vec<Day> = (0..90).map(|day| Day { day, hits: day, misses: 0 }).collect();
        assert_eq!(before(ask, &days).map(|days| (days[0].day, days[6].day)), Some((76, 82)));
        assert!(before(Ask { days: 90, ..ask }, &days).is_none());
    }
}
