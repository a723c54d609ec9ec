//! `/setup?key=…`: creates the first admin, with the link that the program printed at its start.

use super::{PageContent, PageError, Visitor, page};
use crate::{
    core::account::admin,
    web::{
        component::{Card, Empty, Field, LinkButton, PageHead, Shape, Submit},
        text::{Common, register::Register, setup::Setup},
    },
};
use axum::http::StatusCode;
use leptos::prelude::*;

#[component]
pub fn SetupPage() -> impl IntoView {
    page(setup)
}

async fn setup(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let (c, t, hints) = (Common::of(request.lang()), Setup::of(request.lang()), Register::of(request.lang()));
    let key = request.query("key");
    if !admin::is_setup_link(&request.ctx, &key).await? {
        request.set_status(StatusCode::FORBIDDEN);
        let body = view! {
            <h1 class="sr-only">{t.title}</h1>
            <Card>
                <Empty title=t.spent text=t.spent_do shape=Shape::Key>
                    <LinkButton href="/login" text=c.sign_in />
                </Empty>
            </Card>
        };
        return Ok(PageContent::narrow(t.spent, body));
    }
    let filled = visitor.form("setup");
    let body = view! {
        <PageHead title=t.title note=t.note />
        <Card>
            <form class="stack" method="post" action="/do/setup">
                <input type="hidden" name="key" value=key />
                <Field
                    label=c.username
                    name="username"
                    value=filled.value("username")
                    error=filled.error("username")
                    hint=hints.username_hint
                    autocomplete="username"
                    required=true
                    autofocus=!filled.is_flawed()
                />
                <Field
                    label=c.password
                    name="password"
                    kind="password"
                    error=filled.error("password")
                    hint=hints.password_hint
                    autocomplete="new-password"
                    required=true
                />
                <Submit text=t.submit block=true />
            </form>
        </Card>
    };
    Ok(PageContent::narrow(t.title, body))
}
