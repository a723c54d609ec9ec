//! The selection of the phone's user.

use super::Shown;
use crate::text::Lang;
use crate::{
    sandbox::{
        platform::{NICKNAME_MAX_CHARS, PersonView},
        text::Sandbox,
    },
    web::component::{Card, Empty, Field, Kind, Shape, Submit},
};
use leptos::prelude::*;

pub(super) fn people(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let openid = shown.openid();
    let demos = [Lang::Zh, Lang::En].map(|lang| Sandbox::of(lang).demo);
    let has_demo = shown.people.iter().any(|p| demos.contains(&p.nickname.as_str()));
    let list = if shown.people.is_empty() {
        view! { <Empty title=t.no_people text=t.no_people_do shape=Shape::Person /> }.into_any()
    } else {
        let rows =
            shown.people.iter().rev().map(|person| row(person, &openid, (t.following, t.not_following))).collect_view();
        view! { <ul class="cells sandbox-list">{rows}</ul> }.into_any()
    };
    let demo = (!has_demo).then(|| {
        view! {
            <form method="post" action="/sandbox/people">
                <input type="hidden" name="nickname" value=t.demo />
                <Submit text=t.add_demo kind=Kind::Plain block=true />
            </form>
        }
    });
    let most = u32::try_from(NICKNAME_MAX_CHARS).unwrap_or(u32::MAX);
    view! {
        <div class="sandbox-people">
            <Card title=t.people note=t.people_note flush=true>
                <div id="sandbox-people" data-live>
                    {list}
                </div>
                <div class="sandbox-add">
                    {demo}
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
    let initial = person.nickname.chars().next().map(String::from);
    view! {
        <li>
            <a
                class="cell"
                href=format!("/sandbox?person={}#phone", person.openid)
                aria-current=is_current.then_some("true")
            >
                <span class="sandbox-name">
                    <span class="avatar" aria-hidden="true">{initial}</span>
                    {person.nickname.clone()}
                </span>
                <span class=if is_follower { "badge success" } else { "badge" }>
                    {if is_follower { following } else { not_following }}
                </span>
            </a>
        </li>
    }
}
