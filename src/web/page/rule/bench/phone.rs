//! The phone of the bench: the last test, and the form for the next one. The pressed button determines the kind of input.

use super::{
    BenchQuery, Tried,
    chat::{FORM, bubbles},
    query::Kind,
    who,
};
use crate::core::Ctx;
use crate::web::{
    component::{Bubble, Kind as Weight, PhoneChat, Submit},
    page::rule::RuleScope,
    text::replies::bench::Bench,
};
use leptos::prelude::*;

pub fn phone(ctx: &Ctx, scope: RuleScope, query: &BenchQuery, tried: Option<&Tried>) -> AnyView {
    let t = Bench::of(scope.lang);
    let bubbles = tried.map_or_else(|| vec![Bubble::Line(t.begin.to_owned())], |tried| bubbles(ctx, scope, tried));
    let form = form(scope, query);
    view! {
        <div class="bench-phone">
            <PhoneChat lang=scope.lang title=t.phone bubbles>{form}</PhoneChat>
        </div>
    }
    .into_any()
}

fn form(scope: RuleScope, query: &BenchQuery) -> AnyView {
    let t = Bench::of(scope.lang);
    // A sent message moves into the chat; a key stays in the field, to be tested repeatedly.
    let kept = if matches!(query.kind, Kind::Menu | Kind::Scan) { query.message.clone() } else { String::new() };
    let others = Kind::OFFERED.map(|kind| (kind, scope.texts().kind(kind).to_owned()));
    let named = [(Kind::Menu, t.menu), (Kind::Scan, t.scan)].map(|(kind, text)| (kind.as_str(), text.to_owned()));
    let all = std::iter::once((Kind::Follow.as_str(), t.follow.to_owned())).chain(others).chain(named);
    let buttons = all
        .map(|(value, text)| view! { <Submit text kind=Weight::Plain small=true name="kind" value /> })
        .collect_view();
    view! {
        <form id=FORM class="bench-form" method="get" action=scope.owner.below("bench") data-bench-form>
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
            {who(scope, query)}
        </form>
    }
    .into_any()
}
