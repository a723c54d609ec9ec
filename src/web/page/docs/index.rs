//! The list of all calls, or those that match a search.

use super::{DOCS, address, document, marked, method, page_of, trial};
use crate::{
    dialect::openapi::{Call, Group, groups},
    text::Lang,
    web::{
        component::{Empty, Icon, Kind, LinkButton, PageHead, Shape, Submit},
        page::{PageContent, PageError, Visitor, page, script},
        text::{Common, docs::Docs},
    },
};
use leptos::prelude::*;

/// A longer search is cut.
const TEXT_MAX_CHARS: usize = 100;

#[component]
pub fn DocsPage() -> impl IntoView {
    page(docs)
}

async fn docs(visitor: Visitor) -> Result<PageContent, PageError> {
    let lang = visitor.request.lang();
    let t = Docs::of(lang);
    let searched: String = visitor.request.query("q").chars().take(TEXT_MAX_CHARS).collect();
    let words: Vec<String> = searched.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let found: Vec<_> = groups(lang).iter().filter_map(|group| section(lang, group, &words)).collect();
    let is_empty = found.is_empty();
    let none = view! {
        <div class="card" data-docs-none hidden=!is_empty><Empty title=t.none text=t.none_text shape=Shape::Search /></div>
    };
    let body = view! {
        <PageHead title=t.title note=t.lead>
            <LinkButton href=document(lang) text=t.download kind=Kind::Plain />
        </PageHead>
        {search(lang, searched)}
        <div class="docs-index">{found} {none}</div>
        {trial::card(&visitor, DOCS)}
        {script("/docs.js")}
    };
    Ok(PageContent::wide(t.title, body))
}

fn search(lang: Lang, searched: String) -> impl IntoView {
    let (c, t) = (Common::of(lang), Docs::of(lang));
    let clear = (!searched.is_empty()).then(|| view! { <LinkButton href=DOCS text=t.clear kind=Kind::Quiet /> });
    view! {
        <form class="docs-search" role="search" method="get" action=DOCS>
            <div class="search">
                <Icon shape=Shape::Search />
                <input
                    class="input"
                    type="search"
                    name="q"
                    value=searched
                    aria-label=t.search
                    placeholder=t.search_hint
                    autocomplete="off"
                    data-search
                    data-docs-search
                />
            </div>
            <Submit text=c.search kind=Kind::Plain />
            {clear}
        </form>
    }
}

/// The calls of a dialect that have all of the words; `None` without any.
fn section(lang: Lang, group: &'static Group, words: &[String]) -> Option<AnyView> {
    let t = Docs::of(lang);
    let rows: Vec<_> = group
        .calls
        .iter()
        .filter_map(|call| {
            let text = searchable(group, call);
            words.iter().all(|word| text.contains(word.as_str())).then(|| row(group, call, text))
        })
        .collect();
    let title_id = format!("{}-title", group.tag);
    let labelled_by = title_id.clone();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card docs-group" aria-labelledby=labelled_by>
                <div class="card-head">
                    <div>
                        <h2 id=title_id><a href=page_of(group)>{group.name.clone()}</a></h2>
                        <p>{marked(&group.about)}</p>
                    </div>
                    <a class="button plain small" href=page_of(group)>{t.read} <span class="sr-only">{group.name.clone()}</span></a>
                </div>
                <ul class="docs-list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn row(group: &Group, call: &Call, text: String) -> AnyView {
    view! {
        <li data-words=text>
            <a href=address(group, call)>
                {method(call)}
                <code>{call.path.clone()}</code>
                <span>{call.summary.clone()}</span>
            </a>
        </li>
    }
    .into_any()
}

/// Everything a call can be found by, in small letters.
fn searchable(group: &Group, call: &Call) -> String {
    let fields = call.body.iter().flat_map(|body| &body.fields);
    let fields = fields.chain(call.parameters.iter().map(|parameter| &parameter.field));
    let mut words = vec![&group.name, &call.method, &call.path, &call.summary];
    words.extend(fields.map(|field| &field.name));
    words.into_iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join(" ")
}
