//! A meter of usage against a limit.

use super::Words;
use leptos::prelude::*;

/// A bar of `used` against `limit`, with both numbers beside it.
#[component]
pub fn Meter(
    /// What is used.
    #[prop(into)]
    name: String,
    /// How much.
    used: u64,
    /// The limit; without one there is no bar.
    #[prop(optional_no_strip)]
    limit: Option<u64>,
    /// Replaces the text "3 / 10".
    #[prop(optional, into)]
    text: Words,
) -> impl IntoView {
    let words =
        text.get().unwrap_or_else(|| limit.map_or_else(|| used.to_string(), |limit| format!("{used} / {limit}")));
    let is_full = limit.is_some_and(|limit| used >= limit);
    view! {
        <div class=if is_full { "meter full" } else { "meter" }>
            <div>
                <span>{name.clone()}</span>
                <span>{words}</span>
            </div>
            {limit.map(|limit| {
                view! { <progress aria-label=name value=used.min(limit).to_string() max=limit.max(1).to_string()></progress> }
            })}
        </div>
    }
}
