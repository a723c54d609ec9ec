//! The ways to reach the account in WeChat: scan or press the QR code, or send the digits. The server orders them by the visitor's
//! device.

use super::gate::{Gate, Reach};
use crate::{
    core::signin::Purpose,
    http::client::Device,
    web::component::{Copy, Digits, Fold, Icon, QrFrame, Shape},
};
use leptos::prelude::*;

/// The address that opens WeChat on a phone.
const WECHAT: &str = "weixin://";

/// The first part of a waiting page. The page's script puts it in place of the button that began the session, so it has the same name
/// on every page.
pub fn first_part(gate: &Gate<'_>) -> AnyView {
    match (gate.reach(), gate.device()) {
        (Reach::Scan, _) => scan(gate),
        (Reach::Press, _) => press(gate),
        (Reach::Send, Device::Desk) => send_from_desk(gate),
        (Reach::Send, _) => send_from_phone(gate),
    }
}

/// The QR code on a computer. A sign-in shows the digits below it, since the password stands beside it.
fn scan(gate: &Gate<'_>) -> AnyView {
    let t = gate.t;
    let more = gate.fill(gate.by_purpose(t.scan_follow, t.scan_first, t.scan_bind));
    let below = (gate.view.purpose == Purpose::Login).then(|| {
        view! {
            <div class="send">
                <p class="small-text soft">{gate.fill(t.cannot_scan_send)}</p>
                {digits_in_a_row(gate, "middle")}
            </div>
        }
    });
    view! {
        <section class="half panel" data-part="wechat">
            <div class="qr">
                <QrFrame src=qr(gate) alt=t.qr_alt />
                <p class="qr-say">{t.scan}<small>{more}</small></p>
            </div>
            {below}
        </section>
    }
    .into_any()
}

/// The QR code inside WeChat, and the digits for followers.
fn press(gate: &Gate<'_>) -> AnyView {
    let t = gate.t;
    let then = gate.fill(gate.by_purpose(t.press_register, t.press_login, t.press_bind));
    let or = gate.fill(gate.by_purpose(t.follows_already, t.cannot_press, t.cannot_press));
    view! {
        <div class="half sheets" data-part="wechat">
            <section class="panel qr">
                <QrFrame src=qr(gate) alt=t.press_alt press=true />
                <p class="qr-say">{t.press}<small>{then}</small></p>
            </section>
            <section class="panel digits compact">
                <p class="small-text soft">{or}</p>
                {digits_in_a_row(gate, "spread")}
            </section>
        </div>
    }
    .into_any()
}

/// The digits on a phone: copy them, open WeChat, send them.
fn send_from_phone(gate: &Gate<'_>) -> AnyView {
    let (t, lang, code) = (gate.t, gate.request().lang(), gate.secrets.code().to_owned());
    let is_login = gate.view.purpose == Purpose::Login;
    let can_open = gate.device() == Device::Phone;
    let open = can_open.then(|| open_wechat(t.open_wechat, Some(code.clone())));
    let find = if gate.view.purpose == Purpose::Register { t.step_search } else { t.step_find };
    let confirm = gate.fill(gate.by_purpose(t.step_register, t.step_login, t.step_bind));
    let src = qr(gate);
    let qr = gate.view.qr_url.is_some().then(|| {
        view! {
            <div class="cells">
                <Fold name=t.follow_by_qr>
                    <div class="qr">
                        <p class="soft">{t.follow_by_qr_how}</p>
                        <QrFrame src alt=t.account_alt />
                    </div>
                </Fold>
            </div>
        }
    });
    view! {
        <div class="half sheets" data-part="wechat">
            <section class="panel digits center">
                <Digits code=code.clone() />
                <noscript><p class="small-text soft">{t.hold_to_copy}</p></noscript>
                <div class="pair"><Copy text=code lang /> {open}</div>
            </section>
            <section class="panel">
                <ol class="todo">
                    <li>{gate.fill(find)}</li>
                    <li>{t.step_send}</li>
                    <li>{confirm}<small>{if is_login { t.step_first } else { t.step_back }}</small></li>
                </ol>
            </section>
            {account_qr(gate)}
            {qr}
        </div>
    }
    .into_any()
}

/// The digits on a computer, for accounts without QR codes of sessions.
fn send_from_desk(gate: &Gate<'_>) -> AnyView {
    let (t, lang, code) = (gate.t, gate.request().lang(), gate.secrets.code().to_owned());
    view! {
        <section class="half panel" data-part="wechat">
            <div class="digits center">
                <p class="soft">{gate.fill(t.send)}</p>
                <Digits code=code.clone() />
                <div class="row middle"><Copy text=code lang /></div>
            </div>
            {account_qr(gate)}
        </section>
    }
    .into_any()
}

/// The digits as the second way, on a computer.
pub fn digits_instead(gate: &Gate<'_>, title: &'static str) -> AnyView {
    view! {
        <div class="digits">
            <h2>{title}</h2>
            <p class="soft">{gate.fill(gate.t.send)}</p>
            {digits_in_a_row(gate, "")}
        </div>
    }
    .into_any()
}

/// A link that opens WeChat; with digits it copies them too.
pub fn open_wechat(text: &'static str, code: Option<String>) -> AnyView {
    view! {
        <a class="button primary" href=WECHAT data-copy-too=code><Icon shape=Shape::Chat />{text}</a>
    }
    .into_any()
}

fn digits_in_a_row(gate: &Gate<'_>, place: &'static str) -> impl IntoView + use<> {
    let code = gate.secrets.code().to_owned();
    view! {
        <div class=format!("row {place}").trim_end().to_owned()>
            <Digits code=code.clone() />
            <Copy text=code lang=gate.request().lang() />
        </div>
    }
}

/// The account's own QR code, for visitors who do not follow yet, where the session has none.
fn account_qr(gate: &Gate<'_>) -> Option<AnyView> {
    let has_code = !gate.request().ctx.account.qr_url.is_empty();
    let is_needed = gate.view.qr_url.is_none() && gate.view.purpose != Purpose::Bind;
    let t = gate.t;
    (has_code && is_needed).then(|| {
        view! {
            <div class="panel qr small-qr">
                <p class="small-text soft">{t.follow_account}</p>
                <QrFrame src="/signin/account.png" alt=t.account_alt />
            </div>
        }
        .into_any()
    })
}

fn qr(gate: &Gate<'_>) -> String {
    format!("/signin/qr.png?{}", gate.view.id)
}
