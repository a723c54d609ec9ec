//! A connection: its state, the platform's window, counts, and what the user can change.

use super::begin;
use crate::{
    core::ilink::{
        connection::{State, View},
        window::Window,
    },
    text::Lang,
    web::{
        component::{Badge, Card, Cells, Fact, Facts, Kind, LinkButton, Notice, Submit, SwitchCell, Tone},
        page::{Ago, PageRequest},
        text::{Common, channel::Channel, fill},
    },
};
use leptos::prelude::*;

const HOUR_MS: i64 = 3_600_000;

/// The word and the colour of a state.
pub fn state(t: &'static Channel, state: State) -> (&'static str, Tone) {
    match state {
        State::Connected => (t.connected, Tone::Success),
        State::Paused => (t.paused, Tone::Warning),
        State::NeedsLogin => (t.needs_login, Tone::Danger),
        State::Disconnected => (t.disconnected, Tone::Info),
    }
}

/// The banner, the facts with the buttons, and the reminder.
pub fn cards(request: &PageRequest, t: &'static Channel, view: &View) -> AnyView {
    let (lang, now) = (request.lang(), request.ctx.now());
    let (word, tone) = state(t, view.state);
    let needs_login = view.state == State::NeedsLogin;
    let is_ending = view.state == State::Connected && view.window.is_ending(now);
    let (connected_at, epoch, shown, is_reminded) = (view.connected_at, view.epoch, view.state, view.is_reminded);
    let counts = fill(t.counts, &[("received", &view.received.to_string()), ("sent", &view.sent.to_string())]);
    let undelivered = (view.undelivered > 0).then(|| fill(t.undelivered, &[("n", &view.undelivered.to_string())]));
    let waiting = (view.waiting > 0).then(|| fill(t.waiting, &[("n", &view.waiting.to_string())]));
    let error = view.last_error.as_ref().map(|(name, at)| (error(t, name), *at));
    let window = (view.state == State::Connected).then(|| window(t, view.window, now));
    view! {
        {needs_login.then(|| view! {
            <Notice tone=Tone::Warning title=t.banner_title><p>{t.banner}</p></Notice>
        })}
        {is_ending.then(|| view! { <Notice tone=Tone::Info><p>{t.ending}</p></Notice> })}
        {needs_login.then(|| begin(t.reconnect))}
        <Card title=t.card>
            <div data-channel-epoch=epoch>
                <Facts>
                    <Fact name=t.state><Badge text=word tone=tone dot=true /></Fact>
                    <Fact name=t.since><Ago lang at=connected_at now /></Fact>
                    {window.map(|text| view! { <Fact name=t.window>{text}</Fact> })}
                    <Fact name=t.messages>
                        {counts} {undelivered.map(|text| view! { <br />{text} })}
                        {waiting.map(|text| view! { <br />{text} })}
                    </Fact>
                    {error.map(|(text, at)| view! {
                        <Fact name=t.last_error>{text} " · " <Ago lang at now /></Fact>
                    })}
                </Facts>
            </div>
            {buttons(t, shown)}
        </Card>
        {reminder(lang, t, is_reminded)}
    }
    .into_any()
}

fn buttons(t: &'static Channel, state: State) -> impl IntoView + use<> {
    let switch = match state {
        State::Connected => Some(("/do/channel-pause", t.pause)),
        State::Paused => Some(("/do/channel-resume", t.resume)),
        State::NeedsLogin | State::Disconnected => None,
    };
    view! {
        <div class="row">
            {switch.map(|(action, text)| view! {
                <form method="post" action=action><Submit text=text kind=Kind::Plain small=true /></form>
            })}
            {(state != State::NeedsLogin).then(|| view! {
                <form method="post" action="/do/channel-connect">
                    <Submit text=t.reconnect kind=Kind::Quiet small=true />
                </form>
            })}
            <LinkButton href="/me/wechat/disconnect" text=t.disconnect kind=Kind::QuietDanger small=true />
        </div>
    }
}

/// How many messages may be sent, and how long.
fn window(t: &'static Channel, window: Window, now: i64) -> String {
    let Some(end) = window.ends_at() else { return t.window_none.to_owned() };
    if now >= end {
        return t.window_closed.to_owned();
    }
    let left = window.left(now);
    if left == 0 {
        return t.window_full.to_owned();
    }
    let (hours, minutes) = ((end - now) / HOUR_MS, (end - now) % HOUR_MS / 60_000);
    fill(t.window_left, &[("n", &left.to_string()), ("hours", &hours.to_string()), ("minutes", &minutes.to_string())])
}

fn reminder(lang: Lang, t: &'static Channel, is_on: bool) -> impl IntoView + use<> {
    view! {
        <Cells>
            <SwitchCell
                label=t.remind
                note=t.remind_note
                id="remind"
                action="/do/channel-remind"
                checked=is_on
                save=Common::of(lang).save
            />
        </Cells>
    }
}

/// The text for a stored error.
fn error(t: &'static Channel, name: &str) -> &'static str {
    match name {
        "stale" | "unusable" => t.error_login,
        "unreachable" | "timeout" | "broken" | "status" | "unreadable" => t.error_network,
        "limited" | "frequency" => t.error_limit,
        "not_delivered" | "bad_recipient" => t.error_not_delivered,
        "file_gone" | "file_size" | "media_key" => t.error_file,
        "database" => t.error_database,
        _ => t.error_other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_shown_in_words() {
        let t = Channel::of(Lang::Zh);
        let of = |inbound_at, sent, now| window(t, Window { inbound_at, sent }, now);
        assert_eq!(of(Some(0), 3, 90 * 60_000), "7 条，22 小时 30 分钟内");
        assert_eq!(of(Some(0), 10, 1), t.window_full);
        assert_eq!((of(Some(0), 0, 24 * HOUR_MS), of(None, 0, 1)), (t.window_closed.into(), t.window_none.into()));
    }
}
