//! A user's identities, rules, browsers and audit log.

use super::following;
use crate::text::Lang;
use crate::{
    core::account::{directory::UserDetail, session::WebSession},
    store::{audit::AuditEntry, identity::IdentityRow},
    web::{
        component::{Card, CopyId, Fact, Facts, Head, Kind, Submit, Table},
        page::{Ago, PageRequest},
        text::{
            Common, fill,
            me::Me,
            stored::{Stored, audit_detail},
            users::Users,
        },
    },
};
use leptos::prelude::*;

/// The linked WeChat identities, and whether a password is set.
pub fn identities(request: &PageRequest, detail: &UserDetail) -> impl IntoView + use<> {
    let t = Users::of(request.lang());
    let password = if detail.user.has_password { t.password_set } else { t.password_none };
    let none = detail.identities.is_empty().then(|| view! { <p class="soft">{t.identities_none}</p> });
    let all = detail.identities.iter().map(|identity| one_identity(request, identity)).collect_view();
    view! {
        <Card title=t.identities>
            {none} {all}
            <Facts><Fact name=t.password>{password}</Fact></Facts>
        </Card>
    }
}

fn one_identity(request: &PageRequest, identity: &IdentityRow) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Users::of(lang));
    let IdentityRow { app, appid, openid, unionid, nickname, subscribed_at, unsubscribed_at, source_scene, .. } =
        identity.clone();
    let is_subscribed = identity.is_subscribed == 1;
    let is_account = app == "official_account";
    let app = Stored::of(lang).app(&app);
    view! {
        <Facts>
            <Fact name=t.app>{app} " " <span class="soft">{appid}</span></Fact>
            {is_account.then(|| view! { <Fact name=t.follow>{following(t, Some(is_subscribed))}</Fact> })}
            <Fact name=t.openid><CopyId id=openid.clone() lang /></Fact>
            {unionid.map(|id| view! { <Fact name=t.unionid><CopyId id=id.clone() lang /></Fact> })}
            {nickname.map(|name| view! { <Fact name=c.nickname>{name.clone()}</Fact> })}
            {subscribed_at.map(|at| view! { <Fact name=t.since><Ago lang at now /></Fact> })}
            {unsubscribed_at.filter(|_| !is_subscribed).map(|at| view! { <Fact name=t.until><Ago lang at now /></Fact> })}
            {source_scene.map(|scene| view! { <Fact name=t.scene>{scene.clone()}</Fact> })}
        </Facts>
    }
}

/// Statistics of their rules.
pub fn rules(lang: Lang, detail: &UserDetail) -> impl IntoView + use<> {
    let (c, t) = (Common::of(lang), Users::of(lang));
    let rules = detail.rules;
    let switch = if detail.user.is_auto_reply { c.on } else { c.off };
    view! {
        <Card title=t.rules>
            <dl class="who-facts">
                <div><dt>{t.rules_total}</dt><dd class="num">{rules.total}</dd></div>
                <div><dt>{t.rules_enabled}</dt><dd class="num">{rules.enabled}</dd></div>
                <div><dt>{t.rules_hits}</dt><dd class="num">{rules.hits}</dd></div>
                <div><dt>{t.rules_switch}</dt><dd>{switch}</dd></div>
            </dl>
        </Card>
    }
}

/// The browsers in which they are signed in, each with a sign-out button.
pub fn sessions(request: &PageRequest, detail: &UserDetail) -> AnyView {
    let lang = request.lang();
    let (c, t, m) = (Common::of(lang), Users::of(lang), Me::of(lang));
    if detail.sessions.is_empty() {
        return view! { <Card title=t.sessions><p class="soft">{t.sessions_none}</p></Card> }.into_any();
    }
    let rows =
        detail.sessions.iter().map(|session| one_session(request, detail.user.id, session.clone())).collect_view();
    let heads = vec![Head::Text(m.browser), Head::Text(m.address), Head::Text(m.seen), Head::Hidden(c.actions)];
    view! {
        <Card title=t.sessions flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn one_session(request: &PageRequest, user_id: i64, session: WebSession) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (t, m) = (Users::of(lang), Me::of(lang));
    let label = fill(m.revoke_one, &[("browser", &session.browser_label), ("address", &session.address)]);
    view! {
        <tr>
            <th scope="row">{session.browser_label}</th>
            <td data-label=m.address>{session.address}</td>
            <td data-label=m.seen><Ago lang at=session.seen_at now /></td>
            <td class="acts">
                <form method="post" action="/do/user-end-session">
                    <input type="hidden" name="user" value=user_id />
                    <Submit text=t.end_session name="session" value=session.public_id label kind=Kind::Quiet small=true />
                </form>
            </td>
        </tr>
    }
}

/// The audit log: actions on the user, and who carried them out.
pub fn audit(request: &PageRequest, detail: &UserDetail) -> AnyView {
    audit_card(request, &detail.audit)
}

/// Entries of the audit log.
pub fn audit_card(request: &PageRequest, entries: &[AuditEntry]) -> AnyView {
    let lang = request.lang();
    let (c, t) = (Common::of(lang), Users::of(lang));
    if entries.is_empty() {
        return view! { <Card title=t.audit><p class="soft">{t.audit_none}</p></Card> }.into_any();
    }
    let rows = entries.iter().map(|entry| one_act(request, entry.clone())).collect_view();
    let heads = vec![Head::Text(t.what), Head::Text(t.detail), Head::Text(t.who), Head::Text(c.time)];
    view! {
        <Card title=t.audit flush=true>
            <Table heads>{rows}</Table>
        </Card>
    }
    .into_any()
}

fn one_act(request: &PageRequest, entry: AuditEntry) -> impl IntoView + use<> {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (c, t) = (Common::of(lang), Users::of(lang));
    let actor = match (entry.actor_name, entry.actor_id) {
        (Some(name), _) => name,
        (None, Some(id)) => fill(t.by_gone, &[("id", &id.to_string())]),
        (None, None) => t.by_system.to_owned(),
    };
    view! {
        <tr>
            <th scope="row">{Stored::of(lang).act(&entry.action)}</th>
            <td data-label=t.detail class="wrap">{audit_detail(lang, &entry.action, &entry.detail)}</td>
            <td data-label=t.who title=entry.address>{actor}</td>
            <td data-label=c.time><Ago lang at=entry.created_at now /></td>
        </tr>
    }
}
