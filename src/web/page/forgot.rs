//! `/forgot`: resets a password with a code that the account sends in the chat.

use super::{
    Filled, PageError, Visitor, VisitorContent, page,
    signin::{gate_class, with_guesses},
    visitor_frame::corner_link,
};
use crate::{
    core::signin::{Purpose, begin},
    web::{
        component::{Field, Line, Mood, Says, Sign, Submit},
        text::{Common, fill, forgot::Forgot},
    },
};
use leptos::prelude::*;

#[component]
pub fn ForgotPage() -> impl IntoView {
    page(forgot)
}

async fn forgot(visitor: Visitor) -> Result<VisitorContent, PageError> {
    let request = &visitor.request;
    let (c, t) = (Common::of(request.lang()), Forgot::of(request.lang()));
    let settings = &request.ctx.settings.settings;
    let filled = visitor.form("forgot");
    let code_error = code_error(&visitor, &filled).await?;
    let how = match request.ctx.shown_name().as_str() {
        "" => t.how_nameless.to_owned(),
        name => fill(t.how, &[("name", &format!("「{name}」"))]),
    };
    let code_hint = fill(t.code_hint, &[("n", &settings.signin.code_digits.to_string())]);
    let lang = request.lang();
    let body = view! {
        <div class=format!("{} single", gate_class(request.client.device))>
            <Says lines=vec![Line::always(t.title, how, Mood::Plain, Sign::None)] />
            <section class="panel roomy">
                <form class="stack" method="post" action="/do/forgot">
                    <Field
                        label=c.code
                        name="code"
                        value=filled.value("code")
                        error=code_error
                        hint=code_hint
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        required=true
                        digits=true
                    />
                    <Field
                        label=t.new_password
                        name="new_password"
                        kind="password"
                        error=filled.error("new_password")
                        hint=t.password_hint
                        autocomplete="new-password"
                        required=true
                        reveal=lang
                    />
                    <Submit text=t.submit block=true />
                    <p class="small-text soft center">{t.all_out}</p>
                </form>
            </section>
        </div>
    };
    Ok(VisitorContent::new(t.title, corner_link("/login".to_owned(), t.remembered), body))
}

async fn code_error(visitor: &Visitor, filled: &Filled) -> Result<Option<String>, PageError> {
    let (Some(error), Some(secrets)) = (filled.error("code"), visitor.request.secrets()) else {
        return Ok(filled.error("code"));
    };
    let view = begin::view(&visitor.request.ctx, &secrets).await?.filter(|view| view.purpose == Purpose::Reset);
    Ok(Some(view.map_or_else(|| error.clone(), |view| with_guesses(&visitor.request, &view, &error))))
}
