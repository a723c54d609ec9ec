//! `/me`: the personal centre, card by card.

mod browser;
mod confirm;
pub mod credit;
mod data;
mod password;
mod profile;
mod summary;
pub mod usage;
mod wechat;

pub use confirm::{DeletePage, UnbindPage};
pub use data::download;

use super::{Halt, Leaf, Visitor, page};
use crate::{
    core::{
        account::{identity, session as browsers},
        credit as credits, quota,
    },
    http::session,
    web::{
        part::PageHead,
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn MePage() -> impl IntoView {
    page(me)
}

async fn me(visitor: Visitor) -> Result<Leaf, Halt> {
    let user = visitor.signed_in()?;
    let here = &visitor.here;
    let (lang, ctx) = (here.lang(), &here.ctx);
    let t = Me::of(lang);
    let identity = identity::find_own(ctx, user.id).await?;
    let sessions = browsers::list(ctx, user.id, &session::secret_of(&here.session)).await?;
    let ledger = credits::ledger(ctx, user.id).await?;
    let usage = quota::usage(ctx, user.id).await?;
    let body = view! {
        <PageHead title=t.title />
        {summary::card(lang, &user)}
        {wechat::card(here, identity)}
        {summary::auto_reply(lang, &user)}
        {profile::card(&visitor, &user)}
        {password::card(&visitor, &user)}
        {browser::card(here, sessions)}
        {usage::card(lang, usage)}
        {credit::card(here, ledger)}
        {data::card(lang)}
        <form method="post" action="/do/sign-out" class="center">
            <button type="submit" class="button plain">{Common::of(lang).sign_out}</button>
        </form>
    };
    Ok(Leaf::medium(t.title, body))
}
