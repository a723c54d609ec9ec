//! Above the list: the kinds of rules, search and filters. All of it is the address: it can be kept and sent.

use super::{Ask, Desk, ask::State};
use crate::{
    core::reply::{Cause, Matching, search::Sort},
    web::{
        part::{Icon, Shape},
        text::replies::list::List,
    },
};
use leptos::prelude::*;

/// The kinds of rules, with how many there are of each.
pub fn causes(desk: Desk, ask: &Ask, tally: &[(Cause, i64)]) -> AnyView {
    let t = List::of(desk.lang);
    let all: i64 = tally.iter().map(|(_, count)| count).sum();
    let kinds = tally.iter().map(|(cause, count)| (Some(*cause), desk.texts().cause(*cause), *count));
    let links = std::iter::once((None, t.all, all)).chain(kinds).map(|(cause, text, count)| {
        let href = Ask { cause, page: 1, ..ask.clone() }.here(desk.scope.list());
        let is_current = cause == ask.cause;
        view! {
            <a href=href aria-current=is_current.then_some("page")>{text} <span class="cause-count num">{count}</span></a>
        }
    });
    view! { <nav class="seg causes" aria-label=t.causes>{links.collect_view()}</nav> }.into_any()
}

/// Search, filters and order: one form that is the address.
pub fn tools(desk: Desk, ask: &Ask) -> AnyView {
    let t = List::of(desk.lang);
    let states = State::ALL.map(|state| {
        let text = match state {
            State::Any => t.state_any,
            State::On => t.state_on,
            State::Off => t.state_off,
            State::Unused => t.state_unused,
        };
        (state.as_str(), text, state == ask.state)
    });
    let any = std::iter::once(("", t.way_any, ask.matching.is_none()));
    let ways =
        any.chain(Matching::ALL.map(|way| (way.as_str(), desk.texts().matching(way), ask.matching == Some(way))));
    let sorts = Sort::ALL.map(|sort| {
        let text = match sort {
            Sort::Number => t.sort_number,
            Sort::Priority => t.sort_priority,
            Sort::Hits => t.sort_hits,
            Sort::Updated => t.sort_updated,
            Sort::Keyword => t.sort_keyword,
        };
        (sort.as_str(), text, sort == ask.sort)
    });
    let is_filtered = ask.is_filtered();
    let reset = Ask { text: String::new(), state: State::Any, matching: None, page: 1, ..ask.clone() };
    view! {
        <form class="tools" method="get" action=desk.scope.list() role="search" data-live>
            {ask.cause.map(|cause| view! { <input type="hidden" name="cause" value=cause.as_str() /> })}
            {ask.is_descending.then(|| view! { <input type="hidden" name="order" value="desc" /> })}
            <div class="search">
                <Icon shape=Shape::Search />
                <input
                    class="input"
                    type="search"
                    name="q"
                    value=ask.text.clone()
                    placeholder=t.search_hint
                    aria-label=t.search
                    data-key="/"
                />
            </div>
            {select("state", t.state, states.into_iter())}
            {select("way", t.way, ways)}
            {select("sort", t.sort, sorts.into_iter())}
            <button class="button plain">{t.filter}</button>
            {is_filtered.then(|| view! { <a class="button quiet" href=reset.here(desk.scope.list())>{t.reset}</a> })}
        </form>
    }
    .into_any()
}

fn select(
    name: &'static str,
    label: &'static str,
    options: impl Iterator<Item = (&'static str, &'static str, bool)>,
) -> impl IntoView {
    let options =
        options.map(|(value, text, selected)| view! { <option value=value selected=selected>{text}</option> });
    view! { <select class="input" name=name aria-label=label>{options.collect_view()}</select> }
}
