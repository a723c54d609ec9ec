//! `/register`: a name and a password; WeChat comes next. Or WeChat alone.

use super::{
    PageError, Visitor, VisitorContent, account_name, page,
    path::{as_guest, with_next},
    signin::{gate_class, own_session},
    visitor_frame::corner_link,
};
use crate::core::signin::Purpose;
use crate::web::{
    component::{Face, Field, Icon, Line, LinkButton, Mood, Says, Shape, Sign, Submit},
    text::{Common, connect::Connect, fill, register::Register},
};
use leptos::prelude::*;

#[component]
pub fn RegisterPage() -> impl IntoView {
    page(register)
}

async fn register(visitor: Visitor) -> Result<VisitorContent, PageError> {
    let request = &visitor.request;
    let (lang, next) = (request.lang(), request.next());
    let is_guest = request.has("guest");
    if visitor.user.is_some() && !is_guest {
        return Err(PageError::Redirect("/me".to_owned()));
    }
    let t = Register::of(lang);
    if !request.ctx.account.is_connected() {
        return Ok(unconnected(&visitor));
    }
    // Who comes back from the second step finds the name that they chose.
    let chosen = own_session(request).await?.filter(|(_, view)| view.purpose == Purpose::Register);
    let chosen = chosen.and_then(|(_, view)| view.username);
    let line = Line::always(t.says, t.state, Mood::Plain, Sign::None);
    let body = view! {
        <div class=gate_class(request.client.device)>
            <Says lines=vec![line] />
            <div class="whole">
                <div class="halves">
                    <section class="half panel">
                        <form method="post" action="/do/wechat">
                            <input type="hidden" name="next" value=next.clone() />
                            <button type="submit" class="button tint block"><Icon shape=Shape::Chat />{t.wechat}</button>
                        </form>
                        <p class="rule">{t.or}</p>
                        {form(&visitor, chosen, &next)}
                    </section>
                    {what_comes_next(&visitor)}
                </div>
            </div>
        </div>
    };
    let corner = corner_link(as_guest(with_next("/login", &next), is_guest), t.has_account);
    Ok(VisitorContent::new(t.title, corner, body))
}

/// Without an Official Account a registration could not be confirmed in the chat.
fn unconnected(visitor: &Visitor) -> VisitorContent {
    let (c, t) = (Common::of(visitor.request.lang()), Connect::of(visitor.request.lang()));
    let line = Line::always(t.no_register, t.no_register_text, Mood::Warn, Sign::Icon(Shape::Warning));
    let body = view! {
        <div class="gate slim">
            <Says lines=vec![line] />
            <LinkButton href="/login" text=c.sign_in block=true />
        </div>
    };
    VisitorContent::new(t.no_register, (), body)
}

fn form(visitor: &Visitor, chosen: Option<String>, next: &str) -> AnyView {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Register::of(lang));
    let filled = visitor.form("register");
    let next = next.to_owned();
    let guest = visitor.request.has("guest").then(|| view! { <input type="hidden" name="guest" value="1" /> });
    view! {
        <form class="stack" method="post" action="/do/register">
            <input type="hidden" name="next" value=next />
            {guest}
            <Field
                label=c.username
                name="username"
                value=filled.value("username").or(chosen)
                error=filled.error("username")
                hint=t.username_hint
                autocomplete="username"
                required=true
            />
            <Field
                label=c.password
                name="password"
                kind="password"
                error=filled.error("password")
                hint=t.password_hint
                autocomplete="new-password"
                required=true
                reveal=lang
            />
            <Submit text=c.next block=true />
        </form>
    }
    .into_any()
}

/// The account as it will be met in WeChat, and what one gets. For wide screens.
fn what_comes_next(visitor: &Visitor) -> impl IntoView + use<> {
    let request = &visitor.request;
    let t = Register::of(request.lang());
    let credits = request.ctx.live().signin.welcome_credits;
    let credits = (credits > 0).then(|| fill(t.tick_credits, &[("n", &credits.to_string())]));
    let ticks = [Some(t.tick_follow.to_owned()), credits, Some(t.tick_forgot.to_owned())];
    let ticks =
        ticks.into_iter().flatten().map(|text| view! { <li><Icon shape=Shape::Check /><span>{text}</span></li> });
    let name = account_name(request);
    view! {
        <section class="half tinted desk-only">
            <p class="soft">{t.follow_next}</p>
            <div class="oa" aria-hidden="true">
                <Face />
                <p><b>{name}</b><small>{t.account_about}</small></p>
                <span class="oa-follow">{t.follow}</span>
            </div>
            <ul class="ticks">{ticks.collect_view()}</ul>
        </section>
    }
}
