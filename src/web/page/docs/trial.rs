//! The card about calls as the signed-in user: a token for them, shown once.

use crate::web::{
    action::TRY_MINUTES,
    component::{Card, CodeBlock, LinkButton, Submit},
    page::{Visitor, path::with_next},
    text::{Common, docs::Docs, fill},
};
use leptos::prelude::*;

/// The card, on the page at `page`.
pub fn card(visitor: &Visitor, page: &str) -> AnyView {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Docs::of(lang));
    let say = |template: &str| fill(template, &[("minutes", &TRY_MINUTES.to_string())]);
    let page = page.to_owned();
    let Some(user) = &visitor.user else {
        return view! {
            <Card title=t.try_title note=t.try_out>
                <div class="row"><LinkButton href=with_next("/login", &page) text=c.sign_in /></div>
            </Card>
        }
        .into_any();
    };
    let user_id = user.id;
    let token = visitor.form("try").value("token").unwrap_or_default();
    let shown = (!token.is_empty()).then(|| {
        view! { <p>{say(t.try_token)}</p> <CodeBlock code=token.clone() lang /> }
    });
    view! {
        <Card title=t.try_title note=say(t.try_in)>
            {shown}
            <p class="docs-held" hidden data-held><b>{t.try_held}</b></p>
            <form class="row" method="post" action="/do/try-token" data-trial data-user=user_id data-token=token data-minutes=TRY_MINUTES>
                <input type="hidden" name="back" value=page />
                <Submit text=t.try_button />
                <span class="soft small-text">{t.try_session}</span>
            </form>
        </Card>
    }
    .into_any()
}
