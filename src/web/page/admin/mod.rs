//! `/admin`: the console. Each of its pages is made by [`console`], which lets admins in and nobody else.

pub mod user;

pub use user::{UserDeletePage, UserPage, UsersPage};

use super::{Halt, Here, Leaf, Visitor, page};
use crate::{
    core::{CoreError, account::directory::Admin},
    web::{
        part::{NavLink, SideNav},
        text::admin::Console,
    },
};
use leptos::prelude::*;

/// The console's own address.
pub const CONSOLE: &str = "/admin";

/// A page of the console: what `make` gives, with the console's rooms beside it. Somebody who is not an admin never gets as far as
/// `make`.
pub fn console<Made>(make: impl FnOnce(Visitor, Admin) -> Made + Send + 'static) -> impl IntoView
where
    Made: Future<Output = Result<Leaf, Halt>> + Send + 'static,
{
    page(|visitor| async move {
        let admin = admin_of(&visitor)?;
        let leaf = make(visitor.clone(), admin).await?;
        Ok(beside_the_rooms(&visitor.here, leaf))
    })
}

/// `/admin` leads to the first room.
#[component]
pub fn AdminPage() -> impl IntoView {
    console(|_, _| async { Err(Halt::Go("/admin/users".to_owned())) })
}

/// The admin who looks at a page.
///
/// # Errors
/// [`CoreError::NotSignedIn`]; [`CoreError::Forbidden`] for everybody else.
fn admin_of(visitor: &Visitor) -> Result<Admin, CoreError> {
    Admin::of(&visitor.signed_in()?, visitor.here.address())
}

/// A page with the console's rooms beside it; who may see it was asked before.
pub fn beside_the_rooms(here: &Here, leaf: Leaf) -> Leaf {
    let Leaf { title, width, body } = leaf;
    let t = Console::of(here.lang());
    let rooms = rooms(here);
    let body = view! {
        <div class="split console">
            <SideNav label=t.title rooms />
            <div class=format!("console-room {width}").trim_end().to_owned()>{body}</div>
        </div>
    };
    Leaf { title: format!("{title} · {}", t.title), width: "wide", body: body.into_any() }
}

/// What the console has, in the order of its use.
fn rooms(here: &Here) -> Vec<NavLink> {
    let t = Console::of(here.lang());
    let room = |href: &str, text: &str| NavLink::new(href, text, here.path());
    vec![room("/admin/users", t.users), room("/admin/replies", t.replies)]
}
