//! A script tag of a page.

use crate::web::asset;
use leptos::{nonce::use_nonce, prelude::*};

/// Loads a script of `public/` under its current hashed name.
pub fn script(path: &'static str) -> impl IntoView {
    view! { <script src=asset::url(path) nonce=use_nonce() defer="true"></script> }
}
