//! `/`: what this site is, with the links to register and to sign in.

use super::{PageContent, PageError, Visitor, page};
use crate::{
    http::state::AppState,
    web::{
        component::{Icon, Kind, LinkButton, Mark, Shape},
        text::{Common, home::Home},
    },
};
use leptos::prelude::*;

#[component]
pub fn HomePage() -> impl IntoView {
    page(home)
}

async fn home(visitor: Visitor) -> Result<PageContent, PageError> {
    if visitor.user.is_some() {
        return Err(PageError::Redirect("/me".to_owned()));
    }
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Home::of(lang));
    let has_sandbox = expect_context::<AppState>().has_sandbox;
    let points = [
        (Shape::Scan, t.point_scan, t.point_scan_text),
        (Shape::Chat, t.point_reply, t.point_reply_text),
        (Shape::Key, t.point_safe, t.point_safe_text),
    ];
    let points = points
        .map(|(shape, title, text)| view! { <li><Icon shape /><h2>{title}</h2><p>{text}</p></li> })
        .into_iter()
        .collect_view();
    let body = view! {
        <div class="hero">
            <Mark />
            <h1>{t.hero}</h1>
            <p>{t.lead}</p>
            <div class="row">
                <LinkButton href="/register" text=c.register />
                <LinkButton href="/login" text=c.sign_in kind=Kind::Plain />
            </div>
            {has_sandbox.then(|| view! { <p><a href="/sandbox">{t.try_sandbox}</a></p> })}
        </div>
        <ul class="hero-points">{points}</ul>
    };
    Ok(PageContent::wide(t.title, body))
}
