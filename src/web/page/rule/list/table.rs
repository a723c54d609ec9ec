//! The table of rules and its bulk actions. One form for the whole table: its boxes and buttons refer to it by `form=`, so that
//! it works without a script and rows need no forms.

use super::{super::acts::FORM, ListQuery, RuleScope, View, query, row};
use crate::{
    core::rule::search::Sort,
    web::{
        component::{Icon, Shape},
        text::{Common, replies::list::List},
    },
};
use leptos::prelude::*;

/// The table: the row that adds a rule, then the rules.
pub fn table(view: View<'_>, quick: AnyView) -> AnyView {
    let View { visitor, scope, query, found, hits, names, warnings, open } = view;
    let now = visitor.request.ctx.now();
    let t = List::of(scope.lang);
    let rows = found.rules.iter().map(|rule| {
        let beside = row::Beside {
            hits: hits.get(&rule.id).map(Vec::as_slice).unwrap_or_default(),
            names: &names,
            now,
            warnings: warnings.get(&rule.number).map(Vec::as_slice).unwrap_or_default(),
            is_open: open == Some(rule.number),
        };
        row::row(scope, &query, rule, &beside)
    });
    let rows = rows.collect_view();
    // A script shows all pages in one list: it needs to know where each begins.
    let (base, page, total) = (query.address(scope.owner.list(), None), query.page, found.total);
    view! {
        <table class="list rules" data-rows data-base=base data-page=page data-total=total data-size=query::SIZE>
            <caption class="sr-only">{t.caption}</caption>
            <colgroup>
                <col class="c-grip" />
                <col class="c-tick" />
                <col class="c-no" />
                <col class="c-kws" />
                <col />
                <col class="c-hits" />
                <col class="c-prio" />
                <col class="c-when" />
                <col class="c-on" />
            </colgroup>
            {head(scope, &query)}
            <tbody>{quick}</tbody>
            <tbody id="rows" tabindex="-1">{rows}</tbody>
        </table>
    }
    .into_any()
}

/// The bulk actions on ticked rules. Without a script they are always there.
pub fn bulk(scope: RuleScope) -> AnyView {
    let (t, c) = (List::of(scope.lang), Common::of(scope.lang));
    let button =
        |act: &'static str, text: &'static str| view! { <button form=FORM name="act" value=act>{text}</button> };
    view! {
        <div class="bulk" role="group" aria-label=t.bulk data-bulk>
            <b role="status" data-selected=t.selected></b>
            {button("enable", c.enable)}
            {button("disable", c.disable)}
            {button("raise", t.raise)}
            {button("lower", t.lower)}
            <i></i>
            <button form=FORM class="danger" name="act" value="delete"><Icon shape=Shape::Trash />{c.delete}</button>
            <button type="button" data-clear hidden title=t.clear aria-label=t.clear><Icon shape=Shape::Cross /><kbd>"Esc"</kbd></button>
        </div>
    }
    .into_any()
}

/// The column headings; sortable ones are links that sort, or reverse the order.
fn head(scope: RuleScope, query: &ListQuery) -> impl IntoView + use<> {
    let t = List::of(scope.lang);
    let sorted = |sort: Sort, text: &'static str, class: &'static str| {
        let is_current = sort == query.sort;
        let is_descending = if is_current { !query.is_descending } else { query::begins_descending(sort) };
        let href = ListQuery { sort, is_descending, page: 1, ..query.clone() }.current_address(scope.owner.list());
        let order = is_current.then_some(if query.is_descending { "descending" } else { "ascending" });
        let shape = if query.is_descending { Shape::Down } else { Shape::Up };
        view! {
            <th scope="col" class=class aria-sort=order>
                <a href=href>{text} {is_current.then(|| view! { <Icon shape /> })}</a>
            </th>
        }
    };
    view! {
        <thead>
            <tr>
                <td></td>
                <th scope="col" class="tick">
                    <label hidden data-all-box>
                        <input type="checkbox" data-all aria-label=t.select_all />
                    </label>
                    <span class="sr-only">{t.select}</span>
                </th>
                {sorted(Sort::Number, t.number, "no")}
                {sorted(Sort::Keyword, t.keywords, "")}
                <th scope="col">{t.reply}</th>
                <th scope="col" class="num">{t.hits}</th>
                {sorted(Sort::Priority, t.priority, "num prio")}
                {sorted(Sort::Updated, t.changed, "when")}
                <th scope="col" class="on">{t.on}</th>
            </tr>
        </thead>
    }
}
