//! The account's face beside what it says.

use super::Mark;
use crate::http::{account_picture, state::AppState};
use leptos::prelude::*;

/// The account's picture as a square, as faces are in the chat; its mark while there is no picture. Decorative: its name is written
/// beside it.
#[component]
pub fn Face() -> impl IntoView {
    view! { <span class="face" aria-hidden="true">{picture()}</span> }
}

/// The picture, or the mark.
pub(super) fn picture() -> AnyView {
    let has_picture = use_context::<AppState>().is_some_and(|state| state.account_picture.is_some());
    if has_picture {
        view! { <img src=account_picture::PATH alt="" width="96" height="96" /> }.into_any()
    } else {
        view! { <Mark /> }.into_any()
    }
}
