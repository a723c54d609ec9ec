//! The picture of a user: their own, or the first character of their name.

use super::Words;
use crate::text::cut;
use leptos::prelude::*;

/// A decorative picture; the name beside it carries the meaning.
#[component]
pub fn Avatar(
    /// The user's name.
    #[prop(into)]
    name: String,
    /// The address of the user's picture on this site.
    #[prop(optional, into)]
    picture: Words,
    /// An additional class: `big`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = format!("avatar {class}").trim_end().to_owned();
    match picture.get() {
        Some(src) => view! { <img class=class src=src alt="" width="128" height="128" /> }.into_any(),
        None => view! { <span class=class aria-hidden="true">{cut::first(&name).to_owned()}</span> }.into_any(),
    }
}
