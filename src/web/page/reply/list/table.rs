//! The table of rules, and what can be done to several of them at once. One form for the whole table: its boxes and buttons name
//! it by `form=`, so that it works without a script and a row needs no form of its own.

use super::{Ask, Desk, View, row};
use crate::{
    core::reply::search::Sort,
    web::{
        part::{Icon, Shape},
        text::{Common, replies::list::List},
    },
};
use leptos::prelude::*;

/// The id of the form that boxes and buttons belong to.
pub const FORM: &str = "rules";

pub fn table(view: View<'_>) -> AnyView {
    let View { visitor, desk, ask, found, hits, names, warnings, open } = view;
    let now = visitor.here.ctx.now();
    let back = ask.here(desk.scope.list());
    let (mut open, head) = (open, head(desk, &ask));
    let rows: Vec<AnyView> = found
        .rules
        .iter()
        .map(|rule| {
            let editor = open.take_if(|(number, _)| *number == rule.number).map(|(_, view)| view);
            let hits = hits.get(&rule.id).map(Vec::as_slice).unwrap_or_default();
            let warnings = warnings.get(&rule.number).map(Vec::as_slice).unwrap_or_default();
            row::row(desk, &ask, rule, (hits, &names, now), (warnings, editor))
        })
        .collect();
    let t = List::of(desk.lang);
    view! {
        <form id=FORM method="post" action="/do/rules">
            <input type="hidden" name="owner" value=desk.scope.owner() />
            <input type="hidden" name="back" value=back />
        </form>
        <section class="card">
            {bulk(desk)}
            <div class="table-wrap">
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

/// What can be done to those that are ticked.
fn bulk(desk: Desk) -> impl IntoView {
    let (t, c) = (List::of(desk.lang), Common::of(desk.lang));
    let acts = [
        ("enable", c.enable, "button plain small"),
        ("disable", c.disable, "button plain small"),
        ("delete", c.delete, "button plain danger small"),
    ];
    let buttons =
        acts.map(|(act, text, class)| view! { <button form=FORM class=class name="act" value=act>{text}</button> });
    view! {
        <div class="bulk" role="group" aria-label=t.selected data-bulk>
            <label class="check">
                <input type="checkbox" data-all hidden aria-label=t.select_all />
                <span>{t.selected} <span class="num" data-count-of></span></span>
            </label>
            <div class="row">{buttons.collect_view()}</div>
        </div>
    }
}

/// The headings; those that can be sorted by are links that do so, and turn the order where they did already.
fn head(desk: Desk, ask: &Ask) -> impl IntoView + use<> {
    let (t, c) = (List::of(desk.lang), Common::of(desk.lang));
    let sorted = |sort: Sort, text: &'static str, class: &'static str| {
        let is_current = sort == ask.sort;
        // Numbers of hits, priorities and times are looked at from the greatest.
        let begins_descending = !matches!(sort, Sort::Number | Sort::Keyword);
        let is_descending = if is_current { !ask.is_descending } else { begins_descending };
        let href = Ask { sort, is_descending, page: 1, ..ask.clone() }.here(desk.scope.list());
        let order = is_current.then_some(if ask.is_descending { "descending" } else { "ascending" });
        let shape = if ask.is_descending { Shape::Down } else { Shape::Up };
        view! {
            <th scope="col" class=class aria-sort=order>
                <a href=href>{text} {is_current.then(|| view! { <Icon shape /> })}</a>
            </th>
        }
    };
    view! {
        <thead>
            <tr>
                <th scope="col"><span class="sr-only">{t.selected}</span></th>
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
