//! `/admin`: the admin console. [`console`] renders each of its pages and admits only admins.

mod connect;
mod doctor;
mod setting;
mod start;

pub mod code;
pub mod user;

pub use code::{CodeBatchPage, CodesPage, NewCodesPage};
pub use connect::{ConnectPage, DisconnectPage};
pub use doctor::DoctorPage;
pub use setting::SettingsPage;
pub use start::ChecklistPage;
pub use user::{UserDeletePage, UserDisablePage, UserDismissPage, UserPage, UserPromotePage, UsersPage};

use super::{ConsolePage, PageContent, PageError, Visitor, page};
use crate::core::{CoreError, account::directory::Admin, checklist};
use leptos::prelude::*;
use user::USERS;

/// A page of the console: the output of `make`, which belongs to the list of users unless it says otherwise. `make` runs for admins only.
pub fn console<Made>(make: impl FnOnce(Visitor, Admin) -> Made + Send + 'static) -> impl IntoView
where
    Made: Future<Output = Result<PageContent, PageError>> + Send + 'static,
{
    console_at(USERS, make)
}

/// [`console`] for another entry of the navigation.
pub fn console_at<Made>(
    place: &'static str,
    make: impl FnOnce(Visitor, Admin) -> Made + Send + 'static,
) -> impl IntoView
where
    Made: Future<Output = Result<PageContent, PageError>> + Send + 'static,
{
    page(move |visitor| async move {
        let admin = admin_of(&visitor)?;
        let ctx = visitor.request.ctx.clone();
        let content = make(visitor, admin).await?;
        let here = || ConsolePage { place: place.to_owned(), head: None, is_filled: false, skip: None, start: None };
        let page = content.console.unwrap_or_else(here);
        let page = ConsolePage { start: checklist::progress(&ctx).await?, ..page };
        Ok(PageContent { console: Some(page), ..content })
    })
}

/// `/admin` redirects to the first section.
#[component]
pub fn AdminPage() -> impl IntoView {
    console(|_, _| async { Err(PageError::Redirect("/admin/users".to_owned())) })
}

/// The admin who views a page.
///
/// # Errors
/// [`CoreError::NotSignedIn`]; [`CoreError::Forbidden`] for users who are not admins.
fn admin_of(visitor: &Visitor) -> Result<Admin, CoreError> {
    Admin::of(&visitor.signed_in()?, visitor.request.address())
}
