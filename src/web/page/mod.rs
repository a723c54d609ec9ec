//! Pages. Each states who may see it, what it shows, and where its forms go (`web::action`).

mod ago;
mod console;
mod content;
mod docs;
mod error;
mod forgot;
mod frame;
mod home;
mod login;
mod me;
mod menu;
mod prefs;
mod qr_image;
mod register;
mod request;
mod script;
mod setup;
mod shell;
mod signin;
mod visitor;
mod visitor_frame;

pub mod admin;
pub mod path;
pub mod rule;

pub use admin::{
    AdminPage, ChecklistPage, CodeBatchPage, CodesPage, ConnectPage, DisconnectPage, DoctorPage, NewCodesPage,
    SettingsPage, UserDeletePage, UserDisablePage, UserDismissPage, UserPage, UserPromotePage, UsersPage,
};
pub use ago::Ago;
pub use console::head;
pub use content::{ConsolePage, PageContent, PageError};
pub use docs::{DialectPage, DocsPage};
pub use forgot::ForgotPage;
pub use home::HomePage;
pub use login::LoginPage;
pub use me::{
    ChannelDisconnectPage, ChannelPage, CreditsPage, DeletePage, DevicesPage, LinkedPage, MePage, PasswordPage,
    ProfilePage, ReviewPage, UnbindPage, UsagePage,
};
pub use prefs::of as prefs_of;
pub use qr_image::qr_png;
pub use register::RegisterPage;
pub use request::PageRequest;
pub use rule::{BulkAddPage, ChangePage, HistoryPage, NewRulePage, RepliesPage, RuleHistoryPage, RulePage};
pub use script::script;
pub use setup::SetupPage;
pub use shell::page;
pub use signin::SigninPage;
pub use visitor::{Filled, Visitor};
pub use visitor_frame::{VisitorContent, account_name};

use crate::{
    core::CoreError,
    http::{account_picture, state::AppState},
    web::action,
};
use axum::{
    Router,
    routing::{get, post},
};
use leptos::prelude::*;

/// Routes that are not pages.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(rule::routes())
        .route("/prefs", post(prefs::choose))
        .route("/say", get(home::say))
        .route(account_picture::PATH, get(qr_image::picture))
        .route("/signin/done", get(action::collect::done).post(action::collect::done))
        .route("/signin/qr.png", get(qr_image::scene))
        .route("/signin/account.png", get(qr_image::account))
        .route("/me/data.json", get(me::download))
        .route("/me/wechat/qr.png", get(me::picture))
}

/// The page for a missing address.
#[component]
pub fn NotFound() -> impl IntoView {
    page(|_| async { Err::<PageContent, _>(CoreError::NotFound.into()) })
}
