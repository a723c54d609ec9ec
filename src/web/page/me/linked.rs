//! `/me/linked`: the user's WeChat identity, and other accounts of the same WeChat.

use super::{other, sub_page::sub_page};
use crate::{
    core::account::{identity, join},
    http::session,
    store::identity::IdentityRow,
    web::{
        component::{Badge, Card, CopyId, Fact, Facts, Kind, LinkButton, Submit, Tone},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, page},
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn LinkedPage() -> impl IntoView {
    page(linked)
}

async fn linked(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let request = &visitor.request;
    let t = Me::of(request.lang());
    let identity = identity::find_own(&request.ctx, user.id).await?;
    let others = join::others(&request.ctx, user.id).await?;
    let door = session::door_of(&request.session).await;
    let body = view! {
        {card(request, identity)}
        {other::card(request, others, door)}
    };
    Ok(sub_page(request.lang(), t.wechat, body))
}

/// The identity, or how to link one.
fn card(request: &PageRequest, identity: Option<IdentityRow>) -> AnyView {
    let t = Me::of(request.lang());
    match identity {
        Some(identity) => bound(request, identity),
        None => view! {
            <Card>
                <p>{t.wechat_none}</p>
                <form method="post" action="/do/bind">
                    <Submit text=t.wechat_bind block=true />
                </form>
            </Card>
        }
        .into_any(),
    }
}

fn bound(request: &PageRequest, identity: IdentityRow) -> AnyView {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Me::of(lang));
    let (state, tone) = state(t, &identity);
    view! {
        <Card>
            <Facts>
                <Fact name=c.status><Badge text=state tone=tone dot=true /></Fact>
                {identity.nickname.map(|name| view! { <Fact name=c.nickname>{name.clone()}</Fact> })}
                <Fact name=t.open_id><CopyId id=identity.openid.clone() lang /></Fact>
                {identity.subscribed_at.map(|at| view! { <Fact name=t.since><Ago lang at now /></Fact> })}
            </Facts>
        </Card>
        <LinkButton href="/me/unbind" text=t.unbind_yes kind=Kind::PlainDanger block=true />
    }
    .into_any()
}

/// Whether the WeChat user follows the account.
pub fn state(t: &'static Me, identity: &IdentityRow) -> (&'static str, Tone) {
    if identity.is_subscribed == 1 { (t.followed, Tone::Success) } else { (t.unfollowed, Tone::Warning) }
}
