//! A page header, a panel, and a single number.

use super::Words;
use leptos::prelude::*;

/// A page's main heading, a line about it, and as children the page's buttons.
#[component]
pub fn PageHead(
    /// The one `h1`.
    #[prop(into)]
    title: String,
    /// A line below it.
    #[prop(optional, into)]
    note: Words,
    /// Buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div>
                <h1>{title}</h1>
                {note.get().map(|note| view! { <p>{note}</p> })}
            </div>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
}

/// A panel, with a header if it has a title.
#[component]
pub fn Card(
    /// The `h2` of its header.
    #[prop(optional, into)]
    title: Words,
    /// A line below the title.
    #[prop(optional, into)]
    note: Words,
    /// Buttons at the end of its header: `actions=|| view! { … }`.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// Without padding: for a table or cells.
    #[prop(optional)]
    flush: bool,
    /// The content.
    children: Children,
) -> impl IntoView {
    let head = title.get().map(|title| {
        view! {
            <div class="card-head">
                <div>
                    <h2>{title}</h2>
                    {note.get().map(|note| view! { <p>{note}</p> })}
                </div>
                {actions.map(|actions| view! { <div class="row">{actions.run()}</div> })}
            </div>
        }
    });
    view! {
        <section class="card">
            {head} <div class=if flush { "card-body flush" } else { "card-body" }>{children()}</div>
        </section>
    }
}

/// One number of a dashboard, in its own card. Several are placed in a `div.figures`.
#[component]
pub fn Figure(
    /// What is counted.
    #[prop(into)]
    name: String,
    /// The formatted number.
    #[prop(into)]
    value: String,
    /// A line below, for instance the period or the growth.
    #[prop(optional, into)]
    note: Words,
) -> impl IntoView {
    view! {
        <div class="card figure">
            <p class="figure-name">{name}</p>
            <p class="figure-value">{value}</p>
            {note.get().map(|note| view! { <p class="figure-note">{note}</p> })}
        </div>
    }
}
