//! The history of rules: who changed them, when, from which source, before and after; and undo.

mod changes;
mod version;

pub use changes::HistoryPage;
pub use version::{ChangePage, RuleHistoryPage};

use super::{Names, RuleScope, Section, diff, padded, paginate, param};
use crate::{
    core::rule::history::Change,
    web::{
        component::{Kind, Submit},
        text::{fill, replies::history::History, stored::rule_label},
    },
};
use leptos::prelude::*;

/// The rules of a change in words: the number and the name of one, the count and the first names of several.
fn about(scope: RuleScope, change: &Change) -> String {
    let t = History::of(scope.lang);
    let labels: Vec<String> = change.labels.iter().map(|label| rule_label(scope.lang, label)).collect();
    let names = labels.join(scope.lang.list_mark());
    match (change.rules, change.number) {
        (1, Some(number)) if names.is_empty() => fill(scope.texts().rule_called, &[("n", &padded(number))]),
        (1, Some(number)) => fill(t.one_rule, &[("n", &padded(number)), ("name", &names)]),
        (rules, _) if rules > 1 => format!("{} · {names}", fill(t.many, &[("n", &rules.to_string())])),
        _ => names,
    }
}

/// The button that undoes a change, and then shows the page at `back`.
fn undo(scope: RuleScope, change: &Change, back: &str) -> impl IntoView + use<> {
    let t = History::of(scope.lang);
    view! {
        <form method="post" action="/do/rules-undo">
            <input type="hidden" name="owner" value=scope.owner.owner() />
            <input type="hidden" name="change" value=change.id.to_string() />
            <input type="hidden" name="back" value=back.to_owned() />
            <Submit text=t.undo_do kind=Kind::Quiet small=true />
        </form>
    }
}
