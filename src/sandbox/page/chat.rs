//! The phone and its buttons.

use super::{Shown, bubble};
use crate::web::component::{Card, Empty, Field, Icon, Kind, PhoneChat, Shape, Submit};
use leptos::prelude::*;

pub(super) fn chat(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let inside = match &shown.person {
        None => view! { <Card><Empty title=t.no_people text=t.no_people_do shape=Shape::Phone /></Card> }.into_any(),
        Some(person) => {
            let bubbles = bubble::bubbles(shown.lang, &shown.phone.platform.chat(&person.openid));
            let foot = if shown.is_follower() { writing(shown).into_any() } else { following(shown).into_any() };
            view! {
                <PhoneChat lang=shown.lang title=t.account bubbles owner=person.nickname.clone()>
                    <div id="sandbox-foot" data-live>
                        {foot}
                    </div>
                </PhoneChat>
            }
            .into_any()
        }
    };
    view! {
        <div class="sandbox-phone" id="phone">
            {inside}
        </div>
    }
}

/// The account's card, as shown to a user who does not follow.
fn following(shown: &Shown) -> impl IntoView + use<> {
    view! {
        <form class="sandbox-follow" method="post" action="/sandbox/follow">
            <input type="hidden" name="person" value=shown.openid() />
            <Submit text=shown.t.follow block=true />
        </form>
    }
}

fn writing(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    view! {
        <form class="sandbox-say" method="post" action="/sandbox/say">
            <input type="hidden" name="person" value=shown.openid() />
            <input
                class="input"
                id="text"
                name="text"
                aria-label=t.message
                placeholder=t.message_example
                autocomplete="off"
                required
            />
            <Submit text=t.send />
        </form>
        <details class="sandbox-more" id="sandbox-more">
            <summary>
                <Icon shape=Shape::Plus />
                <span>{t.more}</span>
            </summary>
            {more(shown)}
        </details>
    }
}

fn more(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let kinds = [
        ("image", t.image),
        ("voice", t.voice),
        ("video", t.video),
        ("location", t.location),
        ("link", t.link),
        ("sticker", t.sticker),
    ];
    let kinds = kinds
        .map(|(kind, text)| view! { <Submit text=text kind=Kind::Plain small=true name="kind" value=kind /> })
        .into_iter()
        .collect_view();
    view! {
        <div class="sandbox-acts">
            <form class="sandbox-kinds" method="post" action="/sandbox/send" aria-label=t.kinds>
                <input type="hidden" name="person" value=shown.openid() />
                {kinds}
            </form>
            <form class="sandbox-line" method="post" action="/sandbox/click">
                <input type="hidden" name="person" value=shown.openid() />
                <Field label=t.menu_key name="key" placeholder="V1001_TODAY" autocomplete="off" required=true />
                <Submit text=t.click kind=Kind::Plain />
            </form>
            <form method="post" action="/sandbox/unfollow">
                <input type="hidden" name="person" value=shown.openid() />
                <Submit text=t.unfollow kind=Kind::PlainDanger small=true />
            </form>
        </div>
    }
}
