//! Kinds, search and filters above the list. Their state is in the URL, so it can be bookmarked and shared.

use super::{ListQuery, RuleOwner, RuleScope, query::State};
use crate::{
    core::rule::{MatchType, TriggerKind, search::Sort},
    web::{
        component::{Icon, Shape},
        text::replies::list::List,
    },
};
use leptos::prelude::*;

/// One line: the kinds of rules with the number of each, search, filters and order.
pub fn tools(scope: RuleScope, query: &ListQuery, tally: &[(TriggerKind, i64)]) -> AnyView {
    let causes = (scope.owner == RuleOwner::Account).then(|| causes(scope, query, tally));
    // Where something is searched for, a phone shows the field too.
    let class = if query.is_filtered() { "list-tools is-filtered" } else { "list-tools" };
    view! { <div class=class>{causes} {find(scope, query)}</div> }.into_any()
}

fn causes(scope: RuleScope, query: &ListQuery, tally: &[(TriggerKind, i64)]) -> AnyView {
    let t = List::of(scope.lang);
    let all: i64 = tally.iter().map(|(_, count)| count).sum();
    // Kinds without rules are offered by the editor.
    let kinds = tally
        .iter()
        .filter(|(cause, count)| *count > 0 || query.cause == Some(*cause))
        .map(|(cause, count)| (Some(*cause), scope.texts().cause(*cause), *count));
    let links = std::iter::once((None, t.all, all)).chain(kinds).map(|(cause, text, count)| {
        let href = ListQuery { cause, page: 1, ..query.clone() }.current_address(scope.owner.list());
        let is_current = cause == query.cause;
        view! { <a href=href aria-current=is_current.then_some("page")>{text} <span>{count}</span></a> }
    });
    view! { <nav class="tabs" aria-label=t.causes>{links.collect_view()}</nav> }.into_any()
}

/// Search, filters and order as one GET form.
fn find(scope: RuleScope, query: &ListQuery) -> AnyView {
    let t = List::of(scope.lang);
    let states = State::ALL.map(|state| {
        let text = match state {
            State::Any => t.state_any,
            State::On => t.state_on,
            State::Off => t.state_off,
            State::Unused => t.state_unused,
        };
        (state.as_str(), text, state == query.state)
    });
    let any = std::iter::once(("", t.way_any, query.matching.is_none()));
    let ways =
        any.chain(MatchType::ALL.map(|way| (way.as_str(), scope.texts().matching(way), query.matching == Some(way))));
    let sorts = [Sort::Priority, Sort::Hits, Sort::Updated, Sort::Number, Sort::Keyword].map(|sort| {
        let text = match sort {
            Sort::Number => t.sort_number,
            Sort::Priority => t.sort_priority,
            Sort::Hits => t.sort_hits,
            Sort::Updated => t.sort_updated,
            Sort::Keyword => t.sort_keyword,
        };
        // The order without a choice need not stand in the address.
        (if sort == Sort::Priority { "" } else { sort.as_str() }, text, sort == query.sort)
    });
    let is_filtered = query.is_filtered();
    let reset = ListQuery { text: String::new(), state: State::Any, matching: None, page: 1, ..query.clone() };
    view! {
        <form id="find" class="find" method="get" action=scope.owner.list() role="search" data-live data-find>
            {query.cause.map(|cause| view! { <input type="hidden" name="cause" value=cause.as_str() /> })}
            <div class="find-field">
                <Icon shape=Shape::Search />
                <input
                    class="input"
                    type="search"
                    name="q"
                    value=query.text.clone()
                    placeholder=t.search_hint
                    aria-label=t.search
                    autocomplete="off"
                    data-key="/"
                />
                <kbd>"/"</kbd>
            </div>
            {select("state", t.state, states.into_iter(), query.state != State::Any)}
            {select("way", t.way, ways, query.matching.is_some())}
            {select("sort", t.sort, sorts.into_iter(), false)}
            <button class="button plain">{t.filter}</button>
            {is_filtered.then(|| view! { <a class="button quiet" href=reset.current_address(scope.owner.list())>{t.reset}</a> })}
        </form>
    }
    .into_any()
}

fn select(
    name: &'static str,
    label: &'static str,
    options: impl Iterator<Item = (&'static str, &'static str, bool)>,
    is_set: bool,
) -> impl IntoView {
    let options =
        options.map(|(value, text, selected)| view! { <option value=value selected=selected>{text}</option> });
    let class = if is_set { "input is-set" } else { "input" };
    view! { <select class=class name=name aria-label=label>{options.collect_view()}</select> }
}
