//! A grid of weekdays and hours, darker where there is more.

use super::table as table_below;
use leptos::prelude::*;

/// Hours of a day.
pub const HOURS: usize = 24;
/// Size of a cell with its gap, and without, in units of the chart.
const STEP: usize = 12;
const CELL: usize = 10;
/// The shades of cells that are not empty.
const SHADES: i64 = 5;

/// One weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatRow {
    pub name: String,
    /// One number per hour.
    pub hours: [i64; HOURS],
}

/// Weekdays from top to bottom, hours from left to right.
#[component]
pub fn Heat(
    /// A text summary of the chart.
    #[prop(into)]
    label: String,
    /// The weekdays.
    rows: Vec<HeatRow>,
    /// The ends of the scale.
    ends: (&'static str, &'static str),
    /// The heading of the table's first column.
    #[prop(into)]
    heading: String,
    /// The text that opens the table.
    #[prop(into)]
    table: String,
) -> impl IntoView {
    let most = rows.iter().flat_map(|row| row.hours).max().unwrap_or_default();
    let cells = rows.iter().enumerate().flat_map(|(y, row)| {
        row.hours.iter().enumerate().map(move |(x, n)| {
            let title = format!("{} {x}:00 · {n}", row.name);
            view! {
                <rect class=shade(*n, most) x=x * STEP y=y * STEP width=CELL height=CELL rx="2"><title>{title}</title></rect>
            }
        })
    });
    let cells = cells.collect_view();
    let (width, height) = (HOURS * STEP - (STEP - CELL), rows.len() * STEP - (STEP - CELL).min(rows.len() * STEP));
    let names = rows.iter().map(|row| view! { <span>{row.name.clone()}</span> }).collect_view();
    let scale = (0..=SHADES)
        .map(|shade| view! { <rect class=format!("heat-{shade}") x=shade * 12 width="10" height="10" rx="2" /> });
    let scale = scale.collect_view();
    let heads = (0..HOURS).map(|hour| hour.to_string()).collect();
    let table_rows =
        rows.iter().map(|row| (row.name.clone(), row.hours.iter().map(i64::to_string).collect())).collect();
    view! {
        <figure class="chart">
            <div class="heat" aria-hidden="true">
                <div class="heat-days">{names}</div>
                <svg viewBox=format!("0 0 {width} {height}")>{cells}</svg>
                <div class="chart-names few"><span>"0"</span><span>"6"</span><span>"12"</span><span>"18"</span><span>"23"</span></div>
            </div>
            <p class="heat-scale" aria-hidden="true">
                <span>{ends.0}</span>
                <svg viewBox="0 0 70 10" width="70" height="10">{scale}</svg>
                <span>{ends.1}</span>
            </p>
            <figcaption>{label}</figcaption>
            {table_below(table, heading, heads, table_rows)}
        </figure>
    }
}

/// The class of a cell: 0 for none, 5 for the most.
fn shade(n: i64, most: i64) -> String {
    let shade = if n <= 0 { 0 } else { (n.saturating_mul(SHADES) / most.max(1)).clamp(1, SHADES) };
    format!("heat-{shade}")
}

#[cfg(test)]
mod tests {
    use super::shade;

    #[test]
    fn one_message_is_seen_and_the_most_is_darkest() {
        let shades = [(0, 0), (0, 9), (1, 100), (50, 100), (99, 100), (100, 100)].map(|(n, most)| shade(n, most));
        assert_eq!(shades, ["heat-0", "heat-0", "heat-1", "heat-2", "heat-4", "heat-5"]);
    }
}
