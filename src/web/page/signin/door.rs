//! The sign-in methods of a waiting session: scan a QR code, send digits, type a code. The best one for this visitor comes
//! first.

use super::with_guesses;
use crate::{
    core::signin::{Purpose, Secrets, Status, View},
    web::{
        component::{Card, CodeDisplay, Field, Kind, LinkButton, QrPanel, QrState, Submit},
        page::{PageRequest, Visitor},
        text::{Common, fill, signin::Signin},
    },
};
use leptos::prelude::*;

/// All available methods.
pub fn all(visitor: &Visitor, view: &View, secrets: &Secrets) -> AnyView {
    let request = &visitor.request;
    let t = Signin::of(request.lang());
    let (on, type_code) = (on(request), type_code(visitor, view));
    let digits = send(request, view, secrets);
    let (first, second) = match (view.qr_url.is_some(), request.client.is_wechat) {
        (true, false) => {
            // After a scan, the digits are useless.
            let second = view! { <div data-when="waiting"><Card><h2 class="door-name">{t.send_instead}</h2>{digits}</Card></div> };
            (scan(request, view), Some(second.into_any()))
        }
        // WeChat's built-in browser cannot scan its own phone's screen.
        (true, true) => {
            let qr = scan(request, view);
            (digits, Some(view! { <Card>{qr}</Card> }.into_any()))
        }
        (false, _) => (view! { {digits} {progress(request)} }.into_any(), None),
    };
    view! {
        <Card>{first} {on}</Card>
        {second}
        <Card>{type_code}</Card>
    }
    .into_any()
}

/// The first method: the platform's QR code for this session.
fn scan(request: &PageRequest, view: &View) -> AnyView {
    let t = Signin::of(request.lang());
    let how = match (request.client.is_wechat, view.purpose) {
        (true, _) => t.long_press,
        (false, Purpose::Register) => t.scan_follow,
        (false, _) => t.scan,
    };
    let valid = valid(request, view);
    view! {
        <QrPanel lang=request.lang() src=format!("/signin/qr.png?{}", view.id) alt=t.qr_alt state=state(view.status)>
            <div data-when="waiting">
                <p>{how}</p>
                <p class="soft small-text">{valid}</p>
            </div>
        </QrPanel>
    }
    .into_any()
}

/// The second method: sending digits in the chat.
fn send(request: &PageRequest, view: &View, secrets: &Secrets) -> AnyView {
    let t = Signin::of(request.lang());
    let settings = &request.ctx.settings.settings;
    let digits = secrets.code().len().to_string();
    let label = match settings.wechat.account_name.as_str() {
        "" => fill(t.send_nameless, &[("n", &digits)]),
        name => fill(t.send, &[("n", &digits), ("name", name)]),
    };
    view! { <CodeDisplay lang=request.lang() code=secrets.code().to_owned() label note=valid(request, view) /> }
        .into_any()
}

/// Without a QR code: the session's progress, and the account's own code for visitors who do not follow yet.
fn progress(request: &PageRequest) -> impl IntoView + use<> {
    let (c, t) = (Common::of(request.lang()), Signin::of(request.lang()));
    let has_account_qr = !request.ctx.settings.settings.wechat.account_qr.is_empty();
    let how = if request.client.is_wechat { t.long_press } else { t.account_scan };
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

/// The third method: typing a code that the account sent. Always available.
fn type_code(visitor: &Visitor, view: &View) -> AnyView {
    let request = &visitor.request;
    let (c, t) = (Common::of(request.lang()), Signin::of(request.lang()));
    let filled = visitor.form("code");
    let error = filled.error("code").map(|error| with_guesses(request, view, &error));
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

/// The button for browsers in which the page does not advance by itself.
fn on(request: &PageRequest) -> impl IntoView + use<> {
    let (c, t) = (Common::of(request.lang()), Signin::of(request.lang()));
    view! {
        <LinkButton href="/signin?asked" text=c.next kind=Kind::Plain block=true />
        <p class="soft small-text center">{t.followed}</p>
        <noscript>
            <p class="soft small-text center">{t.reloads} " " <a href="/signin?still">{t.stay}</a></p>
        </noscript>
    }
}

fn valid(request: &PageRequest, view: &View) -> String {
    // The current minute counts.
    let minutes = (view.expires_at - request.ctx.now() + 59_999).div_euclid(60_000).max(1);
    fill(Signin::of(request.lang()).valid, &[("n", &minutes.to_string())])
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
