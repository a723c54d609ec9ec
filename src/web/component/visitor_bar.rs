//! The bar of the home page and of the sign-in pages: the account's name, and one link.

use super::Face;
use crate::text::Lang;
use crate::web::text::Common;
use leptos::prelude::*;

/// First child of `body`; the page's `main` has the id `main`.
#[component]
pub fn VisitorBar(
    /// The language.
    lang: Lang,
    /// The account's name.
    #[prop(into)]
    account: String,
    /// What stands at the end.
    corner: AnyView,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">{Common::of(lang).skip}</a>
        <header class="top">
            <a class="top-account" href="/"><Face /><span>{account}</span></a>
            <div class="top-end">{corner}</div>
        </header>
    }
}
