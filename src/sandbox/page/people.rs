//! The selection of the phone's user.

use super::Shown;
use crate::{
    sandbox::platform::{NICKNAME_MAX_CHARS, PersonView},
    web::component::{Avatar, Card, Field, Kind, Submit},
};
use leptos::prelude::*;

pub(super) fn people(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let openid = shown.person.openid.clone();
    let states = (t.following, t.not_following);
    let rows = shown.people.iter().rev().map(|person| row(person, &openid, states)).collect_view();
    let most = u32::try_from(NICKNAME_MAX_CHARS).unwrap_or(u32::MAX);
    view! {
        <div class="sandbox-people">
            <Card title=t.people note=t.people_note flush=true>
                <div id="sandbox-people" data-live>
                    <ul class="cells sandbox-list">{rows}</ul>
                </div>
                <div class="sandbox-add">
                    <form class="sandbox-line" method="post" action="/sandbox/people">
                        <Field
                            label=t.nickname
                            name="nickname"
                            placeholder=t.nickname_example
                            maxlength=most
                            autocomplete="off"
                            required=true
                        />
                        <Submit text=t.add kind=Kind::Plain />
                    </form>
                </div>
            </Card>
        </div>
    }
}

fn row(
    person: &PersonView,
    current: &str,
    (following, not_following): (&'static str, &'static str),
) -> impl IntoView + use<> {
    let is_current = person.openid == current;
    let is_follower = person.follow.is_some();
    view! {
        <li>
            <a
                class="cell"
                href=format!("/sandbox?person={}#phone", person.openid)
                aria-current=is_current.then_some("true")
            >
                <span class="sandbox-name">
                    <Avatar name=person.nickname.clone() />
                    {person.nickname.clone()}
                </span>
                <span class=if is_follower { "badge success" } else { "badge" }>
                    {if is_follower { following } else { not_following }}
                </span>
            </a>
        </li>
    }
}
