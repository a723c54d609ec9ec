//! The form with the account's credentials. No stored secret is in it.

use super::seen;
use crate::{
    core::official_account::{State, View},
    web::{
        component::{Card, Field, Fold, Kind, LinkButton, Segment, Submit},
        page::{Visitor, path::CONNECT_END},
        text::connect::Connect,
    },
};
use leptos::prelude::*;

/// The form before the account is in force.
pub fn first(visitor: &Visitor, view: &View) -> Option<AnyView> {
    let t = Connect::of(visitor.request.lang());
    let is_shown = matches!(view.state, State::None | State::Draft);
    is_shown.then(|| {
        let fields = fields(visitor, view);
        view! { <Card title=t.account note=t.account_text>{fields}</Card> }.into_any()
    })
}

/// Changing an account that is in force, replacing its secrets, and disconnecting it.
pub fn change(visitor: &Visitor, view: &View) -> Option<AnyView> {
    if !matches!(view.state, State::Waiting | State::Verified | State::Answering) {
        return None;
    }
    let t = Connect::of(visitor.request.lang());
    let shown = view.shown.as_ref()?;
    let title = if shown.name.is_empty() { shown.appid.clone() } else { shown.name.clone() };
    let (is_plain, has_previous) = (shown.is_plain, shown.has_previous_key);
    let is_open = visitor.form("connect").is_flawed();
    let previous = has_previous.then(|| view! { <p class="soft">{t.previous}</p> });
    let (fields, seen) = (fields(visitor, view), seen(view));
    let key = (!is_plain).then(|| view! { <Submit text=t.renew_key kind=Kind::Plain name="which" value="key" /> });
    Some(
        view! {
            <Card title note=t.account>
                <Fold name=t.change open=is_open>{fields}</Fold>
                <Fold name=t.renew>
                    <form method="post" action="/do/account-renew" class="stack">
                        {seen}
                        <p class="soft">{t.renew_text}</p>
                        {previous}
                        <div class="row">
                            <Submit text=t.renew_token kind=Kind::Plain name="which" value="token" />
                            {key}
                        </div>
                    </form>
                </Fold>
                <p class="connect-acts"><LinkButton href=CONNECT_END text=t.disconnect kind=Kind::QuietDanger small=true /></p>
            </Card>
        }
        .into_any(),
    )
}

fn fields(visitor: &Visitor, view: &View) -> AnyView {
    let t = Connect::of(visitor.request.lang());
    let filled = visitor.form("connect");
    let shown = view.shown.as_ref();
    let of = |name: &str, stored: Option<&String>| filled.value_or(name, stored.map_or("", String::as_str));
    let is_fixed = !matches!(view.state, State::None | State::Draft);
    let is_plain = filled.value("mode").map_or(shown.is_some_and(|shown| shown.is_plain), |mode| mode == "plain");
    let mode = if is_plain { "plain" } else { "safe" };
    let modes = vec![("safe".to_owned(), t.mode_safe.to_owned()), ("plain".to_owned(), t.mode_plain.to_owned())];
    let has_secret = matches!(view.state, State::Draft) || is_fixed;
    let appid = of("appid", shown.map(|shown| &shown.appid));
    let appid = if is_fixed {
        view! {
            <input type="hidden" name="appid" value=appid.clone() />
            <p>{t.appid} " " <code>{appid}</code><br /><span class="soft">{t.appid_fixed}</span></p>
        }
        .into_any()
    } else {
        let error = filled.error("appid");
        view! {
            <Field label=t.appid name="appid" value=appid error placeholder="wx…" autocomplete="off" required=true />
        }
        .into_any()
    };
    let secret_hint = if has_secret { t.secret_kept } else { t.secret_hint };
    let (token_error, key_error) = (filled.error("push_token"), filled.error("aes_key"));
    let own_is_open = token_error.is_some() || key_error.is_some();
    view! {
        <form method="post" action="/do/account" class="stack">
            {seen(view)}
            {appid}
            <Field
                label=t.secret
                name="app_secret"
                kind="password"
                error=filled.error("app_secret")
                hint=secret_hint
                autocomplete="off"
                required=!has_secret
                reveal=visitor.request.lang()
            />
            <Segment label=t.mode name="mode" options=modes value=mode />
            <p class="field-hint">{t.mode_plain_text}</p>
            <Field
                label=t.name
                name="account_name"
                value=of("account_name", shown.map(|shown| &shown.name))
                error=filled.error("account_name")
                hint=t.name_hint
                autocomplete="off"
            />
            <Field
                label=t.qr
                name="account_qr"
                value=of("account_qr", shown.map(|shown| &shown.qr_url))
                error=filled.error("account_qr")
                hint=t.qr_hint
                autocomplete="off"
            />
            <Fold name=t.own open=own_is_open>
                <div class="stack">
                    <p class="soft">{t.own_text}</p>
                    <Field
                        label=t.token
                        name="push_token"
                        error=token_error
                        hint=t.token_hint
                        autocomplete="off"
                    />
                    <Field
                        label=t.key
                        name="aes_key"
                        error=key_error
                        hint=t.key_hint
                        autocomplete="off"
                    />
                </div>
            </Fold>
            <Submit text=t.save />
        </form>
    }
    .into_any()
}
