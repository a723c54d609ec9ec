//! Pages.

use crate::{http::{state::AppState}, web::lang::{Lang, Theme}};
use axum::Router;
use leptos::prelude::*;

/// Who looks at a page.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub lang: Lang,
    pub theme: Theme,
}

impl Visitor {
    pub fn current() -> Self {
        Self { lang: Lang::default(), theme: Theme::default() }
    }
    pub fn has_islands(self) -> bool {
        false
    }
}

/// Addresses that are not pages themselves.
pub fn routes() -> Router<AppState> {
    Router::new()
}

#[component]
pub fn Home() -> impl IntoView {
    view! { <h1>"微答"</h1> }
}

#[component]
pub fn NotFound() -> impl IntoView {
    view! { <h1>"404"</h1> }
}
