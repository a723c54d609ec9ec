//! The page of one dialect: its calls, and what each of them may answer.

use super::{DOCS, call, document, marked, method, trial};
use crate::{
    core::CoreError,
    dialect::openapi::{Group, groups},
    text::Lang,
    web::{
        component::{Icon, Kind, LinkButton, NavLink, PageHead, Shape, Tab, Tabs},
        page::{PageContent, PageError, Visitor, page, script},
        text::docs::Docs,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[component]
pub fn DialectPage() -> impl IntoView {
    // Read during setup, while the router's context is available.
    let tag = use_params_map().read_untracked().get("dialect").unwrap_or_default();
    page(move |visitor| std::future::ready(dialect(&visitor, &tag)))
}

fn dialect(visitor: &Visitor, tag: &str) -> Result<PageContent, PageError> {
    let request = &visitor.request;
    let lang = request.lang();
    let t = Docs::of(lang);
    let group = groups(lang).iter().find(|group| group.tag == tag).ok_or(CoreError::NotFound)?;
    let server = request.ctx.settings.public_url.as_str().trim_end_matches('/');
    let calls = group.calls.iter().map(|call| call::section(lang, call, server)).collect_view();
    let failures = group.failures.iter().map(|answer| call::answer(lang, answer, false)).collect_view();
    let body = view! {
        <a class="back" href=DOCS><Icon shape=Shape::Left />{t.back}</a>
        <PageHead title=group.name.clone()>
            <LinkButton href=document(lang) text=t.download kind=Kind::Plain />
        </PageHead>
        <Tabs label=t.groups tabs=tabs(lang, group) />
        <div class="docs-page">
            {contents(lang, group)}
            <div class="docs-calls">
                <p class="docs-about">{marked(&group.about)}</p>
                {trial::card(visitor, &super::page_of(group))}
                {calls}
                <section class="docs-call" id="failures">
                    <h2>{t.failures}</h2>
                    <p class="soft">{t.failures_note}</p>
                    <div class="docs-answers">{failures}</div>
                </section>
            </div>
        </div>
        {script("/docs.js")}
    };
    Ok(PageContent::of(format!("{} · {}", group.name, t.title), "wide", body))
}

fn tabs(lang: Lang, current: &Group) -> Vec<Tab> {
    let tab = |group: &Group| Tab {
        link: NavLink { href: super::page_of(group), text: group.name.clone(), is_current: group.tag == current.tag },
        count: u64::try_from(group.calls.len()).ok(),
    };
    groups(lang).iter().map(tab).collect()
}

/// The calls of the page: beside them on a desktop, folded above them on a phone.
fn contents(lang: Lang, group: &Group) -> impl IntoView + use<> {
    let t = Docs::of(lang);
    let links = group.calls.iter().map(|call| {
        view! { <li><a href=format!("#{}", call.id)>{method(call)} <span>{call.summary.clone()}</span></a></li> }
    });
    let links = links.collect_view();
    view! {
        <nav class="docs-contents" aria-label=t.contents>
            <details open>
                <summary>{t.contents}</summary>
                <ul>{links} <li><a href="#failures">{t.failures}</a></li></ul>
            </details>
        </nav>
    }
}
