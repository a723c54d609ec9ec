//! An import that runs, and one that is done.

use super::{
    Desk, Room,
    look::{RUNNING, address},
};
use crate::{
    core::reply::transfer::job::{Outcome, Progress, Step},
    web::{
        page::Leaf,
        part::{Card, Icon, Kind, LinkButton, Shape},
        text::{fill, replies::transfer::Transfer},
    },
};
use leptos::{nonce::use_nonce, prelude::*};

/// How far it is. A script follows it without loading the page again; without one the page comes again by itself (`app::shell`).
pub fn running(desk: Desk, id: i64, now: Progress) -> Leaf {
    let t = Transfer::of(desk.lang);
    let values = [("done", now.done.to_string()), ("total", now.total.to_string())];
    let template = match now.step {
        Step::Fetching if now.total == 0 => t.asking,
        Step::Fetching => t.fetching,
        Step::Checking => t.checking,
        Step::Saving => t.saving,
    };
    let text = fill(template, &values.each_ref().map(|(name, value)| (*name, value.as_str())));
    let percent = now.percent().to_string();
    let place = format!("{}?{RUNNING}", address(desk, id));
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
        <script src="/import.js" nonce=use_nonce() defer="true"></script>
    };
    desk.leaf(Room::Import, t.running, "", ().into_any(), body.into_any())
}

/// What it did.
pub fn done(desk: Desk, outcome: Outcome) -> Leaf {
    let t = Transfer::of(desk.lang);
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
                    <LinkButton href=desk.scope.list() text=t.to_rules />
                    <LinkButton href=desk.scope.below("history") text=t.to_history kind=Kind::Plain />
                    <LinkButton href=desk.scope.below("import") text=t.other_file kind=Kind::Plain />
                </div>
            </div>
        </section>
    };
    desk.leaf(Room::Import, t.title, "", ().into_any(), body.into_any())
}
