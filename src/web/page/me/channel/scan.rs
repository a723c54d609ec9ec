//! The sign-in under way: the QR code, its states, and the number to type.

use crate::{
    core::ilink::login::{State, View},
    web::{
        component::{Card, Field, Kind, Notice, Submit, Tone},
        text::{Common, channel::Channel},
    },
};
use leptos::prelude::*;

/// The card of a sign-in; after one that failed, why, and the button for a new one.
pub fn card(t: &'static Channel, view: &View, typed: Option<String>, error: Option<String>) -> AnyView {
    match view.state {
        State::Expired => over(t.over_expired),
        State::Blocked => over(t.over_blocked),
        State::Failed => over(t.over_failed),
        State::EnterNumber => number(t, typed, error),
        State::WrongNumber => number(t, typed, error.or_else(|| Some(t.number_wrong.to_owned()))),
        State::Scan => code(t),
        State::Starting => line(view.state, t.starting),
        State::Scanned => line(view.state, t.scanned),
        State::Checking | State::Done => line(view.state, t.checking),
    }
}

fn over(text: &'static str) -> AnyView {
    view! { <Notice tone=Tone::Warning><p>{text}</p></Notice> }.into_any()
}

fn code(t: &'static Channel) -> AnyView {
    view! {
        <Card>
            <div class="qr" data-channel="scan">
                <div class="qr-frame">
                    <img src="/me/wechat/qr.png" alt=t.qr_alt width="240" height="240" />
                </div>
                <div class="qr-status" role="status">
                    <p><span class="qr-wait"></span>{t.scan}</p>
                </div>
                <p class="soft small-text center">{t.scan_phone}</p>
                <p class="soft small-text center">{t.qr_later}</p>
                {cancel()}
            </div>
        </Card>
    }
    .into_any()
}

fn line(state: State, text: &'static str) -> AnyView {
    view! {
        <Card>
            <div class="qr" data-channel=state.as_str()>
                <div class="qr-status" role="status">
                    <p><span class="qr-wait"></span>{text}</p>
                </div>
                {cancel()}
            </div>
        </Card>
    }
    .into_any()
}

fn number(t: &'static Channel, typed: Option<String>, error: Option<String>) -> AnyView {
    view! {
        <Card>
            <form method="post" action="/do/channel-number" class="stack" data-channel="number">
                <Field
                    label=t.number
                    name="number"
                    value=typed
                    error=error
                    hint=t.number_hint
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength=12
                    required=true
                    autofocus=true
                    digits=true
                />
                <Submit text=t.number_send block=true />
            </form>
            {cancel()}
        </Card>
    }
    .into_any()
}

fn cancel() -> impl IntoView {
    let lang = use_context::<axum::http::request::Parts>().map(|parts| crate::web::page::prefs_of(&parts).lang);
    let text = Common::of(lang.unwrap_or_default()).cancel;
    view! {
        <form method="post" action="/do/channel-cancel" class="center">
            <Submit text=text kind=Kind::Quiet small=true />
        </form>
    }
}
