//! What every page has around it.

use super::{Leaf, Visitor};
use crate::{
    http::{cookie::Jar, state::AppState},
    web::{
        action::Flash,
        part::{Account, Footer, NavLink, Notice, TopBar},
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
    let account = visitor.user.as_ref().map(|user| Account {
        name: user.nickname.clone(),
        links: vec![NavLink::new("/me", t.me, here.path()), NavLink::new("/replies", t.replies, here.path())],
        sign_out: "/do/sign-out".to_owned(),
    });
    let mut nav = Vec::new();
    if account.is_some() {
        nav.push(NavLink::new("/me", t.me, here.path()));
        nav.push(NavLink::new("/replies", t.replies, here.path()));
    }
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
        <Footer lang />
    }
    .into_any()
}

/// What the last act has to say.
fn told(visitor: &Visitor) -> Option<impl IntoView + use<>> {
    let Flash { notice, request_id, .. } = visitor.flash.clone();
    let (tone, text) = notice?;
    let id = request_id.map(|id| fill(Common::of(visitor.here.lang()).request_id, &[("id", &id)]));
    Some(view! { <Notice tone request_id=id><p>{text}</p></Notice> })
}
