//! `/me/profile`: the fields that users edit themselves.

use super::sub_page::sub_page;
use crate::{
    core::account::{ProfileColumn, field},
    web::{
        component::{Card, Submit, profile_field},
        page::{PageContent, PageError, Visitor, page},
        text::{Common, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn ProfilePage() -> impl IntoView {
    page(profile)
}

async fn profile(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Me::of(lang));
    let filled = visitor.form("profile");
    let field = |column| profile_field(c, &filled, &user, column, autocomplete(column));
    let fields: Vec<_> = field::own_profile().map(field).collect();
    let body = view! {
        <Card>
            <form class="stack" method="post" action="/do/profile">
                {fields}
                <Submit text=t.profile_save block=true />
            </form>
        </Card>
    };
    Ok(sub_page(lang, t.profile, body))
}

/// What the browser may fill in (HTML, "Autofill").
fn autocomplete(column: ProfileColumn) -> &'static str {
    let known = [(ProfileColumn::Nickname, "nickname"), (ProfileColumn::Email, "email"), (ProfileColumn::Phone, "tel")];
    known.into_iter().find(|(of, _)| *of == column).map_or("off", |(_, value)| value)
}
