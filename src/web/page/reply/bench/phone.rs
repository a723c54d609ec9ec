//! The phone of the bench: what was tried, and the form that tries the next thing. One form: which button is pressed says what
//! comes in.

use super::{
    Ask, Tried,
    ask::Kind,
    said::{FORM, bubbles},
    who,
};
use crate::core::Ctx;
use crate::web::{
    page::reply::Desk,
    part::{Bubble, Kind as Weight, PhoneChat, Submit},
    text::replies::bench::Bench,
};
use leptos::prelude::*;

pub fn phone(ctx: &Ctx, desk: Desk, ask: &Ask, tried: Option<&Tried>) -> AnyView {
    let t = Bench::of(desk.lang);
    let bubbles = tried.map_or_else(|| vec![Bubble::Line(t.begin.to_owned())], |tried| bubbles(ctx, desk, tried));
    let form = form(desk, ask);
    view! {
        <div class="bench-phone">
            <PhoneChat lang=desk.lang title=t.phone bubbles>{form}</PhoneChat>
        </div>
    }
    .into_any()
}

fn form(desk: Desk, ask: &Ask) -> AnyView {
    let t = Bench::of(desk.lang);
    // What was sent is in the chat; a key is tried again and again.
    let kept = if matches!(ask.kind, Kind::Menu | Kind::Scan) { ask.said.clone() } else { String::new() };
    let others = Kind::OFFERED.map(|kind| (kind, desk.texts().kind(kind)));
    let named = [(Kind::Menu, t.menu), (Kind::Scan, t.scan)].map(|(kind, text)| (kind.as_str(), text.to_owned()));
    let all = std::iter::once((Kind::Follow.as_str(), t.follow.to_owned())).chain(others).chain(named);
    let buttons = all
        .map(|(value, text)| view! { <Submit text kind=Weight::Plain small=true name="kind" value /> })
        .collect_view();
    view! {
        <form id=FORM class="bench-form" method="get" action=desk.scope.below("bench") data-bench-form>
            <div class="bench-line">
                <input
                    class="input"
                    id="say"
                    name="say"
                    value=kept
                    aria-label=t.message
                    placeholder=t.message_hint
                    autocomplete="off"
                    autocapitalize="off"
                />
                <Submit text=t.send name="kind" value="text" />
            </div>
            <fieldset class="bench-others">
                <legend class="sr-only">{t.others}</legend>
                {buttons}
            </fieldset>
            <p class="bench-hint">{t.others_hint}</p>
            {who(desk, ask)}
        </form>
    }
    .into_any()
}
