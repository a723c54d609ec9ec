//! Confirmations before WeChat is unlinked or the account is deleted.

use crate::{
    core::{CoreError, account::identity},
    web::{
        component::{ConfirmCard, Field},
        page::{PageContent, PageError, Visitor, page},
        text::{fill, me::Me},
    },
};
use leptos::prelude::*;

#[component]
pub fn UnbindPage() -> impl IntoView {
    page(unbind)
}

async fn unbind(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let lang = visitor.request.lang();
    let t = Me::of(lang);
    identity::find_own(&visitor.request.ctx, user.id).await?.ok_or(CoreError::NotFound)?;
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
    Ok(PageContent::narrow(t.unbind_title, body))
}

#[component]
pub fn DeletePage() -> impl IntoView {
    page(delete)
}

async fn delete(visitor: Visitor) -> Result<PageContent, PageError> {
    let user = visitor.signed_in()?;
    let lang = visitor.request.lang();
    let t = Me::of(lang);
    let filled = visitor.form("delete");
    let name = user.username.unwrap_or_else(|| user.id.to_string());
    let days = visitor.request.ctx.settings.settings.log.keep_days.to_string();
    let text = fill(t.delete_text, &[("days", &days)]);
    let body = view! {
        <ConfirmCard
            lang
            title=t.delete_title
            text=text
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
    Ok(PageContent::narrow(t.delete_title, body))
}
