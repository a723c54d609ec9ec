//! The page of a running import, and of a finished one.

use super::{RuleScope, Section, running_address};
use crate::{
    core::rule::transfer::job::{Outcome, Progress, Step},
    web::{
        component::{Card, Icon, Kind, LinkButton, Shape},
        page::{PageContent, script},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::prelude::*;

/// The progress. A script updates it without a reload; without one the page reloads itself (`app::shell`).
pub fn running(scope: RuleScope, id: i64, now: Progress) -> PageContent {
    let t = Transfer::of(scope.lang);
    let values = [("done", now.done.to_string()), ("total", now.total.to_string())];
    let template = match now.step {
        Step::Fetching if now.total == 0 => t.asking,
        Step::Fetching => t.fetching,
        Step::Checking => t.checking,
        Step::Saving => t.saving,
    };
    let text = fill(template, &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let percent = now.percent().to_string();
    let place = running_address(scope, id);
    let again = place.clone();
    let body = view! {
        <Card>
            <div class="running" data-running=place>
                <p class="running-text" role="status">{text}</p>
                <progress aria-label=t.running value=percent.clone() max="100">{fill(t.percent, &[("n", &percent)])}</progress>
                <p class="soft">{t.leave}</p>
                <noscript><LinkButton href=again text=t.refresh kind=Kind::Plain small=true /></noscript>
            </div>
        </Card>
        {script("/import.js")}
    };
    scope.page(Section::Import, t.running, "", ().into_any(), body.into_any())
}

/// The result.
pub fn done(scope: RuleScope, outcome: Outcome) -> PageContent {
    let t = Transfer::of(scope.lang);
    let values = [("added", outcome.added), ("changed", outcome.changed), ("removed", outcome.removed)]
        .map(|(k, n)| (k, n.to_string()));
    let text = fill(t.done_text, &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let body = view! {
        <section class="card">
            <div class="empty">
                <Icon shape=Shape::Check />
                <h2>{t.done}</h2>
                <p role="status">{text}</p>
                <div class="row">
                    <LinkButton href=scope.owner.list() text=t.to_rules />
                    <LinkButton href=scope.owner.below("history") text=t.to_history kind=Kind::Plain />
                    <LinkButton href=scope.owner.below("import") text=t.other_file kind=Kind::Plain />
                </div>
            </div>
        </section>
    };
    scope.page(Section::Import, t.title, "", ().into_any(), body.into_any())
}
