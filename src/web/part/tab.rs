//! Ways between the parts of one place. Both are links: a tab has an address.

use super::{NavLink, bar::links};
use leptos::prelude::*;

/// A tab: a link, perhaps with how many things are behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Where it leads.
    pub link: NavLink,
    /// How many things are there.
    pub count: Option<u64>,
}

/// Tabs above a list.
#[component]
pub fn Tabs(
    /// What they divide.
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let tabs = tabs
        .into_iter()
        .map(|Tab { link, count }| {
            view! {
                <a href=link.href aria-current=link.is_current.then_some("page")>
                    {link.text}
                    {count.map(|count| view! { <span class="badge num">{count}</span> })}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{tabs}</nav> }
}

/// The rooms of a large place, beside its content. Stands first in a `div.split`.
#[component]
pub fn SideNav(
    /// The place.
    #[prop(into)]
    label: String,
    /// Its rooms.
    rooms: Vec<NavLink>,
) -> impl IntoView {
    view! { <nav class="side-nav" aria-label=label>{links(rooms, "")}</nav> }
}
