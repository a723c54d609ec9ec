//! The page of a session that ended without success: what happened, and the next step.

use super::gate::{Gate, Reach, gate_class, script};
use crate::{
    core::signin::{Fault, Purpose, Status, begin::OWN_REFRESHES},
    web::{
        component::{Digits, Icon, Kind, Line, LinkButton, Mood, QrFrame, Says, Shape, Sign, Submit},
        page::VisitorContent,
        text::{Common, fill, login::Login},
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

/// The id of the form that renews the session, for the QR code that is a button of it.
const RENEW: &str = "renew";

/// The page of an ended session.
pub fn page(gate: &Gate<'_>) -> VisitorContent {
    let (line, way) = outcome(gate);
    let status = gate.view.status;
    // The script renews expired sessions, a limited number of times; not if that was just refused.
    let flash = &gate.visitor.flash.form;
    let renews = status == Status::Expired && gate.view.refreshes < OWN_REFRESHES && flash != "renew";
    let act = act(gate, way, renews);
    let content = match status {
        Status::Expired => expired(gate, act),
        Status::Refused => refused(gate, act),
        _ => view! { <section class="half panel ended">{act}</section> }.into_any(),
    };
    let class = gate_class(gate.device());
    let class = if matches!(status, Status::Expired | Status::Refused) { class } else { "gate slim" };
    let body = view! {
        <div class=class data-signin="" data-state=status.as_str() data-poll=gate.secrets.poll().to_owned()>
            <Says lines=vec![line] />
            <div class="whole"><div class="halves low">{content}</div></div>
        </div>
        {renews.then(script)}
    };
    VisitorContent::new(gate.title(), (), body)
}

/// The phone confirmed, but this request did not come from our own page: the visitor continues with a button.
pub fn agreed(gate: &Gate<'_>) -> VisitorContent {
    let t = gate.t;
    let line = Line::always(t.agreed, t.agreed_state, Mood::Good, Sign::Icon(Shape::Check));
    let body = view! {
        <div class="gate slim">
            <Says lines=vec![line] />
            <form method="post" action="/signin/done">
                <Submit text=Common::of(gate.request().lang()).next block=true />
            </form>
        </div>
    };
    VisitorContent::new(gate.title(), (), body)
}

/// The old codes, struck through; the QR code itself is a button for new ones.
fn expired(gate: &Gate<'_>, act: AnyView) -> AnyView {
    let t = gate.t;
    let minutes = gate.request().ctx.settings.settings.signin.session_minutes.to_string();
    let qr = (gate.reach() == Reach::Scan).then(|| {
        view! {
            <section class="half panel desk-only">
                <div class="qr">
                    <QrFrame src=format!("/signin/qr.png?{}", gate.view.id) alt="">
                        <button class="qr-veil" form=RENEW>
                            <Icon shape=Shape::Again />
                            <span>{t.expired_qr}<small>{t.expired_qr_do}</small></span>
                        </button>
                    </QrFrame>
                </div>
            </section>
        }
    });
    view! {
        {qr}
        <section class="half panel">
            <p class="soft desk-only">{t.expired_digits}</p>
            <div class="center-phone"><Digits code=gate.secrets.code().to_owned() old=true /></div>
            {act}
            <p class="small-text soft center-phone">{fill(t.expired_why, &[("n", &minutes)])}</p>
        </section>
    }
    .into_any()
}

fn refused(gate: &Gate<'_>, act: AnyView) -> AnyView {
    let t = gate.t;
    let c = Common::of(gate.request().lang());
    let is_register = gate.view.purpose == Purpose::Register;
    let again = if is_register { t.refused_mistake_register } else { t.refused_mistake_do };
    let (href, text) = home(gate, c);
    view! {
        <section class="half panel">
            <h2>{t.refused_mistake}</h2>
            <p class="soft">{again}</p>
            {act}
        </section>
        <section class="half panel">
            <h2>{t.refused_stranger}</h2>
            <p class="soft">{t.refused_stranger_do}</p>
            <LinkButton href text kind=Kind::Plain block=true />
        </section>
    }
    .into_any()
}

fn home(gate: &Gate<'_>, c: &'static Common) -> (&'static str, &'static str) {
    if gate.visitor.user.is_some() { ("/me", c.me) } else { ("/", c.home) }
}

fn outcome(gate: &Gate<'_>) -> (Line, Way) {
    let (c, t, view) = (Common::of(gate.request().lang()), gate.t, gate.view);
    let (href, text) = home(gate, c);
    let home = Way::Place(href, text);
    // An ended registration has discarded its password: it starts again from the form.
    let again = if view.purpose == Purpose::Register { Way::Place("/register", t.taken_do) } else { Way::Renew };
    let line = |title: &str, state: &str, mood, shape| Line::always(title, state, mood, Sign::Icon(shape));
    let (bad, warn) = (Mood::Bad, Mood::Warn);
    match (view.status, view.fault) {
        (Status::Refused, _) => {
            let state = gate.by_purpose(t.refused_state_register, t.refused_state, t.refused_state_bind);
            (line(t.refused, state, Mood::Plain, Shape::Check), again)
        }
        (_, Some(Fault::AlreadyRegistered)) => {
            (line(t.registered, t.registered_text, Mood::Plain, Shape::Info), Way::Wechat)
        }
        (_, Some(Fault::UsernameTaken)) => {
            (line(t.taken, t.taken_text, warn, Shape::Warning), Way::Place("/register", t.taken_do))
        }
        (_, Some(Fault::AlreadyBound)) => (line(t.bound, t.bound_text, warn, Shape::Warning), home),
        (_, Some(Fault::Disabled)) => (line(t.disabled, t.disabled_text, bad, Shape::Bad), home),
        (_, Some(Fault::Guesses)) => (line(t.guesses, t.guesses_text, warn, Shape::Warning), again),
        (Status::Expired, None) => {
            let state = match (&view.username, view.purpose) {
                (Some(name), Purpose::Register) => fill(t.expired_name, &[("name", name)]),
                _ => t.expired_state.to_owned(),
            };
            (line(t.expired, &state, warn, Shape::Clock), Way::Renew)
        }
        (_, None) => (line(t.failed, t.failed_text, bad, Shape::Bad), again),
    }
}

fn act(gate: &Gate<'_>, way: Way, renews: bool) -> AnyView {
    let lang = gate.request().lang();
    match way {
        Way::Renew => view! {
            <form id=RENEW method="post" action="/do/renew" data-renew=renews.then_some("")>
                <button type="submit" class="button primary block"><Icon shape=Shape::Again />{gate.t.renew}</button>
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
