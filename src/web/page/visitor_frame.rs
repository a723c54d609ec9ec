//! The frame of the pages that visitors see first: home, sign-in, registration. It speaks for the account: its name stands at the top,
//! and these pages have a style sheet of their own, so that a phone loads little.

use super::{
    PageRequest, Visitor,
    frame::{flash_message, forget_flash, wrong_address},
};
use crate::{
    text::Theme,
    web::{
        asset,
        component::{Mark, PREFS_PATH, VisitorBar},
        escape::escaped,
        text::Common,
    },
};
use leptos::prelude::*;
use leptos_meta::{Stylesheet, Title};

/// The content of a visitor's page.
pub struct VisitorContent {
    pub title: String,
    /// What stands at the end of the bar.
    pub corner: AnyView,
    pub body: AnyView,
}

impl VisitorContent {
    pub fn new(title: impl Into<String>, corner: impl IntoView + 'static, body: impl IntoView + 'static) -> Self {
        Self { title: title.into(), corner: corner.into_any(), body: body.into_any() }
    }
}

/// A link at the end of the bar.
pub fn corner_link(href: String, text: &'static str) -> AnyView {
    view! { <a class="top-link" href=href>{text}</a> }.into_any()
}

/// The name of the account, or of the program if none is set.
pub fn account_name(request: &PageRequest) -> String {
    let name = request.ctx.shown_name();
    if name.is_empty() { Common::of(request.lang()).brand.to_owned() } else { name }
}

/// The document's body.
pub fn visitor_frame(visitor: &Visitor, content: VisitorContent) -> AnyView {
    let request = &visitor.request;
    let (lang, account) = (request.lang(), account_name(request));
    let VisitorContent { title, corner, body } = content;
    forget_flash(request);
    let notices = (wrong_address(request), flash_message(visitor));
    let notices = match notices {
        (None, None) => None,
        (address, flash) => Some(view! { <div class="notices">{address} {flash}</div> }),
    };
    view! {
        <Title text=escaped(&format!("{title} · {account}")) />
        <Stylesheet href=asset::url("/pkg/visitor.css") />
        <VisitorBar lang account corner />
        <main id="main" tabindex="-1">{notices} {body}</main>
        {footer(request)}
    }
    .into_any()
}

/// Who made the program, and the switches of language and theme.
fn footer(request: &PageRequest) -> impl IntoView + use<> {
    let (t, prefs) = (Common::of(request.lang()), &request.prefs);
    let (other, next) = (prefs.lang.other(), prefs.address.clone());
    let (theme, theme_name) = match prefs.theme {
        Theme::System => (Theme::Light, t.theme_system),
        Theme::Light => (Theme::Dark, t.theme_light),
        Theme::Dark => (Theme::System, t.theme_dark),
    };
    view! {
        <footer class="foot">
            <div>
                <span class="foot-mark"><Mark />{t.powered}</span>
                <a href="/docs">{t.docs}</a>
                <form class="foot-end" method="post" action=PREFS_PATH>
                    <input type="hidden" name="next" value=next />
                    <button name="lang" value=other.code() lang=other.html_lang()>{other.own_name()}</button>
                    <button name="theme" value=theme.code()>{t.theme} " · " {theme_name}</button>
                </form>
            </div>
        </footer>
    }
}
