//! The placeholder of an empty list.

use super::{Icon, Shape, Words};
use leptos::prelude::*;

/// The placeholder of an empty list. The child is one button.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// Why, or what the list is for.
    #[prop(optional, into)]
    text: Words,
    /// The icon.
    #[prop(default = Shape::Tray)]
    shape: Shape,
    /// The next action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon shape />
            <h2>{title}</h2>
            {text.get().map(|text| view! { <p>{text}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
