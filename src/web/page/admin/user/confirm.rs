//! Confirmations that name the user: before an account is disabled, and before a role changes.

use super::{id_asked, page_of, parsed};
use crate::{
    core::account::{
        Role,
        directory::{self, Admin, UserDetail},
    },
    web::{
        component::{ConfirmCard, Fact, Facts, Field},
        page::{PageContent, PageError, Visitor, admin::console},
        text::{Common, fill_spaced, users::Users},
    },
};
use leptos::prelude::*;

#[component]
pub fn UserDisablePage() -> impl IntoView {
    let id = id_asked();
    console(|visitor, admin| disable(visitor, admin, id))
}

#[component]
pub fn UserPromotePage() -> impl IntoView {
    let id = id_asked();
    console(|visitor, admin| role(visitor, admin, id, Role::Admin))
}

#[component]
pub fn UserDismissPage() -> impl IntoView {
    let id = id_asked();
    console(|visitor, admin| role(visitor, admin, id, Role::User))
}

async fn disable(visitor: Visitor, admin: Admin, id: String) -> Result<PageContent, PageError> {
    let lang = visitor.request.lang();
    let t = Users::of(lang);
    let detail = directory::user_detail(&visitor.request.ctx, &admin, parsed(&id)?).await?;
    if !detail.user.is_enabled || detail.is_last_admin {
        return Err(PageError::Redirect(page_of(detail.user.id)));
    }
    let filled = visitor.form("disable");
    let fields = view! {
        <Field
            label=t.disable_why
            name="disable_reason"
            value=filled.value("disable_reason")
            error=filled.error("disable_reason")
            hint=t.disable_reason
            autocomplete="off"
            required=true
            autofocus=true
        />
    };
    let texts = Texts { title: t.disable_title, text: t.disable_note, yes: t.disable_yes, action: "/do/user-disable" };
    Ok(asked(&visitor, &detail, texts, true, fields.into_any()))
}

async fn role(visitor: Visitor, admin: Admin, id: String, role: Role) -> Result<PageContent, PageError> {
    let t = Users::of(visitor.request.lang());
    let detail = directory::user_detail(&visitor.request.ctx, &admin, parsed(&id)?).await?;
    if detail.user.role == role || (role == Role::User && detail.is_last_admin) {
        return Err(PageError::Redirect(page_of(detail.user.id)));
    }
    let (title, text, yes) = match role {
        Role::Admin => (t.promote_title, t.promote_note, t.promote_yes),
        Role::User => (t.dismiss_title, t.dismiss_note, t.dismiss_yes),
    };
    let field = view! { <input type="hidden" name="role" value=role.as_str() /> };
    let texts = Texts { title, text, yes, action: "/do/user-role" };
    Ok(asked(&visitor, &detail, texts, role == Role::User, field.into_any()))
}

/// The question, its consequences, and the button; `{name}` in them is the user's.
struct Texts {
    title: &'static str,
    text: &'static str,
    yes: &'static str,
    action: &'static str,
}

fn asked(visitor: &Visitor, detail: &UserDetail, texts: Texts, danger: bool, fields: AnyView) -> PageContent {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Users::of(lang));
    let user = &detail.user;
    let named = |template: &str| fill_spaced(template, &[("name", &user.nickname)]);
    let title = named(texts.title);
    let (id, username, level) = (user.id, user.username.clone(), c.level_name(&user.level));
    let browsers = detail.sessions.len();
    let body = view! {
        <ConfirmCard
            lang
            title=title.clone()
            text=texts.text
            action=texts.action
            yes=named(texts.yes)
            back=page_of(id)
            danger
        >
            <input type="hidden" name="user" value=id />
            <Facts>
                <Fact name=t.id>{id}</Fact>
                {username.map(|username| view! { <Fact name=c.username>{username}</Fact> })}
                <Fact name=t.level>{level}</Fact>
                <Fact name=t.sessions>{browsers}</Fact>
            </Facts>
            {fields}
        </ConfirmCard>
    };
    PageContent::narrow(title, body)
}
