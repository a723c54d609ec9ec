//! `/admin/connect`: connects the Official Account: its credentials, what is to be entered at WeChat, and what has arrived since.

mod form;
mod progress;
mod to_copy;

use super::{console_at, user::audit_card};
use crate::{
    core::{
        account::directory::Admin,
        official_account::{self, State, View},
    },
    http::guard,
    text::Lang,
    web::{
        component::{ConfirmCard, Fact, Facts, Notice, Tone},
        page::{
            ConsolePage, PageContent, PageError, PageRequest, Visitor, head,
            path::{CONNECT, DOCTOR},
            script,
        },
        text::{connect::Connect, fill},
    },
};
use leptos::prelude::*;

#[component]
pub fn ConnectPage() -> impl IntoView {
    console_at(CONNECT, connect)
}

async fn connect(visitor: Visitor, _: Admin) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let (ctx, lang) = (&request.ctx, request.lang());
    let t = Connect::of(lang);
    let view = official_account::view(ctx).await?;
    let sandbox = match view.state {
        State::Draft if view.is_sandbox => Some(official_account::sandbox_data(ctx).await?),
        _ => None,
    };
    let history = official_account::history(ctx, view.seen().0).await?;
    let is_open = matches!(view.state, State::None | State::Draft | State::Waiting);
    let follows = matches!(view.state, State::Waiting | State::Verified);
    let main = view! {
        {progress::state(request, &view)}
        {sandbox.map(|data| progress::end_of_sandbox(&visitor, &view, data))}
        {is_open.then(|| off(t))}
        {progress::arrived(request, &view)}
        {form::first(&visitor, &view)}
        {to_copy::section(request, &view)}
        {form::change(&visitor, &view)}
    };
    let side = view! { {to_copy::help(lang, &view)} };
    let history = (!history.is_empty()).then(|| audit_card(request, &history));
    let body = view! {
        <div class="connect" data-state-word=view.word() data-state-page=CONNECT>
            <div class="connect-main">{private(request)} {main}</div>
            <aside class="connect-side" aria-label=t.failed>{side}</aside>
        </div>
        {history}
        {follows.then(|| script("/follow.js"))}
    };
    let console = ConsolePage {
        place: CONNECT.to_owned(),
        head: Some(head(t.title, "", view! { <a class="button plain small" href=DOCTOR>{t.health}</a> }.into_any())),
        is_filled: false,
        skip: None,
        start: None,
    };
    Ok(PageContent { console: Some(console), ..PageContent::wide(t.title, body) })
}

/// The address that WeChat calls.
fn push_url(request: &PageRequest) -> String {
    let url = request.ctx.settings.public_url.as_str().trim_end_matches('/').to_owned();
    url + guard::PUSH_PATH
}

/// What WeChat switches off, said before it happens.
fn off(t: &'static Connect) -> AnyView {
    view! { <Notice tone=Tone::Warning title=t.off><p>{t.off_text}</p></Notice> }.into_any()
}

fn private(request: &PageRequest) -> Option<AnyView> {
    let t = Connect::of(request.lang());
    let url = request.ctx.settings.public_url.as_str().trim_end_matches('/');
    let text = fill(t.private_text, &[("url", url)]);
    let is_private = request.ctx.settings.is_private();
    is_private.then(|| view! { <Notice title=t.private><p>{text}</p></Notice> }.into_any())
}

/// Id and version of the account that the page shows.
fn seen(view: &View) -> impl IntoView + use<> {
    let (id, version) = view.seen();
    view! {
        <input type="hidden" name="account" value=id />
        <input type="hidden" name="version" value=version />
    }
}

#[component]
pub fn DisconnectPage() -> impl IntoView {
    console_at(CONNECT, disconnect)
}

async fn disconnect(visitor: Visitor, _: Admin) -> Result<PageContent, PageError> {
    let lang: Lang = visitor.request.lang();
    let t = Connect::of(lang);
    let view = official_account::view(&visitor.request.ctx).await?;
    let is_connected = matches!(view.state, State::Waiting | State::Verified | State::Answering);
    let Some(shown) = view.shown.clone().filter(|_| is_connected) else {
        return Err(PageError::Redirect(CONNECT.to_owned()));
    };
    let (seen, name, appid) = (seen(&view), shown.name, shown.appid);
    let body = view! {
        <ConfirmCard
            lang
            title=t.disconnect_title
            text=t.disconnect_text
            action="/do/account-disconnect"
            yes=t.disconnect_yes
            back=CONNECT
            danger=true
        >
            {seen}
            <Facts>
                <Fact name=t.name>{name}</Fact>
                <Fact name=t.appid><code>{appid}</code></Fact>
            </Facts>
        </ConfirmCard>
    };
    Ok(PageContent::narrow(t.disconnect_title, body))
}
