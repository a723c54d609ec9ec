//! `/admin/users`: the list of users, and the page of one user.

mod act;
mod confirm;
mod delete;
mod detail;
mod filter;
mod list;
mod record;

pub use confirm::{UserDisablePage, UserDismissPage, UserPromotePage};
pub use delete::UserDeletePage;
pub use detail::UserPage;
pub use list::UsersPage;
pub use record::audit_card;

use crate::{
    core::CoreError,
    web::{
        component::{Badge, Tone},
        text::users::Users,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The list.
pub const USERS: &str = "/admin/users";

/// The page of one user.
pub fn page_of(id: i64) -> String {
    format!("{USERS}/{id}")
}

/// The page that asks whether an action is to be done to a user: `disable`, `promote`, `dismiss` or `delete`.
pub fn question(id: i64, action: &str) -> String {
    format!("{}/{action}", page_of(id))
}

/// The id in the URL; read during setup, while the router's context is available.
fn id_asked() -> String {
    use_params_map().read_untracked().get("id").unwrap_or_default()
}

/// The id of the page's user.
fn parsed(id: &str) -> Result<i64, CoreError> {
    id.parse().map_err(|_| CoreError::NotFound)
}

/// Whether the user follows the account; `None`: no WeChat is linked.
fn following(t: &'static Users, is_subscribed: Option<bool>) -> AnyView {
    match is_subscribed {
        Some(true) => view! { <span class="nowrap">{t.follow_yes}</span> }.into_any(),
        Some(false) => view! { <Badge text=t.follow_no tone=Tone::Warning /> }.into_any(),
        None => view! { <span class="soft nowrap">{t.follow_none}</span> }.into_any(),
    }
}

/// The tone of a level: paid levels are highlighted.
fn level_tone(level: &str) -> Option<Tone> {
    match level {
        "vip" => Some(Tone::Success),
        "premium" => Some(Tone::Info),
        _ => None,
    }
}
