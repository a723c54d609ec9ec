//! `/docs`: the public APIs, generated from the OpenAPI document: a list of all calls with a search, and a page for each dialect.
//! Both are readable without scripts; `docs.js` filters the list while typing and sends calls from the page.

mod call;
mod dialect;
mod index;
mod trial;
mod try_form;

pub use dialect::DialectPage;
pub use index::DocsPage;

use crate::{
    dialect::openapi::{Call, Group},
    text::Lang,
};
use leptos::prelude::*;

/// The list of all calls.
pub const DOCS: &str = "/docs";

/// The page of a dialect.
fn page_of(group: &Group) -> String {
    format!("{DOCS}/{}", group.tag)
}

/// The place of a call on its dialect's page.
fn address(group: &Group, call: &Call) -> String {
    format!("{}#{}", page_of(group), call.id)
}

/// The address of the OpenAPI document in this language.
fn document(lang: Lang) -> String {
    format!("/api/openapi.json?lang={}", lang.code())
}

/// Renders the only markup in the document's texts: `code`.
fn marked(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect_view()
}

/// The method of a call, as a coloured word.
fn method(call: &Call) -> impl IntoView + use<> {
    view! { <span class=format!("docs-method {}", call.method.to_lowercase())>{call.method.clone()}</span> }
}
