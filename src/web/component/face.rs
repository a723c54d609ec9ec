//! The account's face beside what it says.

use super::Mark;
use leptos::prelude::*;

/// A square with the account's mark, as faces are in the chat. Decorative: its name is written beside it.
#[component]
pub fn Face() -> impl IntoView {
    view! { <span class="face" aria-hidden="true"><Mark /></span> }
}
