//! Bulk add: one rule per line, all checked before anything is saved; every invalid line is listed with its number.

use super::{RuleScope, Section, padded};
use crate::{
    core::rule::MatchType,
    web::{
        component::{Area, Card, Kind, Notice, Pick, SaveBar, Submit, Tone},
        form::{BulkAddForm, ReturnedForm, WrongLine},
        page::{PageContent, PageError, Visitor, page},
        text::{fill, replies::bulk_add::BulkAdd},
    },
};
use leptos::prelude::*;

/// The most invalid lines that are listed.
const MOST_NAMED: usize = 50;

#[component]
pub fn BulkAddPage() -> impl IntoView {
    page(bulk_add)
}

async fn bulk_add(visitor: Visitor) -> Result<PageContent, PageError> {
    let scope = RuleScope::of(&visitor)?;
    let t = BulkAdd::of(scope.lang);
    let typed = match visitor.request.returned() {
        Some(ReturnedForm::BulkAdd(form)) => form.as_ref().clone(),
        _ => BulkAddForm::default(),
    };
    Ok(scope.page(Section::Rules, t.title, t.note, ().into_any(), form(scope, typed)))
}

fn form(scope: RuleScope, typed: BulkAddForm) -> AnyView {
    let t = BulkAdd::of(scope.lang);
    let options = MatchType::ALL.map(|way| (way.as_str().to_owned(), scope.texts().matching(way).to_owned())).to_vec();
    let count = typed.wrong.len();
    let can_rest = count > 0 && count < typed.lines().len();
    let is_changed = !typed.text.is_empty();
    let named = (count > 0).then(|| named(scope, &typed.wrong));
    let rest = can_rest.then(|| {
        let text = fill(t.add_rest, &[("n", &count.to_string())]);
        view! { <Submit text name="rest" value="1" kind=Kind::Plain /> }
    });
    view! {
        <form method="post" action=scope.owner.below("several") autocomplete="off" data-guard data-changed=is_changed.then_some("")>
            <Card>
                {named}
                <Area
                    label=t.lines
                    name="lines"
                    value=typed.text
                    error=typed.error
                    hint=t.lines_hint
                    placeholder=t.example
                    rows=12
                    autofocus=true
                />
                <Pick label=t.way name="matching" options value=typed.matching.as_str() />
            </Card>
            <SaveBar lang=scope.lang back=scope.owner.list() save=t.add>{rest}</SaveBar>
        </form>
    }
    .into_any()
}

/// The invalid lines, each with its number, text and reason.
fn named(scope: RuleScope, wrong: &[WrongLine]) -> AnyView {
    let t = BulkAdd::of(scope.lang);
    let title = fill(t.wrong, &[("n", &wrong.len().to_string())]);
    let items = wrong.iter().take(MOST_NAMED).map(|wrong| {
        let see = wrong.rule.map(|number| {
            let text = fill(scope.texts().rule_called, &[("n", &padded(number))]);
            view! { " " <a href=scope.owner.rule(number)>{text}</a> }
        });
        view! {
            <li>
                <strong>{fill(t.line, &[("n", &wrong.number.to_string())])}</strong>
                " " <code>{wrong.text.clone()}</code> " " {wrong.why.clone()} {see}
            </li>
        }
    });
    let items = items.collect_view();
    let more = (wrong.len() > MOST_NAMED).then(|| view! { <li>"…"</li> });
    view! {
        <Notice tone=Tone::Danger title>
            <ul class="wrong-lines">{items} {more}</ul>
        </Notice>
    }
    .into_any()
}
