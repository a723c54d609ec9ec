//! The page of a session that ended without success: the reason, and the next step.

use super::{script, title};
use crate::{
    core::signin::{Fault, Purpose, Secrets, Status, View, begin::OWN_REFRESHES},
    web::{
        component::{Card, Icon, LinkButton, Shape, Submit},
        page::{PageContent, Visitor},
        text::{Common, login::Login, signin::Signin},
    },
};
use leptos::prelude::*;

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A new session of the same kind.
    Renew,
    /// Sign in with WeChat instead of registering.
    Wechat,
    /// A link to another page.
    Place(&'static str, &'static str),
}

/// The page of an ended session.
pub fn page(visitor: &Visitor, view: &View, secrets: &Secrets) -> PageContent {
    let t = Signin::of(visitor.request.lang());
    let (shape, head, text, way) = outcome(visitor, view);
    // The script renews expired sessions, a limited number of times; not if that was just refused.
    let renews = view.status == Status::Expired && view.refreshes < OWN_REFRESHES && visitor.flash.form != "renew";
    let act = act(visitor, way, renews);
    let (state, poll) = (view.status.as_str(), secrets.poll().to_owned());
    let body = view! {
        <Card>
            <div class="ended" data-signin="" data-state=state data-poll=poll>
                <Icon shape />
                <h1>{head}</h1>
                <p class="soft" role="status">{text}</p>
                {act}
            </div>
        </Card>
        {renews.then(script)}
    };
    PageContent::narrow(title(t, view.purpose), body)
}

/// The phone confirmed, but this request did not come from our own page: the user continues with a button.
pub fn agreed(visitor: &Visitor, view: &View) -> PageContent {
    let lang = visitor.request.lang();
    let t = Signin::of(lang);
    let body = view! {
        <Card>
            <div class="ended">
                <Icon shape=Shape::Good />
                <h1>{t.agreed}</h1>
                <form method="post" action="/signin/done">
                    <Submit text=Common::of(lang).next block=true />
                </form>
            </div>
        </Card>
    };
    PageContent::narrow(title(t, view.purpose), body)
}

fn outcome(visitor: &Visitor, view: &View) -> (Shape, &'static str, &'static str, Way) {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Signin::of(lang));
    let home = if visitor.user.is_some() { Way::Place("/me", c.me) } else { Way::Place("/", c.home) };
    // An ended registration has discarded its password: it starts again from the form.
    let again = if view.purpose == Purpose::Register { Way::Place("/register", t.taken_do) } else { Way::Renew };
    match (view.status, view.fault) {
        (Status::Refused, _) if view.purpose == Purpose::Register => (Shape::Bad, t.refused, t.refused_register, again),
        (Status::Refused, _) => (Shape::Bad, t.refused, t.refused_text, again),
        (_, Some(Fault::AlreadyRegistered)) => (Shape::Info, t.registered, t.registered_text, Way::Wechat),
        (_, Some(Fault::UsernameTaken)) => (Shape::Warning, t.taken, t.taken_text, Way::Place("/register", t.taken_do)),
        (_, Some(Fault::AlreadyBound)) => (Shape::Warning, t.bound, t.bound_text, home),
        (_, Some(Fault::Disabled)) => (Shape::Bad, t.disabled, t.disabled_text, home),
        (_, Some(Fault::Guesses)) => (Shape::Warning, t.guesses, t.guesses_text, again),
        (Status::Expired, None) => (Shape::Clock, t.expired, t.expired_text, Way::Renew),
        (_, None) => (Shape::Bad, t.failed, t.failed_text, again),
    }
}

fn act(visitor: &Visitor, way: Way, renews: bool) -> AnyView {
    let lang = visitor.request.lang();
    match way {
        Way::Renew => view! {
            <form method="post" action="/do/renew" data-renew=renews.then_some("")>
                <Submit text=Signin::of(lang).renew block=true />
            </form>
        }
        .into_any(),
        Way::Wechat => view! {
            <form method="post" action="/do/wechat">
                <Submit text=Login::of(lang).wechat block=true />
            </form>
        }
        .into_any(),
        Way::Place(href, text) => view! { <LinkButton href text block=true /> }.into_any(),
    }
}
