//! The table of rules and its bulk actions. One form for the whole table: its boxes and buttons refer to it by `form=`, so that
//! it works without a script and rows need no forms.

use super::{FORM, ListQuery, RuleScope, View, row};
use crate::{
    core::rule::search::Sort,
    web::{
        component::{Icon, Shape},
        text::{Common, replies::list::List},
    },
};
use leptos::prelude::*;

pub fn table(view: View<'_>) -> AnyView {
    let View { visitor, scope, query, found, hits, names, warnings, open } = view;
    let now = visitor.request.ctx.now();
    let back = query.current_address(scope.owner.list());
    // The save bar of an open editor stays in view; inside a box that scrolls it could not.
    let wrap = if open.is_some() { "table-wrap is-editing" } else { "table-wrap" };
    let (mut open, head) = (open, head(scope, &query));
    let rows: Vec<AnyView> = found
        .rules
        .iter()
        .map(|rule| {
            let editor = open.take_if(|(number, _)| *number == rule.number).map(|(_, view)| view);
            let hits = hits.get(&rule.id).map(Vec::as_slice).unwrap_or_default();
            let warnings = warnings.get(&rule.number).map(Vec::as_slice).unwrap_or_default();
            row::row(scope, &query, rule, (hits, &names, now), (warnings, editor))
        })
        .collect();
    let t = List::of(scope.lang);
    view! {
        <form id=FORM method="post" action="/do/rules">
            <input type="hidden" name="owner" value=scope.owner.owner() />
            <input type="hidden" name="back" value=back />
        </form>
        <section class="card">
            {bulk(scope)}
            <div class=wrap>
                <table class="table cards rules" data-rows>
                    <caption class="sr-only">{t.caption}</caption>
                    {head}
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

/// The bulk actions on ticked rules.
fn bulk(scope: RuleScope) -> impl IntoView {
    let (t, c) = (List::of(scope.lang), Common::of(scope.lang));
    let actions = [
        ("enable", c.enable, "button plain small"),
        ("disable", c.disable, "button plain small"),
        ("delete", c.delete, "button plain danger small"),
    ];
    let buttons =
        actions.map(|(act, text, class)| view! { <button form=FORM class=class name="act" value=act>{text}</button> });
    view! {
        <div class="bulk" role="group" aria-label=t.bulk data-bulk>
            <label class="check">
                <input type="checkbox" data-all hidden />
                <span>{t.select_all}</span>
            </label>
            <span class="soft num" role="status" data-selected=t.selected></span>
            <div class="row">{buttons.collect_view()}</div>
        </div>
    }
}

/// The column headings; sortable ones are links that sort, or reverse the order.
fn head(scope: RuleScope, query: &ListQuery) -> impl IntoView + use<> {
    let (t, c) = (List::of(scope.lang), Common::of(scope.lang));
    let sorted = |sort: Sort, text: &'static str, class: &'static str| {
        let is_current = sort == query.sort;
        // Hits, priorities and times are sorted from the greatest first.
        let begins_descending = !matches!(sort, Sort::Number | Sort::Keyword);
        let is_descending = if is_current { !query.is_descending } else { begins_descending };
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
                <th scope="col"><span class="sr-only">{t.select}</span></th>
                {sorted(Sort::Number, t.number, "")}
                {sorted(Sort::Keyword, t.keywords, "")}
                <th scope="col">{t.reply}</th>
                {sorted(Sort::Hits, t.hits, "num")}
                {sorted(Sort::Priority, t.priority, "num")}
                {sorted(Sort::Updated, t.changed, "")}
                <th scope="col">{c.status}</th>
                <th scope="col"><span class="sr-only">{c.actions}</span></th>
            </tr>
        </thead>
    }
}
