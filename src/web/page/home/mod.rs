//! `/`: the account's own page: one sentence, the ways to begin, and a phone that answers.

mod phone;
mod tiles;

pub use phone::say;

use super::{PageError, Visitor, VisitorContent, account_name, page};
use crate::{
    http::{account_picture, state::AppState},
    text::Lang,
    web::{
        component::{Icon, Shape},
        escape::escaped,
        text::{Common, fill, home::Home},
    },
};
use leptos::prelude::*;
use leptos_meta::{Link, Meta};

/// Pixels of each side of `share.png`, the picture of shared links while the account has none.
const MARK_SIDE: u32 = 600;

#[component]
pub fn HomePage() -> impl IntoView {
    page(home)
}

async fn home(visitor: Visitor) -> Result<VisitorContent, PageError> {
    let request = &visitor.request;
    if visitor.user.is_some() {
        return Err(PageError::Redirect("/me".to_owned()));
    }
    let (c, t) = (Common::of(request.lang()), Home::of(request.lang()));
    let credits = request.ctx.live().signin.welcome_credits;
    let note = match credits {
        0 => t.note.to_owned(),
        credits => fill(t.note_credits, &[("n", &credits.to_string())]),
    };
    let phone = phone::phone(&visitor).await?;
    let body = view! {
        {head(&visitor)}
        <section class="hero">
            <div class="hero-words">
                <h1><span>{t.hero_first}</span> " " <span>{t.hero_second}</span></h1>
                <p class="hero-lead"><span>{t.lead_first}</span> " " <span>{t.lead_second}</span></p>
                <div class="hero-act">
                    <a class="button primary big" href="/login"><Icon shape=Shape::Chat />{t.wechat}</a>
                    <div class="pair even">
                        <a class="button plain" href="/register">{c.register}</a>
                        <a class="button plain" href="/login">{c.sign_in}</a>
                    </div>
                    <p class="hero-note">{note}</p>
                </div>
            </div>
            {phone}
        </section>
        {tiles::tiles(&visitor)}
        {super::script("/home.js")}
    };
    Ok(VisitorContent::new(t.title, (), body))
}

/// What search engines and shared links show.
fn head(visitor: &Visitor) -> impl IntoView + use<> {
    let request = &visitor.request;
    let t = Home::of(request.lang());
    let account = account_name(request);
    let about = escaped(&fill(t.description, &[("account", &account)]));
    let url = |path: &str| request.ctx.settings.public_url.join(path).map_or_else(|_| path.to_owned(), String::from);
    let (zh, en) = (url("/?lang=zh"), url("/?lang=en"));
    let own =
        if request.query("lang").is_empty() { url("/") } else { url(&format!("/?lang={}", request.lang().code())) };
    let has_picture = expect_context::<AppState>().account_picture.is_some();
    let (picture, side) =
        if has_picture { (account_picture::PATH, account_picture::SIDE) } else { ("/share.png", MARK_SIDE) };
    let (picture, side) = (url(picture), side.to_string());
    let locale = if request.lang() == Lang::Zh { "zh_CN" } else { "en_US" };
    view! {
        <Meta name="description" content=about.clone() />
        <Meta property="og:type" content="website" />
        <Meta property="og:title" content=escaped(&account) />
        <Meta property="og:description" content=about />
        <Meta property="og:url" content=own.clone() />
        <Meta property="og:locale" content=locale />
        <Meta property="og:image" content=picture />
        <Meta property="og:image:width" content=side.clone() />
        <Meta property="og:image:height" content=side />
        <Meta name="twitter:card" content="summary" />
        <Link rel="canonical" href=own />
        <Link rel="alternate" hreflang="zh-CN" href=zh />
        <Link rel="alternate" hreflang="en" href=en />
        <Link rel="alternate" hreflang="x-default" href=url("/") />
    }
}
