//! The frame of the pages below `/me`: the way back, and the page's head.

use crate::{
    text::Lang,
    web::{
        component::{Icon, PageHead, Shape},
        page::PageContent,
        text::Common,
    },
};
use leptos::prelude::*;

/// A page with a link to `/me` above its title.
pub fn sub_page(lang: Lang, title: impl Into<String>, body: impl IntoView + 'static) -> PageContent {
    let title = title.into();
    let body = view! {
        {back(lang)}
        <PageHead title=title.clone() />
        {body}
    };
    below(title, body)
}

/// The same without a head, for a page that has its own.
pub fn below(title: impl Into<String>, body: impl IntoView + 'static) -> PageContent {
    PageContent::of(title, "sub", body)
}

/// The link to `/me`.
pub fn back(lang: Lang) -> impl IntoView {
    view! { <a class="me-back" href="/me"><Icon shape=Shape::Left />{Common::of(lang).me}</a> }
}
