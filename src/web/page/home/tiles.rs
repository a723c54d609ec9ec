//! Three pictures of the product, made of its own parts. Decoration: the words beside each say the same.

use crate::web::{
    component::{Face, Icon, Shape},
    page::{Visitor, account_name},
    text::home::Home,
};
use leptos::prelude::*;

pub fn tiles(visitor: &Visitor) -> impl IntoView + use<> {
    let t = Home::of(visitor.request.lang());
    view! {
        <section class="tiles" aria-label=t.tiles>
            {confirm(visitor)} {replies(t)} {devices(t)}
        </section>
    }
}

fn words(title: &'static str, text: &'static str) -> impl IntoView {
    view! { <div class="tile-words"><h2>{title}</h2><p>{text}</p></div> }
}

fn confirm(visitor: &Visitor) -> impl IntoView + use<> {
    let t = Home::of(visitor.request.lang());
    let account = account_name(&visitor.request);
    view! {
        <article class="tile wide">
            {words(t.tile_confirm, t.tile_confirm_text)}
            <div class="stage both" aria-hidden="true">
                <div class="shot shot-browser">
                    <div class="shot-bar"><i></i><i></i><i></i></div>
                    <div class="shot-page">
                        <div class="says"><Face /><div class="says-bubble">{t.shot_received}<small>{t.shot_where}</small></div></div>
                        <p class="digits-value old"><span>"482"</span><span>"913"</span></p>
                    </div>
                </div>
                <div class="shot-phone">
                    <p>{account}</p>
                    <ol class="chat small-chat">
                        <li class="said"><Face /><div class="bubble">{t.shot_ask}<b>{t.shot_yes}</b><b>{t.shot_no}</b></div></li>
                    </ol>
                </div>
            </div>
        </article>
    }
}

fn replies(t: &'static Home) -> impl IntoView {
    let row = |class: &'static str, word: &'static str, text: &'static str, note: &'static str| {
        view! { <div class=class><b>{word}</b><span class="grow">{text}<small>{note}</small></span></div> }
    };
    view! {
        <article class="tile">
            {words(t.tile_replies, t.tile_replies_text)}
            <div class="stage list" aria-hidden="true">
                <div class="shot">
                    {row("shot-row lit", t.rule_1, t.rule_1_text, t.rule_1_note)}
                    {row("shot-row", t.rule_2, t.rule_2_text, t.rule_2_note)}
                    {row("shot-row", t.rule_3, t.rule_3_text, t.rule_3_note)}
                </div>
                <ol class="chat small-chat">
                    <li class="said mine"><div class="bubble">{t.rule_1}</div></li>
                    <li class="said"><Face /><div class="bubble">{t.rule_1_text}</div></li>
                </ol>
            </div>
        </article>
    }
}

fn devices(t: &'static Home) -> impl IntoView {
    view! {
        <article class="tile">
            {words(t.tile_yours, t.tile_yours_text)}
            <div class="stage list" aria-hidden="true">
                <div class="shot">
                    <div class="shot-row">
                        <Icon shape=Shape::Phone /><span class="grow">{t.device_1}<small>{t.device_1_note}</small></span>
                        <span class="badge">{t.device_this}</span>
                    </div>
                    <div class="shot-row gone">
                        <Icon shape=Shape::Screen /><span class="grow">{t.device_2}<small>{t.device_2_note}</small></span>
                    </div>
                    <div class="shot-row">
                        <Icon shape=Shape::Download /><span class="grow">{t.download}<small>{t.download_note}</small></span>
                    </div>
                </div>
                <div class="shot-toast"><Icon shape=Shape::Check />{t.device_gone}</div>
            </div>
        </article>
    }
}
