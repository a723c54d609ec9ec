//! A bar chart of numbers over days.

use super::{ALL_NAMED, name_row, named, table as table_below};
use leptos::prelude::*;

/// Width of a column, in units of the chart, and of its bar for many or few columns. The chart is stretched to the available width.
const STEP: usize = 10;
const BAR: usize = 6;
const BAR_OF_FEW: usize = 4;
/// Height of the chart, in its units.
const HEIGHT: i64 = 1000;
/// The least height of a number that is not zero, so that it stays visible.
const LEAST: i64 = 18;

/// One column: its label and one number per series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// `11-21`.
    pub name: String,
    /// One number per series, the lowest bar first.
    pub parts: Vec<i64>,
}

/// Columns side by side, each with stacked bars.
#[component]
pub fn Bars(
    /// A text summary of the chart.
    #[prop(into)]
    label: String,
    /// The names of the series, the lowest first: at most two.
    series: Vec<String>,
    /// The columns, oldest first.
    columns: Vec<Column>,
    /// The heading of the table's first column.
    #[prop(into)]
    heading: String,
    /// The text that opens the table.
    #[prop(into)]
    table: String,
) -> impl IntoView {
    let most = columns.iter().map(|column| column.parts.iter().sum()).max().unwrap_or_default();
    let top = top(most);
    let width = columns.len().max(1) * STEP;
    let bar = if columns.len() <= ALL_NAMED { BAR_OF_FEW } else { BAR };
    let drawn = columns.iter().enumerate().map(|(at, column)| drawn((at, bar), column, &series, top)).collect_view();
    let lines = [0, HEIGHT / 2, HEIGHT].map(|y| view! { <line class="chart-line" x1="0" x2=width y1=y y2=y /> });
    let names = name_row(named(&columns, |column| column.name.clone()), columns.len());
    // Newest first.
    let rows = columns.iter().rev();
    let rows = rows.map(|column| (column.name.clone(), column.parts.iter().map(i64::to_string).collect())).collect();
    let heads = series.clone();
    view! {
        <figure class="chart">
            {legend(&series)}
            <div class="chart-plot" aria-hidden="true">
                <div class="chart-scale"><span>{top}</span><span>{top / 2}</span><span>"0"</span></div>
                <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none">{lines} {drawn}</svg>
                {names}
            </div>
            <figcaption>{label}</figcaption>
            {table_below(table, heading, heads, rows)}
        </figure>
    }
}

fn legend(series: &[String]) -> Option<impl IntoView + use<>> {
    let name = |(at, name): (usize, &String)| {
        view! { <span class=format!("chart-key of-{at}")>{name.clone()}</span> }
    };
    (series.len() > 1)
        .then(|| view! { <p class="chart-legend">{series.iter().enumerate().map(name).collect_view()}</p> })
}

/// One column: its stacked bars, and a tooltip over the whole height.
fn drawn((at, bar): (usize, usize), column: &Column, series: &[String], top: i64) -> impl IntoView + use<> {
    let x = at * STEP + (STEP - bar) / 2;
    let parts = stacked(&column.parts, top).into_iter().enumerate().filter(|(_, (_, height))| *height > 0);
    let parts = parts.map(|(part, (y, height))| {
        view! { <rect class=format!("chart-part of-{part}") x=x y=y width=bar height=height /> }
    });
    let title = series.iter().zip(&column.parts).map(|(name, n)| format!("{name} {n}"));
    let title = std::iter::once(column.name.clone()).chain(title).collect::<Vec<_>>().join(" · ");
    view! {
        <g class="chart-column">
            <title>{title}</title>
            <rect class="chart-back" x=at * STEP y="0" width=STEP height=HEIGHT />
            {parts.collect_view()}
        </g>
    }
}

/// The upper end of the scale: round, at least `most`, and even, so that its half is an integer.
fn top(most: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for step in [2, 4, 6, 8] {
            let candidate = unit.saturating_mul(step);
            if candidate >= most {
                return candidate;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// Top and height of each bar, the lowest first.
fn stacked(parts: &[i64], top: i64) -> Vec<(i64, i64)> {
    let mut floor = HEIGHT;
    let mut place = |n: &i64| {
        let height = if *n <= 0 { 0 } else { (n.saturating_mul(HEIGHT) / top.max(1)).clamp(LEAST, floor.max(LEAST)) };
        floor = (floor - height).max(0);
        (floor, height)
    };
    parts.iter().map(&mut place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number_with_a_half() {
        let tops = [0, 1, 2, 3, 5, 9, 11, 41, 99, 100, 101, 5_000].map(top);
        assert_eq!(tops, [2, 2, 2, 4, 6, 20, 20, 60, 200, 200, 200, 6_000]);
        assert!(top(i64::MAX) > 0);
    }

    #[test]
    fn parts_stand_upon_one_another_and_one_alone_is_seen() {
        assert_eq!(stacked(&[50, 25], 100), [(500, 500), (250, 250)]);
        assert_eq!(stacked(&[0, 100], 100), [(1000, 0), (0, 1000)]);
        assert_eq!(stacked(&[1, 0], 6_000), [(1000 - LEAST, LEAST), (1000 - LEAST, 0)]);
    }

    #[test]
    fn a_table_has_the_same_numbers_as_the_picture() {
        let columns = vec![
            Column { name: "11-20".to_owned(), parts: vec![3, 1] },
            Column { name: "11-21".to_owned(), parts: vec![0, 12] },
        ];
        let series = vec!["命中".to_owned(), "<b>".to_owned()];
        let html = view! { <Bars label="l" series columns heading="日期" table="按天列出" /> }.to_html();
        // Erased components leave an empty comment after a text.
        let html = html.replace("<!>", "");
        assert!(html.contains("<title>11-20 · 命中 3 · &lt;b&gt; 1</title>"), "{html}");
        let (_, table) = html.split_once("<table").unwrap();
        for n in ["11-20", "11-21", ">3<", ">12<"] {
            assert!(table.contains(n), "{n} in {table}");
        }
        assert!(!html.contains(" style="), "{html}");
    }
}
