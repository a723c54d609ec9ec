//! A small filled line below a key figure.

use leptos::prelude::*;

const STEP: usize = 10;
const HEIGHT: i64 = 100;
/// The line stays this far from the upper edge.
const MARGIN: i64 = 6;

/// The course of a key figure, decorative: the figure is text, and a chart of the same page has the numbers.
#[component]
pub fn Trend(
    /// One number per day, oldest first.
    values: Vec<i64>,
) -> impl IntoView {
    let width = values.len().saturating_sub(1).max(1) * STEP;
    let line = line(&values);
    let area = format!("{line}L{width} {HEIGHT}L0 {HEIGHT}Z");
    view! {
        <svg class="trend-line" viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <path class="trend-area" d=area />
            <path class="trend-stroke" d=line />
        </svg>
    }
}

fn line(values: &[i64]) -> String {
    let most = values.iter().copied().max().unwrap_or_default().max(1);
    let y = |value: i64| HEIGHT - value.max(0).saturating_mul(HEIGHT - MARGIN) / most;
    let points: Vec<String> = match values {
        [] => vec![format!("0 {HEIGHT}"), format!("{STEP} {HEIGHT}")],
        [one] => vec![format!("0 {}", y(*one)), format!("{STEP} {}", y(*one))],
        values => values.iter().enumerate().map(|(at, value)| format!("{} {}", at * STEP, y(*value))).collect(),
    };
    format!("M{}", points.join("L"))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_line_spans_the_width_whatever_it_shows() {
        assert_eq!(line(&[0, 5, 10]), "M0 100L10 53L20 6");
        assert_eq!(line(&[0, 0]), "M0 100L10 100");
        assert_eq!((line(&[]), line(&[3])), ("M0 100L10 100".to_owned(), "M0 6L10 6".to_owned()));
    }
}
