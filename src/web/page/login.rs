//! `/login`: signs in with WeChat or with a password. A session with WeChat is begun by the script of a visible page, or by a button;
//! rendering the page begins nothing.

use super::{
    PageError, Visitor, VisitorContent, page,
    path::{as_guest, with_next},
    signin::{self, Gate, gate_class, own_session},
    visitor_frame::corner_link,
};
use crate::{
    core::signin::{Purpose, Secrets, View},
    web::{
        component::{Field, Icon, Line, Mood, Says, Shape, Sign},
        text::{Common, login::Login, signin::Signin},
    },
};
use leptos::prelude::*;

#[component]
pub fn LoginPage() -> impl IntoView {
    page(login)
}

async fn login(visitor: Visitor) -> Result<VisitorContent, PageError> {
    let request = &visitor.request;
    let next = request.next();
    let is_guest = request.has("guest");
    if visitor.user.is_some() && !is_guest {
        return Err(PageError::Redirect(if next.is_empty() { "/me".to_owned() } else { next }));
    }
    let t = Login::of(request.lang());
    let own = own_session(request).await?;
    let wanted = (!next.is_empty()).then_some(next.as_str());
    let has_account = request.ctx.account.is_connected();
    let body = match &own {
        _ if !has_account => password_only(&visitor, &next),
        Some((secrets, view)) if view.waits_for_login(wanted) => going_on(&visitor, secrets, view, &next),
        other => {
            // The script begins nothing in place of a registration that waits in this browser.
            let is_busy = other.as_ref().is_some_and(|(_, v)| v.purpose != Purpose::Login && !v.status.is_final());
            fresh(&visitor, &next, !is_busy)
        }
    };
    let corner = has_account.then(|| corner_link(as_guest(with_next("/register", &next), is_guest), t.no_account));
    Ok(VisitorContent::new(t.title, corner, body))
}

/// The page of a session that waits.
fn going_on(visitor: &Visitor, secrets: &Secrets, view: &View, next: &str) -> AnyView {
    let gate = Gate::of(visitor, view, secrets);
    let second = view! {
        <section class="half panel ways">
            {password_form(visitor, next)}
            <div data-part="code">{signin::code_fold(&gate)}</div>
        </section>
    };
    signin::waiting(&gate, signin::first_part(&gate), second.into_any())
}

/// The page without an Official Account.
fn password_only(visitor: &Visitor, next: &str) -> AnyView {
    let t = Login::of(visitor.request.lang());
    let line = Line::always(t.title, "", Mood::Plain, Sign::None);
    view! {
        <div class=format!("{} single", gate_class(visitor.request.client.device))>
            <Says lines=vec![line] />
            <section class="panel roomy">{password_form(visitor, next)}</section>
        </div>
    }
    .into_any()
}

/// The page before a session begins.
fn fresh(visitor: &Visitor, next: &str, begins: bool) -> AnyView {
    let request = &visitor.request;
    let (t, s) = (Login::of(request.lang()), Signin::of(request.lang()));
    let line = Line::always(s.begin_title, s.begin_state, Mood::Plain, Sign::None);
    let next = next.to_owned();
    view! {
        <div class=gate_class(request.client.device) data-signin="" data-state="waiting" data-poll="">
            <Says lines=vec![line] />
            <div class="whole" data-when="waiting">
                <div class="halves">
                    <section class="half panel" data-part="wechat">
                        <form class="begin" method="post" action="/do/wechat" data-begin=begins.then_some("")>
                            <input type="hidden" name="next" value=next.clone() />
                            <button type="submit" class="button primary block"><Icon shape=Shape::Chat />{t.wechat}</button>
                            <p class="small-text soft center">{s.begin_note}</p>
                        </form>
                    </section>
                    <section class="half panel ways">{password_form(visitor, &next)} <div data-part="code"></div></section>
                </div>
            </div>
            <div data-part="received"></div>
            <div data-part="check"></div>
        </div>
        {signin::script()}
    }
    .into_any()
}

fn password_form(visitor: &Visitor, next: &str) -> AnyView {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Login::of(lang));
    let filled = visitor.form("login");
    let next = next.to_owned();
    let guest = visitor.request.has("guest").then(|| view! { <input type="hidden" name="guest" value="1" /> });
    view! {
        <h2>{t.password}</h2>
        <form class="stack" method="post" action="/do/login">
            <input type="hidden" name="next" value=next />
            {guest}
            <Field
                label=c.username
                name="username"
                value=filled.value("username")
                error=filled.error("username")
                autocomplete="username"
                required=true
            />
            <Field
                label=c.password
                name="password"
                kind="password"
                error=filled.error("password")
                autocomplete="current-password"
                required=true
                reveal=lang
            />
            <button type="submit" class="button plain block">{c.sign_in}</button>
            <p class="small-text"><a class="line" href="/forgot">{t.forgot}</a></p>
        </form>
    }
    .into_any()
}
