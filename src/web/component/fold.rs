//! A row that opens: help and further ways, in a list of cells.

use super::{Icon, Shape};
use leptos::prelude::*;

/// A row that shows its children when it is opened; without a script too.
#[component]
pub fn Fold(
    /// The row's text.
    #[prop(into)]
    name: String,
    /// Opened when the page loads.
    #[prop(optional)]
    open: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <details class="fold" open=open>
            <summary><span class="cell-name">{name}</span><Icon shape=Shape::Right class="go" /></summary>
            <div class="fold-body">{children()}</div>
        </details>
    }
}
