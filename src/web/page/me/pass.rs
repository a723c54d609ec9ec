//! The member card: who the user is, their credits and level.

use crate::{
    base::beijing::last_date_before,
    core::account::User,
    text::Lang,
    web::{
        component::{Avatar, Mark},
        text::{Common, fill, me::Me},
    },
};
use leptos::prelude::*;

/// The card. Its colour tells the level.
pub fn card(lang: Lang, user: &User, picture: Option<String>) -> impl IntoView + use<> {
    let (c, t) = (Common::of(lang), Me::of(lang));
    let (name, id, credits) = (user.nickname.clone(), user.id.to_string(), user.credits);
    let (class, level) = (format!("pass {}", user.level), c.level_name(&user.level));
    let until = user.level_until.map(|end| fill(t.level_until, &[("date", &last_date_before(end))]));
    let until = until.map(|until| view! { <small>{until}</small> });
    let (before, after) = t.number.split_once("{id}").unwrap_or_default();
    let username = user.username.clone().filter(|username| *username != name).map(|username| format!("{username} · "));
    view! {
        <section class=class aria-label=t.pass>
            <span class="pass-shape"><Mark /></span>
            <div class="pass-who">
                <Avatar name=name.clone() picture class="big" />
                <div class="grow">
                    <p class="pass-name">{name}</p>
                    <p class="pass-number">{username} {before} <span class="num" data-user-id>{id}</span> {after}</p>
                </div>
            </div>
            <dl class="pass-facts">
                <div><dt>{c.credits}</dt><dd class="pass-big num" data-credits>{credits}</dd></div>
                <div><dt>{c.level}</dt><dd>{level} {until}</dd></div>
            </dl>
        </section>
    }
}
