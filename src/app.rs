//! The map of pages, and the document around each of them.

use crate::{http::headers::page_policy, web::page};
use axum::http::{HeaderValue, header};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, Stylesheet, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

/// The document: language and theme of the visitor, a policy that only our own scripts pass, no script where none is needed.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    // Without it every resource would be printed into pages that load no script (leptos, shared context).
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    set_policy();
    let visitor = page::Visitor::current();
    view! {
        <!DOCTYPE html>
        <html lang=visitor.lang.html_lang() data-theme=visitor.theme.code()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <Stylesheet href="/pkg/weida.css" />
                {visitor.has_islands().then(|| view! { <HydrationScripts options=options.clone() islands=true /> })}
                <script src="/page.js" nonce=use_nonce() defer="true"></script>
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Every page there is.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Routes fallback=page::NotFound>
                <Route path=path!("/") view=page::Home ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

fn set_policy() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce)) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
