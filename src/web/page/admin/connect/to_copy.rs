//! What the operator enters in WeChat's console, and what to do if that refuses it.

use super::push_url;
use crate::{
    core::official_account::{State, View},
    text::Lang,
    web::{
        component::{Card, Copy, Fact, Facts},
        page::PageRequest,
        text::connect::Connect,
    },
};
use leptos::prelude::*;
use secrecy::ExposeSecret as _;

/// URL, token and key, each with a button that copies it. Token and key are gone once WeChat has used them.
pub fn section(request: &PageRequest, view: &View) -> Option<AnyView> {
    let lang = request.lang();
    let t = Connect::of(lang);
    let (token, key) = view.to_copy.as_ref()?;
    let url = push_url(request);
    let rows = (
        row(lang, 1, ("copy-url", t.url), &url),
        row(lang, 2, ("copy-token", t.token_label), token.expose_secret()),
        key.as_ref().map(|key| row(lang, 3, ("copy-key", t.key_label), key.expose_secret())),
    );
    let (title, choose) = if key.is_some() { (t.copy, t.choose_safe) } else { (t.copy_two, t.choose_plain) };
    let note = if matches!(view.state, State::Waiting) { t.copy_text } else { t.copy_first_save };
    Some(
        view! {
            <Card title note>
                <ol class="connect-copy">{rows}</ol>
                <p class="soft">{choose}</p>
            </Card>
        }
        .into_any(),
    )
}

fn row(lang: Lang, n: u8, (id, label): (&'static str, &'static str), value: &str) -> impl IntoView + use<> {
    let value = value.to_owned();
    view! {
        <li>
            <span class="connect-n" aria-hidden="true">{n}</span>
            <label for=id>{label}</label>
            <input class="input" id=id type="text" readonly value=value.clone() spellcheck="false" />
            <Copy text=value lang />
        </li>
    }
}

/// The errors that WeChat's console shows.
pub fn help(lang: Lang, view: &View) -> Option<AnyView> {
    let t = Connect::of(lang);
    let is_open = matches!(view.state, State::None | State::Draft | State::Waiting);
    is_open.then(|| {
        view! {
            <h2 class="connect-h">{t.failed}</h2>
            <Facts>
                <Fact name=t.failed_token>{t.failed_token_text}</Fact>
                <Fact name=t.failed_url>{t.failed_url_text}</Fact>
                <Fact name=t.failed_page>{t.failed_page_text}</Fact>
            </Facts>
        }
        .into_any()
    })
}
