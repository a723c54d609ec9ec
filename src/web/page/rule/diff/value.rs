//! The values of a field in both versions.

use super::RuleScope;
use crate::{
    core::rule::{Content, Keyword, TriggerKind, content::ContentNames, draft::Draft},
    web::{
        component::text_diff,
        text::{fill, replies::history::History},
    },
};
use leptos::prelude::*;

/// Which versions have a keyword.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Both,
    Before,
    After,
}

/// A short value, marked as a whole if it differs. A version without one shows nothing.
pub fn words(before: String, after: String) -> (AnyView, AnyView) {
    if before == after || before.is_empty() || after.is_empty() {
        return (before.into_any(), after.into_any());
    }
    (view! { <del>{before}</del> }.into_any(), view! { <ins>{after}</ins> }.into_any())
}

/// The keywords as chips.
pub fn keywords(scope: RuleScope, before: Option<&Draft>, after: Option<&Draft>) -> (AnyView, AnyView) {
    let is_in = |draft: Option<&Draft>, keyword: &Keyword| draft.is_none_or(|draft| draft.keywords.contains(keyword));
    let chips = |draft: Option<&Draft>, other: Option<&Draft>, alone: In| {
        let chip = |draft: &Draft, keyword: &Keyword| {
            chip(scope, draft.cause, keyword, if is_in(other, keyword) { In::Both } else { alone })
        };
        let chips = draft.into_iter().flat_map(|draft| draft.keywords.iter().map(move |keyword| (draft, keyword)));
        let chips = chips.map(|(draft, keyword)| chip(draft, keyword)).collect_view();
        view! { <span class="keywords">{chips}</span> }.into_any()
    };
    (chips(before, after, In::Before), chips(after, before, In::After))
}

fn chip(scope: RuleScope, cause: TriggerKind, keyword: &Keyword, side: In) -> AnyView {
    let t = scope.texts();
    let (text, way) = match cause {
        TriggerKind::Kind => (t.kind(&keyword.text).to_owned(), None),
        _ => (keyword.text.clone(), Some(t.matching(keyword.matching))),
    };
    let inside = view! { {text} {way.map(|way| view! { " " <small>{way}</small> })} };
    match side {
        In::Both => view! { <span class="keyword">{inside}</span> }.into_any(),
        In::Before => view! { <del class="keyword">{inside}</del> }.into_any(),
        In::After => view! { <ins class="keyword">{inside}</ins> }.into_any(),
    }
}

/// The contents one below the other, each beside the one in its place.
pub fn contents(scope: RuleScope, before: Option<&Draft>, after: Option<&Draft>) -> (AnyView, AnyView) {
    let of = |draft: Option<&Draft>| draft.map(|draft| draft.contents.clone()).unwrap_or_default();
    let (old, new) = (of(before), of(after));
    let is_pair = before.is_some() && after.is_some();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for at in 0..old.len().max(new.len()) {
        let (before, after) = pair(scope, at, (old.get(at), new.get(at)), is_pair);
        left.push(before);
        right.push(after);
    }
    (left.collect_view().into_any(), right.collect_view().into_any())
}

/// One content of both versions. `is_pair`: there are two versions, so that a missing content says so.
fn pair(
    scope: RuleScope,
    at: usize,
    (before, after): (Option<&Content>, Option<&Content>),
    is_pair: bool,
) -> (AnyView, AnyView) {
    let (old, new) = match (before, after) {
        (Some(before), Some(after)) => {
            let (old, new) = text_diff(&text(before), &text(after));
            (Some(old), Some(new))
        }
        (Some(before), None) if is_pair => (Some(view! { <del>{text(before)}</del> }.into_any()), None),
        (None, Some(after)) if is_pair => (None, Some(view! { <ins>{text(after)}</ins> }.into_any())),
        (before, after) => (before.map(|of| text(of).into_any()), after.map(|of| text(of).into_any())),
    };
    (part(scope, at, before, old, is_pair), part(scope, at, after, new, is_pair))
}

fn part(scope: RuleScope, at: usize, content: Option<&Content>, shown: Option<AnyView>, is_pair: bool) -> AnyView {
    let t = History::of(scope.lang);
    let n = (at + 1).to_string();
    match (content, shown) {
        (Some(content), Some(shown)) => {
            let kind = ContentNames::of(scope.lang).name(content);
            let name = fill(t.content_called, &[("n", &n), ("kind", kind)]);
            view! { <div class="version"><p class="version-name">{name}</p><p class="version-text">{shown}</p></div> }
                .into_any()
        }
        _ if is_pair => {
            let name = fill(t.content_missing, &[("n", &n)]);
            view! { <div class="version none"><p class="version-name">{name}</p><p class="version-text">{t.nothing}</p></div> }
                .into_any()
        }
        _ => ().into_any(),
    }
}

/// The texts of a content, one below the other.
fn text(content: &Content) -> String {
    let parts = content.parts().into_iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}
