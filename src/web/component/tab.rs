//! Tabs and side navigation. Both are links, so each section has an address.

use super::{NavLink, bar::links};
use leptos::prelude::*;

/// A tab: a link, optionally with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// The link.
    pub link: NavLink,
    /// The number of items behind it.
    pub count: Option<u64>,
}

/// Tabs above a list.
#[component]
pub fn Tabs(
    /// What the tabs divide.
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

/// The sections of a large page, beside its content. First child of a `div.split`.
#[component]
pub fn SideNav(
    /// The name of the whole.
    #[prop(into)]
    label: String,
    /// The sections.
    sections: Vec<NavLink>,
) -> impl IntoView {
    view! { <nav class="side-nav" aria-label=label>{links(sections, "")}</nav> }
}
