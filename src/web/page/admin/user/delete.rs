//! Confirmation before a user is deleted: the admin types their name or id.

use super::{id_asked, page_of, parsed};
use crate::{
    core::account::directory::{self, Admin},
    web::{
        component::{ConfirmCard, Fact, Facts, Field},
        page::{PageContent, PageError, Visitor, admin::console},
        text::{Common, fill, users::Users},
    },
};
use leptos::prelude::*;

#[component]
pub fn UserDeletePage() -> impl IntoView {
    let id = id_asked();
    console(|visitor, admin| delete(visitor, admin, id))
}

async fn delete(visitor: Visitor, admin: Admin, id: String) -> Result<PageContent, PageError> {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Users::of(lang));
    let detail = directory::user_detail(&visitor.request.ctx, &admin, parsed(&id)?).await?;
    let (user, rules) = (detail.user, detail.rules);
    let filled = visitor.form("user-delete");
    let title = fill(t.delete_title, &[("name", &user.nickname)]);
    let typed = user.username.clone().unwrap_or_else(|| user.id.to_string());
    let body = view! {
        <ConfirmCard
            lang
            title=title.clone()
            text=t.delete_text
            action="/do/user-delete"
            yes=t.delete_yes
            back=page_of(user.id)
            danger=true
        >
            <input type="hidden" name="user" value=user.id />
            <Facts>
                <Fact name=t.id>{user.id}</Fact>
                <Fact name=c.credits>{user.credits}</Fact>
                <Fact name=t.rules>{rules.total}</Fact>
            </Facts>
            <Field
                label=fill(t.delete_label, &[("name", &typed)])
                name="confirm_user"
                value=filled.value("confirm_user")
                error=filled.error("confirm_user")
                autocomplete="off"
                required=true
            />
        </ConfirmCard>
    };
    Ok(PageContent::narrow(title, body))
}
