//! Rows of name, value and action, like a phone's settings.

use super::{Icon, Shape, Words};
use leptos::prelude::*;

/// A group of [`Cell`]s.
#[component]
pub fn Cells(
    /// The heading above it.
    #[prop(optional, into)]
    title: Words,
    /// A line below it.
    #[prop(optional, into)]
    note: Words,
    /// The cells.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="cells-group">
            {title.get().map(|title| view! { <h2>{title}</h2> })} <ul class="cells">{children()}</ul>
            {note.get().map(|note| view! { <p class="cells-note">{note}</p> })}
        </section>
    }
}

/// One row. With `href` the whole row is a link; children are shown at its end as actions.
#[component]
pub fn Cell(
    /// The name.
    #[prop(into)]
    label: String,
    /// A small line below the name.
    #[prop(optional, into)]
    note: Words,
    /// The value.
    #[prop(optional, into)]
    value: Words,
    /// The target of the row's link.
    #[prop(optional, into)]
    href: Words,
    /// A button or switch; not together with `href`.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let words = view! {
        <span class="cell-label">{label} {note.get().map(|note| view! { <small>{note}</small> })}</span>
        {value.get().map(|value| view! { <span class="cell-value">{value}</span> })}
    };
    let row = match href.get() {
        Some(href) => view! { <a class="cell" href=href>{words} <Icon shape=Shape::Right /></a> }.into_any(),
        None => view! {
            <div class="cell">
                {words} {children.map(|children| view! { <div class="cell-action">{children()}</div> })}
            </div>
        }
        .into_any(),
    };
    view! { <li>{row}</li> }
}
