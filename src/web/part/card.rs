//! A page's head, a panel, and a number to look at.

use super::Words;
use leptos::prelude::*;

/// The first heading of a page, a line about it, and as children the page's acts.
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

/// A panel, with a head where it has a title.
#[component]
pub fn Card(
    /// The `h2` of its head.
    #[prop(optional, into)]
    title: Words,
    /// A line below the title.
    #[prop(optional, into)]
    note: Words,
    /// Buttons at the end of its head: `actions=|| view! { … }`.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// Without distance to its edges: for a table or cells.
    #[prop(optional)]
    flush: bool,
    /// What is in it.
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

/// One number of a dashboard, in a card of its own. Several stand in a `div.figures`.
#[component]
pub fn Figure(
    /// What is counted.
    #[prop(into)]
    name: String,
    /// The number, written out.
    #[prop(into)]
    value: String,
    /// A line below: since when, how much more.
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
