//! The three doors of a session that waits: scan, send the digits, type the code. The best one for this visitor comes first.

use super::with_guesses;
use crate::{
    core::signin::{Purpose, Secrets, Status, View},
    web::{
        page::{Here, Visitor},
        part::{Card, CodeDisplay, Field, Kind, LinkButton, QrPanel, QrState, Submit},
        text::{Common, fill, signin::Signin},
    },
};
use leptos::prelude::*;

/// All doors that are open.
pub fn all(visitor: &Visitor, view: &View, secrets: &Secrets) -> AnyView {
    let here = &visitor.here;
    let t = Signin::of(here.lang());
    let (on, type_code) = (on(here), type_code(visitor, view));
    let digits = send(here, view, secrets);
    let (first, second) = match (view.qr_url.is_some(), here.client.is_wechat) {
        (true, false) => {
            // Once somebody scanned, the digits are of no use.
            let second = view! { <div data-when="waiting"><Card><h2 class="door-name">{t.send_instead}</h2>{digits}</Card></div> };
            (scan(here, view), Some(second.into_any()))
        }
        // Inside WeChat's browser a phone cannot scan its own screen.
        (true, true) => {
            let qr = scan(here, view);
            (digits, Some(view! { <Card>{qr}</Card> }.into_any()))
        }
        (false, _) => (view! { {digits} {progress(here)} }.into_any(), None),
    };
    view! {
        <Card>{first} {on}</Card>
        {second}
        <Card>{type_code}</Card>
    }
    .into_any()
}

/// Door 1: the QR that the platform made for this session.
fn scan(here: &Here, view: &View) -> AnyView {
    let t = Signin::of(here.lang());
    let how = match (here.client.is_wechat, view.purpose) {
        (true, _) => t.long_press,
        (false, Purpose::Register) => t.scan_follow,
        (false, _) => t.scan,
    };
    let valid = valid(here, view);
    view! {
        <QrPanel lang=here.lang() src=format!("/signin/qr.png?{}", view.id) alt=t.qr_alt state=state(view.status)>
            <div data-when="waiting">
                <p>{how}</p>
                <p class="soft small-text">{valid}</p>
            </div>
        </QrPanel>
    }
    .into_any()
}

/// Door 2: the digits.
fn send(here: &Here, view: &View, secrets: &Secrets) -> AnyView {
    let t = Signin::of(here.lang());
    let settings = &here.ctx.settings.settings;
    let digits = secrets.code().len().to_string();
    let label = match settings.wechat.account_name.as_str() {
        "" => fill(t.send_nameless, &[("n", &digits)]),
        name => fill(t.send, &[("n", &digits), ("name", name)]),
    };
    view! { <CodeDisplay lang=here.lang() code=secrets.code().to_owned() label note=valid(here, view) /> }.into_any()
}

/// Where there is no QR that shows it: how far the session is, and the account's own code for whoever does not follow yet.
fn progress(here: &Here) -> impl IntoView + use<> {
    let (c, t) = (Common::of(here.lang()), Signin::of(here.lang()));
    let has_account_qr = !here.ctx.settings.settings.wechat.account_qr.is_empty();
    let how = if here.client.is_wechat { t.long_press } else { t.account_scan };
    view! {
        <div class="qr">
            <div class="qr-status" role="status">
                <p data-when="waiting"><span class="qr-wait"></span>{t.waiting_send}</p>
                <p data-when="scanned">{c.qr_scanned}</p>
                <p data-when="success">{c.qr_success}</p>
            </div>
            {has_account_qr.then(|| view! {
                <div class="qr-frame" data-when="waiting">
                    <img src="/signin/account.png" alt=t.account_alt width="240" height="240" />
                </div>
                <p class="soft" data-when="waiting">{how}</p>
            })}
        </div>
    }
}

/// Door 3: a code that the account gave. It is there beside the others, always.
fn type_code(visitor: &Visitor, view: &View) -> AnyView {
    let here = &visitor.here;
    let (c, t) = (Common::of(here.lang()), Signin::of(here.lang()));
    let filled = visitor.form("code");
    let error = filled.error("code").map(|error| with_guesses(here, view, &error));
    let act = match view.purpose {
        Purpose::Register => c.register,
        Purpose::Login | Purpose::Reset => c.sign_in,
        Purpose::Bind => c.bind,
    };
    view! {
        <h2 class="door-name">{t.type_title}</h2>
        <form class="stack" method="post" action="/do/code">
            <Field
                label=c.code
                name="code"
                value=filled.value("code")
                error=error
                hint=t.type_hint
                autocomplete="one-time-code"
                inputmode="numeric"
                required=true
                digits=true
            />
            <Submit text=act kind=Kind::Plain block=true />
        </form>
    }
    .into_any()
}

/// For whom the page does not go on by itself.
fn on(here: &Here) -> impl IntoView + use<> {
    let (c, t) = (Common::of(here.lang()), Signin::of(here.lang()));
    view! {
        <LinkButton href="/signin?asked" text=c.next kind=Kind::Plain block=true />
        <p class="soft small-text center">{t.followed}</p>
        <noscript>
            <p class="soft small-text center">{t.reloads} " " <a href="/signin?still">{t.stay}</a></p>
        </noscript>
    }
}

fn valid(here: &Here, view: &View) -> String {
    // The minute that has begun counts.
    let minutes = (view.expires_at - here.ctx.now() + 59_999).div_euclid(60_000).max(1);
    fill(Signin::of(here.lang()).valid, &[("n", &minutes.to_string())])
}

fn state(status: Status) -> QrState {
    match status {
        Status::Waiting => QrState::Waiting,
        Status::Scanned => QrState::Scanned,
        Status::Success => QrState::Success,
        Status::Expired => QrState::Expired,
        Status::Refused => QrState::Refused,
        Status::Error => QrState::Error,
    }
}
