//! A badge beside a name.

use super::Tone;
use leptos::prelude::*;

/// A badge beside a name.
#[component]
pub fn Badge(
    /// The text.
    #[prop(into)]
    text: String,
    /// Its colour; neutral without.
    #[prop(optional_no_strip, into)]
    tone: Option<Tone>,
    /// Adds a dot for a lasting state (enabled, online).
    #[prop(optional)]
    dot: bool,
) -> impl IntoView {
    let tone = tone.map(Tone::class).unwrap_or_default();
    view! { <span class=format!("badge {tone}{}", if dot { " dot" } else { "" })>{text}</span> }
}
