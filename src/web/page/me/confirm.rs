//! Asking once more before something is cut or deleted.

use crate::{
    core::{CoreError, account::identity},
    web::{
        page::{Halt, Leaf, Visitor, page},
        part::{ConfirmCard, Field},
        text::{fill, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn UnbindPage() -> impl IntoView {
    page(unbind)
}

async fn unbind(visitor: Visitor) -> Result<Leaf, Halt> {
    let user = visitor.signed_in()?;
    let lang = visitor.here.lang();
    let t = Me::of(lang);
    identity::find_own(&visitor.here.ctx, user.id).await?.ok_or(CoreError::NotFound)?;
    let body = view! {
        <ConfirmCard
            lang
            title=t.unbind_title
            text=t.unbind_text
            action="/do/unbind"
            yes=t.unbind_yes
            back="/me"
            danger=true
        />
    };
    Ok(Leaf::narrow(t.unbind_title, body))
}

#[component]
pub fn DeletePage() -> impl IntoView {
    page(delete)
}

async fn delete(visitor: Visitor) -> Result<Leaf, Halt> {
    let user = visitor.signed_in()?;
    let lang = visitor.here.lang();
    let t = Me::of(lang);
    let filled = visitor.form("delete");
    let name = user.username.unwrap_or_else(|| user.id.to_string());
    let body = view! {
        <ConfirmCard
            lang
            title=t.delete_title
            text=t.delete_text
            action="/do/delete-account"
            yes=t.delete_yes
            back="/me"
            danger=true
        >
            <Field
                label=fill(t.delete_label, &[("name", &name)])
                name="confirm"
                value=filled.value("confirm")
                error=filled.error("confirm")
                autocomplete="off"
                required=true
            />
        </ConfirmCard>
    };
    Ok(Leaf::narrow(t.delete_title, body))
}
