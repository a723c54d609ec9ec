//! Charts rendered by the server, each with the same numbers in a table below.

mod bars;
mod curve;
mod heat;
mod trend;

pub use bars::{Bars, Column};
pub use curve::Curve;
pub use heat::{Heat, HeatRow};
pub use trend::Trend;

use leptos::prelude::*;

/// Up to this many columns, all have labels.
const ALL_NAMED: usize = 10;

/// The labels below: all of a few, else the first, the middle and the last.
fn named<T>(columns: &[T], name: impl Fn(&T) -> String) -> Vec<String> {
    if columns.len() <= ALL_NAMED {
        return columns.iter().map(name).collect();
    }
    [0, columns.len() / 2, columns.len() - 1].iter().filter_map(|at| columns.get(*at)).map(name).collect()
}

/// The row of labels below a chart.
fn name_row(names: Vec<String>, columns: usize) -> impl IntoView {
    let class = if columns > ALL_NAMED { "chart-names few" } else { "chart-names" };
    let names = names.into_iter().map(|name| view! { <span>{name}</span> }).collect_view();
    view! { <div class=class>{names}</div> }
}

/// The table behind a chart, folded: `heads` without the first column's.
fn table(summary: String, heading: String, heads: Vec<String>, rows: Vec<(String, Vec<String>)>) -> impl IntoView {
    let heads = heads.into_iter().map(|head| view! { <th scope="col" class="num">{head}</th> }).collect_view();
    let rows = rows.into_iter().map(|(name, cells)| {
        let cells = cells.into_iter().map(|cell| view! { <td class="num">{cell}</td> }).collect_view();
        view! { <tr><th scope="row">{name}</th>{cells}</tr> }
    });
    let rows = rows.collect_view();
    // It scrolls sideways where it does not fit, so it must be reachable by keyboard.
    view! {
        <details class="chart-table">
            <summary>{summary}</summary>
            <div class="table-wrap" tabindex="0">
                <table class="table">
                    <thead><tr><th scope="col">{heading}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
