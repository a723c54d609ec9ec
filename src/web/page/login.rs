//! `/login`: signs in with a password or WeChat.

use super::{PageContent, PageError, Visitor, page, path::with_next};
use crate::web::{
    component::{Card, Field, Icon, PageHead, Shape, Submit},
    text::{Common, login::Login},
};
use leptos::prelude::*;

#[component]
pub fn LoginPage() -> impl IntoView {
    page(login)
}

async fn login(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let next = request.next();
    if visitor.user.is_some() {
        return Err(PageError::Redirect(if next.is_empty() { "/me".to_owned() } else { next }));
    }
    let (c, t) = (Common::of(request.lang()), Login::of(request.lang()));
    let filled = visitor.form("login");
    let username = filled.value("username");
    let is_new = username.is_none() && !request.client.is_wechat;
    let body = view! {
        <PageHead title=t.title />
        <Card>
            <form class="stack" method="post" action="/do/login">
                <input type="hidden" name="next" value=next.clone() />
                <Field
                    label=c.username
                    name="username"
                    value=username
                    error=filled.error("username")
                    autocomplete="username"
                    required=true
                    autofocus=is_new
                />
                <Field
                    label=c.password
                    name="password"
                    kind="password"
                    error=filled.error("password")
                    autocomplete="current-password"
                    required=true
                />
                <Submit text=c.sign_in block=true />
                <p class="row spread">
                    <a href="/forgot">{t.forgot}</a>
                    <span>{t.no_account} " " <a href=with_next("/register", &next)>{t.register}</a></span>
                </p>
            </form>
            <p class="divider"><span>{t.or}</span></p>
            <form class="stack tight" method="post" action="/do/wechat">
                <input type="hidden" name="next" value=next />
                <button type="submit" class="button plain block" aria-describedby="wechat-note">
                    <Icon shape=Shape::Scan />
                    {t.wechat}
                </button>
                <p id="wechat-note" class="soft small-text center">{t.wechat_note}</p>
            </form>
        </Card>
    };
    Ok(PageContent::narrow(t.title, body))
}
