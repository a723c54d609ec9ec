//! The frame around every page.

use super::{PageContent, PageRequest, Visitor, console, menu::command_menu, path::CONSOLE};
use crate::{
    http::{cookie::Jar, state::AppState},
    web::{
        action::{Flash, flash::Offer},
        asset,
        component::{Account, Footer, Kind, NavLink, Notice, Submit, Toast, Tone, TopBar},
        escape::escaped,
        text::{Common, fill},
    },
};
use leptos::prelude::*;
use leptos_meta::{Stylesheet, Title};

/// The document's body: bar, notices, the page's content, footer. Pages of the console have its navigation instead of bar and footer.
pub fn frame(visitor: &Visitor, content: PageContent) -> AnyView {
    let request = &visitor.request;
    let (lang, prefs) = (request.lang(), request.prefs.clone());
    let t = Common::of(lang);
    let PageContent { title, width, body, console } = content;
    forget_flash(request);
    if let Some(page) = console {
        let notices = view! { {wrong_address(request)} {console::unconnected(visitor)} {console::undeclared_proxy(visitor)} {flash_message(visitor)} };
        return console::frame(visitor, &title, page, (width, notices.into_any(), body));
    }
    let mut nav = Vec::new();
    if visitor.user.is_some() {
        nav.push(NavLink::new("/me", t.me, request.path()));
        nav.push(NavLink::new("/replies", t.replies, request.path()));
    }
    if visitor.is_admin() {
        nav.push(NavLink::new(CONSOLE, t.admin, request.path()));
    }
    let guest = visitor.is_admin().then(|| NavLink::new("/register?guest", t.as_guest, ""));
    let account = visitor.user.as_ref().map(|user| Account {
        name: user.nickname.clone(),
        links: nav.iter().cloned().chain(guest).collect(),
        sign_out: "/do/sign-out".to_owned(),
    });
    let has_sandbox = expect_context::<AppState>().has_sandbox();
    if has_sandbox {
        nav.push(NavLink::new("/sandbox", t.sandbox, request.path()));
    }
    view! {
        <Title text=escaped(&format!("{title} · {}", t.brand)) />
        <Stylesheet href=asset::url("/pkg/weida.css") />
        <TopBar prefs nav account />
        <main id="main" tabindex="-1">
            <div class=format!("page {width}").trim_end().to_owned()>
                {wrong_address(request)}
                {flash_message(visitor)}
                {body}
            </div>
        </main>
        <Footer lang links=vec![NavLink::new("/docs", t.docs, request.path())] />
        {command_menu(visitor, has_sandbox)}
    }
    .into_any()
}

/// A flash is shown once.
pub(super) fn forget_flash(request: &PageRequest) {
    if request.cookie(Jar::Flash).is_some() {
        request.set_cookie(Jar::Flash, "", 0);
    }
}

/// Says that the page was opened under a wrong address, and links to the right one. A script removes it where only a proxy uses that
/// address (`public/page.js`).
pub(super) fn wrong_address(request: &PageRequest) -> Option<AnyView> {
    let wrong = request.wrong_address.as_ref()?;
    let (t, public_url) = (Common::of(request.lang()), &request.ctx.settings.public_url);
    let right = public_url.as_str().trim_end_matches('/').to_owned();
    let text = fill(t.wrong_address, &[("opened", &wrong.0), ("right", &right)]);
    let href = public_url.join(request.path()).map_or_else(|_| right.clone(), String::from);
    Some(
        view! {
            <div data-right-address=right>
                <Notice tone=Tone::Warning>
                    <p>{text}</p>
                    <p><a href=href>{t.open_right_address}</a></p>
                </Notice>
            </div>
        }
        .into_any(),
    )
}

/// The notice of the last action.
pub(super) fn flash_message(visitor: &Visitor) -> Option<AnyView> {
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
    let id = request_id.map(|id| fill(Common::of(visitor.request.lang()).request_id, &[("id", &id)]));
    Some(view! { <Notice tone request_id=id><p>{text}</p></Notice> }.into_any())
}
