//! `/me/password`: a new password, or the first one together with a username.

use super::sub_page::sub_page;
use crate::web::{
    component::{Card, Field, Submit},
    page::{PageContent, PageError, Visitor, page},
    text::{Common, me::Me, register::Register},
};
use leptos::prelude::*;

#[component]
pub fn PasswordPage() -> impl IntoView {
    page(password)
}

async fn password(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Me::of(lang));
    let filled = visitor.form("password");
    let (title, note) =
        if user.has_password { (t.password, t.password_note) } else { (t.password_first, t.password_first_note) };
    let name = match &user.username {
        // For the browser's password manager.
        Some(name) => {
            view! { <input type="hidden" name="username" autocomplete="username" value=name.clone() /> }.into_any()
        }
        None => view! {
            <Field
                label=c.username
                name="username"
                value=filled.value("username")
                error=filled.error("username")
                hint=Register::of(lang).username_hint
                autocomplete="username"
                required=true
            />
        }
        .into_any(),
    };
    let old = user.has_password.then(|| {
        view! {
            <Field
                label=t.old_password
                name="old_password"
                kind="password"
                error=filled.error("old_password")
                autocomplete="current-password"
                required=true
            />
        }
    });
    let body = view! {
        <Card>
            <form class="stack" method="post" action="/do/password">
                {name} {old}
                <Field
                    label=t.new_password
                    name="new_password"
                    kind="password"
                    error=filled.error("new_password")
                    hint=t.password_hint
                    autocomplete="new-password"
                    required=true
                />
                <Submit text=t.password_save block=true />
            </form>
        </Card>
        <p class="cells-note">{note}</p>
    };
    Ok(sub_page(lang, title, body))
}
