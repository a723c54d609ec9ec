//! Addresses of the site's files for pages.

use crate::http::state::AppState;
use leptos::prelude::use_context;

/// The address of a file of the site, for the page that is being rendered.
#[must_use]
pub fn url(path: &str) -> String {
    use_context::<AppState>().map_or_else(|| path.to_owned(), |state| state.assets.url(path))
}
