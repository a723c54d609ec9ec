//! One user's page: all data, and the actions.

use super::{USERS, act, following, id_asked, level_tone, parsed, record};
use crate::text::Lang;
use crate::{
    core::account::{
        ProfileColumn, Role, User, avatar,
        directory::{self, Admin, UserDetail},
    },
    web::{
        component::{Avatar, Badge, Card, CopyId, Icon, Notice, Shape, Tone},
        page::{Ago, PageContent, PageError, PageRequest, Visitor, admin::console, me},
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::*;

#[component]
pub fn UserPage() -> impl IntoView {
    let id = id_asked();
    console(|visitor, admin| detail(visitor, admin, id))
}

async fn detail(visitor: Visitor, admin: Admin, id: String) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Users::of(lang);
    let detail = directory::user_detail(&request.ctx, &admin, parsed(&id)?).await?;
    let title = detail.user.nickname.clone();
    let is_self = detail.user.id == admin.user_id();
    let picture = avatar::find_path(&request.ctx, detail.user.id).await?;
    let body = view! {
        <a class="back" href=USERS><Icon shape=Shape::Left />{t.back}</a>
        {head(request, &detail, is_self, picture)}
        {notices(lang, &detail)}
        <div class="user-page">
            <div class="user-acts">{act::cards(&visitor, &detail)}</div>
            <div class="user-facts">
                {record::identities(request, &detail)}
                {me::usage::card(lang, detail.usage.clone())}
                {me::credit::card(request, detail.ledger.clone())}
                {record::rules(lang, &detail)}
                {record::sessions(request, &detail)}
                {record::audit(request, &detail)}
            </div>
        </div>
    };
    Ok(PageContent::wide(title, body))
}

/// The user's name, state and numbers.
fn head(request: &PageRequest, detail: &UserDetail, is_self: bool, picture: Option<String>) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Users::of(lang));
    let user = &detail.user;
    let (id, level, role, is_enabled, credits) =
        (user.id, user.level.clone(), user.role, user.is_enabled, user.credits);
    let nickname = user.nickname.clone();
    let (names, others) = profile_lines(user);
    let created_at = user.created_at;
    let is_subscribed = detail.identities.iter().map(|identity| identity.is_subscribed == 1).max();
    let seen = match user.last_login_at {
        Some(at) => view! { <Ago lang at now /> }.into_any(),
        None => t.never.into_any(),
    };
    view! {
        <Card>
            <div class="who user-head">
                <Avatar name=nickname.clone() picture class="big" />
                <div class="grow">
                    <div class="row">
                        <h1 class="who-name">{nickname}</h1>
                        <Badge text=c.level_name(&level) tone=level_tone(&level) />
                        {(role == Role::Admin).then(|| view! { <Badge text=t.admin tone=Tone::Info /> })}
                        {(!is_enabled).then(|| view! { <Badge text=t.state_off tone=Tone::Danger dot=true /> })}
                        <span class="soft">{following(t, is_subscribed)}</span>
                        {is_self.then(|| view! { <Badge text=t.you /> })}
                    </div>
                    {(!names.is_empty()).then(|| view! { <p class="soft">{names}</p> })}
                    {(!others.is_empty()).then(|| view! { <p class="soft">{others}</p> })}
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

/// The user's other names, and all other profile fields.
fn profile_lines(user: &User) -> (String, String) {
    let username = user.username.as_deref().filter(|name| *name != user.nickname);
    let (mut names, mut others) = (Vec::from_iter(username), Vec::new());
    for column in ProfileColumn::ALL {
        match column {
            ProfileColumn::Nickname => {}
            ProfileColumn::RealName => names.push(user.profile(*column)),
            _ => others.push(user.profile(*column)),
        }
    }
    let line = |texts: Vec<&str>| texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
    (line(names), line(others))
}

/// Notices to read before acting.
fn notices(lang: Lang, detail: &UserDetail) -> impl IntoView + use<> {
    let t = Users::of(lang);
    let reason = detail.disabled_reason.clone().map(|reason| fill(t.disabled_reason, &[("reason", &reason)]));
    let is_shut_out = !detail.user.is_enabled;
    let is_last_admin = detail.is_last_admin;
    view! {
        {is_shut_out.then(|| view! {
            <Notice tone=Tone::Warning title=t.disabled_title>{reason.map(|reason| view! { <p>{reason}</p> })}</Notice>
        })}
        {is_last_admin.then(|| view! { <Notice><p>{t.last_admin}</p></Notice> })}
    }
}
