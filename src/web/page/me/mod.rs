//! `/me`: the user's account page, card by card.

mod browser;
mod channel;
mod confirm;
pub mod credit;
mod data;
mod other;
mod password;
mod profile;
mod review;
mod summary;
pub mod usage;
mod wechat;

pub use channel::{ChannelDisconnectPage, ChannelPage, picture};
pub use confirm::{DeletePage, UnbindPage};
pub use data::download;
pub use review::ReviewPage;

use super::{PageContent, PageError, Visitor, page};
use crate::{
    core::{
        account::{identity, join, session as browsers},
        credit as credits, ilink, quota,
    },
    http::session,
    web::{
        component::PageHead,
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn MePage() -> impl IntoView {
    page(me)
}

async fn me(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let request = &visitor.request;
    let (lang, ctx) = (request.lang(), &request.ctx);
    let t = Me::of(lang);
    let identity = identity::find_own(ctx, user.id).await?;
    let sessions = browsers::list(ctx, user.id, &session::secret_of(&request.session)).await?;
    let others = join::others(ctx, user.id).await?;
    let door = session::door_of(&request.session).await;
    let ledger = credits::ledger(ctx, user.id).await?;
    let usage = quota::usage(ctx, user.id).await?;
    let connection = ilink::connection::find(ctx, user.id).await?;
    let body = view! {
        <PageHead title=t.title />
        {review::notice(request, &user, door)}
        {channel::banner(request, connection.as_ref())}
        {summary::card(lang, &user)}
        {wechat::card(request, identity)}
        {other::card(request, others, door)}
        {summary::auto_reply(lang, &user)}
        {channel::card(request, connection.as_ref())}
        {profile::card(&visitor, &user)}
        {password::card(&visitor, &user)}
        {browser::card(request, sessions)}
        {usage::card(lang, usage)}
        {credit::card(request, ledger)}
        {data::card(lang, door)}
        <form method="post" action="/do/sign-out" class="center">
            <button type="submit" class="button plain">{Common::of(lang).sign_out}</button>
        </form>
    };
    Ok(PageContent::medium(t.title, body))
}
