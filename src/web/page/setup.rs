//! `/setup?key=…`: creates the first admin, with the link that the program printed at its start.

use super::{PageError, Visitor, VisitorContent, page, signin::gate_class};
use crate::{
    core::account::admin,
    web::{
        component::{Field, Line, LinkButton, Mood, Says, Shape, Sign, Submit},
        text::{Common, register::Register, setup::Setup},
    },
};
use axum::http::StatusCode;
use leptos::prelude::*;

#[component]
pub fn SetupPage() -> impl IntoView {
    page(setup)
}

async fn setup(visitor: Visitor) -> Result<VisitorContent, PageError> {
    let request = &visitor.request;
    let (c, t, hints) = (Common::of(request.lang()), Setup::of(request.lang()), Register::of(request.lang()));
    let key = request.query("key");
    if !admin::is_setup_link(&request.ctx, &key).await? {
        request.set_status(StatusCode::FORBIDDEN);
        let line = Line::always(t.spent, t.spent_do, Mood::Warn, Sign::Icon(Shape::Key));
        let body = view! {
            <div class="gate slim">
                <Says lines=vec![line] />
                <LinkButton href="/login" text=c.sign_in block=true />
            </div>
        };
        return Ok(VisitorContent::new(t.spent, (), body));
    }
    let filled = visitor.form("setup");
    let lang = request.lang();
    let body = view! {
        <div class=format!("{} single", gate_class(request.client.device))>
            <Says lines=vec![Line::always(t.title, t.note, Mood::Plain, Sign::None)] />
            <section class="panel roomy">
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
                        reveal=lang
                    />
                    <Submit text=t.submit block=true />
                </form>
            </section>
        </div>
    };
    Ok(VisitorContent::new(t.title, (), body))
}
