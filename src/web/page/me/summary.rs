//! The user at a glance, and the switch of their replies.

use crate::text::Lang;
use crate::{
    core::account::User,
    web::{
        component::{Badge, Card, Kind, LinkButton, Submit, Tone},
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

/// Name, level, credits and id.
pub fn card(lang: Lang, user: &User) -> impl IntoView + use<> {
    let (c, t) = (Common::of(lang), Me::of(lang));
    let initial = user.nickname.chars().next().map(String::from);
    let (nickname, id, credits, level) = (user.nickname.clone(), user.id, user.credits, c.level_name(&user.level));
    let username = user.username.clone().filter(|name| *name != user.nickname);
    view! {
        <Card>
            <div class="who">
                <span class="avatar big" aria-hidden="true">{initial}</span>
                <div class="grow">
                    <p class="row">
                        <strong class="who-name">{nickname}</strong>
                        <Badge text=level tone=Tone::Success />
                    </p>
                    {username.map(|name| view! { <p class="soft">{name}</p> })}
                </div>
                <dl class="who-facts">
                    <div><dt>{t.id}</dt><dd class="num" data-user-id>{id}</dd></div>
                    <div><dt>{c.credits}</dt><dd class="num" data-credits>{credits}</dd></div>
                </dl>
            </div>
        </Card>
    }
}

/// The switch of the user's own rules.
pub fn auto_reply(lang: Lang, user: &User) -> impl IntoView + use<> {
    let t = Me::of(lang);
    let (state, act, value) =
        if user.is_auto_reply { (t.replies_on, t.turn_off, "0") } else { (t.replies_off, t.turn_on, "1") };
    view! {
        <Card>
            <div class="row spread switch-row">
                <p class="grow"><strong>{state}</strong><br /><span class="soft small-text">{t.replies_note}</span></p>
                <div class="row">
                    <LinkButton href="/replies" text=t.manage kind=Kind::Quiet small=true />
                    <form method="post" action="/do/auto-reply">
                        <Submit text=act name="on" value=value kind=Kind::Plain small=true />
                    </form>
                </div>
            </div>
        </Card>
    }
}
