//! Nothing here yet, and the one next act.

use super::{Icon, Shape, Words};
use leptos::prelude::*;

/// What a list shows instead of nothing. The child is one button.
#[component]
pub fn Empty(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// Why, or what it would be good for.
    #[prop(optional, into)]
    text: Words,
    /// A picture.
    #[prop(default = Shape::Tray)]
    shape: Shape,
    /// The one next act.
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
