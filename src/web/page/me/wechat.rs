//! The user's WeChat identity.

use crate::{
    store::identity::IdentityRow,
    web::{
        component::{Badge, Card, CopyId, Fact, Facts, Kind, LinkButton, Submit, Tone},
        page::{Ago, PageRequest},
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

/// The identity, or how to link one.
pub fn card(request: &PageRequest, identity: Option<IdentityRow>) -> AnyView {
    let t = Me::of(request.lang());
    match identity {
        Some(identity) => bound(request, identity),
        None => view! {
            <Card title=t.wechat>
                <p class="soft">{t.wechat_none}</p>
                <form method="post" action="/do/bind">
                    <Submit text=t.wechat_bind />
                </form>
            </Card>
        }
        .into_any(),
    }
}

fn bound(request: &PageRequest, identity: IdentityRow) -> AnyView {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Me::of(lang));
    let (state, tone) =
        if identity.is_subscribed == 1 { (t.followed, Tone::Success) } else { (t.unfollowed, Tone::Warning) };
    let actions = move || view! { <LinkButton href="/me/unbind" text=c.unbind kind=Kind::Quiet small=true /> };
    view! {
        <Card title=t.wechat actions>
            <Facts>
                <Fact name=c.status><Badge text=state tone=tone dot=true /></Fact>
                {identity.nickname.map(|name| view! { <Fact name=c.nickname>{name.clone()}</Fact> })}
                <Fact name=t.open_id><CopyId id=identity.openid.clone() lang /></Fact>
                {identity.subscribed_at.map(|at| view! { <Fact name=t.since><Ago lang at now /></Fact> })}
            </Facts>
        </Card>
    }
    .into_any()
}
