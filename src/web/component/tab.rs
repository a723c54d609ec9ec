//! Tabs. They are links, so each section has an address.

use super::NavLink;
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
