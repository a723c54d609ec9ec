//! Sparklines of numbers over days, rendered by the server for both themes, with the numbers as text for screen readers.

use leptos::prelude::*;

/// Width of a bar and its gap, in units of the picture.
const STEP: usize = 6;
const BAR: usize = 4;
const HEIGHT: i64 = 20;

/// A row of bars without axes, the last one today's.
#[component]
pub fn Spark(
    /// One number per day, oldest first.
    values: Vec<i64>,
    /// The text for screen readers.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let width = values.len().max(1) * STEP - (STEP - BAR);
    let title = label.clone();
    let bars = heights(&values, HEIGHT).into_iter().enumerate().map(|(at, height)| {
        let class = if height > 1 { "spark-bar" } else { "spark-none" };
        view! { <rect class=class x=at * STEP y=HEIGHT - height width=BAR height=height rx="1" /> }
    });
    view! {
        <svg class="spark" role="img" aria-label=title viewBox=format!("0 0 {width} {HEIGHT}") width=width height=HEIGHT>
            <title>{label}</title>
            {bars.collect_view()}
        </svg>
    }
}

/// The height of each bar: the greatest fills the height, zero leaves a line of 1, and small numbers stay visible.
pub(super) fn heights(values: &[i64], height: i64) -> Vec<i64> {
    let most = values.iter().copied().max().unwrap_or_default().max(1);
    values
        .iter()
        .map(|value| if *value <= 0 { 1 } else { (value.saturating_mul(height) / most).clamp(3, height) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_fills_the_picture_and_nothing_is_still_a_line() {
        assert_eq!(heights(&[0, 1, 50, 100], 20), [1, 3, 10, 20]);
        assert_eq!(heights(&[0, 0], 20), [1, 1]);
        assert_eq!(heights(&[], 20), [0; 0]);
    }
}
