//! When messages arrive: weekdays and hours.

use super::{Ask, RuleScope, figures::grouped};
use crate::{
    core::rule::stats::Week,
    web::{
        component::{Card, Heat, HeatRow},
        text::{fill, replies::numbers::Numbers},
    },
};
use leptos::prelude::*;

pub fn card(scope: RuleScope, ask: Ask, week: &Week) -> AnyView {
    let t = Numbers::of(scope.lang);
    let names = [t.monday, t.tuesday, t.wednesday, t.thursday, t.friday, t.saturday, t.sunday];
    let label = label(t, ask, &names, week);
    let rows =
        names.iter().zip(week).map(|(name, hours)| HeatRow { name: (*name).to_owned(), hours: *hours }).collect();
    view! {
        <Card title=t.hours>
            <Heat label rows ends=(t.quiet, t.busy) heading=t.weekday table=t.by_hour />
        </Card>
    }
    .into_any()
}

/// The busiest hour in words.
fn label(t: &'static Numbers, ask: Ask, names: &[&'static str], week: &Week) -> String {
    let all: i64 = week.iter().flatten().sum();
    let days = ask.days.to_string();
    let cells =
        week.iter().enumerate().flat_map(|(day, hours)| hours.iter().enumerate().map(move |(h, n)| (*n, day, h)));
    // Of equal hours, the first.
    let busiest = cells.rev().max_by_key(|(n, _, _)| *n).filter(|(n, _, _)| *n > 0);
    let Some((most, day, hour)) = busiest else { return fill(t.chart_label_none, &[("days", &days)]) };
    let name = names.get(day).copied().unwrap_or_default();
    let values = [
        ("days", days.as_str()),
        ("all", &grouped(all)),
        ("day", name),
        ("hour", &hour.to_string()),
        ("n", &grouped(most)),
    ];
    fill(t.hours_label, &values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn the_busiest_hour_is_named() {
        let t = Numbers::of(Lang::Zh);
        let names = [t.monday, t.tuesday, t.wednesday, t.thursday, t.friday, t.saturday, t.sunday];
        let ask = Ask { days: 7, page: 1, rule: None };
        let mut week = Week::default();
        assert_eq!(label(t, ask, &names, &week), "最近 7 天没有消息。");
        (week[5][20], week[6][20], week[0][9]) = (61, 61, 4);
        assert_eq!(label(t, ask, &names, &week), "最近 7 天收到 126 条，最忙的是周六 20 点，61 条。");
    }
}
