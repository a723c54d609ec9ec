//! `/admin`: the admin console. [`console`] renders each of its pages and admits only admins.

pub mod user;

pub use user::{UserDeletePage, UserDisablePage, UserDismissPage, UserPage, UserPromotePage, UsersPage};

use super::{PageContent, PageError, PageRequest, Visitor, page};
use crate::{
    core::{CoreError, account::directory::Admin},
    http::state::AppState,
    web::{
        component::{NavLink, Notice, SideNav, Tone},
        text::{admin::Console, fill},
    },
};
use leptos::prelude::*;

/// A page of the console: the output of `make`, beside the console's sections. `make` runs for admins only.
pub fn console<Made>(make: impl FnOnce(Visitor, Admin) -> Made + Send + 'static) -> impl IntoView
where
    Made: Future<Output = Result<PageContent, PageError>> + Send + 'static,
{
    page(|visitor| async move {
        let admin = admin_of(&visitor)?;
        let content = make(visitor.clone(), admin).await?;
        Ok(with_console_menu(&visitor.request, content))
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

/// A page beside the console's sections; the caller has checked the permission.
pub fn with_console_menu(request: &PageRequest, content: PageContent) -> PageContent {
    let PageContent { title, width, body } = content;
    let t = Console::of(request.lang());
    let sections = sections(request);
    let body = view! {
        <div class="split console">
            <SideNav label=t.title sections />
            <div class=format!("console-room {width}").trim_end().to_owned()>
                {undeclared_proxy(request)}
                {body}
            </div>
        </div>
    };
    PageContent { title: format!("{title} · {}", t.title), width: "wide", body: body.into_any() }
}

/// Warns while requests come through a proxy that the settings do not declare.
fn undeclared_proxy(request: &PageRequest) -> Option<impl IntoView + use<>> {
    let seen = expect_context::<AppState>().proxy.seen(request.ctx.now())?;
    let t = Console::of(request.lang());
    let text = fill(t.proxy_text, &[("peer", &seen.peer.to_string())]);
    Some(view! { <Notice tone=Tone::Warning title=t.proxy><p>{text}</p></Notice> })
}

/// The console's sections, the most used first.
fn sections(request: &PageRequest) -> Vec<NavLink> {
    let t = Console::of(request.lang());
    let section = |href: &str, text: &str| NavLink::new(href, text, request.path());
    vec![section("/admin/users", t.users), section("/admin/replies", t.replies)]
}
