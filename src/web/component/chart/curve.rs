//! A line chart of percentages over days.

use super::{name_row, named, table as table_below};
use leptos::prelude::*;

/// Distance of two days, in units of the chart, which is stretched to the available width.
const STEP: usize = 10;
/// Height of the chart, in its units: ten for a percent.
const HEIGHT: i64 = 1000;

/// A percentage for each day; days without one interrupt the line.
#[component]
pub fn Curve(
    /// A text summary of the chart.
    #[prop(into)]
    label: String,
    /// The name of the percentage.
    #[prop(into)]
    name: String,
    /// The days, oldest first, with percentages from 0 to 100.
    points: Vec<(String, Option<i64>)>,
    /// The heading of the table's first column.
    #[prop(into)]
    heading: String,
    /// The text that opens the table.
    #[prop(into)]
    table: String,
) -> impl IntoView {
    let width = points.len().max(1) * STEP;
    let lines = [0, HEIGHT / 2, HEIGHT].map(|y| view! { <line class="chart-line" x1="0" x2=width y1=y y2=y /> });
    let values: Vec<Option<i64>> = points.iter().map(|(_, value)| *value).collect();
    let paths = runs(&values).into_iter().map(|run| view! { <path class="chart-curve" d=run /> }).collect_view();
    let columns = points.iter().enumerate().map(|(at, (day, value))| {
        let title = format!("{day} · {name} {}", shown(*value));
        view! {
            <g class="chart-column">
                <title>{title}</title>
                <rect class="chart-back" x=at * STEP y="0" width=STEP height=HEIGHT />
            </g>
        }
    });
    let columns = columns.collect_view();
    let names = name_row(named(&points, |(day, _)| day.clone()), points.len());
    let rows = points.iter().rev().map(|(day, value)| (day.clone(), vec![shown(*value)])).collect();
    view! {
        <figure class="chart">
            <div class="chart-plot" aria-hidden="true">
                <div class="chart-scale"><span>"100%"</span><span>"50%"</span><span>"0"</span></div>
                <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none">{lines} {columns} {paths}</svg>
                {names}
            </div>
            <figcaption>{label}</figcaption>
            {table_below(table, heading, vec![name.clone()], rows)}
        </figure>
    }
}

fn shown(value: Option<i64>) -> String {
    value.map_or_else(|| "—".to_owned(), |value| format!("{value}%"))
}

/// The uninterrupted parts of the line, as paths; a day alone is a short line.
fn runs(values: &[Option<i64>]) -> Vec<String> {
    let mut runs: Vec<Vec<(usize, i64)>> = Vec::new();
    let mut is_new = true;
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else {
            is_new = true;
            continue;
        };
        let point = (at * STEP + STEP / 2, HEIGHT - value.clamp(&0, &100) * HEIGHT / 100);
        match runs.last_mut() {
            Some(run) if !is_new => run.push(point),
            _ => runs.push(vec![point]),
        }
        is_new = false;
    }
    runs.into_iter().map(|run| path(&run)).collect()
}

fn path(points: &[(usize, i64)]) -> String {
    match points {
        [(x, y)] => format!("M{} {y}H{}", x.saturating_sub(1), x + 1),
        points => {
            let points = points.iter().map(|(x, y)| format!("{x} {y}")).collect::<Vec<_>>();
            format!("M{}", points.join("L"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_messages_interrupts_the_line() {
        assert_eq!(runs(&[Some(100), Some(50), None, Some(0)]), ["M5 0L15 500", "M34 1000H36"]);
        assert!(runs(&[None, None]).is_empty());
    }
}
