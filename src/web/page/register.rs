//! `/register`: a name and a password; WeChat comes next.

use super::{PageContent, PageError, Visitor, page, path::with_next};
use crate::text::Lang;
use crate::web::{
    component::{Card, Field, PageHead, Stepper, Submit},
    text::{Common, register::Register},
};
use leptos::prelude::*;

#[component]
pub fn RegisterPage() -> impl IntoView {
    page(register)
}

async fn register(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let (lang, next) = (request.lang(), request.next());
    if visitor.user.is_some() {
        return Err(PageError::Redirect("/me".to_owned()));
    }
    let (c, t) = (Common::of(lang), Register::of(lang));
    let filled = visitor.form("register");
    let body = view! {
        <PageHead title=t.title />
        <Stepper lang steps=steps(lang) current=1 />
        <Card>
            <form class="stack" method="post" action="/do/register">
                <input type="hidden" name="next" value=next.clone() />
                <Field
                    label=c.username
                    name="username"
                    value=filled.value("username")
                    error=filled.error("username")
                    hint=t.username_hint
                    autocomplete="username"
                    required=true
                    autofocus=!filled.is_flawed()
                />
                <Field
                    label=c.password
                    name="password"
                    kind="password"
                    error=filled.error("password")
                    hint=t.password_hint
                    autocomplete="new-password"
                    required=true
                />
                <p class="soft">{t.follows}</p>
                <Submit text=c.next block=true />
                <p class="center">{t.has_account} " " <a href=with_next("/login", &next)>{c.sign_in}</a></p>
            </form>
        </Card>
    };
    Ok(PageContent::narrow(t.title, body))
}

/// The steps of a registration.
pub fn steps(lang: Lang) -> Vec<String> {
    let t = Register::of(lang);
    [t.step_fill, t.step_follow, t.step_done].map(str::to_owned).to_vec()
}
