//! A session that came to nothing: what happened, and the one thing to do next.

use super::{script, title};
use crate::{
    core::signin::{Fault, Purpose, Secrets, Status, View, begin::OWN_REFRESHES},
    web::{
        page::{Leaf, Visitor},
        part::{Card, Icon, LinkButton, Shape, Submit},
        text::{Common, login::Login, signin::Signin},
    },
};
use leptos::prelude::*;

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A new session like this one.
    Renew,
    /// Signing in by WeChat, instead of registering.
    Wechat,
    /// Another place.
    Place(&'static str, &'static str),
}

/// The page of a session that is over.
pub fn page(visitor: &Visitor, view: &View, secrets: &Secrets) -> Leaf {
    let t = Signin::of(visitor.here.lang());
    let (shape, head, text, way) = told(visitor, view);
    // The script renews what merely expired, a few times; not where that was just refused.
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
    Leaf::narrow(title(t, view.purpose), body)
}

fn told(visitor: &Visitor, view: &View) -> (Shape, &'static str, &'static str, Way) {
    let lang = visitor.here.lang();
    let (c, t) = (Common::of(lang), Signin::of(lang));
    let home = if visitor.user.is_some() { Way::Place("/me", c.me) } else { Way::Place("/", c.home) };
    // A registration that ended has forgotten its password: it begins again from its form.
    let again = if view.purpose == Purpose::Register { Way::Place("/register", t.taken_do) } else { Way::Renew };
    match (view.status, view.fault) {
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
    let lang = visitor.here.lang();
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
