//! `/forgot`: a new password, by a code that the account sends to its owner's phone.

use super::{Filled, Halt, Leaf, Visitor, page, signin::with_guesses};
use crate::{
    core::signin::{Purpose, begin},
    web::{
        part::{Card, Field, PageHead, Submit},
        text::{Common, fill, forgot::Forgot},
    },
};
use leptos::prelude::*;

#[component]
pub fn ForgotPage() -> impl IntoView {
    page(forgot)
}

async fn forgot(visitor: Visitor) -> Result<Leaf, Halt> {
    let here = &visitor.here;
    let (c, t) = (Common::of(here.lang()), Forgot::of(here.lang()));
    let settings = &here.ctx.settings.settings;
    let filled = visitor.form("forgot");
    let code_error = code_error(&visitor, &filled).await?;
    let how = match settings.wechat.account_name.as_str() {
        "" => t.how_nameless.to_owned(),
        name => fill(t.how, &[("name", &format!("「{name}」"))]),
    };
    let code_hint = fill(t.code_hint, &[("n", &settings.signin.code_digits.to_string())]);
    let body = view! {
        <PageHead title=t.title />
        <Card>
            <p>{how}</p>
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
                />
                <p class="soft">{t.all_out}</p>
                <Submit text=t.submit block=true />
                <p class="center">{t.remembered} " " <a href="/login">{c.sign_in}</a></p>
            </form>
        </Card>
    };
    Ok(Leaf::narrow(t.title, body))
}

async fn code_error(visitor: &Visitor, filled: &Filled) -> Result<Option<String>, Halt> {
    let (Some(error), Some(secrets)) = (filled.error("code"), visitor.here.secrets()) else {
        return Ok(filled.error("code"));
    };
    let view = begin::view(&visitor.here.ctx, &secrets).await?.filter(|view| view.purpose == Purpose::Reset);
    Ok(Some(view.map_or_else(|| error.clone(), |view| with_guesses(&visitor.here, &view, &error))))
}
