//! Nickname, e-mail and phone.

use crate::{
    core::account::User,
    web::{
        page::Visitor,
        part::{Card, Field, Kind, Submit},
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

/// The form.
pub fn card(visitor: &Visitor, user: &User) -> impl IntoView + use<> {
    let (c, t) = (Common::of(visitor.here.lang()), Me::of(visitor.here.lang()));
    let filled = visitor.form("profile");
    let nickname = filled.value_or("nickname", &user.nickname);
    let email = filled.value_or("email", user.email.as_deref().unwrap_or_default());
    let phone = filled.value_or("phone", user.phone.as_deref().unwrap_or_default());
    view! {
        <Card title=t.profile>
            <form class="stack" method="post" action="/do/profile">
                <Field
                    label=c.nickname
                    name="nickname"
                    value=nickname
                    error=filled.error("nickname")
                    autocomplete="nickname"
                    required=true
                />
                <Field
                    label=c.email
                    name="email"
                    value=email
                    error=filled.error("email")
                    mark=c.optional
                    autocomplete="email"
                    inputmode="email"
                />
                <Field
                    label=c.phone
                    name="phone"
                    value=phone
                    error=filled.error("phone")
                    mark=c.optional
                    autocomplete="tel"
                    inputmode="tel"
                />
                <p class="row end"><Submit text=t.profile_save kind=Kind::Plain /></p>
            </form>
        </Card>
    }
}
