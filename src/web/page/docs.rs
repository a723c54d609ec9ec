//! `/docs`: the OpenAPI document, to read and to try out. The page is readable without scripts; `docs.js` replaces the list by
//! Swagger UI, which has forms to make calls.

use super::{PageContent, PageError, Visitor, page, script};
use crate::{
    dialect::openapi::{self, Call, Group},
    text::Lang,
    web::{
        action::TRY_MINUTES,
        asset,
        component::{Card, CodeBlock, Kind, LinkButton, PageHead, Submit},
        text::{Common, docs::Docs, fill},
    },
};
use leptos::prelude::*;

#[component]
pub fn DocsPage() -> impl IntoView {
    page(docs)
}

async fn docs(visitor: Visitor) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Docs::of(lang);
    let server = request.ctx.settings.public_url.as_str().trim_end_matches('/').to_owned();
    let groups = openapi::groups(&openapi::document(lang, &server));
    let file = format!("/api/openapi.json?lang={}", lang.code());
    let link = file.clone();
    let token = visitor.form("try").value("token").unwrap_or_default();
    let body = view! {
        <PageHead title=t.title note=t.lead>
            <LinkButton href=link text=t.download kind=Kind::Plain />
        </PageHead>
        {trial(&visitor, &token)}
        <nav class="docs-groups" aria-label=t.groups>{groups.iter().map(leap).collect_view()}</nav>
        <div
            id="viewer"
            class="docs"
            data-document=file
            data-token=token
            data-bundle=asset::url("/docs/swagger-ui-bundle.js")
            data-style=asset::url("/docs/swagger-ui.css")
            data-theme-style=asset::url("/docs/docs.css")
        >
            {groups.into_iter().map(|group| dialect(lang, group)).collect_view()}
        </div>
        {script("/docs/docs.js")}
    };
    Ok(PageContent::medium(t.title, body))
}

/// How to make calls from this page as the signed-in user; after the button was pressed, shows the token once.
fn trial(visitor: &Visitor, token: &str) -> AnyView {
    let lang = visitor.request.lang();
    let (c, t) = (Common::of(lang), Docs::of(lang));
    let say = |template: &str| fill(template, &[("minutes", &TRY_MINUTES.to_string())]);
    if visitor.user.is_none() {
        return view! {
            <Card title=t.try_title note=t.try_out>
                <LinkButton href="/login?next=%2Fdocs" text=c.sign_in />
            </Card>
        }
        .into_any();
    }
    let shown = (!token.is_empty()).then(|| {
        view! { <p>{say(t.try_token)}</p> <CodeBlock code=token.to_owned() lang /> }
    });
    view! {
        <Card title=t.try_title note=say(t.try_in)>
            {shown}
            <form method="post" action="/do/try-token"><Submit text=t.try_button /></form>
            <p class="soft small-text">{t.try_session}</p>
        </Card>
    }
    .into_any()
}

fn leap(group: &Group) -> impl IntoView + use<> {
    view! { <a href=format!("#{}", group.tag)>{group.name.clone()}</a> }
}

fn dialect(lang: Lang, group: Group) -> impl IntoView {
    let calls = group.calls.into_iter().map(|call| one(lang, call)).collect_view();
    view! {
        <section id=group.tag>
            <h2>{group.name}</h2>
            <p class="soft">{marked(&group.about)}</p>
            {calls}
        </section>
    }
}

fn one(lang: Lang, call: Call) -> impl IntoView {
    let t = Docs::of(lang);
    let answers = call.answers.into_iter().map(|(status, text)| view! { <dt>{status}</dt><dd>{marked(&text)}</dd> });
    let method = format!("docs-method {}", call.method.to_lowercase());
    view! {
        <details class="docs-call">
            <summary>
                <span class=method>{call.method}</span>
                <code>{call.path}</code>
                <span class="docs-sum">{call.summary}</span>
            </summary>
            {(!call.about.is_empty()).then(|| view! { <p>{marked(&call.about)}</p> })}
            <h3>{t.example}</h3>
            <CodeBlock code=call.curl lang />
            <h3>{t.answers}</h3>
            <dl class="docs-answers">{answers.collect_view()}</dl>
        </details>
    }
}

/// Renders the only markup in the document's texts: `code`.
fn marked(text: &str) -> impl IntoView + use<> {
    let parts = text.split('`').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect_view()
}
