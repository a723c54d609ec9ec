//! The footer of a page.

use super::{NavLink, Words, bar::links as links_of};
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// A line about the program and a few links.
#[component]
pub fn Footer(
    /// The language.
    lang: Lang,
    /// Documentation, status, and legally required links.
    #[prop(optional)]
    links: Vec<NavLink>,
    /// The operator's own line, if configured.
    #[prop(optional, into)]
    line: Words,
) -> impl IntoView {
    view! {
        <footer class="foot">
            <div>
                <p>{line.or(Common::of(lang).footer)}</p>
                {links_of(links, "")}
            </div>
        </footer>
    }
}
