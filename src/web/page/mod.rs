//! Pages. Each is a paragraph: who may see it, what it shows, and where its forms go (`web::action`).

mod ago;
mod docs;
mod failed;
mod forgot;
mod frame;
mod here;
mod home;
mod leaf;
mod login;
mod me;
mod menu;
mod picture;
mod posted;
mod prefs;
mod register;
mod setup;
mod signin;
mod visitor;

pub mod admin;
pub mod path;
pub mod reply;

pub use admin::{AdminPage, UserDeletePage, UserPage, UsersPage};
pub use ago::Ago;
pub use docs::DocsPage;
pub use forgot::ForgotPage;
pub use here::Here;
pub use home::HomePage;
pub use leaf::{Halt, Leaf, page};
pub use login::LoginPage;
pub use me::{DeletePage, MePage, UnbindPage};
pub use posted::{Posted, SENT_MAX_BYTES, Upload, take as take_posted};
pub use prefs::of as prefs_of;
pub use register::RegisterPage;
pub use reply::{ChangePage, HistoryPage, NewRulePage, RepliesPage, RuleHistoryPage, RulePage, SeveralPage};
pub use setup::SetupPage;
pub use signin::SigninPage;
pub use visitor::{Filled, Visitor};

use crate::{core::CoreError, http::state::AppState};
use axum::{
    Router,
    routing::{get, post},
};
use leptos::prelude::*;

/// Addresses that are not pages themselves.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(reply::routes())
        .route("/prefs", post(prefs::choose))
        .route("/signin/done", get(signin::done))
        .route("/signin/qr.png", get(picture::scene))
        .route("/signin/account.png", get(picture::account))
        .route("/me/data.json", get(me::download))
}

/// What stands where there is no page.
#[component]
pub fn NotFound() -> impl IntoView {
    page(|_| async { Err(CoreError::NotFound.into()) })
}
