//! How much of something is used.

use super::Words;
use leptos::prelude::*;

/// A bar of `used` against `limit`, both written out beside it.
#[component]
pub fn Meter(
    /// What is used.
    #[prop(into)]
    name: String,
    /// How much.
    used: u64,
    /// Out of how much; without one there is no bar.
    #[prop(optional_no_strip)]
    limit: Option<u64>,
    /// The words for it instead of "3 / 10".
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
