//! The sandbox key: a form on other devices, the key itself on this machine.

use super::Shown;
use crate::{
    sandbox::text::Sandbox,
    web::{
        component::{Card, Fact, Facts, Field, PageHead, Submit},
        page::{PageContent, PageRequest},
    },
};
use axum::http::StatusCode;
use leptos::prelude::*;

/// The page for a browser that has not entered the key.
pub(super) fn ask(request: &PageRequest) -> PageContent {
    let t = Sandbox::of(request.lang());
    request.set_status(StatusCode::FORBIDDEN);
    let error = if request.has("key") { t.key_wrong } else { "" };
    let body = view! {
        <PageHead title=t.title note=t.key_note />
        <Card>
            <form class="stack" method="post" action="/sandbox/key">
                <Field label=t.key name="key" error=error hint=t.key_hint autocomplete="off" required=true autofocus=true />
                <Submit text=t.key_enter block=true />
            </form>
        </Card>
    };
    PageContent::narrow(t.title, body)
}

/// The link for another device; nothing if other devices cannot reach the program.
pub(super) fn share(shown: &Shown) -> Option<AnyView> {
    let (t, access) = (shown.t, &shown.phone.access);
    access.link()?;
    let key = access.key().to_owned();
    let card = view! {
        <div class="sandbox-account">
            <Card title=t.share_title note=t.share_note>
                <div class="stack tight">
                    <img src="/sandbox/key.png" alt=t.share_alt width="200" height="200" />
                    <Facts>
                        <Fact name=t.key>
                            <span class="mono">{key}</span>
                        </Fact>
                    </Facts>
                </div>
            </Card>
        </div>
    };
    Some(card.into_any())
}
