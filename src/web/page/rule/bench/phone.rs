//! The phone of the bench: the last test, and the form for the next one. The pressed button determines the kind of input.

use super::{
    BenchQuery, Tried,
    chat::{FORM, bubbles, tap},
    query::{Kind, ME},
};
use crate::web::{
    component::{Bubble, PhoneChat, Submit},
    page::{Visitor, rule::RuleScope},
    text::replies::bench::Bench,
};
use leptos::prelude::*;

pub fn phone(visitor: &Visitor, scope: RuleScope, query: &BenchQuery, tried: Option<&Tried>) -> AnyView {
    let t = Bench::of(scope.lang);
    let ctx = &visitor.request.ctx;
    let bubbles = tried.map_or_else(
        || vec![Bubble::Line(t.begin.to_owned())],
        |Tried { input, preview }| bubbles(ctx, scope, (input, preview), tap),
    );
    // A sent message moves into the chat; a key stays in the field, to be tested repeatedly.
    let kept = if matches!(query.kind, Kind::Menu | Kind::Scan) { query.message.clone() } else { String::new() };
    view! {
        <section class="bench-phone" aria-label=t.phone>
            <PhoneChat lang=scope.lang title=account_name(visitor, scope) bubbles>
                <form id=FORM method="get" action=scope.owner.below("bench") data-bench-form>
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
                </form>
            </PhoneChat>
            <div class="bench-kinds" role="group" aria-label=t.others>{kinds(scope)}</div>
            <p class="bench-hint">{t.others_hint}</p>
        </section>
    }
    .into_any()
}

/// Buttons for events and for messages other than text.
fn kinds(scope: RuleScope) -> impl IntoView {
    let t = Bench::of(scope.lang);
    let others = Kind::OFFERED.map(|kind| (kind, scope.texts().kind(kind).to_owned()));
    let named = [(Kind::Menu, t.menu), (Kind::Scan, t.scan)].map(|(kind, text)| (kind.as_str(), text.to_owned()));
    let all = std::iter::once((Kind::Follow.as_str(), t.follow.to_owned())).chain(named).chain(others);
    all.map(|(value, text)| {
        let class = "button plain small";
        view! { <button form=FORM class=class name="kind" value=value>{text}</button> }
    })
    .collect_view()
}

/// Whom to test as: on the account's bench, a user's own rules may answer first.
pub fn who(scope: RuleScope, query: &BenchQuery) -> Option<impl IntoView + use<>> {
    let t = Bench::of(scope.lang);
    if !scope.is_accounts() {
        return None;
    }
    let options = [("", t.who_anyone, !query.is_me), (ME, t.who_me, query.is_me)].map(|(value, text, checked)| {
        view! { <label><input type="radio" form=FORM name="as" value=value checked=checked /><span>{text}</span></label> }
    });
    Some(view! { <div class="seg small" role="radiogroup" aria-label=t.who>{options.collect_view()}</div> })
}

/// What the account is called, at the top of the phone.
pub fn account_name(visitor: &Visitor, scope: RuleScope) -> String {
    let name = visitor.request.ctx.shown_name();
    if name.is_empty() { Bench::of(scope.lang).phone.to_owned() } else { name }
}
