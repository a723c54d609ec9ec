//! Confirmations before WeChat is unlinked or the account is deleted.

use super::{
    place::LINKED,
    sub_page::{back, below},
};
use crate::{
    core::{CoreError, account::identity, rule::search},
    web::{
        component::{Card, Cell, Cells, ConfirmCard, Field, Icon, Kind, LinkButton, Shape, Submit, Tint},
        page::{PageContent, PageError, Visitor, page},
        text::{Common, fill, me::Me},
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
            back=LINKED
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
    let (lang, ctx) = (visitor.request.lang(), &visitor.request.ctx);
    let (c, t) = (Common::of(lang), Me::of(lang));
    let filled = visitor.form("delete");
    let rules: i64 = search::tally(ctx, user.id).await?.iter().map(|(_, n)| n).sum();
    let days = ctx.settings.settings.log.keep_days.to_string();
    let name = user.username.unwrap_or_else(|| user.id.to_string());
    let body = view! {
        {back(lang)}
        <div class="confirm-head danger">
            <Icon shape=Shape::Warning />
            <h1>{t.delete_title}</h1>
            <p>{t.delete_final}</p>
        </div>
        <Cells title=t.delete_along iconed=true>
            <Cell label=t.delete_rules value=fill(t.rules, &[("n", &rules.to_string())]) icon=Shape::Replies />
            <Cell label=c.credits value=user.credits.to_string() icon=Shape::Star />
            <Cell label=t.delete_rest value=t.delete_all icon=Shape::Person />
        </Cells>
        <Cells iconed=true>
            <Cell label=t.delete_export value="JSON" href="/me/data.json" icon=Shape::Download tint=Tint::Info />
        </Cells>
        <Card>
            <form class="stack" method="post" action="/do/delete-account">
                <Field
                    label=fill(t.delete_label, &[("name", &name)])
                    name="confirm"
                    value=filled.value("confirm")
                    error=filled.error("confirm")
                    autocomplete="off"
                    required=true
                />
                <div class="me-answers">
                    <LinkButton href="/me" text=t.delete_no kind=Kind::Plain block=true />
                    <Submit text=t.delete_yes kind=Kind::Danger block=true />
                </div>
            </form>
        </Card>
        <p class="cells-note">{fill(t.delete_text, &[("days", &days)])}</p>
    };
    Ok(below(t.delete_title, body))
}
