//! A short state beside a name.

use super::Tone;
use leptos::prelude::*;

/// A short state beside a name.
#[component]
pub fn Badge(
    /// The word.
    #[prop(into)]
    text: String,
    /// Its colour; plain without.
    #[prop(optional_no_strip, into)]
    tone: Option<Tone>,
    /// With a dot: the state lasts (on, online).
    #[prop(optional)]
    dot: bool,
) -> impl IntoView {
    let tone = tone.map(Tone::class).unwrap_or_default();
    view! { <span class=format!("badge {tone}{}", if dot { " dot" } else { "" })>{text}</span> }
}
