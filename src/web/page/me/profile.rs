//! The profile fields that users edit themselves.

use crate::{
    core::account::{ProfileColumn, User, field},
    web::{
        component::{Card, Kind, Submit, profile_field},
        page::Visitor,
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

/// The form.
pub fn card(visitor: &Visitor, user: &User) -> impl IntoView + use<> {
    let (c, t) = (Common::of(visitor.request.lang()), Me::of(visitor.request.lang()));
    let filled = visitor.form("profile");
    let field = |column| profile_field(c, &filled, user, column, autocomplete(column));
    let fields: Vec<_> = field::own_profile().map(field).collect();
    view! {
        <Card title=t.profile>
            <form class="stack" method="post" action="/do/profile">
                {fields}
                <p class="row end"><Submit text=t.profile_save kind=Kind::Plain /></p>
            </form>
        </Card>
    }
}

/// What the browser may fill in (HTML, "Autofill").
fn autocomplete(column: ProfileColumn) -> &'static str {
    let known = [(ProfileColumn::Nickname, "nickname"), (ProfileColumn::Email, "email"), (ProfileColumn::Phone, "tel")];
    known.into_iter().find(|(of, _)| *of == column).map_or("off", |(_, value)| value)
}
