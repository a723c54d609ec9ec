//! Whose WeChat it is, what the platform knows, and the buttons that make it fail.

use super::{Shown, owner_id};
use crate::{
    sandbox::platform::PersonView,
    web::{
        component::{Avatar, Card, Fact, Facts, Kind, Submit},
        text::fill,
    },
};
use leptos::prelude::*;

pub(super) fn people(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let rows = shown.people.iter().rev().map(|person| row(shown, person)).collect_view();
    view! {
        <div class="sandbox-people">
            <Card title=t.people flush=true>
                <div id="sandbox-people" data-live>
                    <ul class="cells sandbox-list">{rows}</ul>
                </div>
            </Card>
        </div>
    }
}

fn row(shown: &Shown, person: &PersonView) -> impl IntoView + use<> {
    let t = shown.t;
    let is_connected = shown.phone.platform.ilink().is_connected(&owner_id(&person.openid));
    let is_current = shown.person.openid == person.openid;
    view! {
        <li>
            <a
                class="cell"
                href=format!("/sandbox/personal?person={}#phone", person.openid)
                aria-current=is_current.then_some("true")
            >
                <span class="sandbox-name">
                    <Avatar name=person.nickname.clone() />
                    {person.nickname.clone()}
                </span>
                <span class=if is_connected { "badge success" } else { "badge" }>
                    {if is_connected { t.connected } else { t.not_connected }}
                </span>
            </a>
        </li>
    }
}

pub(super) fn faults(shown: &Shown) -> impl IntoView + use<> {
    let (t, owner, openid) = (shown.t, &shown.owner, shown.person.openid.clone());
    let buttons = [
        ("expire", t.fault_expire),
        ("silent", t.fault_silent),
        ("throttle", t.fault_throttle),
        ("frequency", t.fault_frequency),
        ("drop", t.fault_drop),
        ("status", t.fault_status),
        ("html", t.fault_html),
        ("large", t.fault_large),
        ("control", t.fault_control),
        ("foreign", t.fault_foreign),
    ];
    let buttons = buttons
        .map(|(kind, text)| view! { <Submit text=text kind=Kind::Plain small=true name="kind" value=kind /> })
        .into_iter()
        .collect_view();
    let pending = shown.phone.platform.ilink().faults().len();
    let pending = (pending > 0).then(|| {
        view! {
            <p class="small-text" id="sandbox-pending">
                {fill(t.pending, &[("n", &pending.to_string())])}
            </p>
        }
    });
    let token = if owner.is_connected { t.token_valid } else { t.token_none };
    let polling = if owner.is_polling { t.polling_yes } else { t.polling_no };
    let left = fill(t.left_value, &[("n", &owner.left.to_string())]);
    let waiting = owner.waiting.to_string();
    view! {
        <div class="sandbox-account">
            <Card title=t.faults note=t.faults_note>
                <div class="stack">
                    <form class="sandbox-faults" method="post" action="/sandbox/personal/fault">
                        <input type="hidden" name="person" value=openid />
                        {buttons}
                        <Submit text=t.fault_clear small=true name="kind" value="clear" />
                    </form>
                    <div class="stack" id="sandbox-facts" data-live>
                        {pending}
                        <Facts>
                            <Fact name=t.token>{token}</Fact>
                            <Fact name=t.polling>{polling}</Fact>
                            <Fact name=t.left>{left}</Fact>
                            <Fact name=t.waiting>{waiting}</Fact>
                        </Facts>
                    </div>
                </div>
            </Card>
        </div>
    }
}
