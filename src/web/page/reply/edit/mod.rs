//! One rule: the page that makes a new one, the page that changes one, and the editor that both show and the list opens in place.

mod attach;
mod block;
mod clash;
mod form;
mod keyword;
mod preview;
mod settle;
mod step;
mod view;

pub use form::Form;
pub use settle::settle;
pub use view::{Shown, editor};

use super::{Desk, Room, padded, param};
use crate::web::{
    page::{Halt, Leaf, Visitor, page},
    text::{fill, replies::edit::Edit},
};
use leptos::prelude::*;

#[component]
pub fn NewRulePage() -> impl IntoView {
    page(new)
}

#[component]
pub fn RulePage() -> impl IntoView {
    let number = param("number");
    page(move |visitor| change(visitor, number))
}

async fn new(visitor: Visitor) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let here = visitor.here.address_of_page();
    let form = settle(&visitor, desk, None).await?.or_leave(desk, desk.scope.list())?;
    let body = editor(&visitor, desk, &form, (&here, desk.scope.list()), Shown::Page).await?;
    Ok(desk.leaf(Room::Rules, Edit::of(desk.lang).new_title, "", ().into_any(), body))
}

async fn change(visitor: Visitor, number: i64) -> Result<Leaf, Halt> {
    let desk = Desk::of(&visitor)?;
    let t = Edit::of(desk.lang);
    let form = settle(&visitor, desk, Some(number)).await?.or_leave(desk, desk.scope.list())?;
    let body = editor(&visitor, desk, &form, (&desk.scope.rule(number), desk.scope.list()), Shown::Page).await?;
    let bench = super::beside(&visitor.here.ctx, desk);
    let body = view! {
        {body}
        <details class="bench-more">
            <summary>{t.try_it}</summary>
            {bench}
        </details>
    };
    let copy = format!("{}?from={number}", desk.scope.below("new"));
    let acts = view! {
        <a class="button plain small" href=copy>{t.copy}</a>
        <a class="button plain small" href=desk.scope.rule_history(number)>{t.history}</a>
    };
    Ok(desk.leaf(Room::Rules, fill(t.title, &[("n", &padded(number))]), "", acts.into_any(), body.into_any()))
}
