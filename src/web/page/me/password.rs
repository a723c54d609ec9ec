//! The password form: a new password, or the first one together with a username.

use crate::{
    core::account::User,
    web::{
        component::{Card, Field, Kind, Submit},
        page::Visitor,
        text::{Common, me::Me, register::Register},
    },
};
use leptos::prelude::*;

/// The form.
pub fn card(visitor: &Visitor, user: &User) -> impl IntoView + use<> {
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
    view! {
        <Card title note>
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
                <p class="row end"><Submit text=t.password_save kind=Kind::Plain /></p>
            </form>
        </Card>
    }
}
