//! One user, whole: what is known of them, and what can be done.

use super::{USERS, act, following, id_asked, level_tone, parsed, record};
use crate::text::Lang;
use crate::{
    core::account::{
        Role, User,
        directory::{self, Admin, Picture},
    },
    web::{
        page::{Ago, Halt, Here, Leaf, Visitor, admin::console, me},
        part::{Badge, Card, CopyId, Icon, Notice, Shape, Tone},
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::*;

#[component]
pub fn UserPage() -> impl IntoView {
    let id = id_asked();
    console(|visitor, admin| detail(visitor, admin, id))
}

async fn detail(visitor: Visitor, admin: Admin, id: String) -> Result<Leaf, Halt> {
    let here = &visitor.here;
    let lang = here.lang();
    let t = Users::of(lang);
    let picture = directory::picture(&here.ctx, &admin, parsed(&id)?).await?;
    let title = picture.user.nickname.clone();
    let is_self = picture.user.id == admin.user_id();
    let body = view! {
        <a class="back" href=USERS><Icon shape=Shape::Left />{t.back}</a>
        {head(here, &picture, is_self)}
        {told(lang, &picture)}
        <div class="user-page">
            <div class="user-acts">{act::cards(&visitor, &picture)}</div>
            <div class="user-facts">
                {record::identities(here, &picture)}
                {me::usage::card(lang, picture.usage.clone())}
                {me::credit::card(here, picture.ledger.clone())}
                {record::rules(lang, &picture)}
                {record::sessions(here, &picture)}
                {record::audit(here, &picture)}
            </div>
        </div>
    };
    Ok(Leaf::wide(title, body))
}

/// Who it is, at a glance.
fn head(here: &Here, picture: &Picture, is_self: bool) -> impl IntoView + use<> {
    let (lang, now) = (here.lang(), here.ctx.now());
    let (c, t) = (Common::of(lang), Users::of(lang));
    let User { id, nickname, username, level, role, is_enabled, credits, created_at, last_login_at, .. } =
        picture.user.clone();
    let initial = nickname.chars().next().map(String::from);
    let names = [username.filter(|name| *name != nickname), picture.user.real_name.clone()];
    let names: Vec<String> = names.into_iter().flatten().collect();
    let is_subscribed = picture.identities.iter().map(|identity| identity.is_subscribed == 1).max();
    let reach = [picture.user.phone.clone(), picture.user.email.clone()].into_iter().flatten().collect::<Vec<_>>();
    let seen = match last_login_at {
        Some(at) => view! { <Ago lang at now /> }.into_any(),
        None => t.never.into_any(),
    };
    view! {
        <Card>
            <div class="who user-head">
                <span class="avatar big" aria-hidden="true">{initial}</span>
                <div class="grow">
                    <div class="row">
                        <h1 class="who-name">{nickname}</h1>
                        <Badge text=c.level_name(&level) tone=level_tone(&level) />
                        {(role == Role::Admin).then(|| view! { <Badge text=t.admin tone=Tone::Info /> })}
                        {(!is_enabled).then(|| view! { <Badge text=t.state_off tone=Tone::Danger dot=true /> })}
                        <span class="soft">{following(t, is_subscribed)}</span>
                        {is_self.then(|| view! { <Badge text=t.you /> })}
                    </div>
                    {(!names.is_empty()).then(|| view! { <p class="soft">{names.join(" · ")}</p> })}
                    {(!reach.is_empty()).then(|| view! { <p class="soft">{reach.join(" · ")}</p> })}
                </div>
                <dl class="who-facts">
                    <div><dt>{t.id}</dt><dd data-user-id><CopyId id=id.to_string() lang /></dd></div>
                    <div><dt>{c.credits}</dt><dd class="num" data-credits>{credits}</dd></div>
                    <div><dt>{t.registered}</dt><dd><Ago lang at=created_at now /></dd></div>
                    <div><dt>{t.last_login}</dt><dd>{seen}</dd></div>
                </dl>
            </div>
        </Card>
    }
}

/// What must be known before anything is done.
fn told(lang: Lang, picture: &Picture) -> impl IntoView + use<> {
    let t = Users::of(lang);
    let reason = picture.disabled_reason.clone().map(|reason| fill(t.disabled_reason, &[("reason", &reason)]));
    let is_shut_out = !picture.user.is_enabled;
    let is_last_admin = picture.is_last_admin;
    view! {
        {is_shut_out.then(|| view! {
            <Notice tone=Tone::Warning title=t.disabled_title>{reason.map(|reason| view! { <p>{reason}</p> })}</Notice>
        })}
        {is_last_admin.then(|| view! { <Notice><p>{t.last_admin}</p></Notice> })}
    }
}
