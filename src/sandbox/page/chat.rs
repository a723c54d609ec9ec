//! The phone: its status bar, the chat, the input strip and the account's menu.

use super::{Shown, bubble};
use crate::{
    core::{
        CoreError, Ctx,
        rule::{ACCOUNT, TriggerKind, search},
    },
    web::component::{Field, Icon, Kind, PhoneChat, Shape, Submit},
};
use leptos::prelude::*;

/// A menu of an account has three items.
const MENU_ITEMS: i64 = 3;

/// An item of the account's menu.
pub(super) struct MenuItem {
    key: String,
    text: String,
}

/// The items that rules of the account answer.
pub(super) async fn menu_items(ctx: &Ctx) -> Result<Vec<MenuItem>, CoreError> {
    let query = search::Query {
        cause: Some(TriggerKind::Menu),
        is_enabled: Some(true),
        page: 1,
        size: MENU_ITEMS,
        ..search::Query::default()
    };
    let rules = search::search(ctx, ACCOUNT, &query).await?.rules;
    let item = |rule: crate::core::rule::Rule| {
        let key = rule.keywords.into_iter().next()?.text;
        let text = if rule.name.is_empty() { key.clone() } else { rule.name };
        Some(MenuItem { key, text })
    };
    Ok(rules.into_iter().filter_map(item).collect())
}

pub(super) fn chat(shown: &Shown) -> impl IntoView + use<> {
    let person = &shown.person;
    let bubbles = bubble::bubbles(shown.lang, &shown.phone.platform.chat(&person.openid));
    let foot = if shown.is_follower() { writing(shown).into_any() } else { following(shown).into_any() };
    view! {
        <div class="sandbox-phone" id="phone">
            <div class="device">
                {status_bar(shown.now_ms)}
                <PhoneChat lang=shown.lang title=shown.t.account bubbles owner=person.nickname.clone()>
                    <div id="sandbox-foot" data-live>
                        {foot}
                    </div>
                </PhoneChat>
                <div class="device-home" aria-hidden="true"></div>
            </div>
        </div>
    }
}

/// Time, reception and battery: decoration.
pub(super) fn status_bar(now_ms: i64) -> impl IntoView {
    view! {
        <div class="device-status" aria-hidden="true">
            <span>{bubble::clock(now_ms)}</span>
            <svg viewBox="0 0 62 12">
                <path d="M0 8h3v4H0zM5 6h3v6H5zM10 3h3v9h-3zM15 0h3v12h-3z" />
                <path d="M30 11.5 33 8.600a4.3 4.3 0 0 0-6 0zM25.4 7 27 8.600a6 6 0 0 1 6 0L34.6 7a6.6 6.6 0 0 0-9.2 0M23.2 4.700l1.6 1.600a7.5 7.5 0 0 1 10.4 0l1.6-1.600a9.8 9.8 0 0 0-13.6 0" />
                <path d="M43 1h14a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H43a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2m0 1.500v7h11v-7zM60 4.500h1.500v3H60z" />
            </svg>
        </div>
    }
}

/// The account's card, as shown to a user who does not follow.
fn following(shown: &Shown) -> impl IntoView + use<> {
    view! {
        <form class="sandbox-follow" method="post" action="/sandbox/follow">
            <input type="hidden" name="person" value=shown.person.openid.clone() />
            <Submit text=shown.t.follow block=true />
        </form>
    }
}

fn writing(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    view! {
        <div class="device-input">
            <form class="sandbox-say" method="post" action="/sandbox/say">
                <input type="hidden" name="person" value=shown.person.openid.clone() />
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
                    <span class="sr-only">{t.more}</span>
                </summary>
                {more(shown)}
            </details>
        </div>
        {menu_bar(shown)}
    }
}

/// The account's menu: what its rules answer.
fn menu_bar(shown: &Shown) -> impl IntoView + use<> {
    let t = shown.t;
    let items = if shown.menu.is_empty() {
        view! { <p>{t.menu_none} " · " <a href="/admin/replies/new?cause=menu">{t.menu_add}</a></p> }.into_any()
    } else {
        let item = |MenuItem { key, text }: &MenuItem| {
            view! { <button name="key" value=key.clone()>{text.clone()}</button> }
        };
        shown.menu.iter().map(item).collect_view().into_any()
    };
    view! {
        <form class="device-menu" method="post" action="/sandbox/click" aria-label=t.menu>
            <input type="hidden" name="person" value=shown.person.openid.clone() />
            <span aria-hidden="true"><Icon shape=Shape::Menu /></span>
            {items}
        </form>
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
    let openid = shown.person.openid.clone();
    view! {
        <div class="sandbox-acts">
            <form class="sandbox-kinds" method="post" action="/sandbox/send" aria-label=t.kinds>
                <input type="hidden" name="person" value=openid.clone() />
                {kinds}
            </form>
            <form class="sandbox-line" method="post" action="/sandbox/click">
                <input type="hidden" name="person" value=openid.clone() />
                <Field label=t.menu_key name="key" placeholder="V1001_TODAY" autocomplete="off" required=true />
                <Submit text=t.click kind=Kind::Plain />
            </form>
            <form method="post" action="/sandbox/unfollow">
                <input type="hidden" name="person" value=openid />
                <Submit text=t.unfollow kind=Kind::PlainDanger small=true />
            </form>
        </div>
    }
}
