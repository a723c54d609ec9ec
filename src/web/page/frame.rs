//! What every page has around it.

use super::{Leaf, Visitor, admin::CONSOLE, menu::command_menu};
use crate::{
    http::{cookie::Jar, state::AppState},
    web::{
        action::{Flash, flash::Offer},
        part::{Account, Footer, Kind, NavLink, Notice, Submit, Toast, TopBar},
        text::{Common, fill},
    },
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The document's body: bar, what was told, the page's own part, foot.
pub fn frame(visitor: &Visitor, leaf: Leaf) -> AnyView {
    let here = &visitor.here;
    let (lang, prefs) = (here.lang(), here.prefs.clone());
    let t = Common::of(lang);
    let Leaf { title, width, body } = leaf;
    if here.cookie(Jar::Flash).is_some() {
        here.set_cookie(Jar::Flash, "", 0);
    }
    let mut nav = Vec::new();
    if visitor.user.is_some() {
        nav.push(NavLink::new("/me", t.me, here.path()));
        nav.push(NavLink::new("/replies", t.replies, here.path()));
    }
    if visitor.is_admin() {
        nav.push(NavLink::new(CONSOLE, t.admin, here.path()));
    }
    let account = visitor.user.as_ref().map(|user| Account {
        name: user.nickname.clone(),
        links: nav.clone(),
        sign_out: "/do/sign-out".to_owned(),
    });
    let has_sandbox = expect_context::<AppState>().sandbox.is_some();
    if has_sandbox {
        nav.push(NavLink::new("/sandbox", t.sandbox, here.path()));
    }
    let sign_in = if here.path() == "/" { "/login" } else { "" };
    view! {
        <Title text=format!("{title} · {}", t.brand) />
        <TopBar prefs nav account sign_in />
        <main id="main" tabindex="-1">
            <div class=format!("page {width}").trim_end().to_owned()>
                {told(visitor)}
                {body}
            </div>
        </main>
        <Footer lang links=vec![NavLink::new("/docs", t.docs, here.path())] />
        {command_menu(visitor, has_sandbox)}
    }
    .into_any()
}

/// What the last act has to say.
fn told(visitor: &Visitor) -> Option<AnyView> {
    let Flash { notice, offer, request_id, .. } = visitor.flash.clone();
    let (tone, text) = notice?;
    if let Some(Offer { action, text: act, fields }) = offer {
        let fields = fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
        let form = view! {
            <form method="post" action=action>
                {fields.collect_view()}
                <Submit text=act kind=Kind::Quiet small=true />
            </form>
        };
        return Some(view! { <Toast text>{form}</Toast> }.into_any());
    }
    let id = request_id.map(|id| fill(Common::of(visitor.here.lang()).request_id, &[("id", &id)]));
    Some(view! { <Notice tone request_id=id><p>{text}</p></Notice> }.into_any())
}
