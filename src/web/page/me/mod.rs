//! `/me`: the user's account. The head page has the member card and a list that leads to the pages below it.

mod channel;
mod confirm;
pub mod credit;
mod data;
mod devices;
mod linked;
mod list;
mod other;
mod pass;
mod password;
mod place;
mod profile;
mod redeem;
mod review;
mod sub_page;
pub mod usage;

pub use channel::{ChannelDisconnectPage, ChannelPage, picture};
pub use confirm::{DeletePage, UnbindPage};
pub use credit::CreditsPage;
pub use data::download;
pub use devices::DevicesPage;
pub use linked::LinkedPage;
pub use password::PasswordPage;
pub use place::places;
pub use profile::ProfilePage;
pub use review::ReviewPage;
pub use usage::UsagePage;

use super::{PageContent, PageError, Visitor, page};
use crate::{
    core::{
        account::{avatar, identity, join, session as browsers},
        credit as credits, ilink, quota, rule,
    },
    http::session,
    web::text::{Common, me::Me},
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
    let door = session::door_of(&request.session).await;
    let facts = list::Facts {
        identity: identity::find_own(ctx, user.id).await?,
        sessions: browsers::list(ctx, user.id, &session::secret_of(&request.session)).await?.len(),
        others: join::others(ctx, user.id).await?.len(),
        rules: rule::search::tally(ctx, user.id).await?.iter().map(|(_, n)| n).sum(),
        connection: ilink::connection::find(ctx, user.id).await?,
        credits_today: credit::today(&credits::ledger(ctx, user.id).await?, request.ctx.now()),
        door,
    };
    let picture = avatar::find_path(ctx, user.id).await?;
    let usage = quota::usage(ctx, user.id).await?;
    let body = view! {
        <h1 class="sr-only">{t.title}</h1>
        {review::notice(request, &user, door)}
        {channel::banner(request, facts.connection.as_ref())}
        <div class="me">
            {pass::card(lang, &user, picture)}
            {usage::left(lang, &usage)}
            {redeem::card(&visitor)}
            {list::groups(request, &user, &facts)}
            <form method="post" action="/do/sign-out" class="me-leave">
                <button type="submit" class="button plain block">{Common::of(lang).sign_out}</button>
            </form>
        </div>
    };
    Ok(PageContent::wide(t.title, body))
}
